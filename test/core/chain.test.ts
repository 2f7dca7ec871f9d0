import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.js';
import type { ChainEvent } from '../../src/core/events.js';
import { ChainRig, pair, told } from '../support/chain-rig.js';
import { fail, finish, reasoning, response, says, text, usage, wait } from '../support/scripted-provider.js';

describe('a chain that is answered at once', () => {
  it('tells what happens, and the answer last', async () => {
    const rig = pair([response(200, 'req_1'), reasoning('hm'), text('o'), text('ne'), finish()]);
    const { events, error } = await rig.run();
    expect(told(events)).toEqual([
      '1 asks m1/a',
      '1 reasoning hm',
      '1 text o',
      '1 text ne',
      '1 ok done -',
      'end one',
    ]);
    expect(error).toBeNull();
    expect(rig.asked).toEqual(['m1/a']);
    expect(rig.clock.pending).toBe(0);
  });

  it('has everything there is to know in its answer', async () => {
    const rig = pair([
      wait(30),
      response(200, 'req_1'),
      wait(70),
      reasoning('hm'),
      wait(100),
      text('one'),
      finish('stop', { rawFinishReason: 'end_turn', servedModel: 'a-2026', usage }),
    ]);
    expect((await rig.run()).answer).toEqual({
      spec: 'm1/a,m2/b',
      text: 'one',
      reasoning: 'hm',
      servedBy: 'm1/a',
      servedModel: 'a-2026',
      failover: false,
      finishReason: 'stop',
      rawFinishReason: 'end_turn',
      usage,
      costUsd: null,
      firstTokenMs: 100,
      durationMs: 200,
      attempts: [
        {
          target: 'm1/a',
          provider: 'm1',
          model: 'a',
          outcome: 'ok',
          reason: null,
          class: null,
          httpStatus: 200,
          startedAtMs: rig.clock.startMs,
          durationMs: 200,
          firstTokenMs: 100,
          retryAfterMs: null,
          requestId: 'req_1',
          message: null,
          hedge: false,
          injected: false,
          next: null,
        },
      ],
      warnings: [],
    });
  });

  it('measures from the start of the chain, whatever failed before and however slow its consumer is', async () => {
    const rig = new ChainRig({
      providers: {
        m1: { models: { a: [[wait(40), fail('quota')]] } },
        m2: { models: { b: [[wait(20), text('two'), wait(5), finish('length')]] } },
      },
    });
    // a consumer that takes its time over everything that is told once the request is done
    const onEvent = (event: ChainEvent) =>
      event.type === 'attempt-end' && event.record.outcome === 'ok' ? rig.clock.advance(7000) : null;
    const { answer } = await rig.clock.drive(rig.collect({}, { onEvent }));
    expect(answer).toMatchObject({
      firstTokenMs: 60,
      durationMs: 65,
      attempts: [{ durationMs: 40 }, { durationMs: 25 }],
    });
  });

  it('starts to count time when it is first looked at', async () => {
    const rig = new ChainRig({ providers: { m1: { models: { a: [[fail('overloaded')], says('one')] } } } });
    const stream = rig.chain.stream({ prompt: 'Hello' }, { timeoutMs: 1000 });
    await rig.clock.advance(60_000);
    const events: ChainEvent[] = [];
    const reading = (async () => {
      for await (const event of stream) events.push(event);
    })();
    await rig.clock.drive(reading);
    expect(events.at(-1)).toMatchObject({ answer: { text: 'one', durationMs: 125 } });
  });

  it('gives generate() the same answer', async () => {
    const rig = pair([fail('quota')]);
    const answer = await rig.clock.drive(rig.chain.generate({ prompt: 'Hello' }));
    expect(answer).toMatchObject({ text: 'two', servedBy: 'm2/b', failover: true });
  });

  it('may be asked again and again, even at once', async () => {
    const rig = pair([wait(10), text('one'), finish()]);
    const runs = await rig.clock.drive(Promise.all([rig.collect(), rig.collect(), rig.collect()]));
    expect(runs.map(({ answer }) => answer?.text)).toEqual(['one', 'one', 'one']);
    expect(rig.clock.elapsedMs).toBe(10);
  });
});

describe('what is asked', () => {
  const rigFor = (more = {}) =>
    new ChainRig({ providers: { m1: { models: { a: [says('one')] }, ...more } } });

  it('reaches the model in full', async () => {
    const rig = rigFor();
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hi!' },
    ] as const;
    const request = {
      prompt: 'And?',
      messages,
      system: 'Be brief.',
      temperature: 0,
      stop: ['END'],
      seed: 0,
      body: { top_k: 3, logprobs: true },
      providerBody: { m1: { top_k: 5 }, m2: { top_k: 7 } },
      whole: true,
    };
    await rig.run({}, request);
    expect(rig.seen[0]?.request).toEqual({
      system: 'Be brief.',
      messages: [...messages, { role: 'user', content: 'And?' }],
      options: { temperature: 0, stop: ['END'], seed: 0 },
      body: { top_k: 5, logprobs: true },
      whole: true,
    });
  });

  it('may be messages without a prompt', async () => {
    const rig = rigFor();
    await rig.run({}, { messages: [{ role: 'user', content: 'Hi' }] });
    expect(rig.seen[0]?.request.messages).toEqual([{ role: 'user', content: 'Hi' }]);
  });

  it.each([{}, { system: 'Be brief.' }, { messages: [] }])(
    'must not be nothing: %j is a usage error',
    async (request) => {
      const rig = rigFor();
      await expect(rig.chain.generate(request)).rejects.toBeInstanceOf(UsageError);
      expect(rig.asked).toEqual([]);
      expect(rig.clock.pending).toBe(0);
    },
  );

  it.each([
    { asked: undefined, tuning: undefined, sent: undefined },
    { asked: undefined, tuning: 100, sent: 100 },
    { asked: 50, tuning: 100, sent: 50 },
    { asked: 500, tuning: 100, sent: 500 },
  ])('asks for at most $sent tokens: request $asked, DSN $tuning', async ({ asked, tuning, sent }) => {
    const rig = rigFor(tuning === undefined ? {} : { tuning: { maxTokens: tuning } });
    await rig.run({}, { prompt: 'Hello', ...(asked === undefined ? {} : { maxTokens: asked }) });
    expect(rig.seen[0]?.request.options.maxTokens).toBe(sent);
  });
});

describe('a failed attempt', () => {
  // CONTRACT.md, section 5: what happens with another target behind, and on the last one
  const table = [
    { kind: 'rate-limit', retries: 1, advances: 'yes' },
    { kind: 'overloaded', retries: 1, advances: 'yes' },
    { kind: 'server-error', retries: 1, advances: 'yes' },
    { kind: 'network', retries: 1, advances: 'yes' },
    { kind: 'unreachable', retries: 1, advances: 'yes' },
    { kind: 'timeout', retries: 0, advances: 'yes' },
    { kind: 'quota', retries: 0, advances: 'yes' },
    { kind: 'misconfigured', retries: 0, advances: 'yes' },
    { kind: 'model-not-found', retries: 0, advances: 'yes' },
    { kind: 'context-length', retries: 0, advances: 'yes' },
    { kind: 'auth', retries: 0, advances: 'if allowed' },
    { kind: 'bad-request', retries: 0, advances: 'if allowed' },
    { kind: 'content-filter', retries: 0, advances: 'if allowed' },
  ] as const;

  it.each(
    table.flatMap((row) => [
      { ...row, allowed: false, goesOn: row.advances === 'yes' },
      { ...row, allowed: true, goesOn: true },
    ]),
  )(
    'of kind $kind is retried $retries times, and goes on: $goesOn (advanceOnPermanent: $allowed)',
    async (row) => {
      const rig = pair([fail(row.kind)], { chain: { advanceOnPermanent: row.allowed } });
      const { answer, attempts } = await rig.run();
      const tries = Array.from({ length: row.retries + 1 }, () => 'm1/a');
      expect(rig.asked).toEqual(row.goesOn ? [...tries, 'm2/b'] : tries);
      expect(answer?.text).toBe(row.goesOn ? 'two' : undefined);
      const next = [...Array.from({ length: row.retries }, () => 'retry'), row.goesOn ? 'advance' : 'stop'];
      expect(attempts.map((attempt) => attempt.next)).toEqual(row.goesOn ? [...next, null] : next);
      expect(attempts[0]).toMatchObject({ outcome: row.kind, message: `${row.kind}!` });
    },
  );

  it.each(table)('of kind $kind is retried $retries times on the last target', async ({ kind, retries }) => {
    const rig = new ChainRig({
      providers: { m1: { models: { a: [[fail(kind)]] } } },
      chain: { advanceOnPermanent: true },
    });
    const { answer, attempts } = await rig.run();
    expect(answer).toBeNull();
    expect(rig.asked).toHaveLength(retries + 1);
    expect(attempts.at(-1)?.next).toBe('stop');
  });

  it('goes on past permanent errors when the call says so, whatever the configuration says', async () => {
    const rig = pair([fail('auth')], { chain: { advanceOnPermanent: true } });
    expect((await rig.run({ advanceOnPermanent: false })).answer).toBeNull();
    expect((await rig.run({ advanceOnPermanent: true })).answer?.text).toBe('two');
  });

  it('names the switch: who failed, how, and who is asked next', async () => {
    const rig = pair([
      wait(20),
      fail('rate-limit', { httpStatus: 429, retryAfterMs: 30_000, requestId: 'r7' }),
    ]);
    const { events, attempts } = await rig.run();
    expect(told(events)).toEqual([
      '1 asks m1/a',
      '1 rate-limit advance m2/b',
      '2 asks m2/b',
      '2 text two',
      '2 ok done -',
      'end two',
    ]);
    expect(attempts[0]).toMatchObject({
      class: 'transient',
      httpStatus: 429,
      retryAfterMs: 30_000,
      requestId: 'r7',
      durationMs: 20,
      next: 'advance',
    });
  });

  it('keeps status and request id of the headers when the stream breaks later', async () => {
    const rig = pair([response(200, 'r1'), text('x'), fail('network')]);
    const { attempts } = await rig.run({ commit: 'finish' });
    expect(attempts[0]).toMatchObject({
      outcome: 'network',
      httpStatus: 200,
      requestId: 'r1',
      firstTokenMs: 0,
    });
  });

  it('may come from the look-up of the model', async () => {
    const rig = pair(says('one'), { spec: 'm1/unknown,m2/b' });
    const { answer, attempts } = await rig.run();
    expect(attempts[0]).toMatchObject({ target: 'm1/unknown', outcome: 'model-not-found', next: 'advance' });
    expect(answer?.text).toBe('two');
  });

  it.each([
    { name: 'an HTTP status', error: Object.assign(new Error('no'), { status: 429 }), outcome: 'rate-limit' },
    {
      name: 'a status in its cause',
      error: new Error('no', { cause: { statusCode: 503 } }),
      outcome: 'overloaded',
      httpStatus: 503,
    },
    {
      name: 'a system code',
      error: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
      outcome: 'unreachable',
    },
    {
      name: 'a connect timeout of the platform’s fetch',
      error: new TypeError('fetch failed', { cause: { code: 'UND_ERR_CONNECT_TIMEOUT' } }),
      outcome: 'timeout',
      reason: 'connect',
    },
    { name: 'nothing special', error: new Error('no'), outcome: 'server-error' },
  ])('of a custom provider is judged by $name: $outcome', async ({ name: _, error, ...record }) => {
    const { attempts, answer } = await pair([fail(error)]).run();
    expect(attempts[0]).toMatchObject(record);
    expect(answer?.text).toBe('two');
  });

  it.each([
    { judged: 'permanent', asked: ['m1/a'] },
    { judged: 'bad-request', asked: ['m1/a'] },
    { judged: 'transient', asked: ['m1/a', 'm1/a', 'm2/b'] },
    { judged: 'model-not-found', asked: ['m1/a', 'm2/b'] },
    { judged: 'quota', asked: ['m1/a', 'm2/b'] },
    { judged: undefined, asked: ['m1/a', 'm2/b'] },
  ] as const)('that the program judges as $judged asks $asked', async ({ judged, asked }) => {
    const rig = pair([fail('timeout')], { chain: { classify: () => judged } });
    await rig.run();
    expect(rig.asked).toEqual(asked);
  });

  it('is not asked about again when only one target is wanted', async () => {
    const rig = pair([fail('quota')]);
    const { answer } = await rig.run({ failover: false });
    expect(answer).toBeNull();
    expect(rig.asked).toEqual(['m1/a']);
  });
});

describe('a bug in a provider', () => {
  it('ends the chain and is thrown as it is, after chain-end', async () => {
    const bug = new TypeError('x is not a function');
    const rig = pair([fail(bug)]);
    const { error, events } = await rig.run();
    expect(error).toBe(bug);
    expect(events.at(-1)).toEqual({ type: 'chain-end', answer: null, error: bug });
    expect(rig.asked).toEqual(['m1/a']);
    expect(await rig.circuits()).toEqual({});
    expect(rig.clock.pending).toBe(0);
  });

  it('comes out of generate() too', async () => {
    const bug = new TypeError('x is not a function');
    await expect(pair([fail(bug)]).chain.generate({ prompt: 'Hello' })).rejects.toBe(bug);
  });

  it('may be thrown by the program’s own judgement', async () => {
    const bug = new TypeError('x is not a function');
    const classify = () => {
      throw bug;
    };
    expect((await pair([fail('quota')], { chain: { classify } }).run()).error).toBe(bug);
  });

  it('is told even when it is no error', async () => {
    const { error, events } = await pair([{ type: 'fail', error: 'thrown' }]).run();
    expect(error).toBe('thrown');
    expect(events.at(-1)).toMatchObject({ type: 'chain-end', answer: null, error: expect.any(Error) });
  });
});
