import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { decimal, duration, nonEmpty, pairs, wholeNumber } from '../../src/cli/flags.js';

describe('the value of a flag', () => {
  it.each([
    { read: duration, text: '500ms', value: 500 },
    { read: duration, text: '1.5s', value: 1500 },
    { read: duration, text: '1h30m', value: 5_400_000 },
    { read: duration, text: '576h', value: 24 * 24 * 3_600_000 },
    { read: wholeNumber(0), text: '0', value: 0 },
    { read: wholeNumber(1), text: '007', value: 7 },
    { read: decimal, text: '0.7', value: 0.7 },
    { read: decimal, text: '-1', value: -1 },
    { read: nonEmpty, text: ' ', value: ' ' },
  ])('$text is $value', ({ read, text, value }) => {
    expect(read(text)).toBe(value);
  });

  it.each([
    ...['', '30', '0s', '0.1ms', '-1s', '1d', 's', '577h', 'Infinity', '1e3ms', ' 1s'].map((text) => ({
      read: duration,
      text,
    })),
    ...['', '-1', '1.0', '1e3', '0x1', ' 1', 'one', '9007199254740993', '١'].map((text) => ({
      read: wholeNumber(0),
      text,
    })),
    { read: wholeNumber(1), text: '0' },
    ...['', ' ', 'warm', 'NaN', 'Infinity', '-Infinity', '1,5'].map((text) => ({ read: decimal, text })),
    { read: nonEmpty, text: '' },
  ])('"$text" is refused by $read.name', ({ read, text }) => {
    expect(() => read(text)).toThrow(InvalidArgumentError);
  });
});

describe('name=value flags', () => {
  const read = pairs('name=spec');

  it('add up, cut at the first =, and may have an empty value', () => {
    const first = read('a=b=c', undefined);
    expect(read('d=', first)).toEqual([
      { key: 'a', value: 'b=c' },
      { key: 'd', value: '' },
    ]);
    expect(first).toHaveLength(1);
  });

  it.each(['', 'a', '=', '=a'])('"%s" is refused with what to write', (text) => {
    expect(() => read(text, undefined)).toThrow('Write name=spec.');
  });
});
