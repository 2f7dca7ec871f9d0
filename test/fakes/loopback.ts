import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a fake API judges it. */
export interface FakeRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body; undefined when it is no JSON. */
  readonly body: unknown;
}

export interface FakeReply {
  readonly status: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent one after the other, each as an HTTP chunk of its own. */
  readonly parts: readonly (string | Uint8Array)[];
}

export interface FakeApi {
  /** `http://127.0.0.1:PORT`, no slash at its end. */
  readonly url: string;
  /** Every request so far, with the status it was answered with. */
  readonly requests: readonly (FakeRequest & { readonly status: number })[];
  close(): Promise<void>;
}

export function jsonReply(status: number, body: unknown, headers: Record<string, string> = {}): FakeReply {
  return { status, contentType: 'application/json', headers, parts: [JSON.stringify(body)] };
}

/** A loopback server that answers each request with what `judge` makes of it. */
export async function startFake(judge: (request: FakeRequest) => FakeReply): Promise<FakeApi> {
  const requests: (FakeRequest & { status: number })[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const request: FakeRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: parsed(Buffer.concat(chunks).toString('utf8')),
    };
    const reply = judge(request);
    requests.push({ ...request, status: reply.status });
    response.writeHead(reply.status, { 'content-type': reply.contentType, ...reply.headers });
    for (const part of reply.parts) response.write(part);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The first complaint of several checks, each of which gives null when it has none. */
export function firstComplaint(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const complaint = check();
    if (complaint !== null) return complaint;
  }
  return null;
}
