import { startAnthropic } from '../../fakes/anthropic.js';
import { startGoogle } from '../../fakes/google.js';
import { startOllama } from '../../fakes/ollama.js';
import { startOpenAiFake } from '../../fakes/openai.js';
import { type Zoo, zooKey } from '../../fakes/zoo.js';
import type { Animal } from './animal.js';

interface Dialect {
  readonly scheme: string;
  readonly model: string;
  readonly start: (zoo: Zoo) => Promise<string>;
  /** It answers with a recording that is longer than what a check asks for. */
  readonly isLong?: boolean;
  /** What is known of a key that is refused. */
  readonly refused: Pick<Animal, 'status' | 'kind' | 'httpStatus' | 'hint'>;
}

/** A recording is played whole, whatever was asked for. */
const long = { status: 'warn', says: /tokens where at most 16 were asked for/, hint: /max_tokens/ } as const;

const checkKey = /check the key: it comes from LLM_\w+/;
const dialects: readonly Dialect[] = [
  {
    scheme: 'openai',
    model: 'gpt-4.1-nano',
    isLong: true,
    start: async (zoo) => zoo.keep(await startOpenAiFake({ key: zooKey })),
    refused: { status: 'fail', kind: 'auth', httpStatus: 401, hint: checkKey },
  },
  {
    scheme: 'openai-responses',
    model: 'gpt-4.1-nano',
    isLong: true,
    start: async (zoo) => zoo.keep(await startOpenAiFake({ key: zooKey })),
    refused: { status: 'fail', kind: 'auth', httpStatus: 401, hint: checkKey },
  },
  {
    scheme: 'anthropic',
    model: 'claude-sonnet-4-5',
    start: async (zoo) => zoo.keep(await startAnthropic({ key: zooKey })),
    refused: { status: 'fail', kind: 'auth', httpStatus: 401, hint: checkKey },
  },
  {
    scheme: 'google',
    model: 'gemini-3-pro-preview',
    isLong: true,
    start: async (zoo) => zoo.keep(await startGoogle({ key: zooKey })),
    refused: { status: 'fail', kind: 'auth', httpStatus: 400, hint: checkKey },
  },
  {
    scheme: 'ollama',
    model: 'qwen3:0.6b',
    start: async (zoo) => zoo.keep(await startOllama({ key: zooKey })),
    refused: { status: 'fail', kind: 'auth', httpStatus: 401, hint: checkKey },
  },
];

/** Each dialect with a right key, a wrong one, its model, none such, and an answer. */
export const dialectAnimals: readonly Animal[] = [
  ...dialects.flatMap(({ scheme, model, start, refused, isLong }): Animal[] => {
    const dsn =
      (key: string): Animal['start'] =>
      async (zoo) =>
        `${scheme}+http://${key}@${await start(zoo)}`;
    const right = dsn(zooKey);
    return [
      {
        name: `${scheme} with a right key`,
        start: right,
        status: 'pass',
        reached: 'credential',
        httpStatus: 200,
      },
      {
        name: `${scheme} with a wrong key`,
        start: dsn('sk-canary-that-is-another-one-0123'),
        reached: 'reachable',
        ...refused,
      },
      {
        name: `${scheme} with its model`,
        start: right,
        model,
        status: 'pass',
        reached: 'model',
        httpStatus: 200,
      },
      {
        name: `${scheme} with a model of another name`,
        start: right,
        model: `${model}x`,
        status: 'fail',
        reached: 'credential',
        kind: 'model-not-found',
        hint: new RegExp(`did you mean ${model}`),
      },
      {
        name: `${scheme} with an answer`,
        start: right,
        model,
        probe: true,
        reached: 'generates',
        httpStatus: 200,
        ...(isLong === true ? long : ({ status: 'pass' } as const)),
      },
    ];
  }),
  {
    name: 'an Ollama of one’s own',
    start: async (zoo) => `ollama://${zoo.keep(await startOllama())}`,
    status: 'pass',
    reached: 'reachable',
  },
  {
    name: 'an Ollama of one’s own with an answer',
    start: async (zoo) => `ollama://${zoo.keep(await startOllama())}`,
    model: 'qwen3:0.6b',
    probe: true,
    status: 'pass',
    reached: 'generates',
    httpStatus: 200,
  },
  {
    name: 'an Ollama of one’s own without the model',
    start: async (zoo) => `ollama://${zoo.keep(await startOllama())}`,
    model: 'llama9',
    status: 'fail',
    reached: 'reachable',
    kind: 'model-not-found',
    hint: /majordomo providers --models/,
  },
];
