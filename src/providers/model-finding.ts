import { ProviderError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import type { ModelContext, ModelFinding } from '../core/ports.js';
import { type Got, get } from './endpoint-get.js';
import type { Connection } from './endpoint-request.js';
import { saysKeyIsBad } from './errors/bad-key.js';
import { isErrorPayload } from './errors/facts.js';
import { jsonOf, listIn, objectIn, textIn } from './json-value.js';
import { isListless, listless, listPages } from './model-list.js';
import type { Preset } from './presets.js';

/**
 * Looks for a model in the endpoint's list, and then by its name: lists leave models out. Throws what a list throws, but for
 * a refusal of the list that does not say so of the key, which leaves the question open.
 */
export async function findModel(
  connection: Connection,
  { id, context }: { readonly id: string; readonly context: ModelContext },
): Promise<ModelFinding> {
  const { preset } = connection;
  const listed: string[] = [];
  const others: string[] = [];
  let isWhole = true;
  const wanted = { id: withoutRouting(id, preset), connection };
  const isTold = preset.deploymentBasePath === undefined;
  try {
    for await (const { models, otherNames, isCut } of listPages(connection, context)) {
      isWhole = !isCut;
      listed.push(...models);
      others.push(...otherNames);
      if (isTold && [...models, ...otherNames].some((name) => isSame(name, wanted))) return here;
    }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (isListless(connection, error)) return open(listless);
    if (error.kind !== 'auth' || saysKeyIsBad(error, preset)) throw error;
    return open(`the list of models is refused to this key: ${error.message}`);
  }
  const near = nearest(id, listed);
  if (!isTold) return { ...open('deployments are not in the list of models'), nearest: near };
  if (isServedUnseen(id, { preset, listed, others })) return here;
  const own = await lookUp({ ...wanted, listed, context });
  if (own === 'known') return here;
  if (own === 'untold') return { ...open(unknown), nearest: near };
  if (own === 'unable') return { found: false, reason: 'it is there, but writes no text', nearest: near };
  if (!isWhole) return { ...open(unread), nearest: near };
  if (id.startsWith('ft:')) return { ...open(fineTuned), nearest: near };
  return { found: false, reason: null, nearest: near };
}

const here: ModelFinding = { found: true, reason: null, nearest: [] };
const open = (reason: string): ModelFinding => ({ found: null, reason, nearest: [] });
const unknown = 'it is not in the list of models, and asking for it by name gave no answer';
const unread = 'it is not in the part of the list of models that the endpoint gives';
const fineTuned = 'fine-tuned models are not always in the list of models';

interface Wanted {
  readonly id: string;
  readonly connection: Connection;
}

/** The one that is meant by a name: Ollama's tag `latest` goes without saying, Gemini's list has a prefix. */
function isSame(listed: string, { id, connection: { dialect } }: Wanted): boolean {
  if (listed === id) return true;
  if (dialect.name === 'ollama') return withTag(listed) === withTag(id);
  return dialect.name === 'google' && listed === id.replace(/^models\//, '');
}

function withTag(name: string): string {
  return /:[^/]*$/.test(name) ? name : `${name}:latest`;
}

/** The id without the suffixes that only route a request; they may follow each other. */
function withoutRouting(id: string, preset: Preset): string {
  const { base, suffix } = split(id);
  return preset.routings?.includes(suffix) === true ? withoutRouting(base, preset) : id;
}

function split(id: string): { readonly base: string; readonly suffix: string } {
  const colon = id.lastIndexOf(':');
  return colon > 0 ? { base: id.slice(0, colon), suffix: id.slice(colon + 1) } : { base: id, suffix: '' };
}

/** Whether an id names one to serve a model that is listed without a word about who serves it. */
function isServedUnseen(
  id: string,
  seen: { readonly preset: Preset; readonly listed: readonly string[]; readonly others: readonly string[] },
): boolean {
  const { base, suffix } = split(id);
  if (seen.preset.routesByProvider !== true || suffix === '' || !seen.listed.includes(base)) return false;
  return !seen.others.some((name) => name.startsWith(`${base}:`));
}

type Known = 'known' | 'unknown' | 'unable' | 'untold';

interface LookUp extends Wanted {
  readonly listed: readonly string[];
  readonly context: ModelContext;
}

/** Whether the endpoint knows the model by name. Throws what says that the key is bad. */
async function lookUp(asked: LookUp): Promise<Known> {
  const { id, connection, context } = asked;
  const { dialect, basePath } = connection;
  // its list is that of its disk
  if (dialect.name === 'ollama') return 'unknown';
  const name = dialect.name === 'google' ? id.replace(/^models\//, '') : id;
  const path = `${basePath}/models/${name.split('/').map(encodeURIComponent).join('/')}`;
  const headers = dialect.name === 'anthropic' ? { 'anthropic-version': '2023-06-01' } : {};
  const got = await get(connection, { path, headers }, context);
  const payload = got.isOk ? jsonOf(got.bodyText) : null;
  // a web page
  if (payload === undefined) return 'untold';
  if (got.isOk && !isErrorPayload(payload)) return whatIs(payload, asked);
  const error = got.error();
  // the list was given to this key: to be bad after that, it has to be called so
  if (error.kind === 'auth' && saysKeyIsBad(error, { scopedKeys: true })) throw error;
  return isAbsence(got, error) ? 'unknown' : 'untold';
}

/** A server without this path says that the path is not there: then the list is all there is. */
function isAbsence({ isOk, httpStatus }: Got, { kind }: ProviderError): boolean {
  if (isOk) return !passing.has(kind);
  return kind === 'model-not-found' || httpStatus === 404 || httpStatus === 405;
}

/** Inside of HTTP 200 these are no answer to the question; every other error is that there is no such model. */
const passing: ReadonlySet<ProviderError['kind']> = new Set(['auth', 'overloaded', 'quota', 'rate-limit']);

/** What came for the name; some servers answer everything with something. */
function whatIs(payload: unknown, { id, connection, listed }: LookUp): Known {
  const { dialect, preset } = connection;
  const object = objectIn(payload);
  const name = textIn(object?.id) ?? textIn(object?.name)?.replace(/^models\//, '') ?? null;
  if (object === null || name === null) return 'unknown';
  if (dialect.name === 'google') {
    if (name !== id.replace(/^models\//, '')) return 'unknown';
    // what is empty is left out
    return listIn(object.supportedGenerationMethods).includes('generateContent') ? 'known' : 'unable';
  }
  const isResolved = preset.resolvesAliases === true && listed.includes(name);
  return name === id || isResolved || listIn(object.aliases).includes(id) ? 'known' : 'unknown';
}
