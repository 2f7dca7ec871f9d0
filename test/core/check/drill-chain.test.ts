import { describe, expect, it } from 'vitest';
import {
  type DrillOptions,
  type DrillStep,
  drillChain,
  type JudgedAnswer,
  Purse,
  Registry,
} from '../../../src/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import {
  fail,
  finish,
  type Script,
  scriptedProvider,
  text,
  usage,
  wait,
} from '../../support/scripted-provider.js';

const says = (word: string): Script => [text(word), finish('stop', { usage })];
/** At the prices below, of the usage above. */
const requestUsd = (100 * 1 + 20 * 2) / 1e6;

interface World {
  readonly [target: string]: Script;
}

/** A chain of providers, each with a model x that does the same each time. */
function rig(
  world: World,
  { priced = true, free = [] }: { priced?: boolean; free?: readonly string[] } = {},
) {
  const clock = new ManualClock();
  const seen: { readonly target: string }[] = [];
  const registry = new Registry({ env: {}, clock });
  for (const [name, script] of Object.entries(world)) {
    registry.registerProvider({
      ...scriptedProvider(name, { models: { x: [script] } }, { clock, seen: seen as never }),
      ...(priced && { price: free.includes(name) ? { input: 0, output: 0 } : { input: 1, output: 2 } }),
    });
  }
  const chain = registry.parse(
    Object.keys(world)
      .map((name) => `${name}/x`)
      .join(','),
  );
  const drill = (options: Partial<DrillOptions> = {}) =>
    clock.drive(
      drillChain(chain, {
        request: { prompt: 'Hi' },
        clock,
        signal: new AbortController().signal,
        timeoutMs: 1_000,
        priceOf: async () => null,
        ...options,
      }),
    );
  return { drill, registry, clock, asked: () => seen.map(({ target }) => target) };
}

describe('a drill', () => {
  it('asks who is behind those that fail, and tells what that cost', async () => {
    const { drill, asked } = rig({ a: says('A'), b: says('B'), c: says('C') });
    const steps = await drill();
    expect(steps).toMatchObject([
      {
        failed: ['a/x'],
        answeredBy: 'b/x',
        message: null,
        usd: requestUsd,
        generated: [{ text: 'B', usage }],
      },
      {
        failed: ['a/x', 'b/x'],
        status: 'pass',
        answeredBy: 'c/x',
        usd: requestUsd,
        generated: [{ text: 'C' }],
      },
    ]);
    expect(asked()).toEqual(['b/x', 'c/x']);
  });

  it.each<{ name: string; script: Script; requests: number; costUsd: number | null }>([
    { name: 'is not there', script: [fail('unreachable')], requests: 0, costUsd: 0 },
    { name: 'refuses', script: [fail('rate-limit', { httpStatus: 429 })], requests: 2, costUsd: 0 },
    { name: 'breaks off', script: [text('half')], requests: 2, costUsd: null },
  ])('says why nobody answers, and what one costs that $name', async ({ script, requests, costUsd }) => {
    const [step] = await rig({ a: says('A'), b: script }).drill();
    expect(step).toMatchObject({
      status: 'fail',
      answeredBy: null,
      message: expect.stringContaining('b/x'),
      usd: null,
    });
    expect(step?.generated.map((each) => each.costUsd)).toEqual(Array(requests).fill(costUsd));
  });

  it.each([
    { limit: 1, priced: true, asked: ['b/x', 'c/x', 'd/x'] },
    { limit: requestUsd * 1.5, priced: true, asked: ['b/x', 'c/x'] },
    { limit: 1, priced: false, asked: ['b/x'] },
    { limit: 0, priced: true, asked: [] },
  ])('ends at $limit USD, prices known: $priced', async ({ limit, priced, asked }) => {
    const purse = new Purse(limit);
    const world = { a: says('A'), b: says('B'), c: says('C'), d: says('D') };
    const { drill, asked: who } = rig(world, { priced });
    const steps = await drill({ purse });
    expect(who()).toEqual(asked);
    expect(purse.isEmpty()).toBe(asked.length < 3);
    for (const step of steps.slice(asked.length)) {
      expect(step).toMatchObject({
        status: 'skip',
        answeredBy: null,
        message: purse.refusal,
        usd: 0,
        generated: [],
      });
    }
  });

  it('leaves a purse that knows no price where a callback throws', async () => {
    const purse = new Purse(1);
    const priceOf: DrillOptions['priceOf'] = async (asked) => {
      if (asked.usage?.inputTokens === 100) throw new Error('no prices');
      return null;
    };
    const { drill } = rig({ a: says('A'), b: says('B') }, { priced: false });
    await expect(drill({ purse, priceOf })).rejects.toThrow('no prices');
    expect(purse.refusal).toContain('no known price');
  });

  it('asks who costs nothing, whatever was spent', async () => {
    const purse = new Purse(0);
    const { drill, asked } = rig({ a: says('A'), b: says('B'), c: says('C') }, { free: ['c'] });
    expect(await drill({ purse })).toMatchObject([{ status: 'skip' }, { status: 'pass', usd: 0 }]);
    expect(asked()).toEqual(['c/x']);
  });

  it('tells each step when it is done, and the one that is broken off', async () => {
    const controller = new AbortController();
    const { drill, clock } = rig({ a: says('A'), b: says('B'), c: [wait(600), text('C'), finish()] });
    const told: DrillStep[] = [];
    clock.setTimer(100, () => controller.abort(new Error('enough')));
    const options = { signal: controller.signal, onStep: (step: DrillStep) => told.push(step) };
    await expect(drill(options)).rejects.toThrow('enough');
    expect(told).toMatchObject([
      { status: 'pass', answeredBy: 'b/x', generated: [{ text: 'B' }] },
      { status: 'skip', answeredBy: null, message: 'broken off', generated: [{ costUsd: null }], usd: null },
    ]);
  });

  it('is none that is begun after its deadline', async () => {
    const { drill, clock, asked } = rig({ a: says('A'), b: [wait(600), text('B'), finish()], c: says('C') });
    const steps = await drill({ endsMs: clock.monotonic() + 600 });
    expect(steps).toMatchObject([
      { status: 'fail', answeredBy: null, durationMs: 600 },
      { status: 'skip', answeredBy: null, usd: 0, message: expect.stringContaining('deadline') },
    ]);
    expect(asked()).toEqual(['b/x']);
  });

  it('expects of who answers what is expected', async () => {
    const { drill } = rig({ a: says('A'), b: says('B'), c: says('C') });
    const judge = ({ text: said, servedBy }: JudgedAnswer) => ({
      text: 'contains:C',
      passed: said === 'C',
      actual: `${said} of ${servedBy}`,
    });
    const expectations = [{ text: 'contains:C', needsCost: false, whenUnknown: null, judge }];
    expect(await drill({ expectations })).toMatchObject([
      {
        status: 'fail',
        answeredBy: 'b/x',
        message: 'the answer is not as expected: B of b/x; expected: contains:C',
      },
      { status: 'pass', answeredBy: 'c/x', message: null },
    ]);
  });

  it('shares its purse with the checks before it', async () => {
    const purse = new Purse(requestUsd * 2.5);
    const { drill, registry, asked } = rig({ a: says('A'), b: says('B') });
    await registry.check(['a/x', 'b/x'], { level: 'generates', purse });
    expect(asked()).toEqual(['a/x', 'b/x']);
    expect(await drill({ purse })).toMatchObject([{ answeredBy: 'b/x' }]);
    expect(await drill({ purse })).toMatchObject([{ answeredBy: null, message: purse.refusal }]);
  });

  it('neither heeds nor changes what is remembered', async () => {
    const { drill, registry, asked } = rig({ a: says('A'), b: [fail('server-error')] });
    for (let time = 0; time < 5; time += 1) await drill();
    // and its retry
    expect(asked()).toHaveLength(10);
    expect(await registry.health.entries()).toEqual([]);
  });
});
