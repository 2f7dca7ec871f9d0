import { connect as connectSocket, type NetConnectOpts, type Socket } from 'node:net';
import { formatDuration } from '../../core/duration.js';
import { ProviderError } from '../../core/errors.js';
import type { Clock } from '../../core/ports.js';
import { asProviderError, type NetworkContext, plainHint } from './network-errors.js';
import { type HttpProxy, proxyPlace } from './proxy.js';
import { startTls, type Trust } from './tls.js';
import { openTunnel } from './tunnel.js';

/** The way to a server. */
export interface Route {
  /** Without the brackets of IPv6. */
  readonly hostname: string;
  readonly port: number;
  readonly tls: boolean;
  readonly socketPath: string | null;
  readonly proxy: HttpProxy | null;
}

export interface OpenOptions {
  readonly trust: Trust;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** For all of it: name look-up, TCP, the proxy's tunnel and TLS. */
  readonly connectTimeoutMs: number;
  /** Told of each part that is done, with how long it took in milliseconds. */
  readonly onPhase?: (phase: ConnectPhase, tookMs: number) => void;
}

/** Name look-up (not of an address), TCP, the handshake with the server; through a proxy the first two are the proxy's. */
export type ConnectPhase = 'dns' | 'connect' | 'tls';

const readBufferBytes = 64 * 1024;
const keepAliveProbeDelayMs = 60_000;

/**
 * Opens a socket to the server, verified if it is TLS. Rejects with the signal's reason, or a `ProviderError`:
 * `unreachable`, `timeout` of phase `connect`, `network`, `misconfigured`. Whatever was opened is destroyed first.
 */
export function openConnection(route: Route, options: OpenOptions): Promise<Socket> {
  const { signal, clock, connectTimeoutMs } = options;
  return new Promise((resolve, reject) => {
    const dial = new Dial(route, options);
    const settle = (outcome: () => void) => {
      if (dial.over) return;
      dial.over = true;
      stopTimer();
      signal.removeEventListener('abort', onAbort);
      outcome();
    };
    const fail = (error: unknown) =>
      settle(() => {
        dial.destroy();
        reject(error);
      });
    const onAbort = () => fail(signal.reason);
    // One turn of grace: a connection that is there already wins over a timer that fired late.
    const stopTimer = clock.setTimer(connectTimeoutMs, () => {
      setImmediate(() => fail(timedOut(dial, connectTimeoutMs)));
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    dial.run().then((socket) => settle(() => resolve(socket)), fail);
  });
}

function timedOut({ waitingFor, hint }: Dial, connectTimeoutMs: number): ProviderError {
  return new ProviderError({
    kind: 'timeout',
    phase: 'connect',
    message: `no connection within ${formatDuration(connectTimeoutMs)}: still waiting for ${waitingFor}`,
    hint: `${hint}; if it is only slow, connect_timeout= in the DSN gives it more time`,
  });
}

/** One attempt at a connection. It knows every socket of it, so that all of them can go at any moment. */
class Dial {
  /** Set when the outcome is settled; a socket opened later is destroyed at once. */
  over = false;
  /** For people: what has not happened yet. */
  waitingFor = 'the server';
  /** What may be wrong if that does not happen. */
  hint = 'see that host and port are right';
  readonly #route: Route;
  readonly #trust: Trust;
  readonly #connectTimeoutMs: number;
  readonly #clock: Clock;
  readonly #onPhase: OpenOptions['onPhase'];
  readonly #sockets: Socket[] = [];

  constructor(route: Route, { trust, connectTimeoutMs, clock, onPhase }: OpenOptions) {
    this.#route = route;
    this.#trust = trust;
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#clock = clock;
    this.#onPhase = onPhase;
  }

  async run(): Promise<Socket> {
    const { hostname, port, tls, proxy } = this.#route;
    let socket = await this.#connect();
    if (proxy?.tls) socket = await this.#secure(socket, { hostname: proxy.hostname, proxy });
    if (!tls) return socket;
    if (proxy) {
      this.waitingFor = `the tunnel of the proxy ${proxyPlace(proxy)}`;
      await inContext({ phase: 'connect', proxy }, openTunnel({ socket, proxy, hostname, port }));
    }
    return await this.#secure(socket, { hostname, proxy: null });
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #connect(): Promise<Socket> {
    const { socketPath, proxy } = this.#route;
    const { hostname, port } = proxy ?? this.#route;
    this.waitingFor = nameOf(proxy);
    if (proxy !== null) this.hint = lateProxy(proxy);
    const options = {
      ...(socketPath === null ? { host: hostname, port } : { path: socketPath }),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveProbeDelayMs,
      highWaterMark: readBufferBytes,
      // Node gives each address 250 ms and does not come back to it: too little for a server far away.
      autoSelectFamilyAttemptTimeout: Math.max(250, Math.floor(this.#connectTimeoutMs / 3)),
    };
    let sinceMs = this.#clock.monotonic();
    const done = (phase: ConnectPhase): void => {
      const nowMs = this.#clock.monotonic();
      this.#onPhase?.(phase, nowMs - sinceMs);
      sinceMs = nowMs;
    };
    const socket = this.#adopt(connectSocket(options as NetConnectOpts));
    if (this.#onPhase !== undefined) socket.once('lookup', (error) => error ?? done('dns'));
    // Built while the connection is on its way; what is wrong with it is told when it is needed.
    if (this.#route.tls || proxy?.tls === true) this.#trust.context().catch(() => {});
    await inContext({ phase: 'connect', proxy }, opened(socket, 'connect'));
    done('connect');
    return socket;
  }

  async #secure(
    socket: Socket,
    { hostname, proxy }: { readonly hostname: string; readonly proxy: HttpProxy | null },
  ): Promise<Socket> {
    this.waitingFor = `the TLS handshake with ${nameOf(proxy)}`;
    // a server that waits for the first line of a request does not know that this is none
    if (proxy === null) this.hint = plainHint;
    const context = await this.#trust.context();
    const sinceMs = this.#clock.monotonic();
    const secured = this.#adopt(await startTls({ socket, hostname, context }));
    let certified = false;
    secured.once('error', () => {
      certified = Object.keys(secured.getPeerCertificate() ?? {}).length > 0;
    });
    await inContext(() => ({ phase: 'tls', proxy, certified }), opened(secured, 'secureConnect'));
    if (proxy === null) this.#onPhase?.('tls', this.#clock.monotonic() - sinceMs);
    return secured;
  }

  #adopt<S extends Socket>(socket: S): S {
    // Errors are taken up by whoever waits for the socket; one that comes when nobody does is no crash.
    socket.on('error', () => {});
    if (this.over) socket.destroy();
    this.#sockets.push(socket);
    return socket;
  }
}

const nameOf = (proxy: HttpProxy | null): string =>
  proxy === null ? 'the server' : `the proxy ${proxyPlace(proxy)}`;

const lateProxy = ({ source }: HttpProxy): string =>
  `see that the proxy is right, which is named by ${source}`;

async function inContext(
  context: NetworkContext | (() => NetworkContext),
  work: Promise<void>,
): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw asProviderError(error, typeof context === 'function' ? context() : context);
  }
}

function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve).once('error', reject);
    // 'close' without 'error' is the other side hanging up.
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
}
