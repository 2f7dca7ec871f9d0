import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { ProviderError } from '../../../src/core/errors.js';
import type { Clock } from '../../../src/core/ports.js';
import {
  type Endpoint,
  HttpClient,
  type HttpRequest,
  type HttpResponse,
} from '../../../src/providers/http.js';

const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export const pemPath = (name: string): string =>
  new URL(`../../fixtures/tls/${name}.pem`, import.meta.url).pathname;
export const pem = (name: string): string => readFileSync(pemPath(name), 'utf8');
export const certificate = (name: string) => ({ cert: pem(name), key: pem(`${name}-key`) });

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Listens on loopback, or on a path, until the test is over; returns the port. */
export async function listen(server: Server, where: number | string = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => {
    if (typeof where === 'string') server.listen(where, resolve);
    else server.listen(where, '127.0.0.1', resolve);
  });
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return typeof where === 'string' ? 0 : (server.address() as AddressInfo).port;
}

export interface RawServer {
  readonly port: number;
  readonly sockets: Socket[];
  /** What each connection sent, as text. */
  readonly received: string[];
}

/** A server that calls `onRequest` each time something was sent, with the number of the connection from 0. */
export async function rawServer(onRequest: (socket: Socket, connection: number) => void): Promise<RawServer> {
  const sockets: Socket[] = [];
  const received: string[] = [];
  const server = createServer((socket) => {
    const number = sockets.push(socket) - 1;
    received.push('');
    socket.on('data', (chunk) => {
      received[number] += chunk.toString('latin1');
      onRequest(socket, number);
    });
  });
  return { port: await listen(server), sockets, received };
}

/**
 * A listener that takes no connection: its process is stopped, and its queue is filled until a further one waits, until the test is over.
 */
export async function fullListener(): Promise<{ port: number }> {
  const script = `const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 },
    () => console.log(s.address().port))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGSTOP');
  const port = Number(String(chunk));
  const fillers: Socket[] = [];
  for (let waits = false; !waits && fillers.length < 20; ) {
    const filler = connect(port, '127.0.0.1').on('error', () => {});
    fillers.push(filler);
    waits = await Promise.race([
      once(filler, 'connect').then(() => false),
      new Promise<boolean>((resolve) => setTimeout(resolve, 100, true)),
    ]);
  }
  cleanups.push(() => {
    for (const filler of fillers) filler.destroy();
    child.kill('SIGKILL');
  });
  return { port };
}

export interface ClientOptions extends Partial<Endpoint> {
  readonly env?: Readonly<Record<string, string>>;
}

export function clientFor(origin: string, { env = {}, ...endpoint }: ClientOptions = {}): HttpClient {
  const client = new HttpClient(
    { origin, socketPath: null, loopback: true, proxy: null, caFile: null, ...endpoint },
    (name) => env[name],
  );
  cleanups.push(() => client.close());
  return client;
}

export function requestWith(changes: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    path: '/v1/x',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal: new AbortController().signal,
    clock: realClock,
    connectTimeoutMs: 5000,
    ...changes,
  };
}

export const whole = (response: HttpResponse): Promise<string> => response.text(10_000_000);

/** The `ProviderError` that the work ends with; anything else fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<ProviderError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw error;
  return error;
}

/** How long until the socket is closed, in milliseconds. */
export async function closedAfter(socket: Socket, sinceMs = performance.now()): Promise<number> {
  if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
  return performance.now() - sinceMs;
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
