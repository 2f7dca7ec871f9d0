import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../../src/core/classify.js';
import { formatDuration } from '../../../src/core/duration.js';
import type { ProviderErrorOptions } from '../../../src/core/errors.js';
import { ChainRig, type RigOptions } from '../../support/chain-rig.js';
import { settle } from '../../support/manual-clock.js';
import {
  call,
  fail,
  finish,
  hang,
  response,
  type Script,
  says,
  text,
  wait,
} from '../../support/scripted-provider.js';

function alone(scripts: readonly [Script, ...Script[]], more: Partial<RigOptions> = {}): ChainRig {
  return new ChainRig({ providers: { m1: { models: { a: scripts } } }, ...more });
}

function pair(scripts: readonly [Script, ...Script[]], more: Partial<RigOptions> = {}): ChainRig {
  return new ChainRig({
    providers: { m1: { models: { a: scripts } }, m2: { models: { b: [says('two')] } } },
    ...more,
  });
}

describe('whose health a failure counts against', () => {
  // CONTRACT.md, section 5
  it.each<{
    kind: ErrorKind;
    more?: Partial<ProviderErrorOptions>;
    last?: boolean;
    allowed?: boolean;
    circuits: object;
  }>([
    { kind: 'rate-limit', circuits: { 'm1/a': 'closed 2' } },
    { kind: 'overloaded', circuits: { 'm1/a': 'closed 2' } },
    { kind: 'server-error', circuits: { 'm1/a': 'closed 2' } },
    { kind: 'network', circuits: { 'm1/a': 'closed 2' } },
    { kind: 'unreachable', circuits: { m1: 'closed 2' } },
    { kind: 'timeout', more: { phase: 'first-token' }, circuits: { 'm1/a': 'closed 1' } },
    { kind: 'timeout', more: { phase: 'idle' }, circuits: { 'm1/a': 'closed 1' } },
    { kind: 'timeout', more: { phase: 'attempt' }, circuits: { 'm1/a': 'closed 1' } },
    { kind: 'timeout', more: { phase: 'connect' }, circuits: { m1: 'closed 1' } },
    { kind: 'quota', circuits: { m1: 'closed 1' } },
    { kind: 'misconfigured', circuits: { m1: 'closed 1' } },
    { kind: 'model-not-found', circuits: {} },
    { kind: 'context-length', circuits: {} },
    { kind: 'auth', circuits: {} },
    { kind: 'auth', allowed: true, circuits: { m1: 'closed 1' } },
    { kind: 'auth', allowed: true, last: true, circuits: {} },
    { kind: 'bad-request', allowed: true, circuits: {} },
    { kind: 'content-filter', allowed: true, circuits: {} },
    { kind: 'cancelled', allowed: true, circuits: {} },
  ])('$kind $more (last target: $last, advanceOnPermanent: $allowed): $circuits', async (row) => {
    const script = [fail(row.kind, row.more)];
    const rig = row.last === true ? alone([script]) : pair([script]);
    await rig.run({ advanceOnPermanent: row.allowed ?? false });
    expect(await rig.circuits()).toEqual(row.circuits);
  });

  it('is the target of a custom provider’s error, or the provider when the connection was not made', async () => {
    const late = (code: string) => [fail(Object.assign(new Error('late'), { code }))];
    const rig = new ChainRig({
      providers: {
        m1: { models: { a: [late('UND_ERR_HEADERS_TIMEOUT')] } },
        m2: { models: { b: [late('UND_ERR_CONNECT_TIMEOUT')] } },
      },
    });
    await rig.run();
    expect(await rig.circuits()).toEqual({ 'm1/a': 'closed 1', m2: 'closed 1' });
  });

  it.each<{ name: string; answer: Script }>([
    { name: 'an answer', answer: says('one') },
    { name: 'an error over HTTP', answer: [fail('overloaded', { httpStatus: 503 })] },
    { name: 'a stream that was cut', answer: [response(200), text('x'), fail('network')] },
    { name: 'a stream that fell silent', answer: [response(200), hang] },
  ])('$name proves that the provider is there', async ({ answer }) => {
    const rig = alone([[fail('unreachable')], [fail('unreachable')], answer]);
    await rig.run();
    expect(await rig.circuits()).toEqual({ m1: 'closed 2' });
    await rig.run({ transientRetries: 0, commit: 'finish' });
    expect((await rig.circuits()).m1).toBe('closed');
  });

  it('is nobody’s when a consumer leaves or a provider has a bug', async () => {
    const rig = alone([[fail(new TypeError('bug'))]]);
    await rig.run();
    expect(await rig.circuits()).toEqual({});
  });
});

describe('three failures in a row', () => {
  it('open the circuit, and end the retries of the run that made them', async () => {
    const rig = pair([[fail('overloaded')]]);
    const { answer } = await rig.run({ transientRetries: 9 });
    expect(answer?.text).toBe('two');
    expect(rig.asked).toEqual(['m1/a', 'm1/a', 'm1/a', 'm2/b']);
    expect(await rig.circuits()).toEqual({ 'm1/a': 'open 10000' });
  });

  it('may be those of several runs', async () => {
    const rig = pair([[fail('overloaded')]]);
    await rig.run();
    await rig.run();
    expect(rig.asked).toEqual(['m1/a', 'm1/a', 'm2/b', 'm1/a', 'm2/b']);
    await rig.run();
    expect(rig.asked.slice(5)).toEqual(['m2/b']);
  });

  it('are counted anew after an answer', async () => {
    const busy: Script = [fail('overloaded')];
    const rig = alone([busy, says('one'), busy, busy, says('one')]);
    expect((await rig.run({ transientRetries: 9 })).answer?.text).toBe('one');
    expect((await rig.run({ transientRetries: 9 })).answer?.text).toBe('one');
    expect(await rig.circuits()).toEqual({ 'm1/a': 'closed' });
  });

  it('of the provider bar its other models, not other providers', async () => {
    const unreachable: readonly [Script] = [[fail('unreachable')]];
    const rig = new ChainRig({
      providers: {
        m1: { models: { a: unreachable, b: unreachable, c: unreachable } },
        m2: { models: { d: [says('two')] } },
      },
    });
    const { attempts, answer } = await rig.run();
    expect(rig.asked).toEqual(['m1/a', 'm1/a', 'm1/b', 'm2/d']);
    expect(attempts).toMatchObject([
      { next: 'retry' },
      { next: 'advance' },
      { next: 'advance' },
      { target: 'm1/c', outcome: 'skipped', reason: 'circuit-open', retryAfterMs: 10_000 },
      { outcome: 'ok' },
    ]);
    expect(answer?.text).toBe('two');
  });
});

describe('a Retry-After', () => {
  const limited = (retryAfterMs: number, more: Script = []): Script => [
    ...more,
    fail('rate-limit', { httpStatus: 429, retryAfterMs }),
  ];

  it('that is waited out leaves the circuit closed when the retry is answered', async () => {
    const rig = pair([limited(2000), says('one')]);
    await rig.run();
    expect(rig.askedAtMs).toEqual([0, 2000]);
    expect(await rig.circuits()).toEqual({ 'm1/a': 'closed' });
  });

  it.each([
    {
      name: 'in the same way, for as long as it now says',
      retry: limited(3000),
      open: 'open 3000',
      more: {},
    },
    {
      name: 'in the same way, for as long as it now says, even if more retries were allowed',
      retry: limited(3000),
      open: 'open 3000',
      more: { transientRetries: 5 },
    },
    {
      name: 'in another way',
      retry: [fail('overloaded')],
      open: 'open 10000',
      more: { transientRetries: 5 },
    },
  ])('that is waited out opens the circuit when the retry fails $name', async ({ retry, open, more }) => {
    const rig = pair([limited(2000), retry]);
    await rig.run(more);
    expect(rig.asked).toEqual(['m1/a', 'm1/a', 'm2/b']);
    expect(await rig.circuits()).toEqual({ 'm1/a': open });
  });

  it.each([
    { retryAfterMs: 5001, open: 'open 5001' },
    { retryAfterMs: 30_000, open: 'open 30000' },
    { retryAfterMs: 3_600_000, open: 'open 3600000' },
    { retryAfterMs: 86_400_000, open: 'open 3600000' },
  ])(
    'of $retryAfterMs ms that is not waited out opens the circuit for that long, an hour at most',
    async (row) => {
      for (const rig of [pair([limited(row.retryAfterMs)]), alone([limited(row.retryAfterMs)])]) {
        await rig.run();
        expect(await rig.circuits()).toEqual({ 'm1/a': row.open });
      }
    },
  );

  it('of a provider’s failure bars the provider', async () => {
    const rig = new ChainRig({
      providers: { m1: { models: { a: [[fail('quota', { retryAfterMs: 60_000 })]], b: [says('b')] } } },
    });
    const { attempts } = await rig.run();
    expect(rig.asked).toEqual(['m1/a']);
    expect(attempts[1]).toMatchObject({ target: 'm1/b', outcome: 'skipped', retryAfterMs: 60_000 });
  });

  it('that all targets wait for ends the chain without a request', async () => {
    const rig = new ChainRig({
      providers: { m1: { models: { a: [says('one')] } }, m2: { models: { b: [says('two')] } } },
    });
    await rig.open('m1/a', 40_000, true);
    await rig.open('m2/b', 30_000, true);
    const { error } = await rig.run();
    expect(rig.asked).toEqual([]);
    expect(error).toMatchObject({
      outcome: 'exhausted',
      hint: `m2/b is free first, in ${formatDuration(30_000)}`,
    });
    await rig.clock.advance(30_000);
    expect((await rig.run()).answer?.text).toBe('two');
  });
});

describe('an open circuit', () => {
  it('is skipped, and the skip is told', async () => {
    const rig = pair([says('one')]);
    await rig.open('m1/a', 8000);
    const { events, answer } = await rig.run();
    expect(events[0]).toMatchObject({
      type: 'attempt-end',
      nextTarget: 'm2/b',
      record: {
        target: 'm1/a',
        outcome: 'skipped',
        reason: 'circuit-open',
        class: null,
        retryAfterMs: 8000,
        next: 'advance',
      },
    });
    expect(answer).toMatchObject({ text: 'two', failover: true });
    expect(rig.asked).toEqual(['m2/b']);
  });

  it.each(['m1', 'm1/a'])('of %s keeps m1/a from being asked until its time is over', async (name) => {
    const rig = pair([says('one')]);
    await rig.open(name, 8000);
    await rig.clock.advance(7999);
    expect((await rig.run()).answer?.text).toBe('two');
    await rig.clock.advance(1);
    expect((await rig.run()).answer?.text).toBe('one');
    expect((await rig.circuits())[name]).toBe('closed');
  });

  it('lets one request through when its time is over, without retries', async () => {
    const rig = pair([[wait(100), fail('overloaded')]]);
    await rig.open('m1/a', 1000);
    await rig.clock.advance(1000);
    const runs = await rig.clock.drive(
      Promise.all([rig.collect({ transientRetries: 3 }), rig.collect({ transientRetries: 3 })]),
    );
    expect(runs.map(({ answer }) => answer?.text)).toEqual(['two', 'two']);
    expect(rig.asked.filter((target) => target === 'm1/a')).toHaveLength(1);
    // reopened for the second time: 10 s × 2, but no more than 15 s for a probe that cost next to nothing
    expect(await rig.circuits()).toMatchObject({ 'm1/a': 'open 15000' });
  });

  it('is not held up by its one request once that shows content', async () => {
    const rig = pair([[wait(100), text('o'), wait(500), text('ne'), finish()], says('quick')]);
    await rig.open('m1/a', 1000);
    await rig.clock.advance(1000);
    const first = rig.collect();
    await rig.clock.advance(50);
    const early = rig.collect();
    await rig.clock.advance(100);
    const late = rig.collect();
    const runs = await rig.clock.drive(Promise.all([first, early, late]));
    expect(runs.map(({ answer }) => answer?.text)).toEqual(['one', 'two', 'quick']);
  });

  it.each<{ name: string; script: Script; abort?: boolean }>([
    { name: 'is cancelled', script: [hang], abort: true },
    { name: 'fails by the fault of the request', script: [fail('bad-request')] },
    { name: 'asks for a model that is not there', script: [fail('model-not-found')] },
    { name: 'meets a bug', script: [fail(new TypeError('bug'))] },
  ])('is free for the next request when its one request $name', async ({ script, abort = false }) => {
    const rig = alone([script, says('one')]);
    await rig.open('m1/a', 1000);
    await rig.clock.advance(1000);
    const controller = new AbortController();
    const first = rig.collect({ signal: controller.signal });
    await rig.clock.advance(10);
    if (abort) controller.abort();
    await first;
    expect(await rig.circuits()).toEqual({ 'm1/a': 'open 0' });
    const { answer } = await rig.run();
    expect(answer?.text).toBe('one');
  });

  it('is free for the next request when the deadline or its consumer ends the one request', async () => {
    const rig = alone([[hang], [text('x'), hang], says('one')]);
    await rig.open('m1/a', 1000);
    await rig.clock.advance(1000);
    await rig.run({ timeoutMs: 10 });
    expect(await rig.circuits()).toEqual({ 'm1/a': 'open 0' });
    for await (const event of rig.chain.stream({ prompt: 'Hello' })) {
      if (event.type === 'text-delta') break;
    }
    expect(await rig.circuits()).toEqual({ 'm1/a': 'open 0' });
    expect((await rig.run()).answer?.text).toBe('one');
  });
});

describe('a chain of which all circuits are open', () => {
  const three = (scripts: readonly [Script, ...Script[]]): ChainRig =>
    new ChainRig({
      providers: {
        m1: { models: { a: [says('one')] } },
        m2: { models: { b: scripts } },
        m3: { models: { c: [says('three')] } },
      },
    });

  async function openAll(rig: ChainRig): Promise<void> {
    await rig.open('m1/a', 9000);
    await rig.open('m2', 3000);
    await rig.open('m3/c', 6000);
  }

  it('asks the one that reopens first', async () => {
    const rig = three([says('two')]);
    await openAll(rig);
    const { answer, attempts, events } = await rig.run();
    expect(answer).toMatchObject({ text: 'two', servedBy: 'm2/b', failover: true });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'skipped', 'ok']);
    // nothing says that it stops when it goes on
    expect(attempts.map(({ next }) => next)).toEqual(['advance', 'advance', 'advance', null]);
    expect(events.filter((event) => event.type === 'attempt-end').at(2)).toMatchObject({
      nextTarget: 'm2/b',
    });
    expect(await rig.circuits()).toMatchObject({ m2: 'closed' });
  });

  it('leaves the cooldown as it was when that one request is cancelled', async () => {
    const rig = three([[wait(1000), text('two'), finish()]]);
    await openAll(rig);
    const controller = new AbortController();
    rig.clock.setTimer(100, () => controller.abort());
    await rig.run({ signal: controller.signal });
    expect(await rig.circuits()).toMatchObject({ m2: 'open 2900' });
  });

  it('asks it once, without retries, and nobody else', async () => {
    const rig = three([[fail('overloaded', { httpStatus: 503 })]]);
    await openAll(rig);
    const { error } = await rig.run({ transientRetries: 3 });
    expect(rig.asked).toEqual(['m2/b']);
    expect(error).toMatchObject({ outcome: 'exhausted' });
  });

  it('is asked by one of those that want it; the others are told who is free first, and when', async () => {
    const rig = three([[wait(100), text('two'), finish()]]);
    await openAll(rig);
    const runs = await rig.clock.drive(Promise.all([rig.collect(), rig.collect(), rig.collect()]));
    expect(runs.flatMap(({ answer }) => answer?.text ?? [])).toEqual(['two']);
    expect(rig.asked).toEqual(['m2/b']);
    const errors = runs.filter(({ answer }) => answer === null).map(({ error }) => error);
    expect(errors).toHaveLength(2);
    for (const error of errors) {
      expect(error).toMatchObject({ outcome: 'exhausted', hint: expect.stringMatching(/free first, in/) });
    }
  });

  it('asks nobody else while the one that reopens first is being asked', async () => {
    const rig = three([[wait(100), text('two'), finish()]]);
    await openAll(rig);
    const first = rig.collect();
    await settle();
    const { error } = await rig.collect();
    expect(error).toMatchObject({ outcome: 'exhausted' });
    expect((await rig.clock.drive(first)).answer?.text).toBe('two');
    expect(rig.asked).toEqual(['m2/b']);
  });

  it('does not ask where the server itself said when to come back', async () => {
    const rig = three([says('two')]);
    await rig.open('m1/a', 9000);
    await rig.open('m2/b', 3000, true);
    await rig.open('m3/c', 6000);
    expect((await rig.run()).answer?.text).toBe('three');
  });

  it('leaves out who has no credential', async () => {
    const rig = three([says('two')]);
    await rig.open('m1/a', 9000);
    rig.registry.registerProvider({
      name: 'm4',
      prepare: async () => ({ reason: 'no-credential', message: 'M4_KEY is not set' }),
      model: () => {
        throw new Error('not to be asked');
      },
    });
    const chain = rig.registry.parse('m4/d,m1/a');
    const { answer } = await rig.clock.drive(rig.collect({}, { chain }));
    expect(answer?.text).toBe('one');
  });

  it('asks nobody twice: one request of the run was enough', async () => {
    const rig = new ChainRig({
      providers: {
        m1: { models: { a: [[fail('model-not-found')]] } },
        m2: { models: { b: [says('two')] } },
      },
    });
    await rig.open('m2/b', 4000);
    const { error } = await rig.run();
    expect(rig.asked).toEqual(['m1/a']);
    expect(error).toMatchObject({ outcome: 'exhausted' });
  });
});

describe('health', () => {
  it('is of an endpoint with its key, under whatever name', async () => {
    const rig = new ChainRig({
      providers: {
        m1: { healthKey: 'k', models: { a: [[fail('overloaded')]] } },
        m2: { healthKey: 'k', models: { a: [[fail('overloaded')]] } },
        m3: { models: { a: [says('three')] } },
      },
    });
    await rig.run();
    expect(rig.asked).toEqual(['m1/a', 'm1/a', 'm2/a', 'm3/a']);
    expect(Object.values(await rig.circuits())).toEqual(['open 10000']);
  });

  it('has a failed attempt counted before its end is told', async () => {
    let seen: unknown;
    const rig: ChainRig = pair([[fail('overloaded')]]);
    const onEvent = async (event: { type: string }) => {
      if (event.type === 'attempt-end') seen ??= await rig.circuits();
    };
    await rig.clock.drive(rig.collect({}, { onEvent }));
    expect(seen).toEqual({ 'm1/a': 'closed 1' });
  });

  it('comes out of time that passes in an attempt: a slow failure keeps the circuit open longer', async () => {
    const rig = alone([[wait(5000), fail('timeout')]], { health: { cooldownMs: 50_000, threshold: 1 } });
    await rig.run();
    expect(await rig.circuits()).toEqual({ 'm1/a': 'open 50000' });
    const quick = alone([[call(() => {}), fail('timeout')]], {
      health: { cooldownMs: 50_000, threshold: 1 },
    });
    await quick.run();
    expect(await quick.circuits()).toEqual({ 'm1/a': 'open 15000' });
  });
});
