import type { ErrorKind } from '../core/classify.js';
import type { DsnOptions } from '../core/dsn.js';
import { ProviderError } from '../core/errors.js';
import type { ModelContext } from '../core/ports.js';
import { type GetRequest, type Got, get, longestBody } from './endpoint-get.js';
import type { Connection } from './endpoint-request.js';
import { isErrorPayload } from './errors/facts.js';
import { noListHint, onlyModelHint } from './errors/hints.js';
import { type JsonObject, jsonOf, listIn, objectIn, textIn } from './json-value.js';
import { deploymentVersion } from './openai-chat.js';
import type { DialectName, Preset } from './presets.js';

/** One page of a list, and the way to the next; null after the last. */
interface Page {
  readonly models: readonly string[];
  /** Further names that requests may use: an entry's aliases, and `MODEL:PROVIDER` where it tells who serves it. */
  readonly otherNames?: readonly string[];
  readonly cursor: string | null;
  /** Set where there is more, and no way to it. */
  readonly isCut?: boolean;
}

/** How one dialect lists its models. */
interface ListForm {
  /** Below the base path. */
  path(cursor: string | null, at: { readonly preset: Preset; readonly options: DsnOptions }): string;
  headers?(options: DsnOptions): Readonly<Record<string, string>>;
  /** Null for something that is no such list. */
  page(payload: unknown): Page | null;
}

/** GET `/models` (https://platform.openai.com/docs/api-reference/models/list); Together and GitHub send the bare array. */
const openaiForm: ListForm = {
  path: (cursor, at) => {
    const version = deploymentVersion(at);
    return withParameters('/models', { 'api-version': version, after: cursor });
  },
  page: (payload) => {
    const object = objectIn(payload);
    // servers written in Go say null for an empty list
    const isEmpty = object?.object === 'list' && object.data === null;
    const entries = Array.isArray(payload) ? payload : isEmpty ? [] : (object?.data ?? object?.models);
    if (!Array.isArray(entries)) return null;
    return { models: named(entries, 'id'), otherNames: otherNamesIn(entries), ...moreAfter(object) };
  },
};

const forms = {
  openai: openaiForm,
  'openai-responses': openaiForm,
  /** https://docs.anthropic.com/en/api/models-list */
  anthropic: {
    path: (cursor) => withParameters('/models', { limit: '1000', after_id: cursor }),
    headers: ({ apiVersion }) => ({ 'anthropic-version': apiVersion ?? '2023-06-01' }),
    page: (payload) => {
      const object = objectIn(payload);
      if (!Array.isArray(object?.data)) return null;
      return { models: named(object.data, 'id'), ...moreAfter(object) };
    },
  },
  /** https://ai.google.dev/api/models#method:-models.list; those that embed or only count tokens are left out. */
  google: {
    path: (cursor) => withParameters('/models', { pageSize: '1000', pageToken: cursor }),
    page: (payload) => {
      const object = objectIn(payload);
      // everything empty is left out in this API, an empty list, too: other fields are those of somebody else
      const isList = object !== null && (Object.keys(object).length === 0 || isPage(object));
      if (!isList) return null;
      const able = listIn(object.models).filter((entry) => {
        const methods = objectIn(entry)?.supportedGenerationMethods;
        return !Array.isArray(methods) || methods.includes('generateContent');
      });
      const models = named(able, 'name').map((name) => name.replace(/^models\//, ''));
      return { models, cursor: textIn(object.nextPageToken) };
    },
  },
  /** https://github.com/ollama/ollama/blob/main/docs/api.md#list-local-models */
  ollama: {
    path: () => '/tags',
    page: (payload) => {
      const object = objectIn(payload);
      // a server without models says null
      if (object === null || !(object.models === null || Array.isArray(object.models))) return null;
      return { models: named(listIn(object.models), 'name'), cursor: null };
    },
  },
} as const satisfies Record<DialectName, ListForm>;

const mostPages = 100;
const longestId = 512;

/**
 * Asks an endpoint for its models, page after page. Throws a `ProviderError`, scrubbed of the credential, a
 * `ConfigError` when the credential cannot be read, or the signal's reason.
 */
export async function* listModels(
  connection: Connection,
  context: ModelContext,
): AsyncGenerator<readonly string[]> {
  for await (const { models } of listPages(connection, context)) yield models;
}

/** The same with what else a page tells. */
export async function* listPages(
  connection: Connection,
  context: ModelContext,
): AsyncGenerator<Required<Omit<Page, 'cursor'>>> {
  const cursors = new Set<string>();
  let cursor: string | null = null;
  do {
    const page: Page = await readPage(connection, { context, cursor });
    const { models, otherNames = [], isCut = false } = page;
    yield { models: models.map(connection.scrub), otherNames: otherNames.map(connection.scrub), isCut };
    cursor = page.cursor;
    if (cursor === null) return;
    if (cursors.has(cursor) || cursors.size === mostPages) throw endless();
    cursors.add(cursor);
  } while (true);
}

function endless(): ProviderError {
  return new ProviderError({ kind: 'server-error', message: 'the list of models has no end' });
}

async function readPage(
  connection: Connection,
  { context, cursor }: { readonly context: ModelContext; readonly cursor: string | null },
): Promise<Page> {
  return pageIn(connection, await get(connection, listRequest(connection, cursor), context));
}

/** What is asked for a page of the list. */
export function listRequest(connection: Connection, cursor: string | null): GetRequest {
  const { dialect, preset, dsn } = connection;
  const form: ListForm = forms[dialect.name];
  return {
    path: `${listBase(connection)}${form.path(cursor, { preset, options: dsn.options })}`,
    headers: form.headers?.(dsn.options) ?? {},
  };
}

/** The page that a response is. Throws a `ProviderError` for one that is none. */
export function pageIn(connection: Connection, got: Got): Page {
  if (!got.isOk) throw listRefusal(connection, got);
  const form: ListForm = forms[connection.dialect.name];
  const payload = jsonOf(got.bodyText);
  if (isErrorPayload(payload)) throw got.error();
  return form.page(payload) ?? refuse(got);
}

/** Whether a refusal says only that an API has no list, which is known of it. */
export function isListless(
  { preset }: Connection,
  { httpStatus }: Pick<ProviderError, 'httpStatus'>,
): boolean {
  return preset.listless === true && httpStatus === 404;
}

/** Why that leaves key and model open. */
export const listless = 'the API has no list of models';

/** What a refusal of the list stands for. Where there is none, that is no word about any model, nor about a prompt. */
function listRefusal({ preset, asked }: Connection, got: Got): ProviderError {
  const error = got.error();
  const { kind, message, httpStatus, requestId, rawCode } = error;
  if (!ofRequests.has(kind) && kind !== 'misconfigured') return error;
  const known = { httpStatus, requestId, rawCode };
  if (httpStatus === 404 || httpStatus === 405 || httpStatus === 501) {
    return new ProviderError({
      kind: 'misconfigured',
      message: `there is no list of models (HTTP ${httpStatus}): ${message}`,
      hint: noListHint(preset, asked()) ?? error.hint,
      ...known,
    });
  }
  if (kind === 'misconfigured') return error;
  return new ProviderError({
    kind: 'bad-request',
    message: `the list of models is refused (HTTP ${httpStatus}): ${message}`,
    hint: onlyModelHint,
    ...known,
  });
}

/** What is wrong with requests to a model. */
const ofRequests: ReadonlySet<ErrorKind> = new Set([
  'bad-request',
  'context-length',
  'content-filter',
  'model-not-found',
]);

/** Something else than a list came with HTTP 2xx: an error of the API, a web page, somebody else's JSON. */
function refuse({ bodyText, error, httpStatus }: Got): never {
  const payload = jsonOf(bodyText);
  if (objectIn(payload)?.message !== undefined || /^\s*</.test(bodyText)) throw error();
  if (payload === undefined && /^\s*[[{]/.test(bodyText)) {
    // a character on the edge of the cut is left out
    const isLong = Buffer.byteLength(bodyText) > longestBody - 4;
    throw new ProviderError({
      kind: 'server-error',
      message: isLong
        ? `the list of models is longer than ${longestBody / 1024 / 1024} MB`
        : 'the list of models was cut, or is broken: it is no whole JSON',
      httpStatus,
      hint: onlyModelHint,
    });
  }
  throw new ProviderError({
    kind: 'misconfigured',
    message: 'the server sent no list of models',
    httpStatus,
    hint: 'check the base path of the endpoint',
  });
}

function isPage({ models, nextPageToken }: JsonObject): boolean {
  return Array.isArray(models) || textIn(nextPageToken) !== null;
}

/** The base path; some keep their list elsewhere on the same server. */
function listBase({ preset, basePath }: Connection): string {
  if (preset.modelsPath === undefined || basePath !== new URL(preset.baseUrl).pathname) return basePath;
  return preset.modelsPath.replace(/\/models$/, '');
}

function named(entries: readonly unknown[], key: 'id' | 'name'): string[] {
  return entries
    .map((entry) => textIn(objectIn(entry)?.[key]) ?? textIn(objectIn(entry)?.name) ?? textIn(entry))
    .filter((id) => id !== null)
    .filter((id) => id.length <= longestId);
}

/** Mistral lists `aliases`, Hugging Face's router `providers: [{ provider: 'together' }]`. */
function otherNamesIn(entries: readonly unknown[]): string[] {
  return entries.flatMap((entry) => {
    const object = objectIn(entry);
    const id = textIn(object?.id);
    if (id === null) return [];
    const servers = listIn(object?.providers).map((server) => textIn(objectIn(server)?.provider));
    const routes = servers.filter((server) => server !== null).map((server) => `${id}:${server}`);
    return [...listIn(object?.aliases).filter((alias) => textIn(alias) !== null), ...routes] as string[];
  });
}

/** Where OpenAI's and Anthropic's lists go on. */
function moreAfter(object: JsonObject | null): Pick<Page, 'cursor' | 'isCut'> {
  const cursor = object?.has_more === true ? textIn(object.last_id) : null;
  return { cursor, isCut: object?.has_more === true && cursor === null };
}

function withParameters(path: string, parameters: Readonly<Record<string, string | null>>): string {
  const pairs = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== null);
  if (pairs.length === 0) return path;
  return `${path}?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
