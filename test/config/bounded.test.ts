import { describe, expect, it } from 'vitest';
import { within } from '../../src/config/bounded.js';

describe('bounded work', () => {
  it('gives its value', () => {
    expect(within(1000, () => 7)).toEqual({ value: 7 });
    expect(within(1000, () => undefined)).toEqual({ value: undefined });
  });

  it('throws what it throws', () => {
    const bug = new TypeError('a bug');
    expect(() =>
      within(1000, () => {
        throw bug;
      }),
    ).toThrow(bug);
  });

  it('is given up when it takes too long', () => {
    expect(within(50, () => /^(a+)+$/.test(`${'a'.repeat(60)}!`))).toBeNull();
  });
});
