import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isAtHand } from '../../src/core/waiting.js';

describe('what is at hand', () => {
  const after = async (turns: number): Promise<void> => {
    for (let left = turns; left > 0; left -= 1) await null;
  };

  it.each([
    { what: 'a value', promise: () => Promise.resolve(1), expected: true },
    { what: 'an error', promise: () => Promise.reject(new Error('no')), expected: true },
    { what: 'a row of promises', promise: () => after(30), expected: true },
    { what: 'a turn of the event loop', promise: () => turn(), expected: false },
    { what: 'nothing that ever comes', promise: () => new Promise(() => {}), expected: false },
  ])('is or is not $what', async ({ promise, expected }) => {
    const waiting = promise();
    expect(await isAtHand(waiting)).toBe(expected);
    waiting.catch(() => {});
  });
});
