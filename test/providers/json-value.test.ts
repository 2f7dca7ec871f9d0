import { describe, expect, it } from 'vitest';
import { countIn, jsonOf } from '../../src/providers/json-value.js';

describe('the text of a server', () => {
  it.each([
    { text: '{"a":1}', value: { a: 1 } },
    { text: '\ufeff{"a":1}', value: { a: 1 } },
    { text: 'null', value: null },
    { text: '<html>', value: undefined },
    { text: '', value: undefined },
  ])('$text is $value as JSON', ({ text, value }) => {
    expect(jsonOf(text)).toEqual(value);
  });
});

describe('a number of tokens', () => {
  it.each([0, 7, Number.MAX_SAFE_INTEGER])('may be %d', (value) => {
    expect(countIn(value)).toBe(value);
  });

  it.each([-1, 1.5, 1e300, Number.POSITIVE_INFINITY, Number.NaN, '7', null, undefined])(
    'is never %s',
    (value) => {
      expect(countIn(value)).toBeNull();
    },
  );
});
