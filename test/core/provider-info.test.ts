import { describe, expect, it } from 'vitest';
import { type Provider, Registry } from '../../src/index.js';

const key = 'sk-0123456789abcdef-WXYZ';

function registry(env: Record<string, string>): Registry {
  return new Registry({ env });
}

async function describing(env: Record<string, string>, name: string) {
  const [info] = await registry(env).describe([name]);
  if (info === undefined) throw new Error('nothing was described');
  return info;
}

describe('what is known of a provider', () => {
  it('is everything its DSN says, and no secret', async () => {
    const dsn = `openai://${key}@gw.corp/v1?model=a&models=b,a&timeout=9s&retries=0&price_in=2`;
    const info = await describing({ LLM_GW: dsn }, 'gw');
    expect(info).toMatchObject({
      name: 'gw',
      scheme: 'openai',
      dialect: 'openai',
      endpoint: 'https://gw.corp/v1',
      endpointVariable: null,
      source: { kind: 'env', key: 'LLM_GW' },
      shadows: [],
      credential: { source: 'LLM_GW', fingerprint: '…WXYZ' },
      status: 'ready',
      problem: null,
      defaultModel: 'a',
      models: ['a', 'b'],
      tuning: { attemptTimeoutMs: 9000, retries: 0 },
      price: { input: 2, output: null },
      circuit: { state: 'closed' },
    });
    expect(JSON.stringify({ ...info, provider: null })).not.toContain(key);
  });

  it.each([
    { name: 'a missing key', env: {}, of: 'openai', status: 'no-credential', says: 'OPENAI_API_KEY' },
    {
      name: 'a missing host of a built-in one',
      env: {},
      of: 'azure',
      status: 'no-credential',
      says: 'no default host',
    },
    {
      name: 'a missing host',
      env: { LLM_X: 'azure://' },
      of: 'x',
      status: 'invalid',
      says: 'no default host',
    },
    {
      name: 'an unknown scheme',
      env: { LLM_X: `opnai://${key}@h` },
      of: 'x',
      status: 'invalid',
      says: 'LLM_X',
    },
    {
      name: 'a bad option',
      env: { LLM_X: `openai://${key}@h?timeout=30` },
      of: 'x',
      status: 'invalid',
      says: '30s',
    },
    {
      name: 'two variables of one name',
      env: { LLM_A_B: 'mock://', LLM_a_b: 'mock://' },
      of: 'a-b',
      status: 'invalid',
      says: 'LLM_A_B and LLM_a_b',
    },
    {
      name: "a built-in's name without a DSN",
      env: { LLM_OPENAI: 'gpt' },
      of: 'openai',
      status: 'invalid',
      says: 'LLM_OPENAI',
    },
  ])('tells $name', async ({ env, of, status, says }) => {
    const info = await describing(env as Record<string, string>, of);
    expect(info).toMatchObject({ status, problem: expect.stringContaining(says) });
    expect(JSON.stringify(info)).not.toContain(key);
  });

  it('is the scheme even of what cannot be used, if that can be read', async () => {
    expect((await describing({ LLM_X: `openai+http://${key}@h?nope=1` }, 'x')).scheme).toBe('openai');
    expect((await describing({ LLM_X: `${key}://h` }, 'x')).scheme).toBeNull();
  });

  it('is where it comes from, and what it hides', async () => {
    const at = registry({ LLM_OPENAI: `openai://${key}@gw` });
    at.defineProvider('openai', 'mock://', { kind: 'user-file', key: 'c.yaml:3' });
    const [info] = await at.describe(['openai']);
    expect(info?.source).toEqual({ kind: 'env', key: 'LLM_OPENAI' });
    expect(info?.shadows).toEqual([
      { kind: 'user-file', key: 'c.yaml:3' },
      { kind: 'builtin', key: 'built in' },
    ]);
  });

  it.each([
    { env: { OLLAMA_HOST: 'box:99' }, of: 'ollama', endpoint: 'http://box:99/api', source: 'OLLAMA_HOST' },
    {
      env: { OPENAI_API_KEY: key, OPENAI_BASE_URL: 'https://p.corp/v1' },
      of: 'openai',
      endpoint: 'https://p.corp/v1',
      source: 'OPENAI_BASE_URL',
    },
    { env: { OPENAI_API_KEY: key }, of: 'openai', endpoint: 'https://api.openai.com/v1', source: 'built in' },
    {
      env: { OLLAMA_HOST: 'box:99', LLM_O: 'ollama://' },
      of: 'o',
      endpoint: 'http://box:99/api',
      source: 'LLM_O',
    },
  ])('of $of with $env is at $endpoint, by $source', async ({ env, of, endpoint, source }) => {
    const info = await describing(env as Record<string, string>, of);
    expect(info).toMatchObject({ endpoint, source: { key: source } });
    const variable = Object.keys(env).find((name) => /HOST|URL/.test(name)) ?? null;
    expect(info.endpointVariable).toBe(variable);
  });

  it('of all are the built-in ones, too', async () => {
    const at = registry({ LLM_M1: 'ollama://m1.lan', LLM_BAD: 'nope://' });
    const infos = await at.describe(at.providerNames);
    expect(infos.map(({ name }) => name)).toEqual(expect.arrayContaining(['m1', 'bad', 'anthropic', 'mock']));
    expect(new Set(infos.map(({ name }) => name)).size).toBe(infos.length);
  });

  it.each([
    { env: {}, names: [] },
    { env: { OPENAI_API_KEY: key }, names: ['openai', 'openai-responses'] },
    { env: { OLLAMA_HOST: 'box' }, names: ['ollama'] },
    { env: { OLLAMA_HOST: 'http://' }, names: ['ollama'] },
    { env: { OPENAI_BASE_URL: 'https://p.corp/v1' }, names: ['openai', 'openai-responses'] },
    { env: { OLLAMA_API_KEY: key }, names: [] },
    { env: { LLM_OPENAI: 'gpt' }, names: ['openai'] },
    { env: { LLM_M1: 'nope://', LLM_MODEL: 'gpt' }, names: ['m1'] },
  ])('of those that somebody set up with $env: $names', async ({ env, names }) => {
    const infos = await registry(env as Record<string, string>).describe();
    expect(infos.map(({ name }) => name)).toEqual(names);
  });

  it('of those that somebody set up is also what a variable says that is only looked up', async () => {
    const env: Record<string, string> = { LLM_OPENAI: `openai://${key}@gw.corp/v1` };
    const at = new Registry({ envLookup: (name) => env[name] });
    expect(await at.describe()).toMatchObject([{ name: 'openai', endpoint: 'https://gw.corp/v1' }]);
  });

  it('of a program says as little as it does', async () => {
    const at = registry({});
    const own: Provider = {
      name: 'own',
      model: () => {
        throw new Error('not asked');
      },
    };
    at.registerProvider(own);
    expect((await at.describe(['own']))[0]).toMatchObject({
      scheme: null,
      endpoint: null,
      credential: null,
      status: 'ready',
      source: { kind: 'program' },
    });
  });

  it('is nothing for a name that nobody has', async () => {
    await expect(registry({ LLM_WORK: 'mock://' }).describe(['wrok'])).rejects.toMatchObject({
      code: 'unknown-provider',
      hint: 'did you mean work?',
    });
  });
});
