import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultModel } from '../../src/cli/default-model.js';
import { setUp } from '../../src/cli/setup.js';
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
      flags: { envFile: file('MAJORDOMO_ALIAS_FAST=c/x') },
      env: mocks,
      target: 'c/x',
    },
    {
      name: 'the environment before its file',
      flags: { envFile: file('MAJORDOMO_ALIAS_FAST=c/x') },
      env: variable,
      target: 'b/x',
    },
    {
      name: 'its file before an empty variable',
      flags: { envFile: file('MAJORDOMO_ALIAS_FAST=c/x') },
      env: { ...mocks, MAJORDOMO_ALIAS_FAST: '' },
      target: 'c/x',
    },
  ])('is that of $name', async ({ flags, env, target }) => {
    expect(await targetsOf(flags, env)).toEqual([target]);
  });

  it('that a flag words wrongly is a usage error', async () => {
    await expect(setUp({ alias: [{ key: 'a/b', value: 'a/x' }] }, mocks)).rejects.toThrow(UsageError);
  });

  it.each([{ config: '/none.json' }, { envFile: '/none' }, { config: file('{') }])(
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
    },
    {
      name: 'the file’s',
      flags: { config: config({ model: 'b/x', aliases: { default: 'c/x' } }) },
      env: { MAJORDOMO_MODEL: '' },
      spec: 'b/x',
    },
    {
      name: 'the alias default',
      flags: { config: config({ aliases: { default: 'c/x' } }) },
      env: {},
      spec: 'default',
    },
  ])('is $name', async ({ flags, env, spec }) => {
    expect(await model(flags, { ...mocks, ...env } as Record<string, string>)).toBe(spec);
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
