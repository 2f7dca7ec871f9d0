import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownKeys } from '../../src/config/config-keys.js';
import { parseConfig, readConfigFile } from '../../src/config/file.js';
import { parseDuration } from '../../src/core/duration.js';
import { ConfigError } from '../../src/core/errors.js';

function errorOf(value: unknown): Promise<ConfigError> {
  return errorOfText(JSON.stringify(value));
}

async function errorOfText(text: string): Promise<ConfigError> {
  try {
    await parseConfig('config.json', text);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a configuration file', () => {
  it('may be empty', async () => {
    expect(await parseConfig('config.json', '{}')).toEqual({
      path: 'config.json',
      aliases: {},
      model: null,
      chain: {},
      health: {},
      healthStore: null,
      providers: {},
      owner: 'user',
      trustedProjects: [],
      sourceOf: expect.any(Function),
    });
  });

  it('tells where a key stands, and shows it to whoever prints that', async () => {
    const { sourceOf } = await parseConfig('config.json', '{\n"aliases": {"a": "m/x"}}');
    const source = sourceOf('aliases', 'a');
    const expected = { kind: 'user-file', key: 'config.json:2' };
    expect([{ ...source }, JSON.parse(JSON.stringify(source)), structuredClone(source)]).toEqual([
      expected,
      expected,
      expected,
    ]);
    expect(inspect(source)).toBe(inspect(expected));
  });

  it('may set everything that the contract names', async () => {
    const config = await parseConfig(
      'config.json',
      JSON.stringify({
        $schema: './config.schema.json',
        aliases: { fast: 'm1/qwen3,openai/gpt-x' },
        model: 'fast',
        chain: {
          retries: 1,
          advanceOnPermanent: false,
          maxAttempts: 10,
          maxRetryAfter: '5s',
          timeout: '10m',
          attemptTimeout: '2m',
          firstTokenTimeout: '60s',
          idleTimeout: '30s',
          connectTimeout: '500ms',
          hedge: null,
        },
        health: { store: 'memory', threshold: 3, cooldown: '10s', maxCooldown: '10m' },
        providers: { m1: 'ollama://m1.lan' },
        trustedProjects: [],
      }),
    );
    expect(config).toMatchObject({
      aliases: { fast: 'm1/qwen3,openai/gpt-x' },
      model: 'fast',
      chain: {
        transientRetries: 1,
        advanceOnPermanent: false,
        maxAttempts: 10,
        maxRetryAfterMs: 5000,
        timeoutMs: 600_000,
        attemptTimeoutMs: 120_000,
        firstTokenTimeoutMs: 60_000,
        idleTimeoutMs: 30_000,
        connectTimeoutMs: 500,
      },
      health: { threshold: 3, cooldownMs: 10_000, maxCooldownMs: 600_000 },
      healthStore: 'memory',
      providers: { m1: 'ollama://m1.lan' },
    });
  });

  it('may say null for what it does not set', async () => {
    const nothing = { aliases: null, model: null, chain: { timeout: null }, health: null, providers: null };
    expect(await parseConfig('config.json', JSON.stringify(nothing))).toMatchObject({
      aliases: {},
      model: null,
      chain: {},
      health: {},
    });
  });

  it('takes a hedge', async () => {
    expect((await parseConfig('c', '{"chain":{"hedge":"2s"}}')).chain).toEqual({ hedgeMs: 2_000 });
  });

  it('means no retries by 0', async () => {
    expect((await parseConfig('c', '{"chain":{"retries":0}}')).chain.transientRetries).toBe(-1);
  });

  it('has names of the language’s own objects as plain names', async () => {
    const { aliases } = await parseConfig('c', '{"aliases":{"__proto__":"m1/x","constructor":"m1/y"}}');
    expect(Object.entries(aliases)).toEqual([
      ['__proto__', 'm1/x'],
      ['constructor', 'm1/y'],
    ]);
  });
});

describe('the schema that ships', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schemas/config.schema.json', import.meta.url), 'utf8'),
  );

  it('has the keys that are read, and no others', () => {
    const { properties } = schema;
    expect(Object.keys(properties).sort()).toEqual([...(knownKeys[''] ?? [])].sort());
    for (const key of ['chain', 'health'])
      expect(Object.keys(properties[key].properties).sort()).toEqual([...(knownKeys[key] ?? [])].sort());
  });

  it('takes the durations that the program takes', () => {
    const pattern = new RegExp(schema.definitions.duration.pattern, 'u');
    const texts = [
      '500ms',
      '1.5s',
      '2m',
      '1h30m',
      '1m 30s',
      '30',
      '-5s',
      ' 5s',
      '5 s',
      '5s5m',
      '0s',
      '',
      '1d',
      '5S',
    ];
    for (const text of texts) expect(pattern.test(text), text).toBe((parseDuration(text) ?? 0) > 0);
  });
});

describe('a mistake in a configuration file', () => {
  it.each([
    { name: 'an unknown key', value: { modle: 'hush' }, key: 'modle', near: 'model' },
    {
      name: 'an unknown key of chain',
      value: { chain: { timout: 'hush' } },
      key: 'chain.timout',
      near: 'timeout',
    },
    {
      name: 'an unknown key of health',
      value: { health: { treshold: 'hush' } },
      key: 'health.treshold',
      near: 'threshold',
    },
    { name: 'a key nobody could mean', value: { zzzzzzzz: 'hush' }, key: 'zzzzzzzz', near: 'aliases' },
  ])('$name is told by its path and the nearest', async ({ value, key, near }) => {
    const error = await errorOf(value);
    expect(error.code).toBe('config-key');
    expect(error.message).toMatch(/^config\.json:1: /);
    expect(error.message).toContain(key);
    expect(error.hint).toContain(near);
    expect(JSON.stringify(error)).not.toContain('hush');
  });

  it.each([
    { name: 'a duration without a unit', value: { chain: { timeout: 30 } }, key: 'chain.timeout' },
    { name: 'a duration of digits', value: { chain: { timeout: '30' } }, key: 'chain.timeout' },
    {
      name: 'a duration in an unknown unit',
      value: { chain: { idleTimeout: '3 hush' } },
      key: 'chain.idleTimeout',
    },
    { name: 'a duration of nothing', value: { health: { cooldown: '0s' } }, key: 'health.cooldown' },
    { name: 'a duration of years', value: { chain: { timeout: '9999999h' } }, key: 'chain.timeout' },
    { name: 'less than a millisecond', value: { chain: { timeout: '0.1ms' } }, key: 'chain.timeout' },
    { name: 'half a retry', value: { chain: { retries: 1.5 } }, key: 'chain.retries' },
    { name: 'negative retries', value: { chain: { retries: -1 } }, key: 'chain.retries' },
    { name: 'no attempts', value: { chain: { maxAttempts: 0 } }, key: 'chain.maxAttempts' },
    { name: 'a threshold in words', value: { health: { threshold: 'hush' } }, key: 'health.threshold' },
    {
      name: 'a flag in words',
      value: { chain: { advanceOnPermanent: 'hush' } },
      key: 'chain.advanceOnPermanent',
    },
    { name: 'a model that is a list', value: { model: ['hush'] }, key: 'model' },
    { name: 'an empty model', value: { model: '' }, key: 'model' },
    { name: 'aliases as a list', value: { aliases: ['hush'] }, key: 'aliases' },
    { name: 'an alias that is a list', value: { aliases: { fast: ['hush'] } }, key: 'aliases.fast' },
    {
      name: 'a provider that is an object',
      value: { providers: { m1: { key: 'hush' } } },
      key: 'providers.m1',
    },
    { name: 'a chain in words', value: { chain: 'hush' }, key: 'chain' },
    { name: 'a health that is a list', value: { health: [] }, key: 'health' },
    { name: 'a hedge without a unit', value: { chain: { hedge: 2 } }, key: 'chain.hedge' },
    { name: 'a file that is a list', value: ['hush'], key: 'the file' },
    { name: 'a file that is a word', value: 'hush', key: 'the file' },
    { name: 'a file that is null', value: null, key: 'the file' },
  ])('$name is told by its path, never by the value', async ({ value, key }) => {
    const error = await errorOf(value);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.code).toBe('config-key');
    expect(error.message).toMatch(/^config\.json(:1)?: /);
    expect(error.message).toContain(`: ${key} `);
    expect(JSON.stringify(error)).not.toContain('hush');
  });

  it.each([
    { name: 'a key in place of a name', value: { providers: { 'openai://sk-hush@h': 5 } } },
    { name: 'control characters', value: { '\u001b[2J\u202e': 5 } },
    { name: 'a megabyte', value: { ['x'.repeat(1_000_000)]: 5 } },
  ])('of a hostile key ($name) gives one visible, bounded line', async ({ value }) => {
    const error = await errorOf(value);
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(error.message.length).toBeLessThan(300);
    expect(error.message).not.toContain('hush');
  });

  it.each([
    {
      name: 'a list of targets',
      value: { aliases: { fast: ['m1/x', 'm2/y'] } },
      hint: 'with commas between',
    },
    { name: 'a list as the model', value: { model: ['m1/x'] }, hint: 'with commas between' },
    { name: 'a provider in pieces', value: { providers: { m1: { url: 'hush' } } }, hint: 'write a DSN' },
    { name: 'one directory', value: { trustedProjects: '~/hush' }, hint: 'a list, even of one' },
    { name: 'a list of aliases', value: { aliases: [{ fast: 'm1/x' }] }, hint: '{ "name": "value" }' },
    { name: 'a key that belongs elsewhere', value: { timeout: '30s' }, hint: 'it belongs below chain' },
    { name: 'a key beside its place', value: { aliases: null, quick: 'm1/x' }, hint: 'indent it if' },
  ])('$name gets a hint what to write', async ({ value, hint }) => {
    expect((await errorOf(value)).hint).toContain(hint);
  });

  it.each([
    { name: 'a comment', text: '{\n// hush\n}', hint: 'no comments' },
    { name: 'single quotes', text: "{'model': 'hush'}", hint: 'double quotes' },
    { name: 'a comma before the end', text: '{"model": "hush",}', hint: 'the comma before it' },
  ])('$name in JSON gets a hint what to write', async ({ text, hint }) => {
    const error = await errorOfText(text);
    expect(error.hint).toContain(hint);
    expect(JSON.stringify(error)).not.toContain('hush');
  });

  it.each([
    {
      name: 'a missing comma',
      text: '{\n  "model": "hush"\n  "chain": {}\n}',
      place: ':3: this is not JSON (column 3)',
    },
    { name: 'a word', text: 'hush', place: '' },
    { name: 'a key without quotes', text: '{"providers":{"m1":hush}}', place: '' },
    { name: 'a cut file', text: '{"providers":{"m1":"openai://hush', place: 'config.json:1: ' },
    { name: 'nothing', text: '', place: '' },
    { name: 'an escape that is none', text: '{"a":"hush\\x"}', place: 'config.json:1: ' },
  ])('$name is no JSON, which is told without any of the text', async ({ text, place }) => {
    const error = await errorOfText(text);
    expect(error.code).toBe('config-json');
    expect(error.message).toMatch(/^config\.json(:\d)?: /);
    expect(error.message).toContain(place);
    expect(`${JSON.stringify(error)}${error.stack}`).not.toContain('hush');
    expect(error.cause).toBeUndefined();
  });
});

describe('reading a configuration file', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'majordomo-config-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is refused from 256 KB on', async () => {
    const at = path.join(folder, 'large.yaml');
    writeFileSync(at, `# ${'x'.repeat(256 * 1024)}\n`);
    await expect(readConfigFile(at)).rejects.toMatchObject({
      code: 'config-file',
      message: expect.stringContaining('EFBIG'),
    });
  });

  it('takes it with a byte order mark', async () => {
    const place = path.join(folder, 'config.json');
    writeFileSync(place, '\ufeff{"model":"m1/x"}');
    await expect(readConfigFile(place)).resolves.toMatchObject({ path: place, model: 'm1/x' });
  });

  it.each([
    { name: 'missing.json', code: 'config-file', says: 'ENOENT' },
    { name: '.', code: 'config-file', says: 'EISDIR' },
    { name: 'missing.yaml', code: 'config-file', says: 'ENOENT' },
  ])('refuses $name with $code', async ({ name, code, says }) => {
    const error = await readConfigFile(path.join(folder, name)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(says) });
  });
});

describe('a file that somebody made to be slow', () => {
  const long = 'k'.repeat(60_000);
  const many = (member: (n: number) => string, by: string) =>
    Array.from({ length: 15_000 }, (_, n) => member(n)).join(by);
  it.each([
    { name: 'many.json', text: `{"aliases":{${many((n) => `"a${n}":"m/x"`, ',')}}}` },
    { name: 'many.yaml', text: `aliases:\n${many((n) => `  a${n}: m/x`, '\n')}\n` },
    { name: 'long.json', text: `{"${long}":{${many((n) => `"a${n}":1`, ',')}}}` },
    { name: 'long.yaml', text: `? ${long}\n:\n${many((n) => `  a${n}: 1`, '\n')}\n` },
    { name: 'below.json', text: `{"aliases":{"${long}":{${many((n) => `"a${n}":1`, ',')}}}}` },
    { name: 'below.yaml', text: `aliases:\n  ? ${long}\n  :\n${many((n) => `    a${n}: 1`, '\n')}\n` },
    { name: 'deep.json', text: '{"a":'.repeat(50_000) },
    { name: 'deep.yaml', text: '['.repeat(250_000) },
    { name: 'list.yaml', text: `trustedProjects:\n${many(() => '- x', '\n')}\n` },
  ])('is read at once, or refused: $name', async ({ name, text }) => {
    const startedMs = performance.now();
    await parseConfig(name, text).catch((error: unknown) => expect(error).toBeInstanceOf(ConfigError));
    expect(performance.now() - startedMs).toBeLessThan(4000);
  });
});
