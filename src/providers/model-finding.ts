import { ProviderError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import type { ModelContext, ModelFinding } from '../core/ports.js';
import { type Got, get } from './endpoint-get.js';
import type { Connection } from './endpoint-request.js';
import { saysKeyIsBad } from './errors/bad-key.js';
import { jsonOf } from './json-value.js';
import { listModels } from './model-list.js';

/**
 * Looks for a model in the endpoint's list, and then by its name: lists leave models out. Throws what a list throws, but for
 * a refusal of the list that does not say so of the key, which leaves the question open.
 */
export async function findModel(
  connection: Connection,
  { id, context }: { readonly id: string; readonly context: ModelContext },
): Promise<ModelFinding> {
  const listed: string[] = [];
  try {
    for await (const page of listModels(connection, context)) {
      listed.push(...page);
      if (page.some((name) => isSame(name, id, connection))) return here;
    }
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'auth' || saysKeyIsBad(error)) throw error;
    return open(`the list of models is refused to this key: ${error.message}`);
  }
  const own = await lookUp(connection, { id, context });
  if (own === true) return here;
  const near = nearest(id, listed);
  const why = whyListIsNoProof(connection, id);
  if (why !== null || own === null) return { ...open(why ?? unknown), nearest: near };
  return { found: false, reason: null, nearest: near };
}

const here: ModelFinding = { found: true, reason: null, nearest: [] };
const open = (reason: string): ModelFinding => ({ found: null, reason, nearest: [] });
const unknown = 'it is not in the list of models, and asking for it by name gave no answer';

/** The one that is meant by a name: Ollama's tag `latest` goes without saying, Gemini's list has a prefix. */
function isSame(listed: string, id: string, { dialect }: Connection): boolean {
  if (listed === id) return true;
  if (dialect.name === 'ollama') return withTag(listed) === withTag(id);
  return dialect.name === 'google' && listed === id.replace(/^models\//, '');
}

function withTag(name: string): string {
  return /:[^/]*$/.test(name) ? name : `${name}:latest`;
}

/** Whose absence from a list says nothing. */
function whyListIsNoProof({ preset }: Connection, id: string): string | null {
  if (preset.deploymentBasePath !== undefined) return 'deployments are not in the list of models';
  return id.startsWith('ft:') ? 'fine-tuned models are not always in the list of models' : null;
}

/** Whether the endpoint knows the model by name; null where that cannot be told. */
async function lookUp(
  connection: Connection,
  { id, context }: { readonly id: string; readonly context: ModelContext },
): Promise<boolean | null> {
  const { dialect, basePath } = connection;
  // its list is that of its disk
  if (dialect.name === 'ollama') return false;
  const name = dialect.name === 'google' ? id.replace(/^models\//, '') : id;
  const path = `${basePath}/models/${name.split('/').map(encodeURIComponent).join('/')}`;
  const headers = dialect.name === 'anthropic' ? { 'anthropic-version': '2023-06-01' } : {};
  return saysOf(await get(connection, { path, headers }, context));
}

function saysOf(got: Got): boolean | null {
  if (got.isOk) return jsonOf(got.bodyText) === undefined ? null : true;
  const { kind } = got.error();
  // a server without this path says that the path is not there: then the list is all there is
  return kind === 'model-not-found' || got.httpStatus === 404 || got.httpStatus === 405 ? false : null;
}
