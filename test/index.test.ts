import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import type {
  Answer,
  CallTuning,
  ChainConfig,
  ChainEvent,
  ChainOutcome,
  ChainRequest,
  Circuit,
  Classify,
  Clock,
  ErrorClass,
  ErrorKind,
  Failure,
  GenerateOptions,
  HealthConfig,
  HealthEntry,
  HealthStore,
  ListModelsOptions,
  Model,
  ModelCache,
  ModelEvent,
  ModelListing,
  Provider,
  ProviderInfo,
  RegistryOptions,
  Resolution,
  SchemeFactory,
  SchemeTraits,
  StreamOptions,
} from '../src/index.js';
import * as api from '../src/index.js';

const key = 'sk-0123456789abcdef-WXYZ';

describe('the public API', () => {
  it('is this list: a name more is a promise, a name less is a break', () => {
    expect(Object.keys(api).sort()).toEqual([
      'AliasCycleError',
      'CancelledError',
      'Chain',
      'ChainError',
      'ConfigError',
      'Dsn',
      'DsnError',
      'FileStore',
      'MajordomoError',
      'MemoryStore',
      'OffStore',
      'ProviderError',
      'Purse',
      'RedisStore',
      'Registry',
      'StoreError',
      'UnknownProviderError',
      'UsageError',
      'catalogueName',
      'cataloguePrice',
      'classify',
      'dispositions',
      'drillChain',
      'foreseenDrill',
      'injectFaults',
      'isNegative',
      'levels',
      'loadConfig',
      'modelCachePath',
      'openCredential',
      'parseDsn',
      'readConfigFile',
      'readEnvFile',
      'readExpectation',
      'readModelCache',
      'registerEnvironmentAliases',
      'rememberModels',
      'stateDirectory',
      'systemClock',
      'version',
    ]);
  });

  it('has the types of the contract', () => {
    expectTypeOf<ConstructorParameters<typeof api.Registry>>().toEqualTypeOf<[options?: RegistryOptions]>();
    expectTypeOf<RegistryOptions['chain']>().toEqualTypeOf<ChainConfig | undefined>();
    expectTypeOf<RegistryOptions['clock']>().toEqualTypeOf<Clock | undefined>();
    expectTypeOf<RegistryOptions['loadEnv']>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<RegistryOptions['envLookup']>().toEqualTypeOf<
      ((name: string) => string | undefined) | undefined
    >();
    expectTypeOf<NonNullable<RegistryOptions['health']>>().toExtend<Partial<HealthConfig>>();
    expectTypeOf<NonNullable<RegistryOptions['health']>['store']>().toEqualTypeOf<HealthStore | undefined>();

    type Registry = InstanceType<typeof api.Registry>;
    expectTypeOf<Registry['registerProvider']>().toEqualTypeOf<(provider: Provider) => void>();
    expectTypeOf<Registry['registerAlias']>().toBeCallableWith('fast', 'm1/a');
    expectTypeOf<Registry['registerScheme']>().parameter(1).toEqualTypeOf<SchemeFactory>();
    expectTypeOf<Registry['registerScheme']>().parameter(2).toEqualTypeOf<SchemeTraits | undefined>();
    expectTypeOf<Registry['provider']>().returns.toEqualTypeOf<Provider | undefined>();
    expectTypeOf<Registry['parse']>().toEqualTypeOf<(spec: string) => api.Chain>();
    expectTypeOf<Registry['health']['entries']>().returns.resolves.toEqualTypeOf<readonly HealthEntry[]>();
    expectTypeOf<Registry['health']['circuit']>().returns.resolves.toEqualTypeOf<Circuit>();

    expectTypeOf<Registry['resolve']>().returns.resolves.toEqualTypeOf<readonly Resolution[]>();
    expectTypeOf<Registry['describe']>().returns.resolves.toEqualTypeOf<readonly ProviderInfo[]>();
    expectTypeOf<Registry['listModels']>().parameter(1).toEqualTypeOf<ListModelsOptions | undefined>();
    expectTypeOf<Registry['listModels']>().returns.resolves.toEqualTypeOf<readonly ModelListing[]>();
    expectTypeOf<typeof api.readModelCache>().returns.resolves.toEqualTypeOf<ModelCache>();

    expectTypeOf<api.Chain['generate']>().parameters.toEqualTypeOf<
      [request: ChainRequest, options?: GenerateOptions]
    >();
    expectTypeOf<api.Chain['generate']>().returns.resolves.toEqualTypeOf<Answer>();
    expectTypeOf<api.Chain['stream']>().parameters.toEqualTypeOf<
      [request: ChainRequest, options?: StreamOptions]
    >();
    expectTypeOf<ReturnType<api.Chain['stream']>>().toExtend<AsyncIterable<ChainEvent>>();
    expectTypeOf<GenerateOptions>().toExtend<CallTuning & { readonly signal?: AbortSignal }>();

    expectTypeOf<Model['stream']>().returns.toEqualTypeOf<AsyncIterable<ModelEvent>>();
    expectTypeOf<Classify>().returns.toEqualTypeOf<ErrorKind | ErrorClass | undefined>();
    expectTypeOf<ErrorClass>().toEqualTypeOf<'transient' | 'permanent' | 'model-not-found'>();
    expectTypeOf<api.ChainError['outcome']>().toEqualTypeOf<ChainOutcome>();
    expectTypeOf<api.MajordomoError['toJSON']>().returns.toEqualTypeOf<Failure>();
  });

  it('has the version of the package', async () => {
    const { default: manifest } = await import('../package.json', { with: { type: 'json' } });
    expect(api.version).toBe(manifest.version);
  });
});

describe('the built-ins', () => {
  const registry = new api.Registry({ env: {} });

  it.each([
    'openai',
    'openai-responses',
    'anthropic',
    'google',
    'gemini',
    'ollama',
    'openrouter',
    'groq',
    'mistral',
    'deepseek',
    'xai',
    'llamacpp',
    'vllm',
    'lmstudio',
    'mock',
  ])('%s is a provider without any DSN, and a scheme', (name) => {
    expect(registry.provider(name)).toMatchObject({ name, scheme: name });
    const other = new api.Registry({ env: { LLM_MINE: `${name}://h.example` } });
    expect(other.provider('mine')).toMatchObject({ name: 'mine', scheme: name });
  });

  it.each([
    { name: 'openai', variable: 'OPENAI_API_KEY' },
    { name: 'anthropic', variable: 'ANTHROPIC_API_KEY' },
    { name: 'google', variable: 'GEMINI_API_KEY' },
    { name: 'gemini', variable: 'GOOGLE_API_KEY' },
    { name: 'openrouter', variable: 'OPENROUTER_API_KEY' },
  ])('$name takes its key from $variable and shows that', ({ name, variable }) => {
    const made = new api.Registry({ env: { [variable]: key } });
    expect(made.provider(name)?.credential?.()).toEqual({ source: variable, fingerprint: '…WXYZ' });
    expect(made.usable()).toContain(name);
    expect(registry.provider(name)?.credential?.()).toBeNull();
    expect(registry.usable()).not.toContain(name);
  });

  it.each([
    { scheme: 'openai', credential: 'k%E2%82%AC', code: 'dsn-credential-character' },
    { scheme: 'anthropic', credential: 'k€', code: 'dsn-credential-character' },
    { scheme: 'gemini', credential: 'k%E2%80%93', code: 'dsn-credential-character' },
    { scheme: 'ollama', credential: 'k%E2%82%AC', code: 'dsn-credential-character' },
    { scheme: 'openai', credential: '%20', code: 'dsn-empty-credential' },
    { scheme: 'groq', credential: '""', code: 'dsn-empty-credential' },
  ])('$scheme refuses the key $credential before anything is sent', ({ scheme, credential, code }) => {
    const made = new api.Registry({ env: { LLM_M1: `${scheme}://${credential}@127.0.0.1` } });
    expect(() => made.parse('m1/x')).toThrow(expect.objectContaining({ code }));
  });

  it('leave it to a scheme of one’s own which characters its keys have', () => {
    const made = new api.Registry({ env: { LLM_M1: 'acme://k%E2%82%AC@h' } });
    const keys: (string | null)[] = [];
    made.registerScheme('acme', (name, dsn) => {
      keys.push(dsn.credential());
      return { name, model: () => expect.unreachable() };
    });
    expect(made.provider('m1')?.name).toBe('m1');
    expect(keys).toEqual(['k€']);
  });

  it.each([
    { name: 'openai', variable: 'OPENAI_BASE_URL', url: 'https://gateway.example/v1' },
    { name: 'anthropic', variable: 'ANTHROPIC_BASE_URL', url: 'https://gateway.example' },
    { name: 'ollama', variable: 'OLLAMA_HOST', url: 'http://box.lan:11434' },
  ])('$name goes where $variable says', ({ name, variable, url }) => {
    const made = new api.Registry({ env: { [variable]: url } });
    expect(made.provider(name)?.endpoint).toContain(new URL(url).host);
  });

  it('answer by the mock without key or network', async () => {
    const answer = await registry.parse('mock/any').generate({ prompt: 'Hello' });
    expect(answer).toMatchObject({ servedBy: 'mock/any', failover: false });
    expect(answer.text).not.toBe('');
  });
});

describe('the environment of a registry', () => {
  const name = 'LLM_MAJORDOMO_TEST';

  afterEach(() => {
    delete process.env[name];
  });

  it('is the process’s by default: at once, and again when a name is used', () => {
    process.env[name] = 'mock://';
    expect(new api.Registry().providerNames).toContain('majordomo-test');
    const unscanned = new api.Registry({ loadEnv: false });
    expect(unscanned.providerNames).not.toContain('majordomo-test');
    expect(unscanned.provider('majordomo-test')?.name).toBe('majordomo-test');
    delete process.env[name];
    const late = new api.Registry();
    expect(late.provider('majordomo-test')).toBeUndefined();
    process.env[name] = 'mock://';
    expect(late.provider('majordomo-test')?.name).toBe('majordomo-test');
  });

  it('is what was injected, and then never the process’s', () => {
    process.env[name] = 'mock://';
    const variables: Readonly<Record<string, string>> = { LLM_OTHER: 'mock://' };
    for (const options of [
      { env: variables },
      { envLookup: (variable: string) => variables[variable] },
      { env: {}, envLookup: (variable: string) => variables[variable] },
      { envLookup: (variable: string) => variables[variable], loadEnv: false },
    ]) {
      const registry = new api.Registry(options);
      expect(registry.provider('other')?.name).toBe('other');
      expect(registry.provider('majordomo-test')).toBeUndefined();
      expect(registry.providerNames).not.toContain('majordomo-test');
    }
  });

  it('serves keys too', () => {
    process.env[name] = key;
    const registry = new api.Registry({
      env: { LLM_M1: `openai://h.example?key_env=${name}`, LLM_M2: 'openai://' },
    });
    expect(registry.provider('m1')?.credential?.()).toBeNull();
    expect(registry.provider('m2')?.credential?.()).toBeNull();
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'has no variable called %s by inheritance',
    async (variable) => {
      for (const env of [undefined, {}]) {
        const registry = new api.Registry(env === undefined ? {} : { env });
        registry.loadEnv({ LLM_M1: `openai://h.example?key_env=${variable}` });
        expect(registry.provider('m1')?.credential?.()).toBeNull();
        await expect(registry.parse('m1/x').generate({ prompt: 'Hi' })).rejects.toMatchObject({
          outcome: 'no-credential',
        });
      }
    },
  );

  it('never makes the constructor throw', () => {
    const env = {
      LLM_A: '://',
      LLM_B: `openai://${key}`,
      LLM_C: 'a://b://c',
      LLM_D: '\0://',
      LLM_: '://',
      LLM___: '://',
    };
    const registry = new api.Registry({ env });
    for (const broken of ['a', 'b', 'c', 'd', '--']) {
      expect(() => registry.parse(`${broken}/x`)).toThrow(api.DsnError);
    }
    expect(registry.parse('mock/x').targets).toHaveLength(1);
  });
});

describe('the clock and the store of a registry', () => {
  it('may be shared, so that what one process learnt another knows', async () => {
    let nowMs = 1_000_000;
    const clock: Clock = { now: () => nowMs, monotonic: () => nowMs, setTimer: () => () => {} };
    const store = new api.MemoryStore();
    const asked: string[] = [];
    const registry = (): api.Registry => {
      const made = new api.Registry({
        env: {},
        clock,
        health: { store },
        chain: { transientRetries: -1 },
        random: () => 0.5,
      });
      made.registerProvider({
        name: 'm1',
        model: (id) => ({
          id,
          // biome-ignore lint/correctness/useYield: it fails before it says anything
          async *stream() {
            asked.push(id);
            throw new api.ProviderError({ kind: 'server-error', message: 'down' });
          },
        }),
      });
      return made;
    };
    for (let count = 0; count < 3; count += 1)
      await registry().parse('m1/a,mock/x').generate({ prompt: 'Hi' });
    expect(asked).toHaveLength(3);
    const skipped = await registry().parse('m1/a,mock/x').generate({ prompt: 'Hi' });
    expect(asked).toHaveLength(3);
    expect(skipped.attempts[0]).toMatchObject({ target: 'm1/a', outcome: 'skipped', reason: 'circuit-open' });
    nowMs += 10_000;
    await registry().parse('m1/a,mock/x').generate({ prompt: 'Hi' });
    expect(asked).toHaveLength(4);
  });
});
