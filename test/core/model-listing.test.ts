import { describe, expect, it } from 'vitest';
import { type ModelContext, type Provider, ProviderError, Registry } from '../../src/index.js';
import { ManualClock } from '../support/manual-clock.js';

type List = (context: ModelContext) => AsyncIterable<readonly string[]>;

function rig(lists: Readonly<Record<string, List | undefined>>, more: Partial<Provider> = {}) {
  const clock = new ManualClock();
  const registry = new Registry({ env: {}, clock });
  for (const [name, listModels] of Object.entries(lists)) {
    const model = (): never => {
      throw new Error('a model was asked');
    };
    registry.registerProvider({ name, model, ...more, ...(listModels && { listModels }) });
  }
  return { clock, registry, names: Object.keys(lists) };
}

const pages = (...all: readonly string[][]): List =>
  async function* () {
    yield* all;
  };
const after = (clock: ManualClock, ms: number) =>
  new Promise<void>((resolve) => clock.setTimer(ms, () => resolve()));

describe('the models of several providers', () => {
  it('are asked for at the same time, and told as they come', async () => {
    const settled: string[] = [];
    let clock = new ManualClock();
    const slow = (ms: number): List =>
      async function* () {
        await after(clock, ms);
        yield ['x'];
      };
    const at = rig({ a: slow(300), b: slow(100), c: slow(200) });
    clock = at.clock;
    const listing = at.registry.listModels(at.names, { onSettled: ({ provider }) => settled.push(provider) });
    const found = await clock.drive(listing);
    expect(found.map(({ provider, durationMs }) => [provider, durationMs])).toEqual([
      ['a', 300],
      ['b', 100],
      ['c', 200],
    ]);
    expect(settled).toEqual(['b', 'c', 'a']);
  });

  it('are told once each; those of one fail for themselves, and what came before stays', async () => {
    const broken: List = async function* () {
      yield ['one'];
      throw new ProviderError({ kind: 'network', message: 'cut' });
    };
    const { registry, names } = rig({ good: pages(['a', 'a'], ['b', 'a']), broken });
    expect(await registry.listModels(names)).toMatchObject([
      { provider: 'good', models: ['a', 'b'], error: null },
      { provider: 'broken', models: ['one'], error: { kind: 'network', message: 'cut' } },
    ]);
  });

  it('are each named once, and so many at most', async () => {
    const same = pages(['a', 'b', 'a'], ['b', 'c']);
    const endless = pages(Array.from({ length: 300_000 }, (_, n) => `m${n}`));
    const { registry, names } = rig({ same, endless });
    const [one, other] = await registry.listModels(names);
    expect(one).toMatchObject({ models: ['a', 'b', 'c'], error: null });
    expect(other).toMatchObject({ error: { kind: 'misconfigured' } });
    expect(other?.models).toHaveLength(20_000);
  });

  it('of many providers are asked for with one signal, which all of them heed', async () => {
    let listeners = 0;
    const silent: List = async function* ({ signal }) {
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const { registry, names } = rig(
      Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`p${n}`, silent])),
    );
    const ending = new AbortController();
    const add = ending.signal.addEventListener.bind(ending.signal);
    ending.signal.addEventListener = ((...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    }) as typeof add;
    const listing = registry.listModels(names, { signal: ending.signal });
    setTimeout(() => ending.abort(new Error('enough')), 10);
    await expect(listing).rejects.toThrow('enough');
    expect(listeners).toBeLessThan(10);
  });

  it('of one that does not heed its signal are waited for no longer than asked', async () => {
    const { clock, registry } = rig({
      deaf: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
    });
    const [listing] = await clock.drive(registry.listModels(['deaf'], { timeoutMs: 400 }));
    expect(listing).toMatchObject({ durationMs: 400, error: { kind: 'timeout' } });
  });

  it('are waited for as long as the DSN of their provider lets a request take', async () => {
    const deaf: List = () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) });
    const { clock, registry } = rig({ deaf }, { tuning: { attemptTimeoutMs: 700 } });
    expect((await clock.drive(registry.listModels(['deaf'])))[0]?.durationMs).toBe(700);
    expect((await clock.drive(registry.listModels(['deaf'], { timeoutMs: 900 })))[0]?.durationMs).toBe(900);
  });

  it.each([
    { name: 'whose key is what a command prints', more: { keyCommand: true }, code: 'key-cmd' },
    {
      name: 'without a key',
      more: { prepare: async () => ({ reason: 'no-credential' as const, message: 'set K' }) },
      code: 'no-credential',
    },
  ])('of one $name are not asked for', async ({ more, code }) => {
    let asked = false;
    const list: List = async function* () {
      asked = true;
      yield [];
    };
    const { registry } = rig({ a: list }, more);
    expect((await registry.listModels(['a']))[0]?.error).toMatchObject({ code });
    expect(asked).toBe(false);
  });

  it('of one that has no list are told so', async () => {
    const { registry } = rig({ a: undefined });
    expect((await registry.listModels(['a']))[0]?.error).toMatchObject({ code: 'no-model-list' });
  });

  it('are asked for no more once it is cancelled', async () => {
    const controller = new AbortController();
    const { registry } = rig({
      a: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
    });
    const listing = registry.listModels(['a'], { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(listing).rejects.toThrow('enough');
  });

  it('end in a bug where a provider has one, without its secret', async () => {
    const list: List = async function* () {
      yield [];
      throw new TypeError('canary is not a function');
    };
    const { registry } = rig({ a: list }, { scrub: (text) => text.replaceAll('canary', '[removed]') });
    await expect(registry.listModels(['a'])).rejects.toThrow('[removed] is not a function');
  });
});
