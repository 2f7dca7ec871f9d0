import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/file.js';

const errorOf = async (text: string) => {
  const error = await parseConfig('majordomo.yaml', text).then(
    () => null,
    (thrown: unknown) => thrown as Error & { code: string; hint: string | null },
  );
  if (error === null) throw new Error('nothing was thrown');
  expect(`${JSON.stringify(error)}${error.message}${error.stack}`).not.toContain('hush');
  return error;
};

describe('a configuration in YAML', () => {
  it('is read like one in JSON', async () => {
    const yaml = `
aliases:
  fast: m1/qwen3,openai/gpt-x
  "quoted": 'm1/y'
chain:
  retries: 0
  timeout: 2m   # a comment
  hedge: ~
health: { threshold: 2, cooldown: 1m 30s }
`;
    expect(await parseConfig('c.yaml', yaml)).toMatchObject({
      aliases: { fast: 'm1/qwen3,openai/gpt-x', quoted: 'm1/y' },
      chain: { transientRetries: -1, timeoutMs: 120_000 },
      health: { threshold: 2, cooldownMs: 90_000 },
    });
  });

  it.each(['', '\n', '# nothing yet\n', '---\n', 'aliases:\n'])('may set nothing: %j', async (text) => {
    expect((await parseConfig('c.yaml', text)).aliases).toEqual({});
  });

  it('knows the line of what an anchor repeats', async () => {
    const config = await parseConfig('c.yml', 'aliases: &a\n  fast: m/x\nproviders: *a\n');
    expect(config.sourceOf('aliases', 'fast').key).toBe('c.yml:2');
    expect(config.sourceOf('providers', 'fast').key).toBe('c.yml:3');
    expect(config.sourceOf('model').key).toBe('c.yml');
  });
});

describe('a mistake in YAML is told by its line, without the text:', () => {
  const bomb = `a0: &a0 [hush]\n${Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`).join('\n')}\n`;
  it.each([
    {
      name: 'an unknown key',
      text: 'model: m/x\nchain:\n  timout: 5s\n',
      says: 'majordomo.yaml:3: chain.timout is no known key',
      hint: 'timeout',
    },
    {
      name: 'a duration without a unit',
      text: 'chain:\n  timeout: 30\n',
      says: 'majordomo.yaml:2: chain.timeout must be a duration',
      hint: '30s',
    },
    {
      name: 'a key twice',
      text: 'model: hush\nmodel: hush2\n',
      says: 'majordomo.yaml:2: a key stands here for the second time',
      hint: 'keep one',
    },
    {
      name: 'a tab',
      text: 'aliases:\n\tfast: hush\n',
      says: 'majordomo.yaml:2: this is not YAML',
      hint: 'tabs',
    },
    { name: 'an open quote', text: 'model: "hush\n', says: 'this is not YAML', hint: 'quotes' },
    {
      name: 'a colon in a value',
      text: 'aliases:\n  fast: hush: x\n',
      says: 'majordomo.yaml:2: this is not YAML',
      hint: 'quotes',
    },
    {
      name: 'two documents',
      text: 'model: m/x\n---\nmodel: hush\n',
      says: 'not YAML of one document',
      hint: '---',
    },
    {
      name: 'a tag',
      text: 'model: !!js/function hush\n',
      says: 'majordomo.yaml:1: this is not YAML',
      hint: 'tag',
    },
    { name: 'a list', text: '- hush\n', says: 'the file must be an object', hint: null },
    { name: 'a word', text: 'hush\n', says: 'the file must be an object', hint: null },
    { name: 'a bomb of aliases', text: bomb, says: 'too many', hint: 'write' },
    {
      name: 'an anchor inside itself',
      text: 'aliases: &a\n  fast: *a\n',
      says: 'aliases.fast must be a string',
      hint: null,
    },
    { name: 'an alias of nothing', text: 'model: *hush\n', says: 'names nothing', hint: 'write' },
    { name: 'keys that are no text', text: '? [hush]\n: 1\n', says: 'this is not YAML', hint: '' },
  ])('$name', async ({ text, says, hint }) => {
    const error = await errorOf(text);
    expect(error.message).toContain(says);
    if (hint !== null) expect(error.hint).toContain(hint);
  });
});
