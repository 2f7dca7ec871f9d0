import { describe, expect, it } from 'vitest';
import { CancelledError, ChainError } from '../../../src/core/chain/error.js';
import { formatDuration } from '../../../src/core/duration.js';
import type { ChainEvent } from '../../../src/core/events.js';
import { ChainRig, pair } from '../../support/chain-rig.js';
import { settle } from '../../support/manual-clock.js';
import { fail, finish, hang, type Script, says, text, wait } from '../../support/scripted-provider.js';

function expectTidy(rig: ChainRig): void {
  for (const seen of rig.seen) {
    expect(seen.over).toBe(true);
    expect(seen.context.signal.aborted).toBe(true);
  }
  expect(rig.clock.pending).toBe(0);
}

describe('the deadline of a chain', () => {
  it.each<{ name: string; script: Script; asked: string[] }>([
    { name: 'while a target is silent', script: [wait(90_000)], asked: ['m1/a'] },
    { name: 'although the model does not heed its signal', script: [hang], asked: ['m1/a'] },
    {
      name: 'while a Retry-After is waited out',
      script: [wait(4900), fail('rate-limit', { retryAfterMs: 90 })],
      asked: ['m1/a', 'm1/a'],
    },
  ])('ends it to the millisecond: $name', async ({ script, asked }) => {
    const rig = pair(script, { chain: { timeoutMs: 5000 } });
    const { error, events } = await rig.run();
    expect(error).toBeInstanceOf(ChainError);
    expect(error).toMatchObject({
      outcome: 'deadline',
      code: 'deadline',
      message: expect.stringContaining(`no answer within ${formatDuration(5000)}`),
    });
    expect(events.at(-1)).toMatchObject({ type: 'chain-end', answer: null, error });
    expect(rig.clock.elapsedMs).toBe(5000);
    expect(rig.asked).toEqual(asked);
    expectTidy(rig);
  });

  it('is told as the end of the attempt, and counts against nobody', async () => {
    const rig = pair([wait(90_000)]);
    const { attempts } = await rig.run({ timeoutMs: 700 });
    expect(attempts).toMatchObject([
      { target: 'm1/a', outcome: 'timeout', reason: 'deadline', next: 'stop', durationMs: 700 },
    ]);
    expect(await rig.circuits()).toEqual({});
  });

  it('is 10 minutes by default, one for the whole chain', async () => {
    const talks: Script = Array.from({ length: 120 }, () => [wait(1000), text('x')]).flat();
    const providers = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [`m${index}`, { models: { a: [talks] } }] as const),
    );
    const rig = new ChainRig({ providers });
    const { error } = await rig.run({ commit: 'finish', attemptTimeoutMs: 119_500, transientRetries: 0 });
    expect(error).toMatchObject({ outcome: 'deadline' });
    expect(rig.clock.elapsedMs).toBe(600_000);
    expect(rig.asked).toHaveLength(6);
  });

  it('wins over the other timers that run out with it', async () => {
    const rig = pair([hang]);
    const { error } = await rig.run({ timeoutMs: 500, attemptTimeoutMs: 500, firstTokenTimeoutMs: 500 });
    expect(error).toMatchObject({ outcome: 'deadline' });
    expect(rig.asked).toEqual(['m1/a']);
    expect(await rig.circuits()).toEqual({});
  });

  it('lets no request start after it, even when its timer is late', async () => {
    const rig = pair([fail('quota')]);
    const onEvent = (event: ChainEvent) => (event.type === 'attempt-end' ? rig.clock.stall(6000) : null);
    const { error } = await rig.clock.drive(rig.collect({ timeoutMs: 5000 }, { onEvent }));
    expect(rig.asked).toEqual(['m1/a']);
    expect(error).toMatchObject({ outcome: 'deadline' });
  });

  it('does not wait for a retry that would come too late', async () => {
    const rig = pair([wait(3000), fail('rate-limit', { retryAfterMs: 2000 })]);
    const { answer } = await rig.run({ timeoutMs: 5000 });
    expect(answer?.text).toBe('two');
    expect(rig.clock.elapsedMs).toBe(3000);
  });

  it('leaves a cut answer a cut answer', async () => {
    const { error } = await pair([text('on'), wait(9000)]).run({ timeoutMs: 100 });
    expect(error).toMatchObject({
      outcome: 'partial',
      attempts: [{ outcome: 'timeout', reason: 'deadline' }],
    });
  });

  it('holds while a provider is prepared', async () => {
    const rig = pair(says('one'));
    rig.registry.registerProvider({
      name: 'm1',
      prepare: () => new Promise(() => {}),
      model: () => {
        throw new Error('not to be asked');
      },
    });
    const chain = rig.registry.parse('m1/a,m2/b');
    const { error } = await rig.clock.drive(rig.collect({ timeoutMs: 800 }, { chain }));
    expect(error).toMatchObject({ outcome: 'deadline', attempts: [] });
    expect(rig.clock.elapsedMs).toBe(800);
  });
});

describe('the timers of a target', () => {
  it.each<{ name: string; script: Script; tuning: object; elapsedMs: number; reason: string }>([
    { name: 'default', script: [hang], tuning: {}, elapsedMs: 60_000, reason: 'first-token' },
    {
      name: 'DSN',
      script: [hang],
      tuning: { firstTokenTimeoutMs: 70 },
      elapsedMs: 70,
      reason: 'first-token',
    },
    { name: 'DSN', script: [hang], tuning: { attemptTimeoutMs: 50 }, elapsedMs: 50, reason: 'attempt' },
  ])('come from the $name: $reason', async ({ script, tuning, elapsedMs, reason }) => {
    const rig = new ChainRig({
      providers: { m1: { tuning, models: { a: [script] } }, m2: { models: { b: [says('two')] } } },
    });
    const { attempts, answer } = await rig.run();
    expect(attempts[0]).toMatchObject({ outcome: 'timeout', reason, durationMs: elapsedMs, next: 'advance' });
    expect(answer?.text).toBe('two');
  });

  it.each([
    { call: 10, target: 20, config: 30, wanted: 10 },
    { call: undefined, target: 20, config: 30, wanted: 20 },
    { call: undefined, target: undefined, config: 30, wanted: 30 },
  ])(
    'are the call’s, else the DSN’s, else the configuration’s: $wanted ms',
    async ({ call, target, config, wanted }) => {
      const set = (ms: number | undefined) => (ms === undefined ? {} : { firstTokenTimeoutMs: ms });
      const rig = new ChainRig({
        providers: { m1: { tuning: set(target), models: { a: [[hang]] } } },
        chain: set(config),
      });
      await rig.run(set(call));
      expect(rig.clock.elapsedMs).toBe(wanted);
    },
  );

  it.each([
    { call: 10, target: 20, config: 30, wanted: 10 },
    { call: undefined, target: 20, config: 30, wanted: 20 },
    { call: undefined, target: undefined, config: 30, wanted: 30 },
    { call: undefined, target: undefined, config: undefined, wanted: 5000 },
  ])(
    'tell the model how long it may take to connect: $wanted ms',
    async ({ call, target, config, wanted }) => {
      const set = (ms: number | undefined) => (ms === undefined ? {} : { connectTimeoutMs: ms });
      const rig = new ChainRig({
        providers: { m1: { tuning: set(target), models: { a: [says('one')] } } },
        chain: set(config),
      });
      await rig.run(set(call));
      expect(rig.seen[0]?.context.connectTimeoutMs).toBe(wanted);
    },
  );
});

describe('cancelling', () => {
  interface Case {
    readonly name: string;
    readonly script: Script;
    readonly afterMs: number;
    readonly asked: string[];
    readonly outcomes: string[];
  }
  const cases: Case[] = [
    {
      name: 'while a target is silent',
      script: [wait(9000)],
      afterMs: 100,
      asked: ['m1/a'],
      outcomes: ['cancelled'],
    },
    {
      name: 'while it streams',
      script: [text('x'), wait(9000)],
      afterMs: 100,
      asked: ['m1/a'],
      outcomes: ['cancelled'],
    },
    { name: 'while the model hangs', script: [hang], afterMs: 100, asked: ['m1/a'], outcomes: ['cancelled'] },
    {
      name: 'while a Retry-After is waited out',
      script: [fail('rate-limit', { retryAfterMs: 4000 })],
      afterMs: 100,
      asked: ['m1/a'],
      outcomes: ['rate-limit'],
    },
  ];

  it.each(cases)('ends the chain at once $name', async ({ script, afterMs, asked, outcomes }) => {
    const rig = pair(script);
    const controller = new AbortController();
    const running = rig.collect({ signal: controller.signal });
    await rig.clock.advance(afterMs);
    controller.abort();
    const { error, events, attempts } = await running;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({
      name: 'AbortError',
      code: 'cancelled',
      kind: 'cancelled',
      outcome: 'cancelled',
    });
    expect(events.at(-1)).toMatchObject({ type: 'chain-end', answer: null, error });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(outcomes);
    expect(rig.asked).toEqual(asked);
    expect(rig.clock.elapsedMs).toBe(afterMs);
    expectTidy(rig);
  });

  it('before the start asks nobody', async () => {
    const rig = pair(says('one'));
    const { error, events } = await rig.collect({ signal: AbortSignal.abort() });
    expect(error).toBeInstanceOf(CancelledError);
    expect(events).toMatchObject([{ type: 'chain-end' }]);
    expect(rig.asked).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });

  it.each(['attempt-start', 'attempt-end'] as const)(
    'between two steps asks nobody any more: at %s',
    async (type) => {
      const rig = pair([fail('quota')]);
      const controller = new AbortController();
      const onEvent = (event: ChainEvent) => (event.type === type ? controller.abort() : null);
      const { error } = await rig.collect({ signal: controller.signal }, { onEvent });
      expect(error).toBeInstanceOf(CancelledError);
      expect(rig.asked).toEqual(type === 'attempt-start' ? [] : ['m1/a']);
      expect(rig.clock.pending).toBe(0);
    },
  );

  it('while a provider is prepared tells it so', async () => {
    const rig = pair(says('one'));
    let told: AbortSignal | undefined;
    rig.registry.registerProvider({
      name: 'm1',
      prepare: ({ signal }) => {
        told = signal;
        return new Promise(() => {});
      },
      model: () => {
        throw new Error('not to be asked');
      },
    });
    const controller = new AbortController();
    const chain = rig.registry.parse('m1/a,m2/b');
    const running = rig.collect({ signal: controller.signal }, { chain });
    await settle();
    controller.abort();
    expect((await running).error).toBeInstanceOf(CancelledError);
    expect(told?.aborted).toBe(true);
    expect(rig.asked).toEqual([]);
  });

  it('comes too late once the answer is whole', async () => {
    const rig = pair(says('one'));
    const controller = new AbortController();
    const onEvent = (event: ChainEvent) => (event.type === 'attempt-end' ? controller.abort() : null);
    const { answer, error } = await rig.collect({ signal: controller.signal }, { onEvent });
    expect(answer?.text).toBe('one');
    expect(error).toBeNull();
  });

  it('rejects generate() with an AbortError', async () => {
    const rig = pair([hang]);
    const controller = new AbortController();
    const answer = rig.chain.generate({ prompt: 'Hello' }, { signal: controller.signal });
    setImmediate(() => controller.abort(new Error('a reason of the caller')));
    await expect(answer).rejects.toMatchObject({ name: 'AbortError', attempts: [{ outcome: 'cancelled' }] });
  });

  it('is the last word when the model says that it was cancelled, though nobody did', async () => {
    const rig = pair([fail('cancelled')], { chain: { advanceOnPermanent: true } });
    const { error, attempts } = await rig.run();
    expect(error).toBeInstanceOf(CancelledError);
    expect(attempts).toMatchObject([{ outcome: 'cancelled', next: 'stop' }]);
    expect(rig.asked).toEqual(['m1/a']);
    expect(await rig.circuits()).toEqual({});
  });

  it.each<{ name: string; script: Script }>([
    { name: 'an answer', script: says('one') },
    { name: 'a failure', script: [fail('bad-request')] },
    { name: 'a bug', script: [fail(new TypeError('bug'))] },
  ])('leaves nothing behind on the caller’s signal after $name', async ({ script }) => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    await pair(script).run({ signal });
    expect(listeners).toBe(0);
  });
});

describe('a consumer that leaves', () => {
  it.each([
    { name: 'at the start of an attempt', type: 'attempt-start', asked: 0 },
    { name: 'in the middle of the answer', type: 'text-delta', asked: 1 },
    { name: 'before a retry', type: 'attempt-end', asked: 1 },
  ] as const)('$name ends the request', async ({ type, asked }) => {
    const rig = pair(type === 'attempt-end' ? [fail('overloaded')] : [text('x'), hang, finish()]);
    for await (const event of rig.chain.stream({ prompt: 'Hello' })) {
      if (event.type === type) break;
    }
    expect(rig.asked).toHaveLength(asked);
    expectTidy(rig);
  });

  it('while it waits for an event ends the request at once', async () => {
    const rig = pair([hang]);
    const stream = rig.chain.stream({ prompt: 'Hello' });
    await stream.next();
    const pending = stream.next();
    await settle();
    const left = stream.return();
    await expect(left).resolves.toEqual({ done: true, value: undefined });
    await pending;
    expect(rig.clock.elapsedMs).toBe(0);
    expectTidy(rig);
  });

  it('counts against nobody', async () => {
    const rig = pair([text('x'), hang]);
    for await (const event of rig.chain.stream({ prompt: 'Hello' })) {
      if (event.type === 'text-delta') break;
    }
    expect(await rig.circuits()).toEqual({});
  });
});
