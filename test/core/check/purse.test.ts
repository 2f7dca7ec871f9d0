import { describe, expect, it } from 'vitest';
import { isFree, isUnbilled, Purse, wasSent } from '../../../src/core/check/purse.js';

describe('a purse', () => {
  it.each<{ name: string; costs: readonly (number | null)[]; empty: boolean }>([
    { name: 'of which nothing was spent', costs: [], empty: false },
    { name: 'of which less was spent', costs: [0.2, 0.2], empty: false },
    { name: 'of which nothing was billed', costs: [0, 0, 0], empty: false },
    { name: 'of which all was spent', costs: [0.2, 0.3], empty: true },
    { name: 'of which more was spent', costs: [0.9], empty: true },
    { name: 'of which nobody knows what was spent', costs: [null], empty: true },
  ])('$name: empty $empty', ({ costs, empty }) => {
    const purse = new Purse(0.5);
    for (const usd of costs) {
      purse.open();
      purse.take(usd);
    }
    expect(purse.isEmpty()).toBe(empty);
  });

  it('is shut while somebody is asked whose price is not known yet', () => {
    const purse = new Purse(0.5);
    purse.open();
    expect(purse.isEmpty()).toBe(true);
    purse.take(0.1);
    expect(purse.isEmpty()).toBe(false);
  });

  it('never keeps anybody from what costs nothing', () => {
    const purse = new Purse(0);
    purse.open();
    expect(purse.isEmpty(true)).toBe(false);
  });

  it('says why somebody was not asked', () => {
    const purse = new Purse(0.5);
    expect(purse.refusal).toBe('not asked: the cost limit of $0.5 is reached');
    expect(purse.hint).toContain('--max-cost');
    purse.open();
    purse.take(null);
    expect(purse.refusal).toContain('no known price');
    expect(purse.hint).toContain('price_in');
  });
});

describe('a model', () => {
  const knows = (usd: number | null) => async () => usd;
  it.each<{ price: { input: number | null; output: number | null }; usd: number | null; free: boolean }>([
    { price: { input: 0, output: 0 }, usd: 1, free: true },
    { price: { input: 0, output: 1 }, usd: 0, free: false },
    { price: { input: 0, output: null }, usd: null, free: false },
    { price: { input: null, output: null }, usd: 0, free: true },
    { price: { input: null, output: null }, usd: 0.1, free: false },
  ])('at $price, else $usd, is free: $free', async ({ price, usd, free }) => {
    expect(await isFree({ price, model: 'a', priceOf: knows(usd) })).toBe(free);
  });
});

describe('a request that failed', () => {
  it.each([
    { kind: 'unreachable', phase: null, httpStatus: null, sent: false, unbilled: true },
    { kind: 'timeout', phase: 'connect', httpStatus: null, sent: false, unbilled: true },
    { kind: 'misconfigured', phase: null, httpStatus: null, sent: false, unbilled: true },
    { kind: 'misconfigured', phase: null, httpStatus: 404, sent: true, unbilled: true },
    { kind: 'rate-limit', phase: null, httpStatus: 429, sent: true, unbilled: true },
    { kind: 'timeout', phase: 'first-token', httpStatus: null, sent: true, unbilled: false },
    { kind: 'network', phase: null, httpStatus: 200, sent: true, unbilled: false },
    { kind: 'content-filter', phase: null, httpStatus: 200, sent: true, unbilled: false },
  ] as const)('by $kind ($phase, $httpStatus) was sent: $sent, costs nothing: $unbilled', (row) => {
    expect({ sent: wasSent(row), unbilled: isUnbilled(row) }).toEqual({
      sent: row.sent,
      unbilled: row.unbilled,
    });
  });
});
