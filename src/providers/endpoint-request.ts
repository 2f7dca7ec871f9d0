import type { Dsn } from '../core/dsn.js';
import { ProviderError } from '../core/errors.js';
import type { Clock, ModelContext } from '../core/ports.js';
import { version } from '../version.js';
import { isKeyHeader, keyParameter } from './brought-keys.js';
import type { Dialect } from './dialect.js';
import { classifyResponse } from './errors/classify-response.js';
import type { AskedEndpoint } from './errors/hints.js';
import { firstMeaningfulLine } from './errors/text.js';
import type { HttpClient, HttpResponse } from './http.js';
import type { Preset } from './presets.js';

/** What the requests to one provider share. */
export interface Connection {
  readonly preset: Preset;
  readonly dialect: Dialect;
  readonly dsn: Dsn;
  readonly basePath: string;
  /** For errors: where it is, and where its key comes from. */
  asked(): AskedEndpoint;
  /** The credential, read at most once; null when there is none. */
  key(options: { readonly signal: AbortSignal }): Promise<string | null>;
  scrub(text: string): string;
  /** Loaded with the first request: what asks nothing does not pay for it. */
  client(): Promise<HttpClient>;
}

/** Of an error's body no more is read, in bytes. */
const longestErrorBody = 64 * 1024;
/** How long an error's body is waited for: the status stands without it, in milliseconds. */
const errorBodyMs = 2_000;

/** The headers of a request. Where names differ in case only, the DSN's own win; `key` is null for a request without any. */
export function requestHeaders(
  { dialect, preset, dsn }: Connection,
  parts: {
    readonly accept: string;
    readonly key: string | null;
    readonly more: Readonly<Record<string, string>>;
    /** Leaves out the credentials that the DSN's own headers bring, too. */
    readonly withoutKey?: boolean | undefined;
  },
): Record<string, string> {
  const { accept, key, more, withoutKey = false } = parts;
  const keyHeader = key === null || preset.keyHeader === undefined ? null : { [preset.keyHeader]: key };
  const own = Object.entries(dsn.options.headers).filter(([name]) => !withoutKey || !isKeyHeader(name));
  return lowerCased(
    {
      accept,
      'user-agent': `majordomo/${version}`,
      ...more,
      ...(key === null ? {} : (keyHeader ?? dialect.authorization(key))),
    },
    Object.fromEntries(own),
  );
}

export function isOk({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

/** What an error of this response is told with. */
export function errorContext(
  { status, headers, proxy }: HttpResponse,
  at: { readonly connection: Connection; readonly model: string | null; readonly now: number },
) {
  const { dialect, preset, scrub } = at.connection;
  const endpoint = at.connection.asked();
  return {
    dialect: dialect.name,
    preset,
    status,
    headers,
    proxy,
    model: at.model,
    endpoint,
    now: at.now,
    scrub,
  };
}

/** The error for a response that is not HTTP 2xx. */
export function refusalOf(
  response: HttpResponse,
  at: {
    readonly connection: Connection;
    readonly model: string | null;
    readonly context: ModelContext;
    readonly bodyText: string;
  },
): ProviderError {
  const { connection, model, context, bodyText } = at;
  const facts = errorContext(response, { connection, model, now: context.clock.now() });
  return scrubbed(classifyResponse({ ...facts, bodyText }), connection);
}

/** The explanation of a refusal: the status stands, even if it breaks off or does not come. */
export async function errorText(response: HttpResponse, { clock, signal }: ModelContext): Promise<string> {
  try {
    return (await within(response.text(longestErrorBody), { clock, ms: errorBodyMs })) ?? '';
  } catch (error) {
    if (signal.aborted) throw error;
    return '';
  }
}

/** The promise's value, or null once `ms` have passed; a rejection after that is dropped. */
export function within<T>(
  promise: Promise<T>,
  { clock, ms }: { readonly clock: Clock; readonly ms: number },
): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const cancel = clock.setTimer(ms, () => resolve(null));
    promise.then(resolve, reject).finally(cancel);
  });
}

/** A path with the query that the DSN adds. */
export function withQuery(path: string, dsn: Dsn, { withoutKey = false } = {}): string {
  const pairs = dsn
    .queryPairs()
    .filter(([name]) => !withoutKey || name !== keyParameter)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  if (pairs.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

/** Joins headers; where names differ in case only, the user's own win. */
function lowerCased(...all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(all.flatMap(Object.entries).map(([name, value]) => [name.toLowerCase(), value]));
}

/**
 * Errors of HTTP and of the dialects, without the credential that a server may have echoed. Texts are cut to a
 * line only after that: a key on the edge of the cut would not be known for one. Of a server that cannot be reached
 * it is said which one.
 */
export function scrubbed(
  error: ProviderError,
  { scrub, asked }: Pick<Connection, 'scrub' | 'asked'>,
): ProviderError {
  const clean = (text: string | null): string | null => (text === null ? null : scrub(text));
  const { kind, httpStatus, retryAfterMs, phase, hint } = error;
  const isAway = (kind === 'unreachable' || phase === 'connect') && !error.message.startsWith('the proxy');
  return new ProviderError({
    kind,
    message: firstMeaningfulLine(scrub(error.message)),
    httpStatus,
    retryAfterMs,
    phase,
    hint: clean(hint !== null && isAway ? `${asked().place}: ${hint}` : hint),
    rawCode: clean(error.rawCode),
    requestId: clean(error.requestId),
  });
}
