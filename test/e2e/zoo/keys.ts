import type { FakeReply, FakeRequest } from '../../fakes/loopback.js';
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

const openai =
  (judge: (request: FakeRequest) => FakeReply, scheme = 'openai'): Animal['start'] =>
  async (zoo) =>
    `${scheme}+http://${zooKey}@${await zoo.api(judge)}/v1`;

/** Everything is as it should be, but the list answers so. */
const listSays =
  (reply: FakeReply) =>
  (request: FakeRequest): FakeReply =>
    isChat(request) ? good(request) : reply;

/** What servers say of a key, and of their list of models. */
export const keyAnimals: readonly Animal[] = [
  { name: 'a right key', start: openai(good), status: 'pass', reached: 'credential', httpStatus: 200 },
  {
    name: 'a wrong key',
    start: openai(() => wrongKey),
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 401,
    says: /Incorrect API key provided/,
    hint: /check the key: it comes from LLM_\w+.*must belong to http:/,
  },
  {
    name: 'a wrong key where the model is to be asked',
    start: openai(() => wrongKey),
    model: listed,
    probe: true,
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 401,
    hint: /check the key/,
  },
  {
    name: 'a missing key',
    start: () => 'openai://gateway.corp/v1',
    status: 'fail',
    reached: null,
    says: /set OPENAI_API_KEY, or put it into LLM_\w+ before the host: openai:\/\/KEY@HOST/,
    hint: null,
  },
  {
    name: 'a DSN that cannot be read',
    start: () => `opnai://${zooKey}@h`,
    status: 'fail',
    reached: null,
    says: /LLM_\w+: an unknown name in the scheme.*Did you mean openai/,
    hint: null,
  },
  {
    name: 'a right key that a header brings',
    start: async (zoo) => `openai+http://${await zoo.api(good)}/v1?header.Authorization=Bearer%20${zooKey}`,
    status: 'pass',
    reached: 'credential',
    httpStatus: 200,
  },
  {
    name: 'a wrong key that a header brings',
    start: async (zoo) =>
      `openai+http://${await zoo.api(() => wrongKey)}/v1?header.Authorization=Bearer%20${zooKey}`,
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 401,
    hint: /check the key: it comes from LLM_\w+ \(header\.Authorization\)/,
  },
  {
    name: 'a key command that fails',
    start: () => 'openai://gateway.corp/v1?key_cmd=false',
    status: 'fail',
    reached: null,
    says: /key_cmd failed/,
    hint: /./,
  },
  {
    name: 'a deleted key, which is told in other words than one would think',
    start: openai(() => refuse(401, 'User not found.'), 'openrouter'),
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 401,
    hint: /check the key/,
  },
  {
    name: 'a bad key at a vendor who gives no reason',
    start: openai(() => refuse(401, 'Unauthorized'), 'mistral'),
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 401,
    hint: /check the key/,
  },
  {
    name: 'a refusal without a reason where a key may be one that does not list',
    start: openai(() => refuse(401, 'Unauthorized')),
    status: 'warn',
    reached: 'reachable',
    httpStatus: 401,
    hint: /--probe/,
  },
  {
    name: 'a blocked key',
    start: openai(() => refuse(403, 'API key is currently blocked: Blocked due to API key leak'), 'xai'),
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 403,
    hint: /check the key/,
  },
  {
    name: 'a server behind a gateway, with another app at the root',
    start: async (zoo) =>
      `llamacpp+http://${zooKey}@${await zoo.api((request) =>
        request.path.startsWith('/llama/') ? good(request) : page(200, 'Another app'),
      )}/llama/v1`,
    model: listed,
    status: 'pass',
    reached: 'model',
    httpStatus: 200,
  },
  {
    name: 'a list that sends whoever has no key to a login',
    start: openai((request) =>
      hasKey(request)
        ? list
        : { status: 302, contentType: 'text/plain', headers: { location: 'https://login.corp/' }, parts: [] },
    ),
    status: 'pass',
    reached: 'credential',
    httpStatus: 200,
  },
  {
    name: 'a list that anybody gets',
    start: openai(() => list),
    status: 'warn',
    reached: 'reachable',
    httpStatus: 200,
    says: /without a key/,
    hint: /--probe/,
  },
  {
    name: 'a list that anybody gets, with the model in it',
    start: openai((request) => (isChat(request) ? good(request) : list)),
    model: listed,
    status: 'warn',
    reached: 'reachable',
    httpStatus: 200,
    says: /without a key/,
    hint: /--probe/,
  },
  {
    name: 'a list that anybody gets, before a model that wants the key',
    start: openai((request) => (isChat(request) ? good(request) : list)),
    model: listed,
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
  {
    name: 'a list that anybody gets, before a model that refuses the key',
    start: openai((request) => (isChat(request) ? wrongKey : list)),
    model: listed,
    probe: true,
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 401,
    hint: /check the key/,
  },
  {
    name: 'a key that may not list',
    start: openai(listSays(refuse(403, 'Missing scopes: api.model.read'))),
    status: 'warn',
    reached: 'reachable',
    httpStatus: 403,
    says: /Missing scopes/,
    hint: /--probe/,
  },
  {
    name: 'a key that may not list, and a model',
    start: openai(listSays(refuse(403, 'Missing scopes: api.model.read'))),
    model: listed,
    status: 'warn',
    reached: 'reachable',
    httpStatus: 403,
    says: /Missing scopes/,
    hint: /--probe/,
  },
  {
    name: 'a refused list before a model that answers',
    start: openai(listSays(refuse(401, 'insufficient permissions for this operation'))),
    model: listed,
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
  {
    name: 'a key that may list, but not generate',
    start: openai((request) =>
      isChat(request) ? refuse(403, 'Missing scopes: model.request') : good(request),
    ),
    model: listed,
    probe: true,
    status: 'fail',
    reached: 'model',
    kind: 'auth',
    httpStatus: 403,
    says: /Missing scopes/,
    hint: /check the key/,
  },
  {
    name: 'a list that is asked too often',
    start: openai(() =>
      // milliseconds, since a server may ask for any time
      ({ ...refuse(429, 'Rate limit reached', 'rate_limit_exceeded'), headers: { 'retry-after': '20' } }),
    ),
    status: 'fail',
    reached: 'reachable',
    kind: 'rate-limit',
    httpStatus: 429,
    hint: /asks too often: check again later.*20s/,
  },
  {
    name: 'a list that is asked too often, before a model that answers',
    start: openai(listSays(refuse(429, 'Rate limit reached', 'rate_limit_exceeded'))),
    model: listed,
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
  {
    name: 'a list that is broken, before a model that answers',
    start: openai(listSays(refuse(500, 'boom'))),
    model: listed,
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
  {
    name: 'a list that is refused as a prompt would be',
    start: openai(listSays(refuse(413, 'too large'))),
    model: listed,
    status: 'fail',
    reached: 'reachable',
    kind: 'bad-request',
    httpStatus: 413,
    says: /the list of models is refused/,
    hint: /--probe/,
  },
  {
    name: 'a list that is refused as a prompt would be, before a model that answers',
    start: openai(listSays(refuse(400, 'model is required'))),
    model: listed,
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
  {
    name: 'a list that never comes, before a model that answers',
    start: async (zoo) =>
      `openai+http://${zooKey}@${await zoo.http((request, response) => {
        if (!request.url?.endsWith('/chat/completions')) return;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(answer('OK').parts.join(''));
      })}/v1`,
    model: listed,
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
  {
    name: 'a server that loads its model',
    start: openai(() => jsonReply503, 'llamacpp'),
    status: 'fail',
    reached: 'reachable',
    kind: 'overloaded',
    httpStatus: 503,
    says: /Loading model/,
    hint: /loads its model: check again in a minute/,
  },
  {
    name: 'a web page in place of the API',
    start: openai(() => page(200, 'Sign in')),
    status: 'fail',
    reached: 'reachable',
    kind: 'misconfigured',
    httpStatus: 200,
    says: /web page.*Sign in/,
    hint: /the API is not at http:.*check scheme, host, port and path/,
  },
  {
    name: 'a gateway that is in trouble',
    start: openai(() => page(502, '502 Bad Gateway')),
    status: 'fail',
    reached: 'reachable',
    kind: 'server-error',
    httpStatus: 502,
    hint: /fault is with the server/,
  },
  ...[
    {
      what: 'an API that is not enabled',
      reply: refuse(
        403,
        'Generative Language API has not been used in project 1 before or it is disabled.',
        'SERVICE_DISABLED',
      ),
      hint: /^enable the API/,
    },
    {
      what: 'a country that is not served',
      reply: refuse(
        403,
        'Country, region, or territory not supported',
        'unsupported_country_region_territory',
      ),
      hint: /does not serve the country or region/,
    },
    { what: 'legal reasons', reply: refuse(451, 'Unavailable For Legal Reasons'), hint: /legal reasons/ },
  ].map(
    ({ what, reply, hint }): Animal => ({
      name: `a refusal for ${what}`,
      start: openai(() => reply),
      status: 'fail',
      reached: 'reachable',
      kind: 'misconfigured',
      httpStatus: reply.status,
      hint,
    }),
  ),
  {
    name: 'a wrong base path',
    start: async (zoo) =>
      `openai+http://${zooKey}@${await zoo.api(() => refuse(404, 'Invalid URL (GET /v9/models)'))}/v9`,
    status: 'fail',
    reached: 'reachable',
    kind: 'misconfigured',
    httpStatus: 404,
    hint: /the API is not at http:.*\/v9/,
  },
  {
    name: 'a base path with the call in it',
    start: async (zoo) =>
      `openai+http://${zooKey}@${await zoo.api(() => refuse(404, 'Not Found'))}/v1/chat/completions`,
    status: 'fail',
    reached: 'reachable',
    kind: 'misconfigured',
    httpStatus: 404,
    hint: /leave out \/chat\/completions/,
  },
  {
    name: "somebody else's JSON",
    start: openai((request) => (hasKey(request) ? { ...answer(''), contentType: 'text/plain' } : wrongKey)),
    status: 'fail',
    reached: 'reachable',
    kind: 'misconfigured',
    httpStatus: 200,
    hint: /check the base path/,
  },
  {
    name: 'a server of one’s own without a key',
    start: async (zoo) => `vllm://${await zoo.api(() => list)}`,
    status: 'pass',
    reached: 'reachable',
  },
  {
    name: 'the model of a server of one’s own that wants a key, and has none to be asked with',
    start: async (zoo) =>
      `vllm://${await zoo.api(() => refuse(401, 'Invalid API Key', 'authentication_error'))}`,
    model: listed,
    status: 'fail',
    reached: 'reachable',
    kind: 'auth',
    httpStatus: 401,
    hint: /the server wants a key, and none is known of: put it into the provider's DSN/,
  },
  {
    name: 'the model of a server of one’s own without a key',
    start: async (zoo) => `vllm://${await zoo.api(() => list)}`,
    model: listed,
    status: 'pass',
    reached: 'model',
  },
];

const jsonReply503: FakeReply = {
  status: 503,
  contentType: 'application/json',
  parts: [JSON.stringify({ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } })],
};
