import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/core/memory-store.js';
import { healthEntry, testHealthStore } from '../stores/contract.js';

describe('the memory store', () => {
  testHealthStore(() => new MemoryStore());

  it('says that it is empty', async () => {
    expect(await new MemoryStore().isEmpty()).toBe(true);
  });

  it('shares nothing with another one', async () => {
    const store = new MemoryStore();
    await store.update('a', () => healthEntry('a'));
    expect(await new MemoryStore().list()).toEqual([]);
  });

  it('asks the transition once', async () => {
    let calls = 0;
    await new MemoryStore().update('a', (before) => {
      calls += 1;
      return before;
    });
    expect(calls).toBe(1);
  });
});
