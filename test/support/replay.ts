import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../../src/providers/dialect.js';

export type LineEnd = '\n' | '\r\n' | '\r';

/** Where the recordings are: `recordingPath('xai/xai-text.chunks.txt')`. */
function recordingPath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/recorded/${name}`, import.meta.url));
}

/** The payloads of a recorded stream (`*.chunks.txt`), as text, one a line of the file. */
export function recordedLines(name: string): string[] {
  return readFileSync(recordingPath(name), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** A recorded body (`*.json`), parsed. */
export function recordedJson(name: string): unknown {
  return JSON.parse(readFileSync(recordingPath(name), 'utf8'));
}

export interface FrameOptions {
  readonly dialect: Dialect['name'];
  readonly lineEnd?: LineEnd;
  /** Whether `[DONE]` closes the stream; by default only where the API sends it (OpenAI chat). */
  readonly done?: boolean;
}

/** Wraps JSON payloads as the dialect's API sends them: one framed text for each. */
export function framePayloads(payloads: readonly string[], options: FrameOptions): string[] {
  const { dialect, lineEnd = '\n', done = dialect === 'openai' } = options;
  const frames = payloads.map((payload) => {
    if (dialect === 'ollama') return `${payload}${lineEnd}`;
    const named = dialect === 'anthropic' || dialect === 'openai-responses';
    const name = named ? (JSON.parse(payload) as { type: string }).type : null;
    return `${name === null ? '' : `event: ${name}${lineEnd}`}data: ${payload}${lineEnd}${lineEnd}`;
  });
  if (done) frames.push(`data: [DONE]${lineEnd}${lineEnd}`);
  return frames;
}

/** The frames of a recorded stream, named by its path under the folder of recordings. */
export function frameRecording(name: string, options: FrameOptions): string[] {
  return framePayloads(recordedLines(name), options);
}

/** Cuts bytes at the given offsets; `every` gives single bytes. Offsets outside are ignored. */
export function splitBytes(bytes: Uint8Array, splitAt: readonly number[] | 'every'): Uint8Array[] {
  if (splitAt === 'every') return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
  const inside = [...new Set(splitAt)].filter((at) => at > 0 && at < bytes.length).sort((a, b) => a - b);
  return [0, ...inside].map((start, index) => bytes.subarray(start, inside[index] ?? bytes.length));
}

export interface ReplayOptions {
  /** What {@link frameRecording} gave, or any other texts: they are sent one after the other. */
  readonly frames?: readonly string[];
  /** The body itself, where it is no stream. */
  readonly body?: string | Uint8Array;
  /** Decides the content type; `json` is the default for a `body`. */
  readonly framing?: 'sse' | 'ndjson' | 'json';
  /** Offsets at which the body is cut into separate HTTP chunks; uncut by default. */
  readonly splitAt?: readonly number[] | 'every';
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Leaves the connection open, without the end of the body, until `close()`. */
  readonly holdOpen?: boolean;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ReplayServer {
  /** `http://127.0.0.1:PORT`, no slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Every request so far, with its whole body. */
  readonly requests: readonly SeenRequest[];
  /** How many connections were accepted: tells whether they are reused. */
  readonly connections: () => number;
  close(): Promise<void>;
}

const contentTypes = {
  sse: 'text/event-stream; charset=utf-8',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
} as const;

/** A loopback server that answers every request with the same bytes, cut where the test wants it. */
export async function serveReplay(options: ReplayOptions): Promise<ReplayServer> {
  const { frames, body = (frames ?? []).join(''), status = 200, headers = {}, splitAt = [] } = options;
  const framing = options.framing ?? (frames === undefined ? 'json' : 'sse');
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const parts = splitBytes(bytes, splitAt);
  const requests: SeenRequest[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    let received = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      received += text;
    });
    request.on('end', () => {
      requests.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: received,
      });
      response.writeHead(status, { 'content-type': contentTypes[framing], ...headers });
      response.flushHeaders();
      // without a content length each write is an HTTP chunk of its own, whatever TCP makes of it
      for (const part of parts) response.write(part);
      if (!options.holdOpen) response.end();
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
