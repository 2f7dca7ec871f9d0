import { describe, expect, it } from 'vitest';
import { readExpectation } from '../../src/config/expectations.js';
import { searchAll } from '../../src/config/pattern-search.js';

const hostile = `${'a'.repeat(60)}!`;
const slow = { source: '^(a+)+$', flags: '', text: hostile };
/** Takes longer than what is tried at once, and less than a second. */
const sluggish = { source: '^(a+)+$', flags: '', text: `${'a'.repeat(25)}!` };

describe('a search', () => {
  it('finds what is there', async () => {
    const searches = [
      { source: 'b', flags: '', text: 'abc' },
      { source: 'B', flags: 'i', text: 'abc' },
      { source: '^b', flags: '', text: 'abc' },
    ];
    expect(await searchAll(searches)).toEqual([true, true, false]);
  });

  it('goes on elsewhere when it takes long', async () => {
    expect(await searchAll([sluggish, { source: 'B', flags: 'i', text: 'abc' }])).toEqual([false, true]);
  });

  it('is given up when it takes too long', async () => {
    expect(await searchAll([slow])).toBeNull();
  });

  it('leaves the clocks of others alone', async () => {
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 20);
    await searchAll([slow]);
    clearInterval(timer);
    // where it is held up there are none
    expect(ticks).toBeGreaterThan(0);
  });
});

describe('an expression that takes exponential time for an answer', () => {
  const answer = { servedBy: 'm1/x', durationMs: 1, firstTokenMs: 1, costUsd: null };

  it.each(['regex:^(a+)+$', '!regex:^(a+)+$'])('fails %s, and says why', async (text) => {
    const expectation = await readExpectation(text);
    expect(await expectation.judge({ ...answer, text: 'aaa' })).toMatchObject({ actual: 'aaa' });
    expect(await expectation.judge({ ...answer, text: hostile })).toEqual({
      text,
      passed: false,
      actual: 'the expression takes too long on this answer',
    });
  });
});
