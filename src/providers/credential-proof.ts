import type { ErrorKind } from '../core/classify.js';
import { ProviderError } from '../core/errors.js';
import type { CredentialProof, ModelContext } from '../core/ports.js';
import { type GetRequest, type Got, get } from './endpoint-get.js';
import type { Connection } from './endpoint-request.js';
import { saysKeyIsBad } from './errors/bad-key.js';
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

interface Asked {
  readonly question: Question;
  readonly got: Got;
}

/** A server that says nothing of the key where that is asked, be it that it does not know the path, may have a list of models. */
async function ask(connection: Connection, context: ModelContext): Promise<Asked> {
  const checked = await askOfKey(connection, context);
  if (checked !== null) return checked;
  const request = listRequest(connection, null);
  const flawOf = (got: Got): string | null => flawOfList(connection, got);
  return { question: { request, flawOf }, got: await get(connection, request, context) };
}

/** Asks what only a good key gets; null where there is no such thing, or where the answer is none. */
async function askOfKey(connection: Connection, context: ModelContext): Promise<Asked | null> {
  const { preset, basePath } = connection;
  if (preset.keyCheck === undefined) return null;
  const { path, field } = preset.keyCheck;
  const request = {
    path: path.startsWith('//') ? `${basePath.replace(/\/v1$/, '')}${path.slice(1)}` : `${basePath}${path}`,
  };
  const isProof = ({ isOk, bodyText }: Got): boolean =>
    isOk && (objectIn(jsonOf(bodyText))?.[field] ?? null) !== null;
  const got = await get(connection, request, context);
  if (!isProof(got)) {
    const error = got.error();
    if (!(error.kind === 'auth' ? saysKeyIsBad(error, preset) : ofAccount.has(error.kind))) return null;
  }
  const flawOf = (answer: Got): null => {
    if (isProof(answer)) return null;
    throw answer.error();
  };
  return { question: { request, flawOf }, got };
}

/** What only somebody says who knows whose key it is. */
const ofAccount: ReadonlySet<ErrorKind> = new Set(['rate-limit', 'quota']);

function flawOfList(connection: Connection, got: Got): string | null {
  const { models } = pageIn(connection, got);
  // a server of one's own may have none yet
  return models.length > 0 || connection.preset.local
    ? null
    : 'its list of models is empty, which proves no key';
}

/** Whatever else a request without the key gets, it is the key that makes the difference. */
async function whyUnproven(at: {
  readonly connection: Connection;
  readonly question: Question;
  readonly context: ModelContext;
}): Promise<string | null> {
  const { connection, question, context } = at;
  try {
    const flaw = question.flawOf(await get(connection, { ...question.request, withoutKey: true }, context));
    return flaw === null ? 'the endpoint answers without a key, too: that it answers proves nothing' : null;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof ProviderError)) throw error;
    const { kind, httpStatus } = error;
    const isTold = httpStatus !== null && httpStatus < 500 && !passing.has(kind);
    return isTold ? null : 'it could not be found out whether the endpoint answers without a key, too';
  }
}

/** What a request may meet with any key or none. */
const passing: ReadonlySet<ErrorKind> = new Set(['rate-limit', 'overloaded']);
