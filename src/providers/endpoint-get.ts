import { ProviderError } from '../core/errors.js';
import type { ModelContext } from '../core/ports.js';
import {
  type Connection,
  errorText,
  isOk,
  refusalOf,
  requestHeaders,
  scrubbed,
  withQuery,
} from './endpoint-request.js';
import { inTime } from './request-time.js';

/** In bytes; the longest lists there are, with prices and descriptions, have about one MB. */
export const longestBody = 16 * 1024 * 1024;

export interface GetRequest {
  /** From the root of the server. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent without any credential, those in the DSN's own headers and query included. */
  readonly withoutKey?: boolean;
}

export interface Got {
  readonly httpStatus: number;
  readonly bodyText: string;
  /** From sending the request to the head of the response, in milliseconds. */
  readonly firstByteMs: number;
  /** The error that the response stands for, whatever its status. */
  readonly error: () => ProviderError;
  readonly isOk: boolean;
}

/**
 * Asks an endpoint for something that costs nothing. Throws a `ProviderError` for what the network says, scrubbed of the
 * credential, a `ConfigError` when the credential cannot be read, or the signal's reason; a refusal is returned.
 */
export async function get(connection: Connection, request: GetRequest, context: ModelContext): Promise<Got> {
  try {
    return await inTime(context, (timed) => exchange(connection, request, { context, ...timed }));
  } catch (error) {
    context.signal.throwIfAborted();
    throw error instanceof ProviderError ? scrubbed(error, connection) : error;
  }
}

async function exchange(
  connection: Connection,
  request: GetRequest,
  at: { readonly context: ModelContext; readonly signal: AbortSignal; readonly onHead: () => void },
): Promise<Got> {
  const { context, signal, onHead } = at;
  const { clock, connectTimeoutMs } = context;
  const { withoutKey = false } = request;
  const key = withoutKey ? null : await connection.key({ signal });
  const client = await connection.client();
  const sinceMs = clock.monotonic();
  const response = await client.request({
    method: 'GET',
    path: withQuery(request.path, connection.dsn, { withoutKey }),
    headers: requestHeaders(connection, {
      accept: 'application/json',
      key,
      more: request.headers ?? {},
      withoutKey,
    }),
    body: null,
    signal,
    clock,
    connectTimeoutMs,
  });
  onHead();
  const firstByteMs = clock.monotonic() - sinceMs;
  const bodyText = isOk(response) ? await response.text(longestBody) : await errorText(response, context);
  const error = (): ProviderError => refusalOf(response, { connection, model: null, context, bodyText });
  return { httpStatus: response.status, bodyText, firstByteMs, error, isOk: isOk(response) };
}
