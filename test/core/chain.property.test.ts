import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CancelledError } from '../../src/core/chain/error.js';
import type { StreamOptions } from '../../src/core/chain/parts.js';
import { dispositionOf, dispositions, type ErrorKind } from '../../src/core/classify.js';
import { ChainRig, type Run } from '../support/chain-rig.js';
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
} from '../support/scripted-provider.js';

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

const scene = fc.record({
  targets: fc.array(target, { minLength: 1, maxLength: 4 }),
  options: fc.record({
    commit: fc.constantFrom('first-text' as const, 'finish' as const),
    transientRetries: fc.integer({ min: 0, max: 3 }),
    maxAttempts: fc.integer({ min: 1, max: 7 }),
    timeoutMs: fc.constantFrom(1, 900, 5000, 100_000),
    advanceOnPermanent: fc.boolean(),
    failover: fc.boolean(),
  }) satisfies fc.Arbitrary<StreamOptions>,
  cancelAtMs: fc.option(fc.constantFrom(1, 5, 310, 2000, 30_000), { freq: 3, nil: null }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
});
type Scene = typeof scene extends fc.Arbitrary<infer Value> ? Value : never;

/** Every word of a script says whose it is, so that a mixture of two shows. */
function signed(steps: Script, name: string): Script {
  return steps.map((step, index) => {
    if (step.type !== 'text-delta' && step.type !== 'reasoning-delta') return step;
    return step.text === '' ? step : { ...step, text: `${name}.${index} ` };
  });
}

function textOf(steps: Script, type: 'text-delta' | 'reasoning-delta'): string {
  return steps.flatMap((step) => (step.type === type ? [step.text] : [])).join('');
}

interface Played extends Run {
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

function holds(check: (played: Played, scene: Scene) => void | Promise<void>): Promise<void> {
  return fc.assert(
    fc.asyncProperty(scene, async (one) => {
      await check(await play(one), one);
    }),
    { numRuns: 250 },
  );
}

it('an answer is word for word what one attempt of one target said, and that one came to its end', () =>
  holds(({ answer, rig, attempts, error }) => {
    if (answer === null) {
      expect(error).not.toBeNull();
      return;
    }
    expect(error).toBeNull();
    const last = rig.seen.at(-1);
    expect(last?.script.at(-1)).toMatchObject({ type: 'finish', finishReason: answer.finishReason });
    expect(answer.text).toBe(textOf(last?.script ?? [], 'text-delta'));
    expect(answer.reasoning ?? '').toBe(textOf(last?.script ?? [], 'reasoning-delta'));
    expect(answer.servedBy).toBe(last?.target);
    expect(answer.attempts).toEqual(attempts);
    expect(attempts.filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
    expect(attempts.at(-1)).toMatchObject({ outcome: 'ok', target: last?.target, next: null });
  }));

it('no more requests are made than allowed, none after the deadline, none after it was cancelled', () =>
  holds(({ rig, cancelled, error }, { options, cancelAtMs }) => {
    expect(rig.seen.length).toBeLessThanOrEqual(options.maxAttempts);
    const endMs = Math.min(options.timeoutMs, cancelAtMs ?? Number.POSITIVE_INFINITY);
    for (const atMs of rig.askedAtMs) expect(atMs).toBeLessThan(endMs);
    expect(rig.clock.elapsedMs).toBeLessThanOrEqual(endMs);
    if (error instanceof CancelledError) expect(cancelled).toBe(true);
    if (cancelled) expect(error).toBeInstanceOf(CancelledError);
    if (!options.failover) expect(new Set(rig.asked).size).toBeLessThanOrEqual(1);
  }));

it('every request is over at the end, its signal aborted, and no timer is left', () =>
  holds(({ rig }) => {
    for (const seen of rig.seen) {
      expect(seen.over).toBe(true);
      expect(seen.context.signal.aborted).toBe(true);
    }
    expect(rig.clock.pending).toBe(0);
  }));

it('after a permanent error nobody is asked, unless that is allowed', () =>
  holds(({ attempts }, { options }) => {
    for (const [index, { outcome, next }] of attempts.entries()) {
      if (outcome === 'skipped' || outcome === 'ok' || outcome === 'abandoned') continue;
      const { advance } = dispositionOf(outcome);
      if (advance === 'no' || (advance === 'if-allowed' && !options.advanceOnPermanent)) {
        expect(next).toBe('stop');
        expect(index).toBe(attempts.length - 1);
      }
    }
  }));

it('after shown text nothing else is asked, and without an answer it is called partial', () =>
  holds(({ events, error, cancelled }, { options }) => {
    const shown = events.findIndex(({ type }) => type === 'text-delta');
    if (options.commit === 'finish' || shown < 0) return;
    expect(events.slice(shown).some(({ type }) => type === 'attempt-start')).toBe(false);
    if (error === null || cancelled || error instanceof TypeError) return;
    expect(error).toMatchObject({ outcome: 'partial' });
  }));

it('health changes by what says something of a target or provider, and no circuit stays half-open', () =>
  holds(async ({ rig, attempts }, { targets }) => {
    const entries = await rig.registry.health.entries();
    expect(entries.filter(({ circuit }) => circuit.state === 'half-open')).toEqual([]);
    const blamed = attempts.filter(({ outcome, reason }) => {
      if (outcome === 'skipped' || outcome === 'ok' || outcome === 'abandoned') return false;
      return dispositionOf(outcome).scope !== 'none' && reason !== 'deadline';
    });
    const before = targets.filter(({ openMs }) => openMs !== null).length;
    if (blamed.length === 0) expect(entries.length).toBeLessThanOrEqual(before);
    const kindsBlamed = new Set(blamed.map(({ outcome }) => outcome));
    for (const { kind } of entries) if (kind !== null) expect(kindsBlamed).toContain(kind);
  }));

it('events are in order: an attempt starts, says something, ends; the end of the chain is last', () =>
  holds(({ events, error, rig }) => {
    let running = 0;
    let started = 0;
    for (const event of events.slice(0, -1)) {
      switch (event.type) {
        case 'attempt-start':
          expect(running).toBe(0);
          started += 1;
          running = started;
          expect(event.attempt).toBe(started);
          break;
        case 'text-delta':
        case 'reasoning-delta':
          expect(event.attempt).toBe(running);
          expect(event.text).not.toBe('');
          break;
        case 'attempt-end':
          if (event.record.outcome === 'skipped') expect(running).toBe(0);
          else expect(event.attempt).toBe(running);
          expect(event.nextTarget === null).toBe(event.record.next === null || event.record.next === 'stop');
          running = 0;
          break;
        case 'warning':
          expect(running).toBe(0);
          break;
        case 'chain-end':
          throw new Error('the chain ended twice');
      }
    }
    // only a bug leaves an attempt without an end: it is no failure of the target
    expect(running === 0 || error instanceof TypeError).toBe(true);
    expect(started).toBe(rig.seen.length);
    expect(events.at(-1)).toMatchObject({ type: 'chain-end', error });
  }));
