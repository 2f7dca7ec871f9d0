import type { DsnOptions } from '../core/dsn.js';
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
import type { HttpResponse } from './http.js';
import { listIn, objectIn, textIn } from './json-value.js';
import { deploymentVersion } from './openai-chat.js';
import type { DialectName, Preset } from './presets.js';

/** One page of a list, and the way to the next; null after the last. */
interface Page {
  readonly models: readonly string[];
  readonly cursor: string | null;
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
    const entries = Array.isArray(payload) ? payload : (object?.data ?? object?.models);
    if (!Array.isArray(entries)) return null;
    return { models: named(entries, 'id'), cursor: moreAfter(object) };
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
      return { models: named(object.data, 'id'), cursor: moreAfter(object) };
    },
  },
  /** https://ai.google.dev/api/models#method:-models.list; those that embed or only count tokens are left out. */
  google: {
    path: (cursor) => withParameters('/models', { pageSize: '1000', pageToken: cursor }),
    page: (payload) => {
      const object = objectIn(payload);
      if (object === null || object.error !== undefined) return null;
      // an empty list is left out, as everything empty in this API
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

/** In bytes; the longest lists there are, with prices and descriptions, have about one MB. */
const longestPage = 16 * 1024 * 1024;
const mostPages = 100;
const longestId = 512;

/**
 * Asks an endpoint for its models, page after page, each model once. Throws a `ProviderError`, scrubbed of the credential, a
 * `ConfigError` when the credential cannot be read, or the signal's reason.
 */
export async function* listModels(
  connection: Connection,
  context: ModelContext,
): AsyncGenerator<readonly string[]> {
  const seen = new Set<string>();
  const cursors = new Set<string>();
  let cursor: string | null = null;
  do {
    const page: Page = await readPage(connection, { context, cursor });
    const fresh = page.models.map(connection.scrub).filter((id) => !seen.has(id));
    for (const id of fresh) seen.add(id);
    yield fresh;
    cursor = page.cursor;
    if (cursor === null) return;
    if (cursors.has(cursor) || cursors.size === mostPages) throw endless;
    cursors.add(cursor);
  } while (true);
}

const endless = new ProviderError({ kind: 'server-error', message: 'the list of models has no end' });

async function readPage(
  connection: Connection,
  { context, cursor }: { readonly context: ModelContext; readonly cursor: string | null },
): Promise<Page> {
  const { dialect, preset, dsn } = connection;
  const form: ListForm = forms[dialect.name];
  // ended with the page, whatever is left of its body
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  try {
    const key = await connection.key({ signal });
    const path = `${listBase(connection)}${form.path(cursor, { preset, options: dsn.options })}`;
    const response = await (await connection.client()).request({
      method: 'GET',
      path: withQuery(path, dsn),
      headers: requestHeaders(connection, {
        accept: 'application/json',
        key,
        more: form.headers?.(dsn.options) ?? {},
      }),
      body: null,
      signal,
      clock: context.clock,
      connectTimeoutMs: context.connectTimeoutMs,
    });
    const at = { connection, model: null, context };
    if (!isOk(response)) throw refusalOf(response, { ...at, bodyText: await errorText(response, context) });
    const bodyText = await response.text(longestPage);
    return form.page(parsed(bodyText)) ?? refuse(response, bodyText, at);
  } catch (error) {
    context.signal.throwIfAborted();
    throw error instanceof ProviderError ? scrubbed(error, connection) : error;
  } finally {
    ending.abort(new Error('the page is read'));
  }
}

/** Something else than a list came with HTTP 2xx: an error of the API, a web page, somebody else's JSON. */
function refuse(
  response: HttpResponse,
  bodyText: string,
  at: Omit<Parameters<typeof refusalOf>[1], 'bodyText'>,
): never {
  const said = objectIn(parsed(bodyText));
  const speaks = said?.error !== undefined || said?.message !== undefined || /^\s*</.test(bodyText);
  if (speaks) throw refusalOf(response, { ...at, bodyText });
  throw new ProviderError({
    kind: 'misconfigured',
    message: 'the server sent no list of models',
    httpStatus: response.status,
    hint: 'check the base path of the endpoint',
  });
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

/** The cursor of OpenAI's and Anthropic's lists. */
function moreAfter(object: Readonly<Record<string, unknown>> | null): string | null {
  return object?.has_more === true ? textIn(object.last_id) : null;
}

function withParameters(path: string, parameters: Readonly<Record<string, string | null>>): string {
  const pairs = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== null);
  if (pairs.length === 0) return path;
  return `${path}?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
