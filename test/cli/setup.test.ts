import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultModel } from '../../src/cli/default-model.js';
import { type SetupFlags, setUp as setUpIn } from '../../src/cli/setup.js';
import { ConfigError, UsageError } from '../../src/core/errors.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-setup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function file(text: string): string {
  count += 1;
  const name = path.join(folder, `${count}.json`);
  writeFileSync(name, text);
  return name;
}
const config = (value: unknown): string => file(JSON.stringify(value));

const mocks = { LLM_A: 'mock://', LLM_B: 'mock://', LLM_C: 'mock://' };
const setUp = (flags: SetupFlags, env: Readonly<Record<string, string>>) =>
  setUpIn(flags, { env: { MAJORDOMO_HEALTH_STORE: 'memory', ...env }, platform: 'linux', cwd: () => folder });
const targetsOf = async (...[flags, env]: Parameters<typeof setUp>) => {
  const { registry } = await setUp(flags, env);
  return registry.parse('fast').targets.map(({ target }) => target);
};

describe('an alias', () => {
  const filed = config({ aliases: { fast: 'a/x' } });
  const variable = { ...mocks, MAJORDOMO_ALIAS_FAST: 'b/x' };

  it.each([
    { name: 'the file', flags: { config: filed }, env: mocks, target: 'a/x' },
    { name: 'the environment before the file', flags: { config: filed }, env: variable, target: 'b/x' },
    {
      name: 'a flag before both',
      flags: { config: filed, alias: [{ key: 'fast', value: 'c/x' }] },
      env: variable,
      target: 'c/x',
    },
    {
      name: 'an environment file',
      flags: { envFile: [file('MAJORDOMO_ALIAS_FAST=c/x')] },
      env: mocks,
      target: 'c/x',
    },
    {
      name: 'the environment before its file',
      flags: { envFile: [file('MAJORDOMO_ALIAS_FAST=c/x')] },
      env: variable,
      target: 'b/x',
    },
    {
      name: 'its file before an empty variable',
      flags: { envFile: [file('MAJORDOMO_ALIAS_FAST=c/x')] },
      env: { ...mocks, MAJORDOMO_ALIAS_FAST: '' },
      target: 'c/x',
    },
  ])('is that of $name', async ({ flags, env, target }) => {
    expect(await targetsOf(flags, env)).toEqual([target]);
  });

  it('that a flag words wrongly is a usage error', async () => {
    await expect(setUp({ alias: [{ key: 'a/b', value: 'a/x' }] }, mocks)).rejects.toThrow(UsageError);
  });

  it.each([{ config: '/none.json' }, { envFile: ['/none'] }, { config: file('{') }])(
    'in %j that cannot be read is a configuration error',
    async (flags) => {
      await expect(setUp(flags, mocks)).rejects.toThrow(ConfigError);
    },
  );
});

describe('the model without -m', () => {
  const model = async (...parameters: Parameters<typeof setUp>) => defaultModel(await setUp(...parameters));

  it.each([
    {
      name: 'MAJORDOMO_MODEL',
      flags: { config: config({ model: 'b/x' }) },
      env: { MAJORDOMO_MODEL: 'a/x' },
      spec: 'a/x',
      place: 'MAJORDOMO_MODEL',
    },
    {
      name: 'the file’s',
      flags: { config: config({ model: 'b/x', aliases: { default: 'c/x' } }) },
      env: { MAJORDOMO_MODEL: '' },
      spec: 'b/x',
      place: expect.stringMatching(/\.json:1$/),
    },
    {
      name: 'the alias default',
      flags: { config: config({ aliases: { default: 'c/x' } }) },
      env: {},
      spec: 'default',
      place: null,
    },
  ])('is $name', async ({ flags, env, spec, place }) => {
    expect(await model(flags, { ...mocks, ...env } as Record<string, string>)).toEqual({ spec, place });
  });

  it('is missing: says how to name one, and what there is', async () => {
    await expect(model({}, { LLM_B: 'mock://' })).rejects.toMatchObject({
      code: 'no-model',
      hint: expect.stringMatching(/-m, MAJORDOMO_MODEL.*configured: .*\bb\b/),
    });
  });

  it('is missing, as is every provider: three lines', async () => {
    const error = await model({}, {}).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message.split('\n')).toHaveLength(3);
    expect(error.hint).toBeNull();
  });
});

describe('the health store', () => {
  const open = { key: 'k', name: 'k', scope: 'target', kind: null, updatedAtMs: Date.now() } as const;
  const circuit = { state: 'closed', generation: 1, failures: 1 } as const;
  /** Where something that is remembered goes. */
  const placeOf = async (flags: SetupFlags, env: Record<string, string | undefined>) => {
    const home = mkdtempSync(path.join(folder, 'home-'));
    const { registry, warnings } = await setUpIn(flags, {
      env: { HOME: home, XDG_STATE_HOME: undefined, ...env },
      platform: 'linux',
      cwd: () => home,
    });
    const file = path.join(home, '.local/state/majordomo/health.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ version: 1, entries: [{ ...open, circuit }] }));
    const seen = (await registry.health.entries()).length === 1;
    await registry.health.close();
    return { file: seen, warnings: [...warnings, ...registry.health.takeWarnings()].map(({ code }) => code) };
  };
  const kept = (store: string) => config({ health: { store } });

  it.each<{ name: string; flags: SetupFlags; env: Record<string, string>; file: boolean }>([
    { name: 'a file', flags: {}, env: {}, file: true },
    { name: 'memory by a flag', flags: { healthStore: 'memory' }, env: {}, file: false },
    { name: 'off by a variable', flags: {}, env: { MAJORDOMO_HEALTH_STORE: 'off' }, file: false },
    { name: 'a file by an empty variable', flags: {}, env: { MAJORDOMO_HEALTH_STORE: '' }, file: true },
    { name: 'memory by the configuration', flags: { config: kept('memory') }, env: {}, file: false },
    {
      name: 'the variable before the configuration',
      flags: { config: kept('memory') },
      env: { MAJORDOMO_HEALTH_STORE: 'file' },
      file: true,
    },
    {
      name: 'the flag before the variable',
      flags: { healthStore: 'file' },
      env: { MAJORDOMO_HEALTH_STORE: 'memory' },
      file: true,
    },
  ])('is $name', async ({ flags, env, file: isFile }) => {
    expect(await placeOf(flags, env)).toEqual({ file: isFile, warnings: [] });
  });

  it('is memory with a warning where there is no home', async () => {
    expect(await placeOf({}, { HOME: undefined })).toEqual({ file: false, warnings: ['health-store'] });
  });

  it('is memory with a warning where the server is away', async () => {
    const away = await placeOf({ healthStore: 'redis://:canary@127.0.0.1:1' }, {});
    expect(away).toEqual({ file: false, warnings: ['health-store'] });
  });

  it.each(['canary', 'redis://', 'http://canary'])('is no other word: %s', async (healthStore) => {
    await expect(setUp({ healthStore }, {})).rejects.toMatchObject({
      code: expect.stringMatching(/^health-store/),
      message: expect.not.stringContaining('canary'),
    });
  });

  it('that is wrong is told with its place', async () => {
    const messageOf = (...[flags, env]: Parameters<typeof setUp>) =>
      setUp(flags, env).then(
        () => '',
        ({ message }: Error) => message,
      );
    const wrong = config({ health: { store: 'canary' } });
    expect(await messageOf({ healthStore: 'x' }, {})).toMatch(/^--health-store: /);
    expect(await messageOf({}, { MAJORDOMO_HEALTH_STORE: 'redis://' })).toMatch(/^MAJORDOMO_HEALTH_STORE: /);
    expect(await messageOf({ config: wrong }, { MAJORDOMO_HEALTH_STORE: '' })).toBe(
      `${wrong}:1: there is no such health store`,
    );
  });
});
