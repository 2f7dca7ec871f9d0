import { ProviderError } from '../core/errors.js';
import type { ModelContext, Reached } from '../core/ports.js';
import { type Got, get } from './endpoint-get.js';
import { type Connection, scrubbed } from './endpoint-request.js';
import { saysKeyIsBad } from './errors/bad-key.js';
import { refusalHint, saysTlsIsWrong } from './errors/hints.js';
import { isApiText } from './json-value.js';
import { listRequest, pageIn } from './model-list.js';
import { inTime } from './request-time.js';

/**
 * Connects and hangs up. That says little where a proxy takes connections to whatever host, and where there is no key, so that
 * nothing else may be asked: there the list of models is asked for. An API is there if it answers as one, whatever it says: a server of
 * one's own need not have a list. What anybody may have said (a page, a redirect, a plain text) and a server in trouble leave a doubt.
 * Throws a `ProviderError`.
 */
export async function reachEndpoint(
  connection: Connection,
  { context, hasKey }: { readonly context: ModelContext; readonly hasKey: boolean },
): Promise<Reached> {
  const client = await connection.client();
  const { clock, connectTimeoutMs } = context;
  const reached = await inTime(context, ({ signal }) =>
    client.reach({ signal, clock, connectTimeoutMs }),
  ).catch((error: unknown) => {
    throw error instanceof ProviderError ? scrubbed(error, connection) : error;
  });
  const isForwarded = client.isForwarded();
  if (hasKey && !isForwarded) return reached;
  const got = await get(connection, { ...listRequest(connection, null), withoutKey: true }, context);
  // a proxy says so where it does not reach the server
  if (isForwarded && got.httpStatus >= 500) throw got.error();
  if (hasKey) return reached;
  if (!got.isOk && saysTlsIsWrong(got.bodyText)) throw got.error();
  const error = got.isOk ? null : got.error();
  if (error?.kind === 'auth' && saysKeyIsBad(error, connection.preset))
    return { ...reached, keyRefusal: error };
  return isOfApi(got) ? reached : { ...reached, doubt: doubtOf(connection, got) };
}

function isOfApi({ httpStatus, bodyText }: Got): boolean {
  const isRedirect = httpStatus >= 300 && httpStatus < 400;
  return !isRedirect && httpStatus < 500 && isApiText(bodyText);
}

/** What is wrong with it as a list of models, with a hint for those who need none. */
function doubtOf(connection: Connection, got: Got): ProviderError | null {
  try {
    pageIn(connection, got);
    return null;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.kind !== 'auth') return error;
    return new ProviderError({ ...error, message: error.message, hint: refusalHint(connection.asked()) });
  }
}
