import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleJson } from '../../../src/cli/render/json.js';

describe('JSON for any terminal', () => {
  it.each([
    { name: '8-bit control characters', text: '\u009b2J', json: '"\\u009b2J"' },
    { name: 'DEL', text: '\u007f', json: '"\\u007f"' },
    { name: 'reordered text', text: '\u202e\u2066', json: '"\\u202e\\u2066"' },
    { name: 'a workflow command', text: '###[error]x # ##', json: '"#\\u0023#[error]x # ##"' },
  ])('has $name escaped', ({ text, json }) => {
    expect(visibleJson(text)).toBe(json);
  });

  it.each([
    { name: 'half a character', value: 'a\ud83db', json: '"a\ufffdb"' },
    { name: 'the other half', value: { a: ['\ude00'] }, json: '{"a":["\ufffd"]}' },
    { name: 'halves the wrong way round', value: '\ude00\ud83d', json: '"\ufffd\ufffd"' },
  ])('has none that is not whole: $name', ({ value, json }) => {
    expect(visibleJson(value)).toBe(json);
  });

  it.each(['\u{1f600}', '\\ud83d'])('keeps %j', (text) => {
    expect(JSON.parse(visibleJson(text))).toBe(text);
  });

  it('is the same value, and visible, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const json = visibleJson({ value, text }, 2);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(json).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});
