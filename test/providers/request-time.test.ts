import { describe, expect, it } from 'vitest';
import { inTime } from '../../src/providers/request-time.js';
import { ManualClock } from '../support/manual-clock.js';

const forEver = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

function setting(times: { readonly attemptTimeoutMs?: number; readonly firstTokenTimeoutMs?: number }) {
  const clock = new ManualClock();
  const ending = new AbortController();
  return { clock, ending, context: { clock, signal: ending.signal, connectTimeoutMs: 5000, ...times } };
}

describe('a request that asks no model', () => {
  it.each([
    { times: { attemptTimeoutMs: 500 }, phase: 'attempt', says: 'no whole answer within 500ms' },
    { times: { firstTokenTimeoutMs: 200 }, phase: 'first-token', says: 'no answer within 200ms' },
    {
      times: { attemptTimeoutMs: 500, firstTokenTimeoutMs: 200 },
      phase: 'first-token',
      says: 'no answer within 200ms',
    },
  ])('ends when its time is over: $says', async ({ times, phase, says }) => {
    const { clock, context } = setting(times);
    const work = inTime(context, ({ signal }) => forEver(signal));
    await expect(clock.drive(work)).rejects.toMatchObject({ kind: 'timeout', phase, message: says });
    expect(clock.pending).toBe(0);
  });

  it('may take longer than to its head once that is there', async () => {
    const { clock, context } = setting({ attemptTimeoutMs: 500, firstTokenTimeoutMs: 200 });
    const work = inTime(context, ({ signal, onHead }) => {
      onHead();
      return forEver(signal);
    });
    await expect(clock.drive(work)).rejects.toMatchObject({ phase: 'attempt' });
  });

  it('has no end of its own where there is none', async () => {
    const { ending, context } = setting({});
    const reason = new Error('enough');
    const work = inTime(context, ({ signal }) => forEver(signal));
    ending.abort(reason);
    await expect(work).rejects.toBe(reason);
  });

  it('is over when its work is: its signal says so, and no timer is left', async () => {
    const { clock, context } = setting({ attemptTimeoutMs: 500 });
    const signal = await inTime(context, async (timed) => timed.signal);
    expect(signal.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
