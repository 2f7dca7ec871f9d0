import { describe, expect, it } from 'vitest';
import { dispositions, type ErrorKind } from '../../src/core/classify.js';
import { type DecisionFacts, decide } from '../../src/core/retry.js';

const ordinary: DecisionFacts = {
  kind: 'server-error',
  retriesMade: 0,
  retriesForKind: 0,
  retriesAllowed: 1,
  retryAfterMs: null,
  maxRetryAfterMs: 5000,
  hasNextTarget: true,
  attemptsLeft: 9,
  timeLeftMs: 600_000,
  advanceOnPermanent: false,
  random: 0.5,
};

function next(facts: Partial<DecisionFacts>): string {
  return decide({ ...ordinary, ...facts }).next;
}

/** The contract's table: what a kind does first, then with the retries used up, then where permanent errors advance. */
const table: Record<ErrorKind, { first: string; used: string; allowed: string; retries: number }> = {
  'rate-limit': { first: 'retry', used: 'advance', allowed: 'retry', retries: 3 },
  overloaded: { first: 'retry', used: 'advance', allowed: 'retry', retries: 3 },
  'server-error': { first: 'retry', used: 'advance', allowed: 'retry', retries: 3 },
  network: { first: 'retry', used: 'advance', allowed: 'retry', retries: 3 },
  unreachable: { first: 'retry', used: 'advance', allowed: 'retry', retries: 1 },
  timeout: { first: 'advance', used: 'advance', allowed: 'advance', retries: 0 },
  quota: { first: 'advance', used: 'advance', allowed: 'advance', retries: 0 },
  misconfigured: { first: 'advance', used: 'advance', allowed: 'advance', retries: 0 },
  'model-not-found': { first: 'advance', used: 'advance', allowed: 'advance', retries: 0 },
  'context-length': { first: 'advance', used: 'advance', allowed: 'advance', retries: 0 },
  auth: { first: 'stop', used: 'stop', allowed: 'advance', retries: 0 },
  'bad-request': { first: 'stop', used: 'stop', allowed: 'advance', retries: 0 },
  'content-filter': { first: 'stop', used: 'stop', allowed: 'advance', retries: 0 },
  cancelled: { first: 'stop', used: 'stop', allowed: 'stop', retries: 0 },
};

const rows = Object.entries(table).map(([kind, row]) => ({ kind: kind as ErrorKind, ...row }));

describe('after a failed attempt', () => {
  it.each(rows)('$kind: $first, then $used', ({ kind, first, used, allowed }) => {
    expect(next({ kind })).toBe(first);
    expect(next({ kind, retriesMade: 1 })).toBe(used);
    expect(next({ kind, advanceOnPermanent: true })).toBe(allowed);
  });

  it.each(rows)('$kind is retried $retries times where 3 are allowed', ({ kind, retries }) => {
    let made = 0;
    while (next({ kind, retriesAllowed: 3, retriesMade: made, retriesForKind: made }) === 'retry') made += 1;
    expect(made).toBe(retries);
  });

  it('what is retried once is so after a retry for another reason, too', () => {
    expect(next({ kind: 'unreachable', retriesAllowed: 3, retriesMade: 1 })).toBe('retry');
    expect(next({ kind: 'unreachable', retriesAllowed: 3, retriesMade: 2, retriesForKind: 1 })).toBe(
      'advance',
    );
    expect(next({ kind: 'unreachable', retriesAllowed: 1, retriesMade: 1 })).toBe('advance');
  });

  it.each(rows)('$kind is never retried where no retry is allowed', ({ kind, used }) => {
    expect(next({ kind, retriesAllowed: 0 })).toBe(used);
  });

  it.each(rows)('$kind never advances past the last target or the last attempt', ({ kind }) => {
    const last = { kind, advanceOnPermanent: true, retriesMade: 3 };
    expect(next({ ...last, hasNextTarget: false })).toBe('stop');
    expect(next({ kind, advanceOnPermanent: true, attemptsLeft: 0 })).toBe('stop');
  });

  it('every kind of error has its row', () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(dispositions).sort());
  });
});

describe('the wait before a retry', () => {
  it('is none while a next target exists', () => {
    expect(decide(ordinary)).toEqual({ next: 'retry', waitMs: 0 });
  });

  it.each([
    { retriesMade: 0, longestMs: 250 },
    { retriesMade: 1, longestMs: 500 },
    { retriesMade: 2, longestMs: 1000 },
    { retriesMade: 4, longestMs: 4000 },
    { retriesMade: 5, longestMs: 5000 },
    { retriesMade: 60, longestMs: 5000 },
  ])(
    'is anything up to $longestMs ms on the last target after $retriesMade retries',
    ({ retriesMade, longestMs }) => {
      const wait = (random: number): number =>
        decide({ ...ordinary, hasNextTarget: false, retriesMade, retriesAllowed: 100, random }).waitMs;
      expect(wait(0)).toBe(0);
      expect(wait(0.5)).toBe(longestMs / 2);
      expect(wait(0.999_999_9)).toBe(longestMs);
    },
  );

  it.each([
    { name: 'is the Retry-After', retryAfterMs: 3000, outcome: { next: 'retry', waitMs: 3000 } },
    {
      name: 'is the longest Retry-After allowed',
      retryAfterMs: 5000,
      outcome: { next: 'retry', waitMs: 5000 },
    },
    { name: 'is none for a Retry-After of 0', retryAfterMs: 0, outcome: { next: 'retry', waitMs: 0 } },
    {
      name: 'is not worth a longer Retry-After',
      retryAfterMs: 5001,
      outcome: { next: 'advance', waitMs: 0 },
    },
  ])('$name ($retryAfterMs ms), also while a next target exists', ({ retryAfterMs, outcome }) => {
    expect(decide({ ...ordinary, kind: 'rate-limit', retryAfterMs })).toEqual(outcome);
  });

  it('ends the chain on the last target where the Retry-After is too long', () => {
    expect(next({ kind: 'rate-limit', retryAfterMs: 5001, hasNextTarget: false })).toBe('stop');
  });

  it('does not reach the deadline: rather the next target is asked', () => {
    expect(next({ retryAfterMs: 3000, timeLeftMs: 3000 })).toBe('advance');
    expect(next({ retryAfterMs: 3000, timeLeftMs: 3000, hasNextTarget: false })).toBe('stop');
    expect(next({ retryAfterMs: 3000, timeLeftMs: 3001 })).toBe('retry');
  });
});
