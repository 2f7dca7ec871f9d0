import { ProviderError } from '../core/errors.js';
import type { ModelContext, Reached } from '../core/ports.js';
import { get } from './endpoint-get.js';
import { type Connection, scrubbed } from './endpoint-request.js';
import { listRequest } from './model-list.js';

/**
 * Connects and hangs up. That says little where a proxy takes connections to whatever host, and where there is no key, so that
 * nothing else may be asked: there the list of models is asked for, and whatever a server says to that, it is there.
 * Throws a `ProviderError`.
 */
export async function reachEndpoint(
  connection: Connection,
  { context, hasKey }: { readonly context: ModelContext; readonly hasKey: boolean },
): Promise<Reached> {
  const client = await connection.client();
  const { signal, clock, connectTimeoutMs } = context;
  const reached = await client.reach({ signal, clock, connectTimeoutMs }).catch((error: unknown) => {
    throw error instanceof ProviderError ? scrubbed(error, connection) : error;
  });
  const isForwarded = client.isForwarded();
  if (hasKey && !isForwarded) return reached;
  const got = await get(connection, { ...listRequest(connection, null), withoutKey: true }, context);
  // a proxy says so where it does not reach the server
  if (isForwarded && got.httpStatus >= 500) throw got.error();
  return reached;
}
