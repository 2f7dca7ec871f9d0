import { type FakeReply, fieldsOf } from '../../fakes/loopback.js';
import { answer, brokenAnswer, good, isChat, listed, refuse, zooKey } from '../../fakes/zoo.js';
import type { Animal } from './animal.js';

/** Key and list are right, and the model says so. */
const chatSays =
  (reply: FakeReply, scheme = 'openai'): Animal['start'] =>
  async (zoo) =>
    `${scheme}+http://${zooKey}@${await zoo.api((request) => (isChat(request) ? reply : good(request)))}/v1`;

/** What there is to say of a model, and of its answers. */
export const modelAnimals: readonly Animal[] = [
  {
    name: 'a model that is there',
    start: chatSays(answer('OK')),
    model: listed,
    status: 'pass',
    reached: 'model',
  },
  {
    name: 'a model that answers',
    start: chatSays(answer('OK')),
    model: listed,
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
  {
    name: 'a model that is not there',
    start: chatSays(answer('OK')),
    model: 'gpt-y',
    status: 'fail',
    reached: 'credential',
    kind: 'model-not-found',
    says: /no model gpt-y/,
    hint: /did you mean gpt-x/,
  },
  {
    name: 'a model that is not there, nor any like it',
    start: chatSays(answer('OK')),
    model: 'somebody/quite-different',
    status: 'fail',
    reached: 'credential',
    kind: 'model-not-found',
    hint: /majordomo providers --models/,
  },
  ...[
    {
      by: 'OpenAI',
      status: 404,
      reply: refuse(
        404,
        `The model \`${listed}\` does not exist or you do not have access to it.`,
        'model_not_found',
      ),
    },
    {
      by: 'Groq',
      status: 400,
      reply: refuse(
        400,
        `The model \`${listed}\` has been decommissioned and is no longer supported.`,
        'model_decommissioned',
      ),
    },
    { by: 'Gemini', status: 404, reply: refuse(404, `This model models/${listed} is no longer available.`) },
    { by: 'Azure', status: 410, reply: refuse(410, 'The model is deprecated.') },
  ].map(
    ({ by, status, reply }): Animal => ({
      name: `a model that is listed though it is retired, as ${by} says it`,
      start: chatSays(reply),
      model: listed,
      probe: true,
      status: 'fail',
      reached: 'model',
      kind: 'model-not-found',
      httpStatus: status,
      hint: by === 'OpenAI' ? /model list.*lack access/ : /no longer offered: name another model/,
    }),
  ),
  {
    name: 'an empty account',
    start: chatSays(refuse(429, 'You exceeded your current quota', 'insufficient_quota')),
    model: listed,
    probe: true,
    status: 'fail',
    reached: 'model',
    kind: 'quota',
    httpStatus: 429,
    hint: /billing page/,
  },
  {
    name: 'an empty account that nobody asks',
    start: chatSays(refuse(429, 'You exceeded your current quota', 'insufficient_quota')),
    model: listed,
    status: 'pass',
    reached: 'model',
  },
  {
    name: 'an answer that is cut at the most tokens',
    start: chatSays(answer('OK and', 'length')),
    model: listed,
    probe: true,
    status: 'warn',
    reached: 'generates',
    httpStatus: 200,
    says: /cut after 16 tokens, which proves key and model/,
    hint: null,
  },
  {
    name: 'a server that writes more than it was asked for',
    start: chatSays(answer('OK, '.repeat(2500), 'stop', 5000)),
    model: listed,
    probe: true,
    status: 'warn',
    reached: 'generates',
    httpStatus: 200,
    says: /^it wrote 5,000 tokens where at most 16 were asked for$/,
    hint: /does not heed max_tokens/,
  },
  {
    name: 'an empty answer',
    start: chatSays(answer('')),
    model: listed,
    probe: true,
    status: 'warn',
    reached: 'generates',
    httpStatus: 200,
    says: /empty, which proves key and model/,
    hint: null,
  },
  {
    name: 'a stream that breaks off',
    start: chatSays(answer('OK', null)),
    model: listed,
    probe: true,
    status: 'fail',
    reached: 'model',
    kind: 'network',
    httpStatus: 200,
    says: /without a finish marker/,
    hint: /check again.*proxies/,
  },
  {
    name: 'an error inside the stream',
    start: chatSays(brokenAnswer({ message: 'The server is overloaded', code: 'server_is_overloaded' })),
    model: listed,
    probe: true,
    status: 'fail',
    reached: 'model',
    kind: 'overloaded',
    hint: /check again in a minute/,
  },
  ...[
    {
      scheme: 'openai',
      name: 'max_completion_tokens',
      says: "Unsupported parameter: 'max_completion_tokens'",
    },
    {
      scheme: 'github',
      name: 'max_tokens',
      says: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    },
  ].map(
    ({ scheme, name, says }): Animal => ({
      name: `an API that does not know a limit by the name of ${name}`,
      start: async (zoo) => {
        const host = await zoo.api((request) =>
          isChat(request) && fieldsOf(request.body)?.[name] !== undefined
            ? refuse(400, says, 'unsupported_parameter')
            : good(request),
        );
        return `${scheme}+http://${zooKey}@${host}/v1`;
      },
      model: listed,
      probe: true,
      status: 'pass',
      reached: 'generates',
      httpStatus: 200,
    }),
  ),
  {
    name: 'a request that the API does not take',
    start: chatSays(refuse(400, "Unsupported parameter: 'stream_options'", 'unsupported_parameter')),
    model: listed,
    probe: true,
    status: 'fail',
    reached: 'model',
    kind: 'bad-request',
    httpStatus: 400,
    hint: /majordomo run -v/,
  },
  {
    name: 'a model that streams for verified organizations alone',
    start: chatSays(
      refuse(400, 'Your organization must be verified to stream this model.', 'unsupported_value'),
    ),
    model: listed,
    probe: true,
    status: 'fail',
    reached: 'model',
    kind: 'bad-request',
    httpStatus: 400,
    hint: /have the organization verified.*majordomo run --no-stream/,
  },
  {
    name: 'a refusal by a filter',
    start: chatSays(refuse(400, 'Your request was rejected', 'content_policy_violation')),
    model: listed,
    probe: true,
    status: 'fail',
    reached: 'model',
    kind: 'content-filter',
    httpStatus: 400,
    hint: /policy/,
  },
];
