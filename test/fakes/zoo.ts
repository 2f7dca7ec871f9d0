import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { certificate, pemPath } from '../providers/http/network-rig.js';
import { certificateOf } from '../support/certificates.js';
import { type FakeApi, type FakeReply, type FakeRequest, jsonReply, startFake } from './loopback.js';
import { createProxy } from './proxy.js';

/** The key that every endpoint of the zoo is asked with; a right one where the endpoint says so. */
export const zooKey = 'sk-canary-0123456789abcdefWXYZ';
export const listed = 'gpt-x';

export const hasKey = ({ headers }: FakeRequest): boolean => headers.authorization === `Bearer ${zooKey}`;
const isList = ({ path: asked }: FakeRequest): boolean => asked.endsWith('/models');
export const isChat = ({ path: asked }: FakeRequest): boolean => asked.endsWith('/chat/completions');

export const refuse = (status: number, message: string, code: string | null = null): FakeReply =>
  jsonReply(status, { error: { message, code } });
export const wrongKey = refuse(401, `Incorrect API key provided: ${zooKey}`, 'invalid_api_key');
export const page = (status: number, title: string): FakeReply => ({
  status,
  contentType: 'text/html',
  parts: [`<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`],
});
export const list = jsonReply(200, { data: [{ id: listed }, { id: 'gpt-4.1-mini' }] });

const event = (payload: unknown): string => `data: ${JSON.stringify(payload)}\n\n`;
const delta = (content: string, finish: string | null): string =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] });
/** An answer in OpenAI's stream; without a finish reason it is cut. */
export const answer = (text: string, finish: string | null = 'stop', tokens = 1): FakeReply => ({
  status: 200,
  contentType: 'text/event-stream',
  parts: [
    delta(text, null),
    ...(finish === null ? [] : [delta('', finish), event(usage(tokens)), 'data: [DONE]\n\n']),
  ],
});
const usage = (tokens: number) => ({
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: tokens },
});

/** An error inside HTTP 200. */
export const brokenAnswer = (error: unknown): FakeReply => ({
  status: 200,
  contentType: 'text/event-stream',
  parts: [event({ error })],
});

/** A server that knows its key, lists its models and answers. */
export function good(request: FakeRequest): FakeReply {
  if (!hasKey(request)) return wrongKey;
  if (isList(request)) return list;
  return isChat(request) ? answer('OK') : refuse(404, 'no such model', 'model_not_found');
}

/** Endpoints of all kinds on loopback, until it closes. */
export class Zoo {
  readonly #ends: (() => unknown)[] = [];

  /** A server whose requests are judged; its address as `127.0.0.1:PORT`. */
  async api(judge: (request: FakeRequest) => FakeReply): Promise<string> {
    return this.keep(await startFake(judge));
  }

  keep(api: FakeApi | { readonly url: string; close(): Promise<void> }): string {
    this.#ends.push(() => api.close());
    return new URL(api.url).host;
  }

  http(onRequest: RequestListener): Promise<string> {
    return this.#listen(createHttpServer(onRequest));
  }

  /** With one of the certificates of the fixtures. */
  https(name: string, options: ServerOptions = {}): Promise<string> {
    return this.#listen(createHttpsServer({ ...certificate(name), ...options }, secured));
  }

  /** With a certificate of so many days; the options of a DSN that trusts it come with the address. */
  async dated(life: number, left: number): Promise<{ readonly host: string; readonly query: string }> {
    const made = certificateOf({ life, left });
    const file = path.join(this.#folder(), 'ca.pem');
    writeFileSync(file, made.cert);
    return {
      host: await this.#listen(createHttpsServer(made, secured)),
      query: `?ca_file=${encodeURIComponent(file)}`,
    };
  }

  /** Calls `onData` whenever somebody says something. */
  raw(onData: (socket: Socket) => void): Promise<string> {
    return this.#listen(createServer((socket) => socket.on('data', () => onData(socket))));
  }

  proxy(password?: string): Promise<string> {
    return this.#listen(createProxy(password === undefined ? {} : { password }));
  }

  /** The path of a socket, percent-encoded. */
  async socket(onRequest: RequestListener): Promise<string> {
    const file = path.join(this.#folder(), 'llm.sock');
    await this.#listen(createHttpServer(onRequest), file);
    return encodeURIComponent(file);
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }

  #folder(): string {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-zoo-'));
    this.#ends.push(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  async #listen(server: Server | NetServer, where: string | number = 0): Promise<string> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
    await new Promise<void>((resolve) => {
      if (typeof where === 'string') server.listen(where, resolve);
      else server.listen(where, '127.0.0.1', resolve);
    });
    this.#ends.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
    return typeof where === 'string' ? '' : `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

/** Answers requests for the list as {@link good} does. */
export const secured: RequestListener = ({ headers }, response) => {
  const { status, parts } = headers.authorization === `Bearer ${zooKey}` ? list : wrongKey;
  response.writeHead(status, { 'content-type': 'application/json' });
  for (const part of parts) response.write(part);
  response.end();
};

/** The option that trusts the fixtures' authority. */
export const trusting = `ca_file=${encodeURIComponent(pemPath('ca'))}`;
export const atName = (host: string): string => host.replace('127.0.0.1', 'localhost');
