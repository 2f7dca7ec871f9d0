import fc from 'fast-check';
import type { StreamOptions } from '../../src/core/chain/parts.js';
import { dispositions, type ErrorKind } from '../../src/core/classify.js';
import { ChainRig, type Run } from './chain-rig.js';
import {
  end,
  fail,
  finish,
  hang,
  malformed,
  progress,
  reasoning,
  response,
  type Script,
  type Step,
  text,
  wait,
} from './scripted-provider.js';

const kinds = (Object.keys(dispositions) as ErrorKind[]).filter((kind) => kind !== 'cancelled');

const pauses = fc.constantFrom(0, 10, 300, 1500, 40_000).map(wait);
const words = fc.oneof(
  { weight: 4, arbitrary: fc.constant(text('?')) },
  { weight: 2, arbitrary: fc.constant(reasoning('?')) },
  { weight: 4, arbitrary: pauses },
  { weight: 1, arbitrary: fc.constantFrom(progress, malformed, response(), text('')) },
);
const failures = fc
  .tuple(fc.constantFrom(...kinds), fc.constantFrom(null, null, 0, 800, 4000, 20_000))
  .map(([kind, retryAfterMs]) => fail(kind, { retryAfterMs }));
const endings = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(finish(), finish(), finish('length'), finish('refusal')) },
  { weight: 4, arbitrary: failures },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>(end, hang, fail(new Error('boom')), fail(new TypeError('bug'))),
  },
);
const script = fc
  .tuple(fc.array(words, { maxLength: 6 }), endings)
  .map(([steps, last]): Script => [...steps, last]);
const scripts = fc.array(script, { minLength: 1, maxLength: 3 });

const target = fc.record({
  provider: fc.constantFrom('m1', 'm2'),
  scripts,
  openMs: fc.option(fc.constantFrom(1, 5000), { freq: 5, nil: null }),
  byRetryAfter: fc.boolean(),
});

const sceneWith = (hedges: fc.Arbitrary<number | null>) =>
  fc.record({
    targets: fc.array(target, { minLength: 1, maxLength: 4 }),
    options: fc.record({
      commit: fc.constantFrom('first-text' as const, 'finish' as const),
      transientRetries: fc.integer({ min: 0, max: 3 }),
      maxAttempts: fc.integer({ min: 1, max: 7 }),
      timeoutMs: fc.constantFrom(1, 900, 5000, 100_000),
      advanceOnPermanent: fc.boolean(),
      failover: fc.boolean(),
      hedgeMs: hedges,
    }) satisfies fc.Arbitrary<StreamOptions>,
    cancelAtMs: fc.option(fc.constantFrom(1, 5, 310, 2000, 30_000), { freq: 3, nil: null }),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
export type Scene = ReturnType<typeof sceneWith> extends fc.Arbitrary<infer Value> ? Value : never;

/** Every word of a script says whose it is, so that a mixture of two shows. */
function signed(steps: Script, name: string): Script {
  return steps.map((step, index) => {
    if (step.type !== 'text-delta' && step.type !== 'reasoning-delta') return step;
    return step.text === '' ? step : { ...step, text: `${name}.${index} ` };
  });
}

/** What a script says, in one piece. */
export function textOf(steps: Script, type: 'text-delta' | 'reasoning-delta'): string {
  return steps.flatMap((step) => (step.type === type ? [step.text] : [])).join('');
}

export interface Played extends Run {
  readonly rig: ChainRig;
  readonly cancelled: boolean;
}

async function play({ targets, options, cancelAtMs, random }: Scene): Promise<Played> {
  const models: Record<string, Record<string, [Script, ...Script[]]>> = {};
  const names = targets.map(({ provider, scripts: said }, index) => {
    const id = `t${index}`;
    models[provider] ??= {};
    models[provider][id] = said.map((steps, nth) => signed(steps, `${id}/${nth}`)) as [Script, ...Script[]];
    return `${provider}/${id}`;
  });
  const providers = Object.fromEntries(Object.entries(models).map(([name, all]) => [name, { models: all }]));
  const rig = new ChainRig({ providers, spec: names.join(','), random: () => random });
  for (const [index, { openMs, byRetryAfter }] of targets.entries()) {
    if (openMs !== null) await rig.open(names[index] as string, openMs, byRetryAfter);
  }
  const controller = new AbortController();
  const keep =
    cancelAtMs === null ? () => {} : rig.clock.setTimer(cancelAtMs, () => controller.abort('enough'));
  const run = await rig.run({ ...options, signal: controller.signal });
  keep();
  return { ...run, rig, cancelled: controller.signal.aborted };
}

type Check = (played: Played, scene: Scene) => void | Promise<void>;

/** Chains without hedging: one request at a time. */
export function holds(check: Check): Promise<void> {
  return holdsFor(sceneWith(fc.constant(null)), check);
}

/** The same chains, with a second target asked beside a late one. */
export function holdsHedged(check: Check): Promise<void> {
  return holdsFor(sceneWith(fc.constantFrom(1, 200, 1000, 20_000)), check);
}

function holdsFor(scenes: fc.Arbitrary<Scene>, check: Check): Promise<void> {
  return fc.assert(
    fc.asyncProperty(scenes, async (one) => {
      await check(await play(one), one);
    }),
    { numRuns: 250 },
  );
}
