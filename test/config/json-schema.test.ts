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
    expect(await judge('{"name":"x"}')).toEqual({ holds: true, actual: 'as the schema says' });
    expect(await judge(' {"name":"x", "n": 1.5}\n')).toEqual({ holds: false, actual: '/n must be integer' });
    expect(await judge('{}')).toEqual({ holds: false, actual: "/ must have required property 'name'" });
    expect(await judge('hello')).toEqual({ holds: false, actual: 'the answer is not JSON' });
  });

  it('gives up on a pattern that takes exponential time', async () => {
    const judge = await readJsonSchema(file(JSON.stringify({ type: 'string', pattern: '^(a+)+$' })));
    expect((await judge('"aaa"')).holds).toBe(true);
    expect(await judge(JSON.stringify(`${'a'.repeat(60)}!`))).toEqual({
      holds: null,
      actual: 'a pattern of the schema takes too long on this answer',
    });
  });

  it('of YAML judges, too', async () => {
    const yaml = path.join(folder, 'a.yaml');
    writeFileSync(yaml, 'type: object\nrequired: [name]\n');
    const judge = await readJsonSchema(yaml);
    expect(await judge('{}')).toEqual({ holds: false, actual: "/ must have required property 'name'" });
  });

  it.each([
    { keyword: 'pattern', schema: { type: 'string', pattern: '^[a-c]+$' }, good: '"abc"', bad: '"abd"' },
    {
      keyword: 'patternProperties',
      schema: { patternProperties: { '^n': { type: 'integer' } }, additionalProperties: false },
      good: '{"n1":1,"n2":2}',
      bad: '{"n1":1,"m":2}',
    },
    {
      keyword: 'propertyNames',
      schema: { propertyNames: { anyOf: [{ pattern: '^a' }, { pattern: 'z$' }] } },
      good: '{"ab":1,"yz":1}',
      bad: '{"ab":1,"ba":1}',
    },
    { keyword: 'not', schema: { not: { pattern: 'x' } }, good: '"abc"', bad: '"axc"' },
    { keyword: 'true', schema: true, good: '1', bad: '{' },
  ])('heeds its patterns: $keyword', async ({ schema: of, good, bad }) => {
    const judge = await readJsonSchema(file(JSON.stringify(of)));
    expect(await judge(good)).toMatchObject({ holds: true });
    expect(await judge(bad)).toMatchObject({ holds: false });
  });

  it('may say more than its draft knows, by names of its own, and has formats for people', async () => {
    const judge = await readJsonSchema(
      file(JSON.stringify({ 'x-order': ['a'], type: 'string', format: 'date', nullable: true })),
    );
    expect(await judge('"no date"')).toMatchObject({ holds: true });
  });

  it.each([
    { name: 'no JSON', text: '{canary', says: /:1: this is not JSON/, hint: /quote/ },
    { name: 'no schema', text: '{"type":"canary"}', says: /no JSON Schema: \/type must be/, hint: /2020-12/ },
    { name: 'a list', text: '["canary"]', says: /no JSON Schema/, hint: /2020-12/ },
    { name: 'a word', text: '"canary"', says: /no JSON Schema/, hint: /2020-12/ },
    { name: 'no pattern', text: '{"pattern":"(canary"}', says: /no JSON Schema/, hint: /2020-12/ },
    {
      name: 'an older draft',
      text: '{"$schema":"http://json-schema.org/draft-04/schema#"}',
      says: /another draft/,
      hint: /drafts .* and 7/,
    },
    {
      name: 'a reference to another file',
      text: '{"$ref":"http://127.0.0.1:9/canary.json"}',
      says: /refers by \$ref to what is not in the file/,
      hint: /\$defs/,
    },
    {
      name: 'a reference to nowhere',
      text: '{"$ref":"#/$defs/canary"}',
      says: /refers by \$ref to what is not in the file/,
      hint: /\$defs/,
    },
  ])('is refused without being quoted: $name', async ({ text, says, hint }) => {
    const error = await readJsonSchema(file(text)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(says),
      hint: expect.stringMatching(hint),
    });
    expect(JSON.stringify(error)).not.toContain('canary');
  });

  it.each([
    { at: { requierd: ['a'] }, name: 'requierd', hint: 'did you mean required?' },
    { at: { properties: { a: { tpye: 'string' } } }, name: 'tpye', hint: 'did you mean type?' },
    { at: { entirelyOther: 1 }, name: 'entirelyOther', hint: 'begin with x-' },
  ])('is refused for a keyword that checks nothing: $name', async ({ at, name, hint }) => {
    await expect(readJsonSchema(file(JSON.stringify(at)))).rejects.toMatchObject({
      code: 'json-schema',
      message: expect.stringMatching(new RegExp(`none of JSON Schema's: ${name}$`)),
      hint: expect.stringContaining(hint),
    });
  });

  it('is told when it is not there', async () => {
    await expect(readJsonSchema('/none.json')).rejects.toMatchObject({
      code: 'json-schema',
      message: expect.stringContaining('ENOENT'),
    });
  });
});
