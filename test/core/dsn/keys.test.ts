import { describe, expect, it } from 'vitest';
import { mayHoldKey } from '../../../src/core/dsn/keys.js';

describe('whether a text may hold a key', () => {
  it.each([
    { text: 'say sk-0123456789abcdef', expected: true },
    { text: 'SK-0123456789ABCDEF', expected: true },
    { text: 'AIzaSyA0123456789', expected: true },
    { text: 'Hf_0123456789abcdef', expected: true },
    { text: 'nothing of the kind, in as many words', expected: false },
  ])('is the same of a long text: $text', ({ text, expected }) => {
    expect([text, `${text}${' '.repeat(10_000)}`].map(mayHoldKey)).toEqual([expected, expected]);
  });
});
