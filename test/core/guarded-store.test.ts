import { describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../src/core/errors.js';
import { GuardedStore } from '../../src/core/guarded-store.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import type { HealthStore } from '../../src/core/ports.js';
import { healthEntry, testHealthStore } from '../stores/contract.js';
import { ManualClock } from '../support/manual-clock.js';

/** A store whose every method does this. */
function storeOf(answer: () => Promise<never>): HealthStore {
  return { read: answer, update: answer, list: answer, clear: answer };
}

const broken = storeOf(() => Promise.reject(new StoreError('/state/health.json cannot be read (EIO)')));
const silent = storeOf(() => new Promise(() => {}));

function guarded(store: HealthStore) {
  const clock = new ManualClock();
  return { clock, guard: new GuardedStore({ store, memory: new MemoryStore(), clock }) };
}

describe('a guarded store that works', () => {
  testHealthStore(() => guarded(new MemoryStore()).guard);

  it('may answer without a promise, as programs without types do', async () => {
    const plain = {
      read: () => [undefined],
      update: () => undefined,
      list: () => [],
      clear: () => undefined,
    };
    const { guard } = guarded(plain as unknown as HealthStore);
    expect([await guard.read(['a']), await guard.list()]).toEqual([[undefined], []]);
    expect(guard.takeWarnings()).toEqual([]);
  });

  it('sets no timer for what the store has at hand, and one for all else', async () => {
    const clock = new ManualClock();
    const timers = vi.spyOn(clock, 'setTimer');
    const at = { memory: new MemoryStore(), clock };
    await new GuardedStore({ ...at, store: new MemoryStore() }).read(['a']);
    expect(timers).not.toHaveBeenCalled();
    const late = () => new Promise<[]>((resolve) => setImmediate(resolve, []));
    await new GuardedStore({ ...at, store: { ...silent, read: late } }).read(['a']);
    expect(timers).toHaveBeenCalledOnce();
    expect(clock.pending).toBe(0);
  });
});

it('a store that always answers soon is never called silent, however many runs ask it', async () => {
  const clock = new ManualClock();
  const memory = new MemoryStore();
  const after30 = () => new Promise<[]>((resolve) => void clock.setTimer(30, () => resolve([])));
  const guard = new GuardedStore({ store: { ...silent, read: after30 }, memory, clock });
  for (let run = 0; run < 20; run += 1) {
    guard.renewPatience();
    for (let ask = 0; ask < 5; ask += 1) await clock.drive(guard.read(['a']));
  }
  expect(guard.takeWarnings()).toEqual([]);
  // within one run it may hold it for 200 ms
  for (let ask = 0; ask < 9; ask += 1) await clock.drive(guard.read(['a']));
  expect(guard.takeWarnings()).toHaveLength(1);
});

describe('a guarded store that fails', () => {
  testHealthStore(() => guarded(broken).guard);

  it('is told once, with its reason', async () => {
    const { guard } = guarded(broken);
    await guard.read(['a']);
    await guard.update('a', () => healthEntry('a'));
    expect(guard.takeWarnings()).toEqual([
      {
        code: 'health-store',
        message: 'health is remembered in this process only: /state/health.json cannot be read (EIO)',
      },
    ]);
    await guard.list();
    expect(guard.takeWarnings()).toEqual([]);
  });

  it('is not called empty by a store that remembers nothing while memory does', async () => {
    let works = true;
    const memory = new MemoryStore();
    const flaky: HealthStore = {
      ...broken,
      isEmpty: async () => works || Promise.reject(new StoreError('gone')),
    };
    const guard = new GuardedStore({ store: flaky, memory, clock: new ManualClock() });
    expect(await guard.isEmpty()).toBe(true);
    works = false;
    await memory.update('a', () => healthEntry('a'));
    expect(await guard.isEmpty()).toBe(false);
  });

  it('does not tell an error that was not meant to be told', async () => {
    const { guard } = guarded(storeOf(() => Promise.reject(new Error('redis://:canary@h'))));
    await guard.read(['a']);
    expect(JSON.stringify(guard.takeWarnings())).not.toContain('canary');
  });

  it('goes on with what the store said last', async () => {
    let works = true;
    const memory = new MemoryStore();
    const flaky: HealthStore = {
      read: (keys) => (works ? memory.read(keys) : broken.read(keys)),
      update: (key, change) => (works ? memory.update(key, change) : broken.update(key, change)),
      list: () => memory.list(),
      clear: () => memory.clear(),
    };
    const { guard, clock } = guarded(flaky);
    await memory.update('a', () => healthEntry('a', 2));
    await guard.read(['a']);
    await guard.update('b', () => healthEntry('b', 1));
    works = false;
    expect(await guard.read(['a', 'b'])).toEqual([healthEntry('a', 2), healthEntry('b', 1)]);
    // and asks it again after a while
    works = true;
    await memory.update('a', () => healthEntry('a', 3));
    expect(await guard.read(['a'])).toEqual([healthEntry('a', 2)]);
    await clock.advance(30_000);
    expect(await guard.read(['a'])).toEqual([healthEntry('a', 3)]);
  });

  it('lets a bug in a transition be one', async () => {
    const { guard } = guarded(new MemoryStore());
    const bug = new Error('a bug');
    await expect(
      guard.update('a', () => {
        throw bug;
      }),
    ).rejects.toBe(bug);
    expect(guard.takeWarnings()).toEqual([]);
  });
});

describe('a guarded store that does not answer', () => {
  it('is waited for 200 ms, and told', async () => {
    const { guard, clock } = guarded(silent);
    const read = guard.read(['a']);
    await clock.advance(199);
    expect(guard.takeWarnings()).toEqual([]);
    await clock.advance(1);
    expect(await read).toEqual([undefined]);
    expect(guard.takeWarnings()).toHaveLength(1);
    expect(await guard.update('a', () => healthEntry('a'))).toEqual(healthEntry('a'));
  });

  it('is waited for as long as the program wants', async () => {
    const clock = new ManualClock();
    const guard = new GuardedStore({ store: silent, memory: new MemoryStore(), clock, patienceMs: 1000 });
    const read = guard.read(['a']);
    await clock.advance(999);
    expect(guard.takeWarnings()).toEqual([]);
    await clock.advance(1);
    expect(await read).toEqual([undefined]);
    expect(guard.takeWarnings()).toHaveLength(1);
  });

  it('is waited for by many at once as by one', async () => {
    const memory = new MemoryStore();
    const late = (clock: ManualClock) => new Promise<void>((resolve) => clock.setTimer(90, resolve));
    const slow = (clock: ManualClock): HealthStore => ({
      ...silent,
      read: (keys) => late(clock).then(() => memory.read(keys)),
      update: (key, change) => late(clock).then(() => memory.update(key, change)),
    });
    const clock = new ManualClock();
    const guard = new GuardedStore({ store: slow(clock), memory: new MemoryStore(), clock });
    const keys = Array.from({ length: 32 }, (_, index) => `k${index}`);
    const record = async (key: string) => {
      await guard.read([key]);
      await guard.update(key, () => healthEntry(key));
    };
    await clock.drive(Promise.all(keys.map(record)));
    expect(clock.elapsedMs).toBe(180);
    expect(guard.takeWarnings()).toEqual([]);
    expect(await memory.list()).toHaveLength(32);
    expect(clock.pending).toBe(0);
    // what they have waited together is gone, and no more is left than that
    const sinceMs = clock.elapsedMs;
    await clock.drive(Promise.all(keys.map((key) => guard.read([key]))));
    expect(clock.elapsedMs - sinceMs).toBe(20);
    expect(guard.takeWarnings()).toHaveLength(1);
  });

  it('counts for who comes later only while it holds anybody', async () => {
    const { guard, clock } = guarded(silent);
    const first = guard.read(['a']);
    await clock.advance(150);
    const second = guard.read(['b']);
    await clock.advance(49);
    expect(guard.takeWarnings()).toEqual([]);
    await clock.advance(1);
    expect([await first, await second]).toEqual([[undefined], [undefined]]);
    expect(clock.pending).toBe(0);
  });

  it('is waited for no longer when it answers slowly many times', async () => {
    const { clock, guard } = guarded({
      ...silent,
      read: (keys) => new Promise((resolve) => clock.setTimer(90, () => resolve(keys.map(() => undefined)))),
    });
    const sinceMs = clock.monotonic();
    for (let index = 0; index < 3; index++) {
      const read = guard.read(['a']);
      await clock.advance(90);
      await read;
    }
    expect(guard.takeWarnings()).toHaveLength(1);
    await guard.read(['a']);
    expect(clock.monotonic() - sinceMs).toBe(270);
  });
});
