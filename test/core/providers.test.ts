import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Dsn } from '../../src/core/dsn.js';
import { ConfigError, DsnError, UnknownProviderError } from '../../src/core/errors.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import type { EnvLookup, Provider, SchemeFactory } from '../../src/core/ports.js';
import { variableOf } from '../../src/core/provider-names.js';
import { Providers } from '../../src/core/providers.js';
import type { RegistryParts } from '../../src/core/registry-parts.js';

const key = 'sk-0123456789abcdefSECRET';

function provider(name: string, more: Partial<Provider> = {}): Provider {
  const model = (id: string) => ({
    id,
    stream: () => {
      throw new Error('nobody asks here');
    },
  });
  return { name, model, ...more };
}

const plainFactory: SchemeFactory = (name, dsn) =>
  provider(name, { scheme: dsn.scheme, endpoint: dsn.display(), defaultModel: dsn.options.model });

interface Setting {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly envLookup?: EnvLookup;
}

/** Schemes and built-ins `openai` and `local`. */
function providers({ env = {}, envLookup }: Setting = {}): Providers {
  const parts: RegistryParts = {
    schemes: [
      { scheme: 'openai', traits: { credential: 'required' }, factory: plainFactory },
      { scheme: 'local', traits: { local: true }, factory: plainFactory },
    ],
    builtins: ['openai', 'local'],
    env: null,
    envLookup: envLookup ?? ((name) => env[name]),
    openCredential: () => ({ info: () => null, read: async () => null }),
    clock: { now: () => 0, monotonic: () => 0, setTimer: () => () => {} },
    random: () => 0.5,
    store: new MemoryStore(),
  };
  return new Providers(parts);
}

function loaded(env: Readonly<Record<string, string | undefined>>): Providers {
  const made = providers();
  made.loadEnv(env);
  return made;
}

function errorOf(act: () => unknown): ConfigError {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('who answers to a name', () => {
  it('is the built-in when nobody else does', () => {
    const { provider: found, source } = providers().resolve('openai');
    expect(found).toMatchObject({ name: 'openai', scheme: 'openai' });
    expect(source.kind).toBe('builtin');
  });

  it.each([
    { name: 'a file over the built-in', env: {}, file: true, program: false, kind: 'user-file' },
    {
      name: 'the environment over the built-in',
      env: { LLM_OPENAI: 'local://' },
      file: false,
      program: false,
      kind: 'env',
    },
    {
      name: 'the environment over a file',
      env: { LLM_OPENAI: 'local://' },
      file: true,
      program: false,
      kind: 'env',
    },
    {
      name: 'the program over all',
      env: { LLM_OPENAI: 'local://' },
      file: true,
      program: true,
      kind: 'program',
    },
    {
      name: 'the program over a broken variable',
      env: { LLM_OPENAI: 'nope://' },
      file: false,
      program: true,
      kind: 'program',
    },
  ])('is $name', ({ env, file, program, kind }) => {
    for (const made of [loaded(env), providers({ env })]) {
      if (program) made.register(provider('openai'));
      if (file)
        made.define('openai', { text: 'local://file', source: { kind: 'user-file', key: 'config.json' } });
      expect(made.resolve('openai').source.kind).toBe(kind);
    }
  });

  it('is the provider registered last', () => {
    const made = providers();
    made.register(provider('m1', { endpoint: 'first' }));
    made.register(provider('m1', { endpoint: 'second' }));
    expect(made.find('m1')?.endpoint).toBe('second');
  });

  it.each([
    { name: 'with an unknown scheme', text: `nope://${key}@h`, code: 'dsn-unknown-scheme' },
    { name: 'with a bad port', text: `openai://${key}@h:0`, code: 'dsn-port' },
    { name: 'with an unset secret', text: 'openai://@h', code: 'dsn-empty-credential' },
    { name: 'that was not expanded', text: `openai://\${KEY}@h`, code: 'dsn-not-expanded' },
    { name: 'with the key as host', text: `openai://${key}`, code: 'dsn-key-as-host' },
  ])('is nobody while a broken variable $name hides the built-in', ({ text, code }) => {
    for (const made of [loaded({ LLM_OPENAI: text }), providers({ env: { LLM_OPENAI: text } })]) {
      const error = errorOf(() => made.resolve('openai'));
      expect(error.code).toBe(code);
      expect(error.message).toMatch(/^LLM_OPENAI: /);
      expect(`${inspect(error, { showHidden: true })}${JSON.stringify(error)}`).not.toContain(key);
      expect(made.find('openai')).toBeUndefined();
    }
  });

  it.each(['gateway.corp:8080/v1', key, 'true'])(
    'is not the built-in while its variable holds what is no DSN (%#): a prompt meant for a gateway must not leak',
    (text) => {
      for (const made of [loaded({ LLM_OPENAI: text }), providers({ env: { LLM_OPENAI: text } })]) {
        const error = errorOf(() => made.resolve('openai'));
        expect(error.message).toContain('LLM_OPENAI');
        expect(error.message).toContain('://');
        expect(`${error.message}${error.hint}`).not.toContain(text);
        expect(made.entry('openai')).toMatchObject({
          source: { kind: 'env', key: 'LLM_OPENAI' },
          shadows: [{ kind: 'builtin' }],
        });
      }
    },
  );
});

describe('the environment', () => {
  it.each([
    { variable: 'LLM_M1', name: 'm1' },
    { variable: 'LLM_MY_PROV', name: 'my-prov' },
    { variable: 'LLM_A_B_C', name: 'a-b-c' },
    { variable: 'LLM_lower', name: 'lower' },
  ])('$variable names the provider $name', ({ variable, name }) => {
    expect(loaded({ [variable]: 'local://' }).resolve(name)).toMatchObject({
      provider: { name },
      source: { kind: 'env', key: variable },
    });
  });

  it.each([
    { name: 'm1', variable: 'LLM_M1' },
    { name: 'my-prov', variable: 'LLM_MY_PROV' },
  ])('$name is looked up in $variable when it is used', ({ name, variable }) => {
    expect(variableOf(name)).toBe(variable);
    expect(providers({ env: { [variable]: 'local://' } }).resolve(name)).toMatchObject({
      provider: { name },
      source: { kind: 'env', key: variable },
    });
  });

  it.each(['my_prov', 'MY_PROV', 'My-Prov'])(
    '%s is found in the variable that the error would name',
    (name) => {
      expect(providers({ env: { LLM_MY_PROV: 'local://' } }).resolve(name).provider.name).toBe('my-prov');
      expect(loaded({ LLM_MY_PROV: 'local://' }).resolve(name).provider.name).toBe('my-prov');
    },
  );

  it('is asked once for a name that it knows, and again for one that it did not', () => {
    const asked: string[] = [];
    const env: Record<string, string> = { LLM_M1: 'local://one' };
    const made = providers({
      envLookup: (name) => {
        asked.push(name);
        return env[name];
      },
    });
    const first = made.resolve('m1');
    env.LLM_M1 = 'local://two';
    expect(made.resolve('m1')).toBe(first);
    expect(asked).toEqual(['LLM_M1']);
    expect(made.find('m2')).toBeUndefined();
    env.LLM_M2 = 'local://late';
    expect(made.find('m2')?.endpoint).toBe('local://late');
  });

  it('keeps the error of a broken variable for when its name is used, and only then', () => {
    const made = loaded({ LLM_BAD: `openai://${key}@h:99999`, LLM_GOOD: 'local://' });
    expect(made.resolve('good').provider.name).toBe('good');
    expect(errorOf(() => made.resolve('bad'))).toBeInstanceOf(DsnError);
    expect(errorOf(() => made.resolve('bad')).message).toContain('LLM_BAD');
    expect(made.names()).toContain('bad');
  });

  it.each(['', undefined])('an empty variable (%j) counts as unset', (text) => {
    const eager = loaded({ LLM_OPENAI: text, LLM_M1: text });
    const lazy = providers({ env: { LLM_OPENAI: text, LLM_M1: text } });
    for (const made of [eager, lazy]) {
      expect(made.resolve('openai').source.kind).toBe('builtin');
      expect(errorOf(() => made.resolve('m1'))).toBeInstanceOf(UnknownProviderError);
      expect(made.ignored).toEqual([]);
    }
  });

  it('two variables that give one name are an error of that name, which names all of them', () => {
    const made = loaded({
      LLM_MY_PROV: 'local://a',
      LLM_my_prov: 'local://b',
      LLM_My_Prov: 'local://c',
      LLM_M1: 'local://',
    });
    const error = errorOf(() => made.resolve('my-prov'));
    for (const variable of ['LLM_MY_PROV', 'LLM_my_prov', 'LLM_My_Prov'])
      expect(error.message).toContain(variable);
    expect(error.message).toContain('"my-prov"');
    expect(made.find('m1')).toBeDefined();
  });

  it('two variables that give the name of a built-in hide it', () => {
    const made = loaded({ LLM_OPENAI: 'local://a', LLM_openai: 'local://b' });
    expect(errorOf(() => made.resolve('openai')).code).toBe('provider-name-twice');
  });

  it('loading the same environment again is no conflict', () => {
    const made = loaded({ LLM_M1: 'local://a' });
    made.loadEnv({ LLM_M1: 'local://b' });
    expect(made.find('m1')?.endpoint).toBe('local://b');
  });

  it.each([
    { name: 'loaded later', load: (made: Providers) => made.loadEnv({ LLM_m1: 'local://b' }) },
    {
      name: 'loaded later, broken',
      load: (made: Providers) => made.loadEnv({ LLM_m1: 'nope://b' }),
    },
    {
      name: 'loaded later, and the first one again',
      load: (made: Providers) => {
        made.loadEnv({ LLM_m1: 'local://b' });
        made.loadEnv({ LLM_M1: 'local://a' });
      },
    },
  ])('another variable of one name is an error of that name: $name', ({ load }) => {
    const eager = loaded({ LLM_M1: 'local://a', LLM_M2: 'local://' });
    const lazy = providers({ env: { LLM_M1: 'local://a', LLM_M2: 'local://' } });
    expect(lazy.find('m1')).toBeDefined();
    for (const made of [eager, lazy]) {
      load(made);
      const error = errorOf(() => made.resolve('m1'));
      expect(error.code).toBe('provider-name-twice');
      expect(error.message).toContain('LLM_M1 and LLM_m1');
      expect(made.find('m2')).toBeDefined();
    }
  });

  it('variables without :// are ignored with a reason and never the value', () => {
    const made = loaded({
      LLM_MODEL: 'gpt-4o',
      LLM_API_KEY: key,
      LLM_M1: 'local://',
      LLM_: 'local://',
      OTHER: 'x',
    });
    expect(made.ignored.map((entry) => entry.key)).toEqual(['LLM_MODEL', 'LLM_API_KEY', 'LLM_']);
    for (const { reason } of made.ignored) expect(reason.length).toBeGreaterThan(10);
    expect(made.ignored[1]?.reason).toContain('://');
    expect(JSON.stringify(made.ignored)).not.toMatch(/gpt-4o|sk-0123/);
    expect(made.names()).not.toContain('model');
  });

  it.each([
    { variable: 'LLM_STRAßE', used: 'straße' },
    { variable: 'LLM_STRAßE', used: 'strasse' },
    { variable: 'LLM_A B', used: 'a b' },
    { variable: 'LLM_A/B', used: 'a/b' },
    { variable: 'LLM_A,B', used: 'a,b' },
    { variable: 'LLM_A\u001b[31mB', used: 'a\u001b[31mb' },
    { variable: 'LLM_A\u202eB', used: 'a\u202eb' },
  ])('$variable, which no spec can name, is ignored with a reason', ({ variable, used }) => {
    const made = loaded({ [variable]: `local://${key}@h`, LLM_M1: 'local://' });
    expect(made.ignored).toEqual([{ key: variable, reason: expect.stringContaining('no spec can name it') }]);
    expect([...made.names()].sort()).toEqual(['local', 'm1', 'openai']);
    const { message, hint } = errorOf(() => made.resolve(used));
    expect(hint).toContain('ignored');
    expect(`${message}${hint}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(`${message}${hint}`).not.toContain(key);
  });

  it.each(['LLM_CAFÉ', 'LLM_GPT4.1', 'LLM_MY-PROV', 'LLM_A:B'])('%s is a name like any other', (variable) => {
    const made = loaded({ [variable]: 'local://' });
    expect(made.ignored).toEqual([]);
    expect(made.find(variable.slice(4).toLowerCase())?.scheme).toBe('local');
  });

  it('an ignored variable does not take part in a conflict', () => {
    expect(loaded({ LLM_M1: 'local://a', LLM_m1: 'x' }).find('m1')?.endpoint).toBe('local://a');
  });

  it('a variable that is mended is no longer told as ignored', () => {
    const made = loaded({ LLM_M1: 'x' });
    made.loadEnv({ LLM_M1: 'local://' });
    expect(made.ignored).toEqual([]);
  });

  it('the user of an ignored variable’s name is told that it is there', () => {
    for (const made of [loaded({ LLM_WORK: key }), providers({ env: { LLM_WORK: key } })]) {
      const { message, hint } = errorOf(() => made.resolve('work'));
      expect(message).toContain('LLM_WORK');
      expect(hint).toContain('://');
      expect(`${message}${hint}`).not.toContain(key);
    }
  });
});

describe('a name spelled otherwise', () => {
  const source = { kind: 'user-file', key: 'config.json' } as const;

  it.each(['my-prov', 'my_prov', 'MY-PROV', 'My_Prov'])(
    'is that of the program before a variable: %s',
    (name) => {
      for (const made of [
        loaded({ LLM_MY_PROV: 'local://' }),
        providers({ env: { LLM_MY_PROV: 'local://' } }),
      ]) {
        made.register(provider('my-prov', { endpoint: 'mine' }));
        expect(made.resolve(name).provider.endpoint).toBe('mine');
        expect(made.nameFor(name)).toBe('my-prov');
      }
    },
  );

  it.each(['MyProv', 'my_prov', 'Straße'])('is found as the program wrote it: %s', (name) => {
    const made = loaded({ LLM_MYPROV: 'local://', LLM_MY_PROV: 'local://', LLM_STRASSE: 'local://' });
    made.register(provider(name, { endpoint: 'mine' }));
    expect(made.find(name)?.endpoint).toBe('mine');
    expect(made.nameFor(name)).toBe(name);
    for (const other of ['myprov', 'MYPROV', 'my-prov', 'MY_PROV', 'strasse']) {
      expect(made.find(other)?.endpoint).toBe('local://');
    }
  });

  it.each(['m1', 'M1'])('is that of a file, behind the environment: %s', (name) => {
    const made = providers();
    made.define('m1', { text: 'local://file', source });
    expect(made.find(name)?.endpoint).toBe('local://file');
    expect(made.nameFor(name)).toBe('m1');
    made.loadEnv({ LLM_M1: 'local://env' });
    expect(made.find(name)?.endpoint).toBe('local://env');
  });

  it('is found as a file wrote it', () => {
    const made = providers();
    made.define('My_Prov', { text: 'local://file', source });
    expect(made.find('My_Prov')?.endpoint).toBe('local://file');
    expect(made.nameFor('My_Prov')).toBe('My_Prov');
    expect(made.find('my-prov')).toBeUndefined();
    made.loadEnv({ LLM_MY_PROV: 'local://env' });
    expect(made.find('My_Prov')?.endpoint).toBe('local://env');
    expect(made.nameFor('My_Prov')).toBe('my-prov');
  });

  it('is that of the built-in', () => {
    expect(providers().resolve('OpenAI')).toMatchObject({
      provider: { name: 'openai' },
      source: { kind: 'builtin' },
    });
  });

  it('is that of a broken variable, which hides the built-in', () => {
    expect(errorOf(() => loaded({ LLM_OPENAI: 'nope://' }).resolve('OpenAI')).code).toBe(
      'dsn-unknown-scheme',
    );
  });
});

describe('an unknown provider', () => {
  it('is told by its name, with registry, variable and nearest names', () => {
    const made = loaded({ LLM_MY_GATEWAY: 'local://' });
    const error = errorOf(() => made.resolve('my-gatewya')) as UnknownProviderError;
    expect(error).toBeInstanceOf(UnknownProviderError);
    expect(error.provider).toBe('my-gatewya');
    expect(error.code).toBe('unknown-provider');
    expect(error.message).toContain('"my-gatewya"');
    expect(error.message).toContain('registry');
    expect(error.message).toContain('LLM_MY_GATEWYA');
    expect(error.hint).toContain('my-gateway');
  });

  it('of which nothing is near is told how to define it', () => {
    expect(errorOf(() => providers().resolve('zzzzzzzz')).hint).toContain('LLM_ZZZZZZZZ=');
  });

  it.each([
    { what: 'control characters', name: 'a\u001b[2Jb\u009b' },
    { what: 'a bidi override', name: 'a\u202eb' },
    { what: 'a megabyte', name: 'x'.repeat(1_000_000) },
  ])('does no harm by $what', ({ name }) => {
    const { message, hint } = errorOf(() => providers().resolve(name));
    expect(`${message}${hint}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(`${message}${hint}`.length).toBeLessThan(700);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '%s is no provider by inheritance',
    (name) => {
      for (const made of [providers({ env: {} }), loaded({})]) {
        expect(errorOf(() => made.resolve(name))).toBeInstanceOf(UnknownProviderError);
      }
      const made = providers();
      made.register(provider(name));
      expect(made.find(name)?.name).toBe(name);
      expect(
        loaded({ [`LLM_${name}`]: 'local://' }).find(name.toLowerCase().replaceAll('_', '-')),
      ).toBeDefined();
    },
  );
});

describe('a scheme of one’s own', () => {
  const factoryOf =
    (endpoint: string): SchemeFactory =>
    (name) =>
      provider(name, { endpoint });

  it('serves variables seen before it was registered', () => {
    const made = loaded({ LLM_M1: 'acme://h', LLM_M2: 'acme+http://h' });
    expect(errorOf(() => made.resolve('m1')).code).toBe('dsn-unknown-scheme');
    made.registerScheme({ scheme: 'acme', traits: {}, factory: factoryOf('acme') });
    expect(made.find('m1')?.endpoint).toBe('acme');
    expect(made.find('m2')?.endpoint).toBe('acme');
  });

  it('serves variables looked up, and files read, before it was registered', () => {
    const made = providers({ env: { LLM_M1: 'acme://h' } });
    made.define('m2', { text: 'acme://h', source: { kind: 'user-file', key: 'config.json' } });
    expect(made.find('m1')).toBeUndefined();
    expect(made.find('m2')).toBeUndefined();
    made.registerScheme({ scheme: 'acme', traits: {}, factory: factoryOf('acme') });
    expect(made.find('m1')?.endpoint).toBe('acme');
    expect(made.find('m2')?.endpoint).toBe('acme');
  });

  it('replaces the one of its name, for variables and the built-in seen before too', () => {
    const made = loaded({ LLM_M1: 'openai://h', LLM_M2: 'local://h' });
    const untouched = made.find('m2');
    expect(made.find('openai')?.endpoint).not.toBe('mine');
    made.registerScheme({ scheme: 'openai', traits: {}, factory: factoryOf('mine') });
    expect(made.find('m1')?.endpoint).toBe('mine');
    expect(made.find('openai')?.endpoint).toBe('mine');
    expect(made.find('m2')).toBe(untouched);
  });

  it.each([
    { name: 'an option that only the new one knows', text: 'local://h?foo=1' },
    { name: 'no credential where the old one needed it', text: 'openai://@h' },
    { name: 'a transport', text: 'acme+http://h?foo=1' },
  ])('serves what the scheme of its name refused before: $name', ({ text }) => {
    const source = { kind: 'user-file', key: 'config.json' } as const;
    const made = loaded({ LLM_M1: text, LLM_BAD: 'local://h:0' });
    made.define('m2', { text, source });
    expect(errorOf(() => made.resolve('m1'))).toBeInstanceOf(DsnError);
    expect(errorOf(() => made.resolve('m2'))).toBeInstanceOf(DsnError);
    for (const scheme of ['local', 'openai', 'acme']) {
      made.registerScheme({ scheme, traits: { options: 'any' }, factory: factoryOf('mine') });
    }
    expect(made.find('m1')?.endpoint).toBe('mine');
    expect(made.find('m2')?.endpoint).toBe('mine');
    expect(errorOf(() => made.resolve('bad')).code).toBe('dsn-port');
  });

  it('does not mend a conflict of two variables', () => {
    const made = loaded({ LLM_M1: 'acme://a', LLM_m1: 'acme://b' });
    made.registerScheme({ scheme: 'acme', traits: {}, factory: factoryOf('acme') });
    expect(errorOf(() => made.resolve('m1')).code).toBe('provider-name-twice');
  });

  it('is asked for a provider when somebody needs it, and once', () => {
    const made = loaded({ LLM_M1: 'acme://h', LLM_M2: 'acme://h' });
    const built: string[] = [];
    const factory: SchemeFactory = (name) => {
      built.push(name);
      return provider(name);
    };
    made.registerScheme({ scheme: 'acme', traits: {}, factory });
    expect(made.usable()).toEqual(['m1', 'm2']);
    expect(built).toEqual([]);
    expect(made.find('m1')).toBe(made.find('m1'));
    expect(built).toEqual(['m1']);
  });

  it('gets the name, the DSN and a way to the environment that was injected', () => {
    const seen: { name: string; dsn: Dsn; region: string | undefined }[] = [];
    const made = providers({ env: { LLM_MY_PROV: `acme://${key}@h/base?size=5`, REGION: 'eu', EMPTY: '' } });
    made.registerScheme({
      scheme: 'acme',
      traits: { options: ['size'] },
      factory: (name, dsn, context) => {
        expect(context.envLookup('EMPTY')).toBeUndefined();
        seen.push({ name, dsn, region: context.envLookup('REGION') });
        return provider(name);
      },
    });
    made.resolve('my-prov');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      name: 'my-prov',
      region: 'eu',
      dsn: { scheme: 'acme', host: 'h', basePath: '/base' },
    });
    expect(seen[0]?.dsn.credential()).toBe(key);
    expect(seen[0]?.dsn.options.extra).toEqual({ size: '5' });
  });

  it.each([
    { name: 'an error', thrown: () => new Error(`cannot use ${key} at h?token=hush-hush`, { cause: key }) },
    { name: 'an encoded key', thrown: () => new Error(`cannot use ${Buffer.from(key).toString('base64')}`) },
    { name: 'an error of the library', thrown: () => new ConfigError('bad', `bad ${key}`, `not ${key}`) },
    { name: 'a text', thrown: () => `cannot use ${key}` },
    { name: 'nothing', thrown: () => undefined },
    { name: 'a bug with the key in its name', thrown: () => new TypeError(`${key} is not a function`) },
  ])('whose factory throws $name is an error of the name, without a secret', ({ thrown }) => {
    const made = providers();
    const factory: SchemeFactory = () => {
      throw thrown();
    };
    made.registerScheme({ scheme: 'acme', traits: { options: 'any' }, factory });
    made.loadEnv({ LLM_M1: `acme://${key}@h?token=hush-hush` });
    const error = errorOf(() => made.resolve('m1'));
    expect(error.message).toContain('LLM_M1');
    const all = [
      error.message,
      error.hint,
      error.stack,
      JSON.stringify(error),
      inspect(error, { showHidden: true }),
    ].join('\n');
    expect(all).not.toContain(key);
    expect(all).not.toContain(Buffer.from(key).toString('base64'));
    expect(all).not.toContain('hush-hush');
    expect(made.resolve('local').provider.name).toBe('local');
  });

  it.each([
    { name: 'nothing', made: undefined },
    { name: 'null', made: null },
    { name: 'a text', made: 'provider' },
    { name: 'an empty object', made: {} },
    { name: 'a provider without models', made: { name: 'm1' } },
    { name: 'a provider without a name', made: { model: () => ({}) } },
    { name: 'a promise', made: Promise.resolve(provider('m1')) },
  ])(
    'whose factory gives $name is an error of the name when it is used, and only then',
    ({ made: given }) => {
      const made = providers();
      const factory = (() => given) as unknown as SchemeFactory;
      made.registerScheme({ scheme: 'acme', traits: {}, factory });
      made.loadEnv({ LLM_M1: `acme://${key}@h`, LLM_M2: 'local://' });
      expect(made.find('m1')).toBeUndefined();
      const error = errorOf(() => made.resolve('m1'));
      expect(error.code).toBe('scheme-factory');
      expect(error.message).toMatch(/^LLM_M1: .*no provider/);
      expect(JSON.stringify(error)).not.toContain(key);
      expect(made.find('m2')?.name).toBe('m2');
    },
  );

  it('that throws UnknownProviderError does not pass for an unknown name', () => {
    const made = providers();
    const factory: SchemeFactory = () => {
      throw new UnknownProviderError('inner', 'unknown provider "inner"');
    };
    made.registerScheme({ scheme: 'acme', traits: {}, factory });
    made.loadEnv({ LLM_M1: 'acme://h' });
    expect(errorOf(() => made.resolve('m1'))).not.toBeInstanceOf(UnknownProviderError);
  });

  it.each(['', 'Acme', 'my scheme', 'a+b', '1x', 'a://'])('cannot be called %j', (scheme) => {
    expect(
      errorOf(() => providers().registerScheme({ scheme, traits: {}, factory: plainFactory })).code,
    ).toBe('scheme-name');
  });
});

describe('a provider’s name', () => {
  it.each(['', 'a/b', 'a,b', 'a b', 'a\n', '\u001b[1m'])('cannot be %j', (name) => {
    expect(errorOf(() => providers().register(provider(name))).code).toBe('provider-name');
    const source = { kind: 'user-file', key: 'config.json' } as const;
    const error = errorOf(() => providers().define(name, { text: `local://${key}@h`, source }));
    expect(error.code).toBe('provider-name');
    expect(error.message).not.toContain(key);
  });
});

describe('what is shown of providers', () => {
  it('names everybody once, and as usable only those somebody set up', () => {
    const made = providers({ env: {} });
    made.registerScheme({
      scheme: 'openai',
      traits: {},
      factory: (name) =>
        provider(name, { credential: () => ({ source: 'OPENAI_API_KEY', fingerprint: null }) }),
    });
    made.register(provider('own'));
    made.loadEnv({ LLM_M1: 'local://', LLM_OWN: 'local://', LLM_BAD: 'nope://' });
    expect([...made.names()].sort()).toEqual(['bad', 'local', 'm1', 'openai', 'own']);
    expect([...made.usable()].sort()).toEqual(['bad', 'm1', 'openai', 'own']);
  });

  it('holds no value of a variable, however it is printed', () => {
    const made = loaded({
      LLM_M1: `openai://${key}@h?header.X-Key=hush-hush`,
      LLM_BAD: `nope://${key}@h`,
      LLM_X: key,
    });
    made.resolve('m1');
    const shown = `${inspect(made, { depth: 10, showHidden: true })}${JSON.stringify(made)}`;
    expect(shown).not.toContain(key);
    expect(shown).not.toContain('hush-hush');
  });

  it('scrubs what the DSN holds, and what the provider knows', () => {
    const made = providers();
    const scrub = (text: string): string => text.replaceAll('fetched', '*');
    made.registerScheme({ scheme: 'acme', traits: {}, factory: (name) => provider(name, { scrub }) });
    made.loadEnv({ LLM_M1: `acme://${key}@h` });
    expect(made.resolve('m1').scrub(`${key} and fetched`)).toBe('[redacted] and *');
  });

  it('tells what is odd about a DSN', () => {
    expect(
      loaded({ LLM_M1: ' local://h ' })
        .resolve('m1')
        .warnings.map(({ code }) => code),
    ).toEqual(['dsn-trimmed']);
  });
});
