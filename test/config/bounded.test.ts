import { describe, expect, it } from 'vitest';
import { withinASecond } from '../../src/config/bounded.js';
import { readExpectation } from '../../src/config/expectations.js';

const hostile = `${'a'.repeat(60)}!`;
const answer = { servedBy: 'm1/x', durationMs: 1, firstTokenMs: 1, costUsd: null };

describe('bounded work', () => {
  it('gives its value', () => {
    expect(withinASecond(() => 7)).toEqual({ value: 7 });
    expect(withinASecond(() => undefined)).toEqual({ value: undefined });
  });

  it('throws what it throws', () => {
    const bug = new TypeError('a bug');
    expect(() =>
      withinASecond(() => {
        throw bug;
      }),
    ).toThrow(bug);
  });

  it('is given up when it takes too long', () => {
    expect(withinASecond(() => /^(a+)+$/.test(hostile))).toBeNull();
  });
});

describe('an expression that takes exponential time for an answer', () => {
  it.each(['regex:^(a+)+$', '!regex:^(a+)+$'])('fails %s, and says why', async (text) => {
    const expectation = await readExpectation(text);
    expect(expectation.judge({ ...answer, text: 'aaa' })).toMatchObject({ actual: 'aaa' });
    expect(expectation.judge({ ...answer, text: hostile })).toEqual({
      text,
      passed: false,
      actual: 'the expression takes too long on this answer',
    });
  });
});
