import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleJson } from '../../../src/cli/render/json.js';

describe('JSON for any terminal', () => {
  it.each([
    { name: '8-bit control characters', text: '\u009b2J', json: '"\\u009b2J"' },
    { name: 'DEL', text: '\u007f', json: '"\\u007f"' },
    { name: 'reordered text', text: '\u202e\u2066', json: '"\\u202e\\u2066"' },
    { name: 'a workflow command', text: '###[error]x # ##', json: '"#\\u0023#[error]x # ##"' },
    { name: 'half a character', text: '\ud83d', json: '"\\ud83d"' },
  ])('has $name escaped', ({ text, json }) => {
    expect(visibleJson(text)).toBe(json);
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
