import { describe, expect, it } from 'vitest';
import { type AttemptOptions, type AttemptOutcome, runAttempt } from '../../../src/core/chain/attempt.js';
import { deadlineError } from '../../../src/core/chain/verdict.js';
import { ProviderError } from '../../../src/core/errors.js';
import type { Model, ModelEvent, ModelRequest } from '../../../src/core/ports.js';
import { ManualClock, settle } from '../../support/manual-clock.js';
import {
  call,
  end,
  fail,
  finish,
  finishing,
  hang,
  malformed,
  progress,
  reasoning,
  response,
  type Script,
  type Seen,
  scriptedProvider,
  text,
  untilAborted,
  usage,
  wait,
} from '../../support/scripted-provider.js';

const timeouts = {
  connectTimeoutMs: 500,
  firstTokenTimeoutMs: 1000,
  idleTimeoutMs: 300,
  attemptTimeoutMs: 5000,
};

const request: ModelRequest = {
  system: null,
  messages: [{ role: 'user', content: 'Hello' }],
  options: {},
  body: {},
  whole: false,
};

interface Setting {
  readonly clock: ManualClock;
  readonly seen: Seen[];
  readonly controller: AbortController;
}

function setting(): Setting {
  return { clock: new ManualClock(), seen: [], controller: new AbortController() };
}

function optionsFor(script: Script, at: Setting, more: Partial<AttemptOptions> = {}): AttemptOptions {
  const model = scriptedProvider('m1', { models: { a: [script] } }, at).model('a');
  return { model, request, timeouts, clock: at.clock, signal: at.controller.signal, ...more };
}

interface Told {
  readonly deltas: readonly string[];
  readonly outcome: AttemptOutcome;
}

async function read(options: AttemptOptions, onDelta?: () => unknown): Promise<Told> {
  const steps = runAttempt(options);
  const deltas: string[] = [];
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return { deltas, outcome: step.value };
    deltas.push(`${step.value.type === 'text-delta' ? 'text' : 'reasoning'} ${step.value.text}`);
    await onDelta?.();
  }
}

function run(script: Script, at = setting(), more: Partial<AttemptOptions> = {}): Promise<Told> {
  return at.clock.drive(read(optionsFor(script, at, more)));
}

describe('a refusal whose explanation does not come', () => {
  const refusal = new ProviderError({ kind: 'overloaded', message: 'HTTP 503', httpStatus: 503 });
  const refused = { type: 'response', httpStatus: 503, requestId: null, refusal } as const;

  it.each([{ whole: false }, { whole: true }])(
    'is what the status says once a timer ends the attempt: %o',
    async ({ whole }) => {
      const more = { request: { ...request, whole } };
      const { outcome } = await run([refused, hang], setting(), more);
      expect(outcome).toMatchObject({ error: refusal, httpStatus: 503, durationMs: 1000 });
    },
  );

  it('is cancelled like any other', async () => {
    const at = setting();
    const reading = read(optionsFor([refused, hang], at));
    await settle();
    at.controller.abort('enough');
    expect((await reading).outcome.error).toBe('enough');
  });
});

describe('a refusal that was answered by other words', () => {
  const refusal = new ProviderError({ kind: 'bad-request', message: 'no', httpStatus: 400 });
  const refused = { type: 'response', httpStatus: 400, requestId: 'req_1', refusal } as const;
  const reworded = { type: 'reworded', note: 'asked again' } as const;

  it('is part of the attempt, whose answer counts', async () => {
    const { outcome } = await run([refused, reworded, wait(20), response(200, 'req_2'), text('a'), finish()]);
    expect(outcome).toMatchObject({ error: null, httpStatus: 200, requestId: 'req_2', note: 'asked again' });
  });

  it('is forgotten: what does not come in time is late, and not refused', async () => {
    const { outcome } = await run([refused, reworded, hang]);
    expect(outcome).toMatchObject({ error: { kind: 'timeout', phase: 'first-token' }, durationMs: 1000 });
  });
});

describe('an attempt that ends with the terminal marker', () => {
  it('tells the deltas as they come and the answer whole', async () => {
    const script = [
      response(200, 'req_1'),
      reasoning('hmm'),
      wait(40),
      text('Hel'),
      progress,
      text('lo'),
      finish('stop', { rawFinishReason: 'end_turn', servedModel: 'a-2026', usage }),
    ];
    const { deltas, outcome } = await run([wait(20), ...script]);
    expect(deltas).toEqual(['reasoning hmm', 'text Hel', 'text lo']);
    expect(outcome).toEqual({
      error: null,
      text: 'Hello',
      reasoning: 'hmm',
      finish: { reason: 'stop', raw: 'end_turn' },
      usage,
      servedModel: 'a-2026',
      httpStatus: 200,
      requestId: 'req_1',
      startedMs: 4000,
      firstTokenMs: 20,
      durationMs: 60,
      injected: false,
      note: null,
      warnings: [],
    });
  });

  it('has no reasoning, usage, request id and first token when none came', async () => {
    const { outcome } = await run([finish()]);
    expect(outcome).toMatchObject({
      error: null,
      text: '',
      reasoning: null,
      usage: null,
      requestId: null,
      httpStatus: null,
      firstTokenMs: null,
    });
  });

  it.each([
    { name: 'text', script: [text('OK')], known: false },
    { name: 'reasoning', script: [reasoning('hmm')], known: false },
    { name: 'nothing', script: [], known: true },
  ])('does not believe in no tokens beside $name', async ({ script, known }) => {
    const none = { ...usage, outputTokens: 0 };
    const { outcome } = await run([...script, finish('stop', { usage: none })]);
    expect(outcome.usage).toEqual(known ? none : null);
  });

  it('leaves out empty deltas, which are no first token either', async () => {
    const { deltas, outcome } = await run([text(''), reasoning(''), wait(30), text('x'), finish()]);
    expect(deltas).toEqual(['text x']);
    expect(outcome.firstTokenMs).toBe(30);
  });

  it('takes nothing that comes after the marker', async () => {
    const { deltas, outcome } = await run([text('x'), finish(), text('y'), hang]);
    expect(deltas).toEqual(['text x']);
    expect(outcome).toMatchObject({ error: null, text: 'x' });
  });

  it.each([
    { events: 1, message: '1 unreadable event of the stream left out' },
    { events: 2, message: '2 unreadable events of the stream left out' },
  ])('warns of $events malformed events, once', async ({ events, message }) => {
    const { outcome } = await run([text('x'), ...Array<typeof malformed>(events).fill(malformed), finish()]);
    expect(outcome).toMatchObject({
      error: null,
      text: 'x',
      warnings: [{ code: 'malformed-event', message }],
    });
  });

  it('keeps the model’s own warnings', async () => {
    const warning = { code: 'unsupported-option', message: 'seed is not known here' };
    const { outcome } = await run([{ type: 'warning', warning }, text('x'), finish()]);
    expect(outcome.warnings).toEqual([warning]);
  });

  it.each(['content-filter', 'refusal'] as const)('is an error when the reason is %s', async (reason) => {
    const { outcome } = await run([
      text('I will not.\nMore.'),
      finish(reason, { rawFinishReason: 'safety' }),
    ]);
    expect(outcome.error).toBeInstanceOf(ProviderError);
    expect(outcome.error).toMatchObject({
      kind: 'content-filter',
      rawCode: 'safety',
      message: expect.stringContaining('I will not.'),
    });
  });

  it.each(['length', 'tool-calls', 'other'] as const)(
    'is a success when the reason is %s',
    async (reason) => {
      const { outcome } = await run([text('x'), finish(reason)]);
      expect(outcome).toMatchObject({ error: null, finish: { reason, raw: null } });
    },
  );
});

describe('an attempt that ends without the terminal marker', () => {
  it.each([
    { name: 'a stream that ends cleanly', script: [text('x'), end] },
    { name: 'a stream without anything', script: [] },
    { name: 'headers and nothing else', script: [response(), progress, end] },
  ])('is a cut answer: $name', async ({ script }) => {
    const { outcome } = await run(script);
    expect(outcome.error).toBeInstanceOf(ProviderError);
    expect(outcome.error).toMatchObject({ kind: 'network' });
    expect(outcome.finish).toBeNull();
  });

  it('says so when what came could not be read', async () => {
    const { outcome } = await run([text('x'), malformed, end]);
    expect(outcome.error).toMatchObject({ message: expect.stringContaining('1 unreadable event') });
    expect(outcome.warnings).toEqual([]);
  });

  it('has the error that the model threw, as it is', async () => {
    const error = new TypeError('x is not a function');
    const { outcome } = await run([text('x'), fail(error)]);
    expect(outcome.error).toBe(error);
    expect(outcome.text).toBe('x');
  });

  it.each([undefined, null])('has an error even when the model throws %s', async (error) => {
    const { outcome } = await run([{ type: 'fail', error }]);
    expect(outcome.error).toBeInstanceOf(Error);
  });

  const failing = (stream: Model['stream']): Model => ({ id: 'a', stream });
  const boom = new Error('boom');
  const thrower = (): never => {
    throw boom;
  };
  it.each<{ name: string; model: Model }>([
    { name: 'stream() throws', model: failing(thrower) },
    {
      name: 'the iterator cannot be had',
      model: failing(() => ({ [Symbol.asyncIterator]: thrower })),
    },
    { name: 'next() throws', model: failing(() => ({ [Symbol.asyncIterator]: () => ({ next: thrower }) })) },
  ])('does not throw when $name', async ({ model }) => {
    const { outcome } = await run([], setting(), { model });
    expect(outcome.error).toBe(boom);
  });

  it.each<{ name: string; close: () => Promise<IteratorResult<ModelEvent>> }>([
    { name: 'throws', close: thrower },
    { name: 'rejects', close: () => Promise.reject(boom) },
    { name: 'never comes back', close: () => new Promise(() => {}) },
  ])('does not mind when closing the iterator $name', async ({ close }) => {
    const value = finish() as ModelEvent;
    const iterator = { next: async () => ({ done: false, value }) as const, return: close };
    const { outcome } = await run([], setting(), {
      model: failing(() => ({ [Symbol.asyncIterator]: () => iterator })),
    });
    expect(outcome.error).toBeNull();
  });
});

describe('the timers of an attempt', () => {
  const tick = (ms: number, times: number, step: Script[number]): Script =>
    Array.from({ length: times }, () => [wait(ms), step]).flat();

  it.each<{ name: string; script: Script; phase: string; atMs: number }>([
    { name: 'nothing comes', script: [wait(9000)], phase: 'first-token', atMs: 1000 },
    {
      name: 'only headers come',
      script: [response(), wait(9000)],
      phase: 'first-token',
      atMs: 1000,
    },
    {
      name: 'only keep-alives come',
      script: tick(200, 30, progress),
      phase: 'first-token',
      atMs: 1000,
    },
    {
      name: 'only unreadable events come',
      script: tick(200, 30, malformed),
      phase: 'first-token',
      atMs: 1000,
    },
    {
      name: 'only empty deltas come',
      script: tick(200, 30, text('')),
      phase: 'first-token',
      atMs: 1000,
    },
    {
      name: 'it falls silent after a token',
      script: [wait(900), text('x'), wait(9000)],
      phase: 'idle',
      atMs: 1200,
    },
    {
      name: 'it falls silent after reasoning',
      script: [wait(10), reasoning('x'), wait(9000)],
      phase: 'idle',
      atMs: 310,
    },
    {
      name: 'it falls silent after many tokens',
      script: [...tick(250, 8, text('x')), wait(9000)],
      phase: 'idle',
      atMs: 2300,
    },
    {
      name: 'it falls silent after something that is no text',
      script: [text('x'), wait(200), progress, wait(9000)],
      phase: 'idle',
      atMs: 500,
    },
    {
      name: 'it never stops talking',
      script: tick(250, 100, text('x')),
      phase: 'attempt',
      atMs: 5000,
    },
    {
      name: 'it never stops, without text after the first',
      script: [text('x'), ...tick(250, 100, progress)],
      phase: 'attempt',
      atMs: 5000,
    },
    {
      name: 'it hangs and does not heed its signal',
      script: [hang],
      phase: 'first-token',
      atMs: 1000,
    },
    {
      name: 'it hangs after a token and does not heed its signal',
      script: [text('x'), hang],
      phase: 'idle',
      atMs: 300,
    },
  ])('end it when $name: $phase', async ({ script, phase, atMs }) => {
    const at = setting();
    const { outcome } = await run(script, at);
    expect(outcome.error).toBeInstanceOf(ProviderError);
    expect(outcome.error).toMatchObject({ kind: 'timeout', phase });
    expect(outcome.durationMs).toBe(atMs);
    expect(at.seen[0]?.context.signal.aborted).toBe(true);
  });

  it.each<{ name: string; script: Script }>([
    { name: 'a first token just in time', script: [wait(999), text('x'), finish()] },
    {
      name: 'tokens that are slow but never silent too long',
      script: [...tick(299, 16, text('x')), finish()],
    },
    {
      name: 'a long wait after text in which something else comes',
      script: [text('x'), ...tick(299, 10, progress), finish()],
    },
  ])('let $name pass', async ({ script }) => {
    const { outcome } = await run(script);
    expect(outcome.error).toBeNull();
  });

  it('do not take the consumer’s slowness for the server’s silence', async () => {
    const at = setting();
    const slow = () => at.clock.advance(1000);
    const told = read(optionsFor([text('x'), text('y'), wait(299), finish()], at), slow);
    expect((await at.clock.drive(told)).outcome).toMatchObject({ error: null, text: 'xy' });
  });

  it('give the server its whole time again once the consumer is back', async () => {
    const at = setting();
    const slow = () => at.clock.advance(1000);
    const { outcome } = await at.clock.drive(read(optionsFor([text('x'), wait(9000)], at), slow));
    expect(outcome.error).toMatchObject({ phase: 'idle' });
    expect(outcome.durationMs).toBe(1300);
  });

  const whole = { request: { ...request, whole: true } };
  it.each<{ name: string; script: Script; phase: string; atMs: number }>([
    {
      name: 'no headers come',
      script: [progress, wait(9000)],
      phase: 'first-token',
      atMs: 1000,
    },
    {
      name: 'headers come and no body',
      script: [wait(900), response(), wait(9000)],
      phase: 'attempt',
      atMs: 5000,
    },
  ])('end a whole reply when $name: $phase', async ({ script, phase, atMs }) => {
    const { outcome } = await run(script, setting(), whole);
    expect(outcome.error).toMatchObject({ kind: 'timeout', phase });
    expect(outcome.durationMs).toBe(atMs);
  });

  it('let a whole reply take its time once its headers are there', async () => {
    const { outcome } = await run([wait(900), response(), wait(4000), text('x'), finish()], setting(), whole);
    expect(outcome).toMatchObject({ error: null, text: 'x' });
  });

  it.each<{ name: string; script: Script }>([
    { name: 'an answer', script: [text('x'), finish()] },
    { name: 'a failure', script: [text('x'), fail('network')] },
    { name: 'a timeout', script: [hang] },
    { name: 'silence', script: [text('x'), hang] },
  ])('are all cancelled after $name', async ({ script }) => {
    const at = setting();
    await run(script, at);
    expect(at.clock.pending).toBe(0);
  });
});

describe('an attempt that is ended from outside', () => {
  const reason = Symbol('enough');

  it.each<{ name: string; script: Script }>([
    { name: 'before anything came', script: [wait(9000)] },
    { name: 'while it streams', script: [text('x'), wait(200), text('y'), wait(9000)] },
    { name: 'although the model does not heed its signal', script: [hang] },
  ])('is over at once, with the reason it was given: $name', async ({ script }) => {
    const at = setting();
    const told = read(optionsFor(script, at));
    await at.clock.advance(250);
    at.controller.abort(reason);
    expect((await told).outcome).toMatchObject({ error: reason, durationMs: 250 });
    expect(at.seen[0]?.context.signal.aborted).toBe(true);
    expect(at.seen[0]?.over).toBe(true);
    expect(at.clock.pending).toBe(0);
  });

  it('asks nobody when it is over before it starts', async () => {
    const at = setting();
    at.controller.abort(reason);
    const { outcome } = await run([text('x'), finish()], at);
    expect(outcome.error).toBe(reason);
    expect(at.seen).toEqual([]);
  });

  it('has the reason it was given, not what the model makes of it', async () => {
    const at = setting();
    const script = [text('x'), call(() => at.controller.abort(reason)), fail(new TypeError('aborted'))];
    expect((await run(script, at)).outcome.error).toBe(reason);
  });

  it('has the reason it was given, even before the model had anything to read from', async () => {
    const at = setting();
    const stream = () => {
      at.controller.abort(reason);
      throw new TypeError('aborted');
    };
    expect((await run([], at, { model: { id: 'a', stream } })).outcome.error).toBe(reason);
  });

  it('aborts the request when its consumer leaves', async () => {
    const at = setting();
    const steps = runAttempt(optionsFor([text('x'), hang], at));
    await steps.next();
    await steps.return(undefined as never);
    expect(at.seen[0]?.context.signal.aborted).toBe(true);
    expect(at.seen[0]?.over).toBe(true);
    expect(at.clock.pending).toBe(0);
  });

  it('tells the model’s signal that it is over after success too', async () => {
    const at = setting();
    await run([text('x'), finish()], at);
    await settle();
    expect(at.seen[0]).toMatchObject({ over: true, context: { signal: { aborted: true } } });
  });
});

it('gives the model its request, clock and connect timeout', async () => {
  const at = setting();
  await run([finish()], at);
  expect(at.seen[0]?.request).toBe(request);
  expect(at.seen[0]?.context).toMatchObject({ clock: at.clock, connectTimeoutMs: 500 });
});

describe('an answer that is whole but for its usage', () => {
  const script = [text('x'), finishing, untilAborted, finish('stop', { servedModel: 'm' })];

  it.each([
    { name: 'the idle timer', timers: timeouts },
    { name: 'the timer of the attempt', timers: { ...timeouts, attemptTimeoutMs: 200 } },
  ])('is one when $name fires', async ({ timers }) => {
    const { outcome } = await run(script, setting(), { timeouts: timers });
    expect(outcome).toMatchObject({ error: null, text: 'x', finish: { reason: 'stop' }, servedModel: 'm' });
  });

  it('is one when the deadline of the chain comes', async () => {
    const at = setting();
    at.clock.setTimer(100, () => at.controller.abort(deadlineError(100)));
    expect((await run(script, at)).outcome).toMatchObject({ error: null, text: 'x', durationMs: 100 });
  });

  it('is one when the deadline comes while the consumer has the word', async () => {
    const at = setting();
    const abort = () => at.controller.abort(deadlineError(100));
    const steps = [finishing, text('x'), untilAborted, finish()];
    expect((await at.clock.drive(read(optionsFor(steps, at), abort))).outcome.error).toBeNull();
  });

  it('is not waited for when nobody wants it any more', async () => {
    const at = setting();
    const reason = Symbol('enough');
    at.clock.setTimer(100, () => at.controller.abort(reason));
    const { outcome } = await run(script, at);
    expect(outcome).toMatchObject({ error: reason, finish: null, durationMs: 100 });
  });

  it('is not waited for longer by a model that has more and more to tell', async () => {
    const at = setting();
    const ticking: Model = {
      id: 'a',
      async *stream(_, { clock }) {
        yield { type: 'text-delta', text: 'x' };
        yield { type: 'finishing' };
        for (;;) {
          await new Promise<void>((resolve) => clock.setTimer(30, resolve));
          yield { type: 'progress' };
        }
      },
    };
    const attemptTimeoutMs = 200;
    const { outcome } = await run([], at, { model: ticking, timeouts: { ...timeouts, attemptTimeoutMs } });
    expect(outcome).toMatchObject({ error: { kind: 'timeout', phase: 'attempt' }, durationMs: 250 });
  });

  it('is not asked for more once nobody wants it', async () => {
    const at = setting();
    const reason = Symbol('enough');
    const asked: string[] = [];
    const stop = () => at.controller.abort(reason);
    const script = [finishing, text('x'), call(() => asked.push('more')), finish()];
    expect((await at.clock.drive(read(optionsFor(script, at), stop))).outcome.error).toBe(reason);
    expect(asked).toEqual([]);
  });

  it('is not waited for longer than a moment', async () => {
    const at = setting();
    const { outcome } = await run([text('x'), finishing, hang], at);
    expect(outcome).toMatchObject({ error: { kind: 'timeout', phase: 'idle' }, durationMs: 350 });
    expect(at.clock.pending).toBe(0);
  });
});
