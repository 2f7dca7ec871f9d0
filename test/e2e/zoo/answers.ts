import { type FakeReply, type FakeRequest, jsonReply } from '../../fakes/loopback.js';
import {
  answer,
  good,
  hasKey,
  isChat,
  list,
  listed,
  page,
  refuse,
  wrongKey,
  zooKey,
} from '../../fakes/zoo.js';
import type { Animal } from './animal.js';

type Judge = (request: FakeRequest) => FakeReply;

const at =
  (scheme: string, judge: Judge, { key = `${zooKey}@`, path = '/v1', query = '' } = {}): Animal['start'] =>
  async (zoo) =>
    `${scheme}+http://${key}${await zoo.api(judge)}${path}${query}`;

/** What a server of one's own says to a wrong key, and to none. */
const unauthorized = jsonReply(401, { error: 'Unauthorized' });
const refused = { status: 'fail', reached: 'reachable', kind: 'auth', httpStatus: 401 } as const;
const wordless = (headers: Record<string, string>): FakeReply => ({
  status: 401,
  contentType: 'text/plain',
  headers,
  parts: [],
});

const bareRefusals: readonly Animal[] = [
  ...(['vllm', 'llamacpp', 'lmstudio', 'localai'] as const).map(
    (scheme): Animal => ({
      name: `a wrong key for ${scheme}, which says no more than that`,
      start: at(scheme, () => unauthorized),
      ...refused,
      says: /^Unauthorized$/,
      hint: /check the key: it comes from LLM_\w+/,
    }),
  ),
  ...[
    { by: 'a member of FastAPI', reply: jsonReply(401, { detail: 'Unauthorized' }) },
    { by: 'a nested message', reply: refuse(401, 'unauthorized') },
    { by: 'a word', reply: jsonReply(401, { error: { code: 'unauthorized' } }) },
    { by: 'a page', reply: page(401, '401 Unauthorized') },
    {
      by: 'a plain text',
      reply: { ...page(401, ''), contentType: 'text/plain', parts: ['401 Unauthorized\n'] },
    },
    { by: 'its status alone', reply: wordless({}) },
    { by: 'a header alone', reply: wordless({ 'www-authenticate': 'Bearer' }) },
  ].map(
    ({ by, reply }): Animal => ({
      name: `a wrong key for a server of one’s own, by ${by}`,
      start: at('vllm', () => reply),
      model: listed,
      probe: true,
      ...refused,
      hint: /check the key/,
    }),
  ),
  {
    name: 'a server of one’s own that wants a key, and has none',
    start: at('vllm', () => unauthorized, { key: '' }),
    ...refused,
    hint: /the server wants a key, and none is known of: put it into the provider's DSN/,
  },
  {
    name: 'the same, which says so',
    start: at('vllm', (request) => (hasKey(request) ? list : wrongKey), { key: '' }),
    ...refused,
    hint: /the server wants a key/,
  },
  {
    name: 'a server of one’s own that forbids',
    start: at('ollama', () => jsonReply(403, { error: 'Forbidden' }), { path: '' }),
    status: 'warn',
    reached: 'reachable',
    httpStatus: 403,
    hint: /--probe/,
  },
  {
    name: 'a list that an API on the web refuses without a reason',
    start: at('openai', () => unauthorized),
    status: 'warn',
    reached: 'reachable',
    httpStatus: 401,
    says: /Unauthorized/,
    hint: /--probe/,
  },
  {
    name: 'the same before a model that answers',
    start: at('openai', (request) => (isChat(request) ? answer('OK') : unauthorized)),
    model: listed,
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
  {
    name: 'a wrong key of a header, and a model',
    start: at('openai', () => wrongKey, { key: '', query: `?header.Authorization=Bearer%20${zooKey}` }),
    model: listed,
    ...refused,
    hint: /\(header\.Authorization\)/,
  },
];

/** Of a model that is not listed this comes when it is asked for by name. */
const byName =
  (reply: FakeReply): Judge =>
  (request) =>
    request.path.endsWith('/gpt-y') ? reply : good(request);

const absent = { status: 'fail', reached: 'credential', kind: 'model-not-found' } as const;

const names: readonly Animal[] = [
  ...[
    { what: 'null', reply: jsonReply(200, null) },
    {
      what: 'an error with HTTP 200',
      reply: jsonReply(200, { error: 'Unexpected endpoint or method. (GET /x)' }),
    },
    { what: 'an error that no API has', reply: jsonReply(200, { error: { message: 'nope' } }) },
    { what: 'the list', reply: list },
    { what: 'another model', reply: jsonReply(200, { id: listed, object: 'model' }) },
    { what: 'a model that has no name', reply: jsonReply(200, { object: 'model' }) },
  ].map(
    ({ what, reply }): Animal => ({
      name: `a model for whose name comes ${what}`,
      start: at('openai', byName(reply)),
      model: 'gpt-y',
      ...absent,
      hint: /did you mean gpt-x/,
    }),
  ),
  {
    name: 'a model that is in no list, but known by name',
    start: at('openai', byName(jsonReply(200, { id: 'gpt-y', object: 'model' }))),
    model: 'gpt-y',
    status: 'pass',
    reached: 'model',
  },
  {
    name: 'a model that is not there, though it would answer',
    start: at('openai', (request) => (isChat(request) ? answer('OK') : good(request))),
    model: 'gpt-y',
    probe: true,
    ...absent,
    hint: /did you mean gpt-x/,
  },
  {
    name: 'a model of Gemini’s that only embeds',
    start: at('google', embedding, { path: '' }),
    model: 'embed-x',
    ...absent,
    says: /embed-x: it is there, but writes no text/,
    hint: /majordomo providers --models/,
  },
  ...(['nitro', 'free:floor', 'nitro:online'] as const).map(
    (suffix): Animal => ({
      name: `a model of OpenRouter’s with :${suffix}`,
      start: at('openrouter', router(['meta/llama-x', 'meta/llama-x:free']), { path: '' }),
      model: `meta/llama-x:${suffix}`,
      status: 'pass',
      reached: 'model',
    }),
  ),
  {
    name: 'a model of OpenRouter’s that has no free variant',
    start: at('openrouter', router(['meta/llama-x']), { path: '' }),
    model: 'meta/llama-x:free',
    ...absent,
    hint: /did you mean meta\/llama-x/,
  },
];

function embedding({ headers, path }: FakeRequest): FakeReply {
  if (headers['x-goog-api-key'] !== zooKey) return refuse(403, 'unregistered callers');
  const able = (name: string, method: string) => ({ name, supportedGenerationMethods: [method] });
  const embed = able('models/embed-x', 'embedContent');
  return jsonReply(
    200,
    path.endsWith('/models') ? { models: [able('models/gemini-x', 'generateContent'), embed] } : embed,
  );
}

function router(ids: readonly string[]): Judge {
  return (request) => {
    if (request.path.endsWith('/key')) return hasKey(request) ? jsonReply(200, { data: {} }) : wrongKey;
    if (request.path.endsWith('/models')) return jsonReply(200, { data: ids.map((id) => ({ id })) });
    return refuse(404, 'Not Found');
  };
}

/** The key is asked for by `/key`. */
const keySays =
  (reply: FakeReply): Judge =>
  (request) =>
    hasKey(request) ? reply : refuse(401, 'No auth credentials found');
const noList = jsonReply(404, { detail: 'Not Found' });
const listless: Judge = (request) => (isChat(request) ? good(request) : noList);
const twoWays = /either the API is not at http:.*; or it has no list of models.*--probe/;

const others: readonly Animal[] = [
  {
    name: 'a refused key with HTTP 200',
    start: at('openrouter', keySays(jsonReply(200, { error: { message: 'Invalid API key', code: 401 } }))),
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 200,
    says: /^Invalid API key$/,
    hint: /check the key/,
  },
  {
    name: 'null in place of what is known of a key',
    start: at('openrouter', keySays(jsonReply(200, null))),
    status: 'fail',
    reached: 'reachable',
    kind: 'misconfigured',
    httpStatus: 200,
    hint: /check the base path/,
  },
  {
    name: 'an empty list',
    start: at('openai', (request) => (hasKey(request) ? jsonReply(200, { data: [] }) : wrongKey)),
    status: 'warn',
    reached: 'reachable',
    httpStatus: 200,
    says: /list of models is empty/,
    hint: /--probe/,
  },
  {
    name: 'an error beside an empty list',
    start: at('openai', () => jsonReply(200, { data: [], error: { message: 'Invalid API key' } })),
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 200,
    hint: /check the key/,
  },
  {
    name: 'an API without a list of models',
    start: at('openai', listless),
    status: 'fail',
    reached: 'reachable',
    kind: 'misconfigured',
    httpStatus: 404,
    says: /there is no list of models \(HTTP 404\): Not Found/,
    hint: twoWays,
  },
  {
    name: 'a model of an API without a list of models',
    start: at('openai', listless),
    model: listed,
    status: 'fail',
    reached: 'reachable',
    kind: 'misconfigured',
    httpStatus: 404,
    hint: twoWays,
  },
  ...[undefined, 'sonar'].map(
    (model): Animal => ({
      name: `an API that is known to have no list of models${model === undefined ? '' : ', and a model'}`,
      start: at('perplexity', listless, { path: '' }),
      ...(model !== undefined && { model }),
      status: 'warn',
      reached: 'reachable',
      httpStatus: 404,
      says: /the API has no list of models/,
      hint: /--probe/,
    }),
  ),
  {
    name: 'an API without a list of models, whose model answers',
    start: at('openai', listless),
    model: listed,
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
  {
    name: 'an API that says of its list that the model is not there, whose model answers',
    start: at('vllm', (request) =>
      isChat(request) ? answer('OK') : refuse(404, 'models not found', 'model_not_found'),
    ),
    model: listed,
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
];

/** Answers that are not what they seem: refusals without words, and successes without what was asked for. */
export const answerAnimals: readonly Animal[] = [...bareRefusals, ...names, ...others];
