import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJsonSchema } from '../../src/config/json-schema.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'majordomo-schema-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const made = path.join(folder, `${Math.random()}.json`);
  writeFileSync(made, text);
  return made;
}

const schema = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', format: 'email' }, n: { type: 'integer' } },
};

describe('a JSON Schema', () => {
  it.each([
    { draft: undefined },
    { draft: 'https://json-schema.org/draft/2020-12/schema' },
    { draft: 'http://json-schema.org/draft-07/schema#' },
  ])('of draft $draft judges', async ({ draft }) => {
    const judge = await readJsonSchema(file(JSON.stringify({ ...(draft && { $schema: draft }), ...schema })));
    expect(judge('{"name":"x"}')).toEqual({ holds: true, actual: 'as the schema says' });
    expect(judge(' {"name":"x", "n": 1.5}\n')).toEqual({ holds: false, actual: '/n must be integer' });
    expect(judge('{}')).toEqual({ holds: false, actual: "/ must have required property 'name'" });
    expect(judge('hello')).toEqual({ holds: false, actual: 'the answer is not JSON' });
  });

  it('gives up on a pattern that takes exponential time', async () => {
    const judge = await readJsonSchema(file(JSON.stringify({ type: 'string', pattern: '^(a+)+$' })));
    expect(judge('"aaa"').holds).toBe(true);
    expect(judge(JSON.stringify(`${'a'.repeat(60)}!`))).toEqual({
      holds: null,
      actual: 'a pattern of the schema takes too long on this answer',
    });
  });

  it.each([
    { name: 'no JSON', text: '{canary' },
    { name: 'no schema', text: '{"type":"canary"}' },
    { name: 'a list', text: '["canary"]' },
    { name: 'a reference to nowhere', text: '{"$ref":"canary.json"}' },
  ])('is refused without being quoted: $name', async ({ text }) => {
    const error = await readJsonSchema(file(text)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('is no JSON Schema'),
    });
    expect(JSON.stringify(error)).not.toContain('canary');
  });

  it('is told when it is not there', async () => {
    await expect(readJsonSchema('/none.json')).rejects.toMatchObject({
      code: 'json-schema',
      message: expect.stringContaining('ENOENT'),
    });
  });
});
