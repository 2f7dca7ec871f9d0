import { beforeEach, describe, expect, it } from 'vitest';
import { closedCircuit } from '../../src/core/health.js';
import type { HealthEntry, HealthStore } from '../../src/core/ports.js';

/** Stores that outlive the process forget what is old. */
const updatedAtMs = Date.now();

/** An entry as the tracker would write it, with so many failures. */
export function healthEntry(key: string, failures = 1): HealthEntry {
  return {
    key,
    name: 'm1/qwen3',
    scope: 'target',
    circuit: { ...closedCircuit, failures },
    kind: 'server-error',
    updatedAtMs,
  };
}

/** What every health store does. `make` gives an empty one, anew for each test. */
export function testHealthStore(make: () => HealthStore | Promise<HealthStore>): void {
  let store: HealthStore;

  beforeEach(async () => {
    store = await make();
  });

  const put = (entry: HealthEntry): Promise<HealthEntry | undefined> => store.update(entry.key, () => entry);
  const failuresOf = (entry: HealthEntry | undefined): number => entry?.circuit.failures ?? 0;
  const countUp = (key: string) => (before: HealthEntry | undefined) =>
    healthEntry(key, failuresOf(before) + 1);

  describe('of what is not there', () => {
    it('reads nothing', async () => {
      expect(await store.read(['a', 'b'])).toEqual([undefined, undefined]);
      expect(await store.read([])).toEqual([]);
      expect(await store.list()).toEqual([]);
    });

    it('shows the transition nothing', async () => {
      const seen: unknown[] = [];
      const after = await store.update('a', (before) => {
        seen.push(before);
        return before;
      });
      expect(after).toBeUndefined();
      expect(seen.every((before) => before === undefined)).toBe(true);
      expect(await store.list()).toEqual([]);
    });

    it('clears nothing and does not mind', async () => {
      await store.clear(['a']);
      await store.clear();
      expect(await store.list()).toEqual([]);
    });
  });

  describe('of what was written', () => {
    it('reads it back, in the order asked for, as often as asked for', async () => {
      await put(healthEntry('a', 1));
      await put(healthEntry('b', 2));
      expect(await store.read(['b', 'missing', 'a', 'b'])).toEqual([
        healthEntry('b', 2),
        undefined,
        healthEntry('a', 1),
        healthEntry('b', 2),
      ]);
    });

    it('does not say that it is empty', async () => {
      await put(healthEntry('a', 1));
      expect((await store.isEmpty?.()) ?? false).toBe(false);
    });

    it('gives the transition the present entry and returns what it made of it', async () => {
      await put(healthEntry('a', 1));
      expect(await store.update('a', countUp('a'))).toEqual(healthEntry('a', 2));
      expect(await store.read(['a'])).toEqual([healthEntry('a', 2)]);
    });

    it('keeps an entry that the transition returns as it is', async () => {
      await put(healthEntry('a', 1));
      expect(await store.update('a', (before) => before)).toEqual(healthEntry('a', 1));
      expect(await store.list()).toEqual([healthEntry('a', 1)]);
    });

    it('forgets an entry of which the transition leaves nothing', async () => {
      await put(healthEntry('a'));
      expect(await store.update('a', () => undefined)).toBeUndefined();
      expect(await store.read(['a'])).toEqual([undefined]);
      expect(await store.list()).toEqual([]);
    });

    it.each<HealthEntry>([
      {
        ...healthEntry('open'),
        scope: 'provider',
        kind: null,
        circuit: {
          state: 'open',
          generation: 7,
          failures: 3,
          openings: 2,
          untilMs: 1_700_000_000_000,
          byRetryAfter: true,
        },
      },
      {
        ...healthEntry('half-open'),
        circuit: {
          state: 'half-open',
          generation: 8,
          failures: 3,
          openings: 2,
          untilMs: 1_700_000_000_000,
          leaseUntilMs: 1_700_000_070_000,
        },
      },
      { ...healthEntry('name'), name: 'größe/模型 "x"\n😀' },
    ])('keeps every field of an entry: $key', async (entry) => {
      await put(entry);
      expect(await store.read([entry.key])).toEqual([entry]);
      expect(await store.list()).toEqual([entry]);
    });

    it('lists all of it', async () => {
      await put(healthEntry('a'));
      await put(healthEntry('b'));
      expect((await store.list()).map(({ key }) => key).sort()).toEqual(['a', 'b']);
    });

    it('clears the keys named, and without names all', async () => {
      for (const key of ['a', 'b', 'c']) await put(healthEntry(key));
      await store.clear(['a', 'missing']);
      expect((await store.list()).map(({ key }) => key).sort()).toEqual(['b', 'c']);
      await store.clear([]);
      expect(await store.list()).toHaveLength(2);
      await store.clear();
      expect(await store.list()).toEqual([]);
    });

    it('is not changed by what it gave out', async () => {
      await put(healthEntry('a'));
      const list = [...(await store.list())];
      list.length = 0;
      expect(await store.list()).toHaveLength(1);
    });
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'a/b c:d', 'größe', ''])(
    'takes %j for a plain key',
    async (key) => {
      expect(await store.read([key])).toEqual([undefined]);
      await put(healthEntry(key));
      expect(await store.read([key, 'toString'])).toEqual([healthEntry(key), undefined]);
      expect((await store.list()).map((entry) => entry.key)).toEqual([key]);
      await store.clear([key]);
      expect(await store.list()).toEqual([]);
    },
  );

  it('does what must be exclusive, where nobody is in the way', async () => {
    await put(healthEntry('a'));
    const after = healthEntry('a', 2);
    expect(await store.update('a', () => after, { exclusively: true })).toBe(after);
    expect(await store.read(['a'])).toEqual([after]);
  });

  it('loses none of many transitions at once', async () => {
    await Promise.all(Array.from({ length: 25 }, () => store.update('a', countUp('a'))));
    expect((await store.read(['a'])).map(failuresOf)).toEqual([25]);
  });

  it('does not mix transitions of different keys', async () => {
    const keys = ['a', 'b', 'c', 'd'];
    await Promise.all(
      keys.flatMap((key) => [store.update(key, countUp(key)), store.update(key, countUp(key))]),
    );
    expect((await store.read(keys)).map(failuresOf)).toEqual([2, 2, 2, 2]);
  });

  it('is as it was after a transition that throws, and goes on working', async () => {
    await put(healthEntry('a', 1));
    const bug = new Error('a bug in a transition');
    const failing = (): never => {
      throw bug;
    };
    await expect(store.update('a', failing)).rejects.toBe(bug);
    expect(await store.read(['a'])).toEqual([healthEntry('a', 1)]);
    expect(await store.update('a', countUp('a'))).toEqual(healthEntry('a', 2));
  });
}
