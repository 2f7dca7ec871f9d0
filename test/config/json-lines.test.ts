import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLines } from '../../src/config/json-lines.js';

const linesOf = (text: string) => jsonLines(text, JSON.parse(text));

describe('the lines of a JSON text', () => {
  // what could be taken for the ends of strings, for brackets, or for keys
  const name = fc.oneof(
    fc.constantFrom(
      'a',
      'b',
      'aliases',
      'providers',
      'a.b-c',
      '0',
      '1',
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

  it('are those of each key, wherever it stands', () => {
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
        const lineOf = linesOf(text);
        // after a few it looks for all of them
        for (let turn = 0; turn < 12; turn += 1) expect(lineOf(['nowhere'])).toBeUndefined();
        for (const [keys, at] of expected) {
          expect([keys, linesOf(text)(keys), lineOf(keys)]).toEqual([keys, at, at]);
        }
        for (const keys of expected.flatMap(([[title = '', key]]) => [
          [title, `${key}-nowhere`],
          [`${title}-nowhere`, 'a'],
        ])) {
          expect([linesOf(text)(keys), lineOf(keys)]).toEqual([undefined, undefined]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are those of the elements of an array, too', () => {
    const lineOf = linesOf(
      '{"trustedProjects": ["a", "b:",\n"]", null, 1e3, {"0": 1},\n [2], ""],\n"model": "a",\n"chain": {"a": [1,\n2]}}',
    );
    const elements = ['0', '1', '2', '3', '4', '5', '6', '7', '8'].map((at) =>
      lineOf(['trustedProjects', at]),
    );
    expect(elements).toEqual([1, 1, 2, 2, 2, 2, 3, 3, undefined]);
    expect([lineOf(['model']), lineOf(['model', '0']), lineOf(['chain', 'a'])]).toEqual([4, undefined, 5]);
    expect([lineOf(['chain', 'a', '1']), lineOf([])]).toEqual([undefined, undefined]);
  });

  it.each(['{"aliases":{"\\"fast":"m/x",\n"fast":"m/y"}}', '{"aliases":{"a":"\\"fast",\n"fast":"m/y"}}'])(
    'take no escaped quote for the beginning of a key: %j',
    (text) => {
      expect(linesOf(text)(['aliases', 'fast'])).toBe(2);
    },
  );

  it('are those on which elements stand, wherever what follows them does', () => {
    const list = ['/a', '/b', 'rel'];
    const lineOf = linesOf(JSON.stringify({ trustedProjects: list, chain: { timeout: '1s' } }, null, 2));
    expect(list.map((_, at) => lineOf(['trustedProjects', String(at)]))).toEqual([3, 4, 5]);
    expect(lineOf(['chain', '0'])).toBeUndefined();
  });

  it('are found by what a key says, however it is written', () => {
    const lineOf = linesOf('{"aliases":{"a\\"fast":"1",\n"\\u0066ast":"2"}}');
    expect([lineOf(['aliases', 'fast']), lineOf(['aliases', 'a"fast'])]).toEqual([2, 1]);
  });

  it('are found of many as of one', () => {
    const names = Array.from({ length: 50 }, (_, at) => `a${at}`);
    const value = { aliases: Object.fromEntries(names.map((name) => [name, `"${name}":`])), model: 'a7' };
    const lineOf = linesOf(JSON.stringify(value, null, 1));
    expect(names.map((name) => lineOf(['aliases', name]))).toEqual(names.map((_, at) => 3 + at));
    expect(lineOf(['aliases', 'model'])).toBeUndefined();
    expect(lineOf(['model'])).toBe(54);
  });
});
