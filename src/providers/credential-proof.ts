import { ProviderError } from '../core/errors.js';
import type { CredentialProof, ModelContext } from '../core/ports.js';
import { type GetRequest, type Got, get } from './endpoint-get.js';
import type { Connection } from './endpoint-request.js';
import { saysKeyIsBad } from './errors/bad-key.js';
import { jsonOf } from './json-value.js';
import { listRequest, pageIn } from './model-list.js';

/**
 * Asks for what only a good key gets, and then for the same without a key: an endpoint that answers both proves nothing.
 * Throws a `ProviderError` for a refusal that says so of the key, and for every other error.
 */
export async function proveCredential(
  connection: Connection,
  context: ModelContext,
): Promise<CredentialProof> {
  const { request, got, check } = await ask(connection, context);
  const { httpStatus, firstByteMs } = got;
  const known = { httpStatus, firstByteMs };
  if (got.isOk) {
    check();
    const reason = await whyUnproven({ connection, request, context });
    return { ...known, proven: reason === null, reason };
  }
  const error = got.error();
  if (error.kind !== 'auth' || saysKeyIsBad(error)) throw error;
  return {
    ...known,
    proven: false,
    reason: `what is asked to prove the key is refused, which may not be the key's fault (${error.httpStatus}): ${error.message}`,
  };
}

/** A server that does not know the path that proves a key may still have a list of models. */
async function ask(
  connection: Connection,
  context: ModelContext,
): Promise<{ readonly request: GetRequest; readonly got: Got; readonly check: () => unknown }> {
  const { preset, basePath } = connection;
  const keyPath = preset.keyPath ?? null;
  if (keyPath !== null) {
    const path = keyPath.startsWith('//') ? keyPath.slice(1) : `${basePath}${keyPath}`;
    const got = await get(connection, { path }, context);
    if (got.httpStatus !== 404) return { request: { path }, got, check: () => checkObject(got) };
  }
  const request = listRequest(connection, null);
  const got = await get(connection, request, context);
  return { request, got, check: () => pageIn(connection, got) };
}

/** A web page that comes with HTTP 200 proves no key. */
function checkObject(got: Got): void {
  if (jsonOf(got.bodyText) === undefined) throw got.error();
}

async function whyUnproven(at: {
  readonly connection: Connection;
  readonly request: GetRequest;
  readonly context: ModelContext;
}): Promise<string | null> {
  const { connection, request, context } = at;
  try {
    const control = await get(connection, { ...request, withoutKey: true }, context);
    if (control.isOk) return 'the endpoint answers without a key, too: that it answers proves nothing';
    return control.error().kind === 'auth' ? null : cannotTell;
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof ProviderError) return cannotTell;
    throw error;
  }
}

const cannotTell = 'it could not be found out whether the endpoint answers without a key, too';
