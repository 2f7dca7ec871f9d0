import { ProviderError } from '../core/errors.js';
import type { CredentialProof, ModelContext } from '../core/ports.js';
import { type GetRequest, type Got, get } from './endpoint-get.js';
import type { Connection } from './endpoint-request.js';
import { saysKeyIsBad } from './errors/bad-key.js';
import { isErrorPayload } from './errors/facts.js';
import { jsonOf, objectIn } from './json-value.js';
import { isListless, listless, listRequest, pageIn } from './model-list.js';

/**
 * Asks for what only a good key gets, and then for the same without a key: an endpoint that answers both proves nothing.
 * Throws a `ProviderError` for a refusal that says so of the key, and for every other error.
 */
export async function proveCredential(
  connection: Connection,
  context: ModelContext,
): Promise<CredentialProof> {
  const { question, got } = await ask(connection, context);
  const { httpStatus, firstByteMs } = got;
  const known = { httpStatus, firstByteMs };
  try {
    const flaw = question.flawOf(got);
    const reason = flaw ?? (await whyUnproven({ connection, question, context }));
    return { ...known, proven: reason === null, reason };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (isListless(connection, error)) return { ...known, proven: false, reason: listless };
    if (error.kind !== 'auth' || saysKeyIsBad(error, connection.preset)) throw error;
    return {
      ...known,
      proven: false,
      reason: `what is asked to prove the key is refused, which may not be the key's fault (${error.httpStatus}): ${error.message}`,
    };
  }
}

/** What is asked to prove a key. */
interface Question {
  readonly request: GetRequest;
  /** Why an answer proves no key, though it is one; null for one that may. Throws the `ProviderError` of a refusal. */
  flawOf(got: Got): string | null;
}

/** A server that does not know the path that proves a key may still have a list of models. */
async function ask(
  connection: Connection,
  context: ModelContext,
): Promise<{ readonly question: Question; readonly got: Got }> {
  const { preset, basePath } = connection;
  const keyPath = preset.keyPath ?? null;
  if (keyPath !== null) {
    const path = keyPath.startsWith('//') ? keyPath.slice(1) : `${basePath}${keyPath}`;
    const got = await get(connection, { path }, context);
    if (!isUnknownPath(got)) return { question: { request: { path }, flawOf: flawOfWord }, got };
  }
  const request = listRequest(connection, null);
  const flawOf = (got: Got): string | null => flawOfList(connection, got);
  return { question: { request, flawOf }, got: await get(connection, request, context) };
}

/** Some servers say so with HTTP 200. */
function isUnknownPath(got: Got): boolean {
  if (got.httpStatus === 404) return true;
  return got.isOk && isErrorPayload(jsonOf(got.bodyText)) && got.error().kind === 'misconfigured';
}

/** A web page or an error that comes with HTTP 200 proves no key. */
function flawOfWord(got: Got): null {
  const payload = jsonOf(got.bodyText);
  if (!got.isOk || payload === undefined || isErrorPayload(payload)) throw got.error();
  if (objectIn(payload) !== null) return null;
  throw new ProviderError({
    kind: 'misconfigured',
    message: 'the server sent something else than what it knows of the key',
    httpStatus: got.httpStatus,
    hint: 'check the base path of the endpoint',
  });
}

function flawOfList(connection: Connection, got: Got): string | null {
  const { models } = pageIn(connection, got);
  // a server of one's own may have none yet
  return models.length > 0 || connection.preset.local
    ? null
    : 'its list of models is empty, which proves no key';
}

async function whyUnproven(at: {
  readonly connection: Connection;
  readonly question: Question;
  readonly context: ModelContext;
}): Promise<string | null> {
  const { connection, question, context } = at;
  try {
    question.flawOf(await get(connection, { ...question.request, withoutKey: true }, context));
    return 'the endpoint answers without a key, too: that it answers proves nothing';
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof ProviderError) return error.kind === 'auth' ? null : cannotTell;
    throw error;
  }
}

const cannotTell = 'it could not be found out whether the endpoint answers without a key, too';
