import type { Socket } from 'node:net';
import type send from 'undici/lib/api/api-request.js';
import type Client from 'undici/lib/dispatcher/client.js';
import { ConfigError, ProviderError } from '../core/errors.js';
import type { Clock, EnvLookup, Reached } from '../core/ports.js';
import { ResponseBody } from './http/body.js';
import { openConnection, type Route } from './http/connection.js';
import { skipInterimResponses } from './http/interim.js';
import { asProviderError } from './http/network-errors.js';
import { hostnameOf, portOf, proxyFor } from './http/proxy.js';
import { type ReachOptions, reach } from './http/reach.js';
import { checkedHeaders, checkPath } from './http/request-check.js';
import { asHttpResponse, type HttpResponse, hasOwnEnd } from './http/response.js';
import { Trust } from './http/tls.js';
import { checkProxyAnswer } from './http/tunnel.js';

/** One server as a socket sees it. */
export interface Endpoint {
  /** `http://127.0.0.1:11434`, `https://api.openai.com`; with a socket path the host only fills the Host header. */
  readonly origin: string;
  readonly socketPath: string | null;
  readonly loopback: boolean;
  /** The proxy named by the DSN itself; null lets HTTP(S)_PROXY, ALL_PROXY and NO_PROXY decide, loopback excepted. */
  readonly proxy: string | null;
  /** PEM file with the certificate authorities to trust instead of the default ones. */
  readonly caFile: string | null;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
}

export type { HttpResponse } from './http/response.js';

/** Sent where the caller names none: some gateways refuse requests without it. */
const defaultUserAgent = 'majordomo';
const maxIdleConnections = 4;
const keepAliveMs = 4000;

/** One connection: a client of undici over a socket that was opened here, so that it can go at any moment. */
interface Connection {
  readonly client: Client;
  readonly send: typeof send;
  readonly socket: Socket;
  /** Called before each request, so that interim responses before its answer are passed over. */
  readonly expectAnswer: () => void;
  /** The error of the socket itself; undici takes a reset for the end of a body without a length. */
  failure: Error | null;
}

/** A server that takes longer to hang up may have seen the request, which costs money to repeat. */
const staleWithinMs = 100;

/** One endpoint's connections. Every request's connection is reused or destroyed, none is left behind. */
export class HttpClient {
  readonly #endpoint: Endpoint;
  readonly #envLookup: EnvLookup;
  readonly #url: URL;
  readonly #trust: Trust;
  readonly #idle = new Set<Connection>();
  #closed = false;

  constructor(endpoint: Endpoint, envLookup: EnvLookup) {
    if (!URL.canParse(endpoint.origin)) {
      throw new ConfigError('endpoint-invalid', 'the endpoint is not a URL', 'write https://HOST:PORT');
    }
    this.#endpoint = endpoint;
    this.#envLookup = envLookup;
    this.#url = new URL(endpoint.origin);
    this.#trust = new Trust(endpoint.caFile);
  }

  /**
   * Sends one request and resolves with the head of the answer, whatever its status: a redirect is not followed.
   * Throws the signal's reason, or a `ProviderError`: `unreachable`, `timeout` (connect), `network`,
   * `misconfigured`. Errors of other kinds are bugs.
   */
  async request(request: HttpRequest): Promise<HttpResponse> {
    request.signal.throwIfAborted();
    checkPath(request.path);
    const headers = { 'user-agent': defaultUserAgent, ...checkedHeaders(request.headers) };
    const route = this.#route();
    const idle = this.#takeIdle();
    if (idle) {
      const bytesBefore = idle.socket.bytesRead;
      const sentMs = request.clock.monotonic();
      try {
        return await this.#exchange({ connection: idle, request, route, headers });
      } catch (error) {
        // Closed at once and without a byte: the server hung up while it lay idle, and nobody has seen the request.
        const stale =
          error instanceof ProviderError &&
          error.kind === 'network' &&
          idle.socket.bytesRead === bytesBefore &&
          request.clock.monotonic() - sentMs < staleWithinMs;
        if (!stale) throw error;
      }
    }
    const connection = await this.#open(route, request);
    return await this.#exchange({ connection, request, route, headers });
  }

  /**
   * Opens a connection and closes it again; sends no request. Throws what `request` throws for a connection that cannot
   * be made.
   */
  reach(options: ReachOptions): Promise<Reached> {
    return reach(this.#route(), { ...options, trust: this.#trust });
  }

  /** Whether a proxy passes requests on, so that a connection is none to the server itself. */
  isForwarded(): boolean {
    const { tls, proxy } = this.#route();
    return !tls && proxy !== null;
  }

  /** Closes idle connections; those in use are closed instead of kept when they are done. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#idle].map((connection) => this.#discard(connection)));
  }

  #route(): Route {
    const { socketPath, proxy, loopback } = this.#endpoint;
    const target = this.#url;
    return {
      hostname: hostnameOf(target),
      port: portOf(target),
      tls: target.protocol === 'https:',
      socketPath,
      proxy:
        socketPath === null
          ? proxyFor({ target, own: proxy, local: loopback, envLookup: this.#envLookup })
          : null,
    };
  }

  #takeIdle(): Connection | null {
    for (const connection of this.#idle) {
      this.#idle.delete(connection);
      if (!connection.socket.destroyed) return connection;
    }
    return null;
  }

  async #open(route: Route, { signal, clock, connectTimeoutMs }: HttpRequest): Promise<Connection> {
    // The name look-up and the handshakes go on while undici loads.
    const [undici, socket] = await Promise.all([
      loadUndici(),
      openConnection(route, { trust: this.#trust, signal, clock, connectTimeoutMs }),
    ]);
    let handedOver = false;
    const client = new undici.Client(this.#url.origin, {
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      // Node's own default; said here because undici would load all of node:http to look it up.
      maxHeaderSize: 16 * 1024,
      connect: (_options, callback) => {
        // Asked a second time, the socket is gone: connections are opened here, under our own timer, or not at all.
        const again = handedOver;
        handedOver = true;
        // Within this call undici does not look at its queue.
        queueMicrotask(() => (again ? callback(closedSocket()) : callback(null, socket)));
      },
    });
    const expectAnswer = skipInterimResponses(socket);
    // it may have failed while undici was loaded
    const failure = socket.errored;
    const connection: Connection = { client, send: undici.send, socket, expectAnswer, failure };
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // undici destroys a socket that is done with an error of its own
      if (!error.code?.startsWith('UND_')) connection.failure ??= error;
    });
    socket.once('close', () => this.#idle.delete(connection));
    return connection;
  }

  #exchange({ connection, request, route, headers }: Exchange): Promise<HttpResponse> {
    const { signal, method, path, body: requestBody } = request;
    // An http target is asked for in absolute form (RFC 9112 section 3.2.2), an https one through a tunnel.
    const forwarder = route.tls ? null : route.proxy;
    return new Promise((resolve, reject) => {
      let body: ResponseBody | null = null;
      const onAbort = () => {
        void this.#discard(connection);
        body?.abort(signal.reason);
        reject(signal.reason);
      };
      const onDone = (whole: boolean) => {
        signal.removeEventListener('abort', onAbort);
        if (whole) this.#keep(connection);
        else void this.#discard(connection);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      const options = {
        method,
        path: forwarder ? `${this.#url.origin}${path}` : path,
        headers: forwarder?.authorization
          ? { ...headers, 'proxy-authorization': forwarder.authorization }
          : headers,
        body: requestBody,
        // Constant, whatever Host header is sent; the handshake is over anyway.
        servername: this.#url.hostname,
      };
      connection.expectAnswer();
      connection.send.call(connection.client, options, (error, response) => {
        if (error) {
          onDone(false);
          // TLS 1.3 refuses who shows no certificate after the handshake: the socket knows, undici only that it is closed
          const cause = connection.failure ?? error;
          reject(asProviderError(cause, { phase: 'headers', proxy: forwarder, plain: !route.tls }));
          return;
        }
        body = new ResponseBody(response.body, {
          translate: (cause) => asProviderError(cause, { phase: 'body', proxy: forwarder }),
          flaw: () => (hasOwnEnd(response) ? null : connection.failure),
          onDone,
        });
        try {
          const answer = asHttpResponse(response, { raw: body, proxy: forwarder });
          if (forwarder) checkProxyAnswer(forwarder, answer, headers.authorization);
          resolve(answer);
        } catch (refused) {
          void body.return();
          reject(refused);
        }
      });
    });
  }

  #keep(connection: Connection): void {
    if (this.#closed || connection.socket.destroyed || this.#idle.size >= maxIdleConnections) {
      void this.#discard(connection);
    } else {
      this.#idle.add(connection);
    }
  }

  /** Destroys the connection at once; resolves when it is closed. */
  #discard(connection: Connection): Promise<void> {
    this.#idle.delete(connection);
    connection.socket.destroy();
    return new Promise((resolve) => connection.client.destroy(null, resolve));
  }
}

interface Exchange {
  readonly connection: Connection;
  readonly request: HttpRequest;
  readonly route: Route;
  readonly headers: Record<string, string>;
}

interface Undici {
  readonly Client: typeof Client;
  readonly send: typeof send;
}

let undici: Promise<Undici> | null = null;

/** Loads the two modules at the first request; what does not talk to a server does not pay for them. */
function loadUndici(): Promise<Undici> {
  undici ??= Promise.all([
    import('undici/lib/dispatcher/client.js'),
    import('undici/lib/api/api-request.js'),
  ]).then(([client, request]) => ({ Client: client.default, send: request.default }));
  return undici;
}

function closedSocket(): Error {
  return Object.assign(new Error('closed'), { code: 'ECONNRESET' });
}
