import { describe, expect, it } from 'vitest';
import type { ModelEvent } from '../../src/core/ports.js';
import { opened } from '../../src/providers/opened-stream.js';

/** A stream that is opened when told to, and what has become of it. */
function rig() {
  const seen = { opened: 0, asked: 0, closed: 0 };
  let give = (): void => {};
  const ready = new Promise<void>((resolve) => (give = resolve));
  async function* events(): AsyncGenerator<ModelEvent> {
    try {
      for (const text of ['a', 'b']) {
        seen.asked += 1;
        yield { type: 'text-delta', text };
      }
    } finally {
      seen.closed += 1;
    }
  }
  const stream = opened(async () => {
    seen.opened += 1;
    await ready;
    return events();
  });
  return { seen, give, iterator: stream[Symbol.asyncIterator]() };
}

describe('a stream that is opened when it is read', () => {
  it('gives its events in their order', async () => {
    const { seen, give, iterator } = rig();
    expect(seen.opened).toBe(0);
    give();
    const steps = [await iterator.next(), await iterator.next(), await iterator.next()];
    expect(steps.map(({ value }) => value?.text)).toEqual(['a', 'b', undefined]);
    expect(seen).toEqual({ opened: 1, asked: 2, closed: 1 });
  });

  it('closes what its reader leaves', async () => {
    const { seen, give, iterator } = rig();
    give();
    await iterator.next();
    await iterator.return?.();
    expect(seen).toEqual({ opened: 1, asked: 1, closed: 1 });
    expect((await iterator.next()).done).toBe(true);
  });

  it('asks nobody once its reader has left, not even what was about to be opened', async () => {
    const { seen, give, iterator } = rig();
    const first = iterator.next();
    await iterator.return?.();
    give();
    expect((await first).done).toBe(true);
    expect((await iterator.next()).done).toBe(true);
    expect(seen).toEqual({ opened: 1, asked: 0, closed: 0 });
  });

  it('is opened once, however eager its reader is', async () => {
    const { seen, give, iterator } = rig();
    const both = Promise.all([iterator.next(), iterator.next()]);
    give();
    expect((await both).map(({ value }) => value.text)).toEqual(['a', 'b']);
    expect(seen.opened).toBe(1);
  });
});
