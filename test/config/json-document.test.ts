import { describe, expect, it } from 'vitest';
import { jsonDocument } from '../../src/config/json-document.js';

const read = (text: string) => jsonDocument('c.json', text);

describe('a JSON document', () => {
  it.each([
    ['{"aliases": {"a": "x/y",\n"a": "x/z"}}', 2],
    ['{"aliases": {},\n\n"aliases": {}}', 3],
    ['{"aliases": {"a": "x/y",\n"\\u0061": "x/z"}}', 2],
    ['{"chain": {"deep": [{"a": 1, "b": 2,\n"a": 3}]}}', 2],
    ['{"aliases": {"a" : "x/y",\n"a"\n: "x/z"}}', 2],
  ])('refuses a key that stands there for the second time: %j', async (text, line) => {
    await expect(read(text)).rejects.toThrow(`c.json:${line}: a key stands here for the second time`);
  });

  it.each(['{"a": 1,}', '{/* */}', "{'a': 1}", '', '[', '{"a": 1} x'])(
    'refuses what is no JSON: %j',
    async (text) => {
      await expect(read(text)).rejects.toThrow(/^c\.json(:\d+)?: this is not JSON/);
    },
  );

  it.each(['{"a": ":b"}', '{"a": "\\"b\\":"}', '{"a": [":"], "b" : {"a": "x\\" :"}}', 'null', '"a"', '[]'])(
    'takes no string for a key: %j',
    async (text) => {
      expect((await read(text)).value).toEqual(JSON.parse(text));
    },
  );

  it('is read whatever its depth, or refused', async () => {
    await expect(read(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).rejects.toThrow('c.json');
  });
});
