import type { Clock, EnvLookup } from '../core/ports.js';

/** One server as a socket sees it. */
export interface Endpoint {
  /** `http://127.0.0.1:11434`, `https://api.openai.com`; with a socket path the host only fills the Host header. */
  readonly origin: string;
  readonly socketPath: string | null;
  readonly loopback: boolean;
  /** The proxy named by the DSN itself; null lets HTTP(S)_PROXY and NO_PROXY decide, loopback excepted. */
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

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined with ', '. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it arrives. Iterating throws a `ProviderError` of kind `network` when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The rest of the body as text, cut at `limitBytes`. */
  text(limitBytes: number): Promise<string>;
}

/** One endpoint's connections. Every request's connection is reused or destroyed, none is left behind. */
export declare class HttpClient {
  constructor(endpoint: Endpoint, envLookup: EnvLookup);
  /** Throws a `ProviderError`: `unreachable`, `timeout` (connect), `network`, `misconfigured`, or the signal's reason. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Closes idle connections. */
  close(): Promise<void>;
}
