import { describe, expect, it } from 'vitest';
import { lookalikes, requestOptions, strangers } from '../../src/cli/request-options.js';
import { UsageError } from '../../src/core/errors.js';

const read = (...flags: readonly string[]) =>
  requestOptions(
    flags.map((flag) => {
      const [key = '', ...value] = flag.split('=');
      return { key, value: value.join('=') };
    }),
  );

describe('-o', () => {
  it.each([
    { flags: [], options: {} },
    { flags: ['temperature=0.5', 'top_p=1', 'seed=-3'], options: { temperature: 0.5, topP: 1, seed: -3 } },
    { flags: ['max_tokens=5', 'json=false'], options: { maxTokens: 5, json: false } },
    { flags: ['stop=END'], options: { stop: ['END'] } },
    { flags: ['stop="5"'], options: { stop: ['5'] } },
    { flags: ['stop=["a","b"]'], options: { stop: ['a', 'b'] } },
    { flags: ['stop='], options: { stop: [''] } },
    { flags: ['seed=1', 'seed=2'], options: { seed: 2 } },
    {
      flags: ['a=1', 'b=true', 'c=null', 'd={"e":[1]}'],
      options: { body: { a: 1, b: true, c: null, d: { e: [1] } } },
    },
    {
      flags: ['a=text', 'b="1"', 'c={no json', 'd='],
      options: { body: { a: 'text', b: '1', c: '{no json', d: '' } },
    },
    {
      flags: ['m1:a=1', 'm1:b=2', 'm2:a=3'],
      options: { providerBody: { m1: { a: 1, b: 2 }, m2: { a: 3 } } },
    },
    { flags: ['m1:a:b=1'], options: { providerBody: { m1: { 'a:b': 1 } } } },
    { flags: ['m1:temperature=warm'], options: { providerBody: { m1: { temperature: 'warm' } } } },
    { flags: ['toString=1', 'constructor=2'], options: { body: { toString: 1, constructor: 2 } } },
  ] as readonly { flags: string[]; options: object }[])('$flags', ({ flags, options }) => {
    expect(read(...flags)).toEqual({ body: {}, providerBody: {}, ...options });
  });

  it.each([
    'temperature=warm',
    'temperature=null',
    'top_p="1"',
    'seed=1.5',
    'seed=9007199254740993',
    'max_tokens=0',
    'max_tokens=-1',
    'stop=5',
    'stop=[]',
    'stop=[1]',
    'json=1',
    'json=yes',
    'm1:=1',
  ])('%s is a usage error that does not repeat the value', (flag) => {
    expect(() => read(flag)).toThrow(UsageError);
    expect(() => read(flag)).toThrow(/^-o [\w:]+=…/);
  });

  it('cannot reach a prototype', () => {
    read('__proto__={"polluted":true}', '__proto__:polluted=true');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('-o with a key that is nearly a portable one', () => {
  it.each([
    ['temprature', 'temperature'],
    ['temperatrue', 'temperature'],
    ['Temperature', 'temperature'],
    ['max_token', 'max_tokens'],
    ['maxTokens', 'max_tokens'],
    ['max-tokens', 'max_tokens'],
    ['topP', 'top_p'],
    ['top-p', 'top_p'],
    ['Seed', 'seed'],
  ])('%s is sent as it is, with a remark: %s?', (key, near) => {
    const request = read(`${key}=1`);
    expect(request.body).toEqual({ [key]: 1 });
    expect(lookalikes(request)).toEqual([
      { code: 'option-as-is', message: `-o ${key}=…: it is sent as it is; did you mean ${near}?` },
    ]);
  });

  // parameters of real APIs
  it.each([
    ...['top_k', 'top_a', 'min_p', 'typical_p', 'temperature_last', 'dynatemp_range', 'min_tokens', 'store'],
    ...[
      'max_completion_tokens',
      'max_output_tokens',
      'max_new_tokens',
      'n',
      'stream',
      'stop_token_ids',
      'user',
    ],
  ])('%s is sent without a remark', (key) => {
    expect(lookalikes(read(`${key}=1`))).toEqual([]);
  });

  it('says nothing of what is right, and of what is for one provider', () => {
    expect(lookalikes(read('temperature=1', 'max_tokens=1', 'm1:temprature=1'))).toEqual([]);
  });
});

describe('-o for one provider', () => {
  const targets = [{ name: 'my-gw' }, { name: 'MyProv' }];

  it.each(['my-gw', 'my_gw', 'MY-GW', 'MyProv'])('is for one of the chain: %s', (provider) => {
    expect(strangers({ providerBody: { [provider]: {} } }, targets)).toEqual([]);
  });

  it.each(['gw', 'myprov'])('is told where the chain has none of that name: %s', (provider) => {
    expect(strangers({ providerBody: { [provider]: {} } }, targets)).toMatchObject([
      { code: 'unused-option' },
    ]);
  });
});
