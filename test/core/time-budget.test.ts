import { describe, expect, it } from 'vitest';
import { TimeBudget } from '../../src/core/time-budget.js';

describe('a time budget', () => {
  it('is used up by all waits of its window together, and whole again after it', () => {
    let now = 1_000;
    const budget = new TimeBudget(() => now, { totalMs: 200, windowMs: 60_000 });
    expect(budget.leftMs()).toBe(200);
    budget.spend(150);
    expect(budget.leftMs()).toBe(50);
    now += 59_999;
    budget.spend(100);
    expect(budget.leftMs()).toBe(0);
    now += 1;
    expect(budget.leftMs()).toBe(200);
    budget.spend(10);
    expect(budget.leftMs()).toBe(190);
  });
});
