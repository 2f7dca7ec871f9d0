import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonDocument } from '../../src/config/json-document.js';
import { jsonIndex, keysIn } from '../../src/config/json-index.js';

const read = (text: string) => jsonDocument('c.json', text);

describe('a JSON document', () => {
  // what could be taken for the ends of strings, for brackets, or for keys
  const name = fc.oneof(
    fc.constantFrom(
      'a',
      'b',
      'aliases',
      'providers',
      'a.b-c',
      'x":"y',
      ':',
      ',',
      '{',
      '}',
      '\\',
      '\n',
      '\u2028',
      '"',
      '',
    ),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  );
  const flat = fc.uniqueArray(fc.tuple(name, fc.oneof(name, fc.integer(), fc.boolean(), fc.constant(null))), {
    selector: ([key]) => key,
    maxLength: 6,
  });
  const section = fc.oneof(
    { weight: 4, arbitrary: flat },
    flat.map((members) => [...members, ['deep', [{ a: 1, aliases: 'b' }]] as [string, unknown]]),
  );
  const gap = fc.constantFrom('', ' ', '\n', '\r\n', '\t\n\n', '\r');
  const document = fc.record({
    sections: fc.uniqueArray(fc.tuple(fc.constantFrom('aliases', 'providers', 'chain', 'model'), section), {
      selector: ([key]) => key,
      maxLength: 4,
    }),
    gaps: fc.array(gap, { minLength: 3, maxLength: 9 }),
  });

  it('knows the line of each key, wherever it stands', () => {
    fc.assert(
      fc.property(document, ({ sections, gaps }) => {
        let text = '';
        let turn = 0;
        const expected: [string[], number][] = [];
        const add = (piece: string): void => {
          turn += 1;
          text += `${gaps[turn % gaps.length]}${piece}`;
        };
        const line = (): number => text.split(/\r\n|\r|\n/).length;
        const addKey = (key: string, keys: string[]): void => {
          add('');
          expected.push([keys, line()]);
          text += JSON.stringify(key);
          add(':');
        };
        add('{');
        for (const [at, [title, members]] of sections.entries()) {
          if (at > 0) add(',');
          addKey(title, [title]);
          add('{');
          for (const [index, [key, value]] of members.entries()) {
            if (index > 0) add(',');
            addKey(key, [title, key]);
            add(JSON.stringify(value));
          }
          add('}');
        }
        add('}');
        const found = read(text);
        expect(found.value).toEqual(JSON.parse(text));
        for (const [keys, at] of expected) expect([keys, found.lineOf(keys)]).toEqual([keys, at]);
        expect(found.lineOf(['nowhere'])).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{"aliases": {"a": "x/y",\n"a": "x/z"}}', 2],
    ['{"aliases": {},\n\n"aliases": {}}', 3],
    ['{"aliases": {"a": "x/y",\n"\\u0061": "x/z"}}', 2],
    ['{"chain": {"deep": [{"a": 1, "b": 2,\n"a": 3}]}}', 2],
  ])('refuses a key that stands there for the second time: %j', (text, line) => {
    expect(() => read(text)).toThrow(`c.json:${line}: a key stands here for the second time`);
  });

  it.each(['{"a": 1,}', '{/* */}', "{'a': 1}", '', '[', '{"a": 1} x'])(
    'refuses what is no JSON: %j',
    (text) => {
      expect(() => read(text)).toThrow(/^c\.json(:\d+)?: this is not JSON/);
    },
  );

  it('is read whatever its depth, or refused', () => {
    expect(() => read(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)).toThrow('c.json');
  });
});

describe('the index of a JSON text', () => {
  it('counts all keys', () => {
    const text = '{"a": {"b": [{"c": ":"}, {"c": "\\":"}]}, "d" : "e:"}';
    expect(jsonIndex(text).keys).toBe(5);
    expect(keysIn(JSON.parse(text))).toBe(5);
  });

  it('finds by itself what a configuration has', () => {
    const index = jsonIndex(
      '{\n"aliases": {\n"fast": "a/b",\n"a": "fast"\n},\n"providers": {"fast": "mock://"}\n}',
    );
    expect(
      [['aliases'], ['aliases', 'fast'], ['aliases', 'a'], ['providers', 'fast']].map(index.lineOf),
    ).toEqual([2, 3, 4, 6]);
    expect(index.lineOf(['providers', 'a'])).toBeUndefined();
  });

  it.each(['{"aliases":{"\\"fast":"m/x",\n"fast":"m/y"}}', '{"aliases":{"a":"\\"fast",\n"fast":"m/y"}}'])(
    'takes no escaped quote for the beginning of a key: %j',
    (text) => {
      expect(jsonIndex(text).lineOf(['aliases', 'fast'])).toBe(2);
    },
  );

  it('finds many as it finds one', () => {
    const names = Array.from({ length: 50 }, (_, at) => `a${at}`);
    const value = { aliases: Object.fromEntries(names.map((name) => [name, `"${name}":`])), model: 'a7' };
    const index = jsonIndex(JSON.stringify(value, null, 1));
    expect(names.map((name) => index.lineOf(['aliases', name]))).toEqual(names.map((_, at) => 3 + at));
    expect(index.lineOf(['aliases', 'model'])).toBeUndefined();
    expect(index.lineOf(['model'])).toBe(54);
  });
});
