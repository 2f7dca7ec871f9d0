import { describe, expect, it } from 'vitest';
import {
  AliasCycleError,
  ConfigError,
  DsnError,
  UnknownProviderError,
  UsageError,
} from '../../src/core/errors.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import type { Clock, Provider, SchemeFactory } from '../../src/core/ports.js';
import { CoreRegistry } from '../../src/core/registry.js';
import type { RegistryParts } from '../../src/core/registry-parts.js';

const key = 'sk-0123456789abcdefSECRET';
const clock: Clock = { now: () => 1000, monotonic: () => 1000, setTimer: () => () => {} };

function provider(name: string, more: Partial<Provider> = {}): Provider {
  return {
    name,
    model: (id) => ({
      id,
      async *stream() {
        yield { type: 'text-delta', text: `${name} says ${id}` };
        yield { type: 'finish', finishReason: 'stop', rawFinishReason: 'stop', servedModel: id, usage: null };
      },
    }),
    ...more,
  };
}

const factory: SchemeFactory = (name, dsn) =>
  provider(name, { scheme: dsn.scheme, endpoint: dsn.display(), defaultModel: dsn.options.model });

function registry(parts: Partial<RegistryParts> = {}): CoreRegistry {
  const env = parts.env ?? {};
  return new CoreRegistry({
    schemes: [
      { scheme: 'openai', traits: { credential: 'required' }, factory },
      { scheme: 'local', traits: { local: true }, factory },
    ],
    builtins: ['openai', 'local'],
    env,
    envLookup: (name) => env[name],
    openCredential: () => ({ info: () => null, read: async () => null }),
    clock,
    random: () => 0.5,
    store: new MemoryStore(),
    ...parts,
  });
}

function errorOf(act: () => unknown): ConfigError | UsageError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function targetsOf(made: CoreRegistry, spec: string): string[] {
  return made.parse(spec).targets.map(({ target }) => target);
}

describe('a new registry', () => {
  it('loads every DSN of the environment at once and throws on none', () => {
    const made = registry({
      env: {
        LLM_M1: 'local://m1',
        LLM_BAD: `openai://${key}@h:0`,
        LLM_MODEL: 'gpt',
        LLM_NONE: '',
        PATH: 'openai://x',
      },
    });
    expect([...made.providerNames].sort()).toEqual(['bad', 'local', 'm1', 'openai']);
    expect(made.ignored).toEqual([{ key: 'LLM_MODEL', reason: expect.stringContaining('://') }]);
  });

  it('without a scan still looks names up when they are used', () => {
    const variables: Readonly<Record<string, string>> = { LLM_MY_PROV: 'local://late?model=m' };
    const made = registry({ env: null, envLookup: (name) => variables[name] });
    expect(made.providerNames).not.toContain('my-prov');
    expect(targetsOf(made, 'my-prov/x,my-prov')).toEqual(['my-prov/x', 'my-prov/m']);
    expect(made.providerNames).toContain('my-prov');
  });

  it('takes what is not set in the health configuration from the defaults', async () => {
    const health = { threshold: undefined, cooldownMs: undefined } as unknown as NonNullable<
      RegistryParts['health']
    >;
    const made = registry({ health });
    const [target] = made.parse('local/x').targets;
    const admission = await made.health.admit(target?.health as never, { leaseMs: 1 });
    if (!admission.admitted) throw new Error('not admitted');
    const failure = {
      kind: 'server-error',
      phase: null,
      answered: true,
      costMs: 0,
      retryAfterMs: null,
      plannedWaitMs: null,
      opens: false,
      advanced: false,
    } as const;
    const opened: boolean[] = [];
    for (let count = 0; count < 3; count += 1)
      opened.push(await made.health.onFailure(admission.permit, failure));
    expect(opened).toEqual([false, false, true]);
    expect((await made.health.entries())[0]?.circuit).toMatchObject({ state: 'open', untilMs: 11_000 });
  });
});

describe('a spec', () => {
  it('becomes a chain of targets that can be asked', async () => {
    const made = registry();
    made.registerProvider(provider('own'));
    const chain = made.parse('own/a,local/b');
    expect(chain.spec).toBe('own/a,local/b');
    expect(chain.targets.map(({ provider: { name }, model }) => [name, model])).toEqual([
      ['own', 'a'],
      ['local', 'b'],
    ]);
    await expect(chain.generate({ prompt: 'Hi' })).resolves.toMatchObject({
      text: 'own says a',
      servedBy: 'own/a',
    });
  });

  it('is split at the first slash only', () => {
    const [target] = registry().parse('local/anthropic/claude-x').targets;
    expect(target).toMatchObject({ name: 'local', model: 'anthropic/claude-x' });
  });

  it('tells duplicates as a warning and keeps the first', async () => {
    const made = registry();
    made.registerAlias('fast', 'local/a,local/b');
    const chain = made.parse('local/b,fast');
    expect(chain.targets.map(({ target }) => target)).toEqual(['local/b', 'local/a']);
    const { warnings } = await chain.generate({ prompt: 'Hi' });
    expect(warnings).toEqual([{ code: 'duplicate-target', message: expect.stringContaining('local/b') }]);
  });

  it('names one provider once, however it is spelled', async () => {
    const made = registry({ env: { LLM_GW: 'local://env?model=m' } });
    const chain = made.parse('gw/x,GW/x,Gw,gw/m,GW/X');
    expect(chain.targets.map(({ target, name }) => [target, name])).toEqual([
      ['gw/x', 'gw'],
      ['gw/m', 'gw'],
      ['gw/X', 'gw'],
    ]);
    expect(chain.expansion.duplicates).toEqual(['gw/x', 'gw/m']);
    made.registerProvider(provider('My-Prov'));
    made.registerProvider(provider('my-prov'));
    expect(targetsOf(made, 'My-Prov/a,MY_PROV/a,my-prov/a')).toEqual(['My-Prov/a', 'my-prov/a']);
  });

  it('gives a provider its own keys by any spelling of its name', async () => {
    const made = registry({ env: {} });
    const bodies: unknown[] = [];
    for (const name of ['gw', 'MyProv']) {
      const model = provider(name).model;
      made.registerProvider({
        name,
        model: (id) => ({
          id,
          stream: (request, context) => {
            bodies.push(request.body);
            return model(id).stream(request, context);
          },
        }),
      });
    }
    const providerBody = { GW: { a: 1 }, gw: { b: 2 }, MyProv: { c: 3 }, other: { d: 4 } };
    await made.parse('GW/x').generate({ prompt: 'Hi', providerBody });
    await made.parse('MyProv/x').generate({ prompt: 'Hi', providerBody });
    expect(bodies).toEqual([{ a: 1, b: 2 }, { c: 3 }]);
  });

  it('tells what is odd about a DSN once, however many targets it has', async () => {
    const made = registry({ env: { LLM_M1: ' local://h ' } });
    const { warnings } = await made.parse('m1/a,m1/b').generate({ prompt: 'Hi' });
    expect(warnings.map(({ code }) => code)).toEqual(['dsn-trimmed']);
  });

  it.each([
    {
      name: 'an unknown provider',
      spec: 'local/a,nobody/b',
      code: 'unknown-provider',
      type: UnknownProviderError,
    },
    {
      name: 'an unknown bare name',
      spec: 'local/a,nobody',
      code: 'unknown-provider',
      type: UnknownProviderError,
    },
    { name: 'a broken variable', spec: 'local/a,bad/b', code: 'dsn-port', type: DsnError },
    { name: 'a broken variable as bare name', spec: 'local/a,bad', code: 'dsn-port', type: DsnError },
    {
      name: 'a provider without a model',
      spec: 'local/a,local',
      code: 'no-default-model',
      type: ConfigError,
    },
    { name: 'a cycle', spec: 'local/a,loop', code: 'alias-cycle', type: AliasCycleError },
    { name: 'a broken alias', spec: 'local/a,broken', code: 'alias-syntax', type: ConfigError },
    { name: 'a missing target', spec: 'local/a,', code: 'spec-syntax', type: UsageError },
  ])('with $name anywhere ends before anything is sent', ({ spec, code, type }) => {
    const made = registry({ env: { LLM_BAD: `openai://${key}@h:0` } });
    made.registerAlias('loop', 'loop');
    made.registerAlias('broken', 'a,,b');
    const error = errorOf(() => made.parse(spec));
    expect(error).toBeInstanceOf(type);
    expect(error.code).toBe(code);
    expect(JSON.stringify(error)).not.toContain(key);
  });

  it('gives an unknown bare name both readings and the nearest of both kinds', () => {
    const made = registry({ env: { LLM_SMARY: 'local://' } });
    made.registerAlias('smart', 'local/a');
    const error = errorOf(() => made.parse('smarl'));
    expect(error.message).toContain('neither an alias nor a provider');
    expect(error.message).toContain('LLM_SMARL');
    expect(error.hint).toContain('smart');
    expect(error.hint).toContain('smary');
  });

  it.each([
    { name: 'an alias', aliases: ['locla'], env: {}, spec: 'local', near: 'did you mean locla?' },
    {
      name: 'a provider',
      aliases: [],
      env: { LLM_LOCAL2: 'local://' },
      spec: 'local',
      near: 'did you mean local2?',
    },
    { name: 'nothing but itself', aliases: [], env: {}, spec: 'LOCAL', near: null },
  ])('tells a provider without a default model what to do, and what is near: $name', (row) => {
    const made = registry({ env: row.env as Record<string, string> });
    for (const alias of row.aliases) made.registerAlias(alias, 'local/a');
    const error = errorOf(() => made.parse(row.spec));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.code).toBe('no-default-model');
    expect(error.message).toContain(`"${row.spec}"`);
    expect(error.message).toContain('no alias');
    expect(error.hint).toContain(`${row.spec}/MODEL`);
    if (row.near === null) expect(error.hint).not.toContain('did you mean');
    else expect(error.hint).toContain(row.near);
  });

  it.each([
    { what: 'a megabyte', name: 'x'.repeat(1_000_000) },
    { what: 'a bidi override', name: 'a\u202eb' },
  ])('names a hostile provider without a model harmlessly: $what', ({ name }) => {
    const made = registry();
    made.registerProvider(provider(name));
    const { code, message, hint } = errorOf(() => made.parse(name));
    expect(code).toBe('no-default-model');
    expect(`${message}${hint}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(`${message}${hint}`.length).toBeLessThan(700);
  });

  it('tells the user of an ignored variable’s name, as a bare name, why it was ignored', () => {
    const { hint } = errorOf(() => registry({ env: { LLM_WORK: key } }).parse('work'));
    expect(hint).toContain('LLM_WORK');
    expect(hint).not.toContain(key);
  });

  it.each([
    { spec: 'gpt-4', env: { LLM_BAD: 'local://:0', LLM_GW: 'local://h' }, hint: /gw\/gpt-4/ },
    { spec: 'gpt-4', env: {}, hint: /provider\/gpt-4/ },
    {
      spec: 'gw:gpt-4',
      env: { LLM_BAD: 'local://:0', LLM_GW: 'local://h' },
      hint: /^did you mean gw\/gpt-4\?$/,
    },
    { spec: 'work', env: { LLM_WORK: 'work.lan' }, hint: /write one, as in .*; or define an alias/ },
    { spec: 'work/x', env: { LLM_WORK: 'work.lan' }, hint: /ignored: .*; write one, as in ollama:\/\/HOST/ },
  ])('says what to write in place of $spec', ({ spec, env, hint }) => {
    const made = registry({ env: env as unknown as Record<string, string> });
    expect(errorOf(() => made.parse(spec)).hint).toMatch(hint);
  });

  it('finds a provider that a file calls by its variable', () => {
    const made = registry();
    made.defineProvider('LLM_W', 'mock://', { kind: 'user-file', key: 'config.yaml:2' });
    expect(errorOf(() => made.parse('w/x')).hint).toContain('leave LLM_ out');
  });

  it.each([
    { what: 'a megabyte', name: 'x'.repeat(1_000_000) },
    { what: 'a bidi override', name: 'a\u202eb' },
  ])('with a hostile name ($what) gives a bounded, visible message', ({ name }) => {
    for (const spec of [name, `${name}/m`]) {
      const { message, hint } = errorOf(() => registry().parse(spec));
      expect(`${message}${hint}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(`${message}${hint}`.length).toBeLessThan(700);
    }
  });

  it.each(['__proto__', 'constructor', 'toString', 'valueOf'])(
    'finds no provider or alias in %s by inheritance',
    (name) => {
      const made = registry();
      expect(errorOf(() => made.parse(name))).toBeInstanceOf(UnknownProviderError);
      expect(errorOf(() => made.parse(`${name}/m`))).toBeInstanceOf(UnknownProviderError);
      made.registerAlias(name, `${name}/m`);
      made.registerProvider(provider(name));
      expect(targetsOf(made, name)).toEqual([`${name}/m`]);
    },
  );
});

describe('an alias', () => {
  it('replaces the one of its name and remembers what it shadows, strongest first', () => {
    const made = registry();
    made.registerAlias('fast', 'local/file', { kind: 'user-file', key: 'config.json' });
    made.registerAlias('fast', 'local/env', { kind: 'env', key: 'MAJORDOMO_ALIAS_FAST' });
    made.registerAlias('fast', 'local/flag', { kind: 'flag', key: '--alias' });
    expect(made.aliases.get('fast')).toEqual({
      name: 'fast',
      spec: 'local/flag',
      source: { kind: 'flag', key: '--alias' },
      shadows: [
        { kind: 'env', key: 'MAJORDOMO_ALIAS_FAST' },
        { kind: 'user-file', key: 'config.json' },
      ],
    });
    expect(targetsOf(made, 'fast')).toEqual(['local/flag']);
  });

  it('of many is what it would be alone, and where it stands is found out when it is asked for', () => {
    const made = registry();
    const asked: string[] = [];
    const by = (kind: 'user-file' | 'project-file') => (name: string) => {
      asked.push(name);
      return { kind, key: `${kind}: ${name}` };
    };
    made.registerAliases({ fast: 'local/a', slow: 'local/b', constructor: 'local/c' }, by('user-file'));
    expect([asked, made.aliases.get('nobody'), made.aliases.get('toString')]).toEqual([
      [],
      undefined,
      undefined,
    ]);
    made.registerAliases({ slow: 'fast', last: 'local/d' }, by('project-file'));
    made.registerAlias('fast', 'local/e', { kind: 'flag', key: '--alias' });
    const fast = {
      name: 'fast',
      spec: 'local/e',
      source: { kind: 'flag', key: '--alias' },
      shadows: [{ kind: 'user-file', key: 'user-file: fast' }],
    };
    expect(made.aliases.get('fast')).toEqual(fast);
    expect(targetsOf(made, 'slow,constructor')).toEqual(['local/e', 'local/c']);
    expect(asked).toEqual(['fast', 'slow', 'slow', 'constructor']);
    expect([...made.aliases.keys()]).toEqual(['fast', 'slow', 'constructor', 'last']);
    expect(made.aliases.get('slow')).toEqual({
      name: 'slow',
      spec: 'fast',
      source: { kind: 'project-file', key: 'project-file: slow' },
      shadows: [{ kind: 'user-file', key: 'user-file: slow' }],
    });
    expect(made.aliases.get('last')).toBe(made.aliases.get('last'));
    expect(errorOf(() => made.registerAliases({ 'a/b': 'x/y' }, by('user-file'))).message).toContain(
      'user-file: a/b',
    );
  });

  it.each(['', 'a/b', 'a\nb'])('of many cannot be called %j, and then none is registered', (name) => {
    const made = registry();
    const source = { kind: 'user-file', key: 'c.json:2' } as const;
    const aliases = errorOf(() => made.registerAliases({ good: 'x/y', [name]: 'x/z' }, () => source));
    const providers = errorOf(() =>
      made.defineProviders({ own: 'local://h', [name]: 'local://h' }, () => source),
    );
    expect([aliases.code, providers.code]).toEqual(['alias-name', 'provider-name']);
    expect([aliases.message, providers.message]).toEqual(
      ['alias', 'provider'].map((kind) => expect.stringContaining(`c.json:2: the name of this ${kind}`)),
    );
    expect([made.aliases.get('good'), made.provider('own'), made.aliases.size]).toEqual([
      undefined,
      undefined,
      0,
    ]);
  });

  it('comes before the provider of its name, built-in or broken, and leaves its targets alone', () => {
    const made = registry({ env: { LLM_BAD: 'nope://' } });
    made.registerAlias('openai', 'local/a');
    made.registerAlias('bad', 'local/b');
    expect(targetsOf(made, 'openai,bad,openai/gpt-x')).toEqual(['local/a', 'local/b', 'openai/gpt-x']);
  });

  it('may be defined before what it names', () => {
    const made = registry();
    made.registerAlias('fast', 'inner,own/x');
    made.registerAlias('inner', 'local/a');
    made.registerProvider(provider('own'));
    expect(targetsOf(made, 'fast')).toEqual(['local/a', 'own/x']);
  });

  it('that leads in a circle names every hop', () => {
    const made = registry();
    made.registerAlias('fast', 'smart');
    made.registerAlias('smart', 'local/a,fast');
    expect(errorOf(() => made.parse('fast')).message).toContain('fast → smart → fast');
  });

  it.each(['', 'a/b', 'a,b', 'a b', 'a\t', '\u001b[1m'])('cannot be called %j', (name) => {
    const source = { kind: 'flag', key: '--alias' } as const;
    const error = errorOf(() => registry().registerAlias(name, 'local/a', source));
    expect(error.code).toBe('alias-name');
    expect(error.message).toContain('--alias');
  });

  it('that cannot be used keeps its error for when it is used, and a stronger one replaces it', () => {
    const made = registry();
    const source = { kind: 'env', key: 'MAJORDOMO_ALIAS_FAST' } as const;
    made.registerBrokenAlias('fast', new ConfigError('alias-name-twice', 'two of them'), source);
    expect(targetsOf(made, 'local/a')).toEqual(['local/a']);
    expect(errorOf(() => made.parse('local/a,fast')).code).toBe('alias-name-twice');
    made.registerAlias('fast', 'local/a');
    expect(targetsOf(made, 'fast')).toEqual(['local/a']);
    expect(made.aliases.get('fast')?.shadows).toEqual([source]);
  });
});

describe('a provider', () => {
  it('is given by its name, and undefined when there is none or a broken one', () => {
    const own = provider('own');
    const made = registry({ env: { LLM_BAD: 'nope://' } });
    made.registerProvider(own);
    expect(made.provider('own')).toBe(own);
    expect(made.provider('openai')?.name).toBe('openai');
    expect(made.provider('bad')).toBeUndefined();
    expect(made.provider('nobody')).toBeUndefined();
  });

  it('from a file is weaker than the environment and stronger than the built-in', () => {
    const made = registry({ env: { LLM_M1: 'local://env' } });
    const source = { kind: 'user-file', key: 'config.json' } as const;
    made.defineProvider('m1', 'local://file', source);
    made.defineProviders({ openai: 'local://file', bad: `openai://${key}@h:0` }, () => source);
    expect(made.provider('m1')?.endpoint).toBe('local://env');
    expect(made.provider('openai')?.endpoint).toBe('local://file');
    const error = errorOf(() => made.parse('bad/x'));
    expect(error.message).toContain('config.json: providers.bad');
    expect(error.message).not.toContain(key);
  });

  it('of a scheme registered after its variable was seen can be asked', async () => {
    const made = registry({ env: { LLM_M1: `acme://${key}@h?size=5` } });
    expect(errorOf(() => made.parse('m1/x')).code).toBe('dsn-unknown-scheme');
    const options: unknown[] = [];
    made.registerScheme('acme', (name, dsn) => {
      options.push(dsn.options.extra);
      return provider(name);
    });
    await expect(made.parse('m1/x').generate({ prompt: 'Hi' })).resolves.toMatchObject({ text: 'm1 says x' });
    expect(options).toEqual([{ size: '5' }]);
  });

  it('has a health of its own by its key, else by its name', () => {
    const made = registry();
    made.registerProvider(provider('a', { healthKey: 'hash' }));
    made.registerProvider(provider('b', { healthKey: 'hash' }));
    made.registerProvider(provider('c'));
    const [a, b, c, other] = made.parse('a/x,b/x,c/x,c/y').targets.map(({ health }) => health);
    expect(a?.provider.key).toBe(b?.provider.key);
    expect(a?.target.key).toBe(b?.target.key);
    expect(c?.provider.key).toBe(other?.provider.key);
    expect(c?.target.key).not.toBe(other?.target.key);
    expect(new Set([a?.provider.key, a?.target.key, c?.provider.key, c?.target.key]).size).toBe(4);
    expect(b).toMatchObject({ provider: { name: 'b' }, target: { name: 'b/x' } });
  });

  it('is no other provider’s target in the memory of health', () => {
    const made = registry();
    made.registerProvider(provider('a', { healthKey: 'h' }));
    made.registerProvider(provider('b', { healthKey: 'h/x' }));
    const [target, whole] = made.parse('a/x,b/y').targets;
    expect(target?.health.target.key).not.toBe(whole?.health.provider.key);
  });
});
