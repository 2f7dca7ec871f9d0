import { describe, expect, it } from 'vitest';
import type { TargetTuning } from '../../../src/core/ports.js';
import type { CallTuning, ChainConfig } from '../../../src/core/tuning.js';
import { ChainRig, type RigOptions } from '../../support/chain-rig.js';
import { fail, type Script, says } from '../../support/scripted-provider.js';

const busy: Script = [fail('overloaded')];

/** One target that is always busy, or fails as told. */
function alone(scripts: readonly [Script, ...Script[]] = [busy], more: Partial<RigOptions> = {}): ChainRig {
  return new ChainRig({
    providers: { m1: { models: { a: scripts } } },
    health: { threshold: 100 },
    ...more,
  });
}

/** The same with a target behind it that answers. */
function backed(scripts: readonly [Script, ...Script[]] = [busy], more: Partial<RigOptions> = {}): ChainRig {
  return new ChainRig({
    providers: { m1: { models: { a: scripts } }, m2: { models: { b: [says('two')] } } },
    health: { threshold: 100 },
    ...more,
  });
}

describe('how often a target is asked again', () => {
  it.each<{
    config?: number;
    target?: number;
    call?: number;
    retries: number;
  }>([
    { retries: 1 },
    { config: 0, retries: 1 },
    { config: -1, retries: 0 },
    { config: -100, retries: 0 },
    { config: 3, retries: 3 },
    { target: 0, retries: 0 },
    { target: 2, retries: 2 },
    { config: 3, target: 0, retries: 0 },
    { config: -1, target: 2, retries: 2 },
    { call: 0, retries: 0 },
    { call: -1, retries: 0 },
    { call: 2, retries: 2 },
    { config: 3, call: 0, retries: 0 },
    { target: 3, call: 0, retries: 0 },
    { config: -1, target: 0, call: 2, retries: 2 },
  ])('is $retries times: configuration $config, DSN $target, call $call', async (row) => {
    const tuning: TargetTuning = row.target === undefined ? {} : { retries: row.target };
    const chain: ChainConfig = row.config === undefined ? {} : { transientRetries: row.config };
    const call: CallTuning = row.call === undefined ? {} : { transientRetries: row.call };
    const rig = new ChainRig({
      providers: { m1: { tuning, models: { a: [busy] } } },
      chain,
      health: { threshold: 100 },
    });
    await rig.run(call);
    expect(rig.asked).toHaveLength(row.retries + 1);
  });

  it('is at most once when it cannot be reached', async () => {
    const rig = alone([[fail('unreachable')]]);
    await rig.run({ transientRetries: 5 });
    expect(rig.asked).toHaveLength(2);
  });

  it('is each target’s own', async () => {
    const rig = new ChainRig({
      providers: {
        m1: { tuning: { retries: 2 }, models: { a: [busy] } },
        m2: { tuning: { retries: 0 }, models: { b: [busy] } },
        m3: { models: { c: [busy] } },
      },
    });
    await rig.run();
    expect(rig.asked).toEqual(['m1/a', 'm1/a', 'm1/a', 'm2/b', 'm3/c', 'm3/c']);
  });

  it('is counted over all kinds of failure together', async () => {
    const rig = alone([[fail('overloaded')], [fail('network')], [fail('server-error')], says('late')]);
    expect((await rig.run({ transientRetries: 2 })).answer).toBeNull();
    expect(rig.asked).toHaveLength(3);
  });

  it('ends with a failure that is not to be retried', async () => {
    const rig = alone([[fail('overloaded')], [fail('bad-request')], says('late')]);
    await rig.run({ transientRetries: 5 });
    expect(rig.asked).toHaveLength(2);
  });
});

describe('when a target is asked again', () => {
  it('is at once while there is another one', async () => {
    const rig = backed();
    await rig.run({ transientRetries: 3 });
    expect(rig.askedAtMs).toEqual([0, 0, 0, 0, 0]);
  });

  it.each([
    { random: 0, askedAtMs: [0, 0, 0, 0, 0, 0, 0, 0] },
    { random: 0.5, askedAtMs: [0, 125, 375, 875, 1875, 3875, 6375, 8875] },
    { random: 0.999_999, askedAtMs: [0, 250, 750, 1750, 3750, 7750, 12_750, 17_750] },
  ])(
    'is after 250 ms × 2ⁿ, at most 5 s, times chance on the last one: $random',
    async ({ random, askedAtMs }) => {
      const rig = alone([busy], { random: () => random });
      const { events } = await rig.run({ transientRetries: 7 });
      expect(rig.askedAtMs).toEqual(askedAtMs);
      const waits = events.flatMap((event) => (event.type === 'attempt-end' ? [event.waitMs] : []));
      const expected = askedAtMs.slice(1).map((ms, index) => ms - (askedAtMs[index] ?? 0));
      expect(waits).toEqual([...expected, 0]);
    },
  );

  it('is with backoff too when only the first target may be asked', async () => {
    const rig = backed();
    await rig.run({ failover: false });
    expect(rig.askedAtMs).toEqual([0, 125]);
  });

  const limited = (retryAfterMs: number): Script => [fail('rate-limit', { retryAfterMs, httpStatus: 429 })];

  it.each([
    { retryAfterMs: 2000, more: {}, askedAtMs: [0, 2000] },
    { retryAfterMs: 5000, more: {}, askedAtMs: [0, 5000] },
    { retryAfterMs: 9000, more: { maxRetryAfterMs: 9000 }, askedAtMs: [0, 9000] },
    { retryAfterMs: 0, more: {}, askedAtMs: [0, 0] },
    { retryAfterMs: -5, more: {}, askedAtMs: [0, 0] },
  ])('is after a Retry-After of $retryAfterMs ms, on the first target as on the last', async (row) => {
    for (const rig of [
      backed([limited(row.retryAfterMs), says('one')]),
      alone([limited(row.retryAfterMs), says('one')]),
    ]) {
      const { answer } = await rig.run(row.more);
      expect(answer).toMatchObject({ text: 'one', failover: false });
      expect(rig.askedAtMs).toEqual(row.askedAtMs);
    }
  });

  it.each([
    { retryAfterMs: 5001, more: {} },
    { retryAfterMs: 2000, more: { maxRetryAfterMs: 1999 } },
    { retryAfterMs: 86_400_000, more: {} },
    { retryAfterMs: 2000, more: { transientRetries: 0 } },
  ])('is not at all when Retry-After is $retryAfterMs ms: $more', async ({ retryAfterMs, more }) => {
    const rig = backed([limited(retryAfterMs)]);
    const { answer } = await rig.run(more);
    expect(answer?.text).toBe('two');
    expect(rig.askedAtMs).toEqual([0, 0]);
    const last = alone([limited(retryAfterMs)]);
    expect((await last.run(more)).error).toMatchObject({ outcome: 'exhausted' });
    expect(last.asked).toHaveLength(1);
  });

  it('is not again once a Retry-After was waited out in vain, whatever the retries', async () => {
    const rig = backed([limited(1000)]);
    const { answer } = await rig.run({ transientRetries: 5 });
    expect(answer?.text).toBe('two');
    expect(rig.asked).toEqual(['m1/a', 'm1/a', 'm2/b']);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'does not wait for a Retry-After of %d',
    async (retryAfterMs) => {
      const rig = backed([[fail('rate-limit', { retryAfterMs })], says('one')]);
      const { attempts } = await rig.run();
      expect(rig.askedAtMs).toEqual([0, 0]);
      expect(attempts[0]?.retryAfterMs).toBeNull();
    },
  );
});

describe('the number of requests of a chain', () => {
  const many = (count: number): RigOptions['providers'] =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`m${index}`, { models: { a: [busy] } }] as const),
    );

  it.each([
    { call: undefined, config: undefined, asked: 10 },
    { call: undefined, config: 3, asked: 3 },
    { call: 4, config: 3, asked: 4 },
    { call: 1, config: undefined, asked: 1 },
    { call: 50, config: undefined, asked: 14 },
  ])('is at most $asked: configuration $config, call $call', async ({ call, config, asked }) => {
    const rig = new ChainRig({
      providers: many(7),
      chain: config === undefined ? {} : { maxAttempts: config },
    });
    const { attempts, error } = await rig.run(call === undefined ? {} : { maxAttempts: call });
    expect(rig.asked).toHaveLength(asked);
    expect(attempts.at(-1)?.next).toBe('stop');
    expect(error).toMatchObject({ outcome: 'exhausted' });
  });

  it('leaves out those that were only skipped', async () => {
    const rig = new ChainRig({ providers: { ...many(3), last: { models: { z: [says('z')] } } } });
    await rig.open('m0/a', 5000);
    await rig.open('m1/a', 5000);
    const { answer } = await rig.run({ maxAttempts: 3 });
    expect(rig.asked).toEqual(['m2/a', 'm2/a', 'last/z']);
    expect(answer?.text).toBe('z');
  });
});
