import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../src/core/errors.js';
import type { Model, ModelEvent } from '../../../src/core/ports.js';
import { faults } from '../../../src/providers/mock/faults.js';
import { FaultyModel } from '../../../src/providers/mock/faulty.js';
import { FaultScript, parseFaultScript } from '../../../src/providers/mock/script.js';
import { asking, attempt, mockProvider, SteppedClock, settled } from './fixture.js';

const sixty = 'reply=word&repeat=60';
const words = (count: number): string => Array(count).fill('word').join(' ');

/** A model of sixty tokens that meets `fault` at its first request. */
function faulty(fault: string): Model {
  return mockProvider(`${sixty}&fault=${fault}`).model('x');
}

describe('a fault that answers instead of the model', () => {
  it.each([
    { fault: '503', kind: 'server-error', status: 503 },
    { fault: '500', kind: 'server-error', status: 500 },
    { fault: '529', kind: 'overloaded', status: 529 },
    { fault: '429', kind: 'rate-limit', status: 429 },
    { fault: '400', kind: 'bad-request', status: 400 },
    { fault: '422', kind: 'bad-request', status: 422 },
    { fault: '401', kind: 'auth', status: 401 },
    { fault: '403', kind: 'auth', status: 403 },
    { fault: '402', kind: 'quota', status: 402 },
    { fault: '404', kind: 'model-not-found', status: 404 },
    { fault: '405', kind: 'misconfigured', status: 405 },
    { fault: '407', kind: 'misconfigured', status: 407 },
    { fault: '408', kind: 'server-error', status: 408 },
    { fault: '413', kind: 'context-length', status: 413 },
    { fault: '307', kind: 'misconfigured', status: 307 },
    { fault: 'rate-limit', kind: 'rate-limit', status: 429 },
    { fault: 'overloaded', kind: 'overloaded', status: 503 },
    { fault: 'server-error', kind: 'server-error', status: 500 },
    { fault: 'network', kind: 'network', status: null },
    { fault: 'unreachable', kind: 'unreachable', status: null },
    { fault: 'timeout', kind: 'timeout', status: null },
    { fault: 'quota', kind: 'quota', status: 429 },
    { fault: 'misconfigured', kind: 'misconfigured', status: 404 },
    { fault: 'model-not-found', kind: 'model-not-found', status: 404 },
    { fault: 'context-length', kind: 'context-length', status: 400 },
    { fault: 'auth', kind: 'auth', status: 401 },
    { fault: 'bad-request', kind: 'bad-request', status: 400 },
    { fault: 'content-filter', kind: 'content-filter', status: 400 },
    { fault: 'loading', kind: 'overloaded', status: 503 },
    { fault: 'outage:60s', kind: 'server-error', status: 503 },
    { fault: 'html', kind: 'server-error', status: 502 },
    { fault: 'html:200', kind: 'misconfigured', status: 200 },
    { fault: 'html:404', kind: 'misconfigured', status: 404 },
    { fault: 'refused', kind: 'unreachable', status: null },
    { fault: 'dns', kind: 'unreachable', status: null },
    { fault: 'tls', kind: 'misconfigured', status: null },
    { fault: 'reset', kind: 'network', status: null },
  ])('$fault is $kind ($status), before any event, streamed and whole', async ({ fault, kind, status }) => {
    for (const whole of [false, true]) {
      const got = await attempt(faulty(fault), { request: asking('hi', { whole }) });
      expect(got.error()).toMatchObject({ kind, httpStatus: status, retryAfterMs: null });
      expect(got.error().message).not.toBe('');
      expect(got.events).toEqual([]);
    }
  });

  it.each([
    { fault: '429:2', retryAfterMs: 2000 },
    { fault: '429:1500ms', retryAfterMs: 1500 },
    { fault: 'rate-limit:30', retryAfterMs: 30_000 },
    { fault: '503:10', retryAfterMs: 10_000 },
    { fault: 'overloaded:10', retryAfterMs: 10_000 },
    { fault: '429:72h', retryAfterMs: 3_600_000 },
  ])('$fault asks to be left alone for $retryAfterMs ms', async ({ fault, retryAfterMs }) => {
    expect((await attempt(faulty(fault))).error().retryAfterMs).toBe(retryAfterMs);
  });

  it.each([
    { fault: 'timeout', phase: 'first-token' },
    { fault: 'timeout:connect', phase: 'connect' },
    { fault: 'timeout:idle', phase: 'idle' },
    { fault: 'timeout:attempt', phase: 'attempt' },
  ])('$fault says which timer it was', async ({ fault, phase }) => {
    expect((await attempt(faulty(fault))).error()).toMatchObject({ kind: 'timeout', phase });
  });

  it.each([
    { fault: 'refused', rawCode: 'ECONNREFUSED' },
    { fault: 'dns', rawCode: 'ENOTFOUND' },
    { fault: 'tls', rawCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    { fault: 'reset', rawCode: 'ECONNRESET' },
    { fault: 'context-length', rawCode: 'context_length_exceeded' },
    { fault: 'content-filter', rawCode: 'content_policy_violation' },
    { fault: 'quota', rawCode: 'insufficient_quota' },
  ])('$fault has the code $rawCode', async ({ fault, rawCode }) => {
    expect((await attempt(faulty(fault))).error().rawCode).toBe(rawCode);
  });
});

describe('the catalogue of faults', () => {
  it('S01: a 429 with Retry-After once, then the answer', async () => {
    const model = faulty('429:2');
    expect((await attempt(model)).error()).toMatchObject({ kind: 'rate-limit', retryAfterMs: 2000 });
    expect((await attempt(model)).text()).toBe(words(60));
  });

  it('S02, S04, S16: for ever means for ever', async () => {
    const model = faulty('429*');
    for (let request = 0; request < 8; request += 1) {
      expect((await attempt(model)).error().kind).toBe('rate-limit');
    }
  });

  it.each(['500', 'reset'])('S03, S05: %s once, then the answer', async (fault) => {
    const model = faulty(fault);
    expect((await attempt(model)).state()).toBeInstanceOf(ProviderError);
    expect((await attempt(model)).text()).toBe(words(60));
  });

  it('S06: silent takes the request and says nothing', async () => {
    const got = await attempt(faulty('silent'));
    await got.clock.advance(3_600_000);
    expect([got.state(), got.events]).toEqual(['open', []]);
  });

  it('S06: silent:120s closes the connection in the end', async () => {
    const got = await attempt(faulty('silent:120s'));
    await got.clock.advance(119_999);
    expect([got.state(), got.events]).toEqual(['open', []]);
    await got.clock.advance(1);
    expect(got.error()).toMatchObject({ kind: 'network', rawCode: 'UND_ERR_SOCKET' });
  });

  it('S07: late:20s sends headers at once and the first token after 20 s', async () => {
    const got = await attempt(mockProvider(`reasoning=hm&${sixty}&fault=late:20s`).model('x'));
    await got.clock.advance(19_999);
    expect(got.events.map((event) => event.type)).toEqual(['response']);
    await got.clock.advance(1);
    expect([got.reasoning(), got.text(), got.state()]).toEqual(['hm', words(60), 'ended']);
  });

  it('S08: cut:40 dies after 40 of 60 tokens', async () => {
    const got = await attempt(faulty('cut:40'));
    expect(got.text()).toBe(words(40));
    expect(got.error()).toMatchObject({ kind: 'network', rawCode: 'ECONNRESET' });
    expect(got.finish()).toBeUndefined();
  });

  it('S09: stall:20:30s is silent after 20 tokens, then ends without a finish', async () => {
    const got = await attempt(faulty('stall:20:30s'));
    await got.clock.advance(29_999);
    expect([got.text(), got.state()]).toEqual([words(20), 'open']);
    await got.clock.advance(1);
    expect([got.text(), got.state(), got.finish()]).toEqual([words(20), 'ended', undefined]);
  });

  it('S09: stall:20 is silent for ever', async () => {
    const got = await attempt(faulty('stall:20'));
    await got.clock.advance(3_600_000);
    expect([got.text(), got.state()]).toEqual([words(20), 'open']);
  });

  it('S10: garble:10 makes the tenth event unreadable and loses nothing', async () => {
    const got = await attempt(faulty('garble:10'));
    expect(got.events.findIndex((event) => event.type === 'malformed')).toBe(10);
    expect(got.events.filter((event) => event.type === 'malformed')).toHaveLength(1);
    expect([got.text(), got.finish()?.finishReason]).toEqual([words(60), 'stop']);
  });

  it('S11: no-done is a whole answer with its usage', async () => {
    const got = await attempt(faulty('no-done'));
    expect([got.text(), got.state()]).toEqual([words(60), 'ended']);
    expect(got.finish()?.usage).toMatchObject({ outputTokens: 60 });
  });

  it('S12, S13: each request meets its own 400', async () => {
    const model = faulty('context-length,content-filter');
    expect((await attempt(model)).error()).toMatchObject({ kind: 'context-length', httpStatus: 400 });
    const error = (await attempt(model)).error();
    expect(error).toMatchObject({ kind: 'content-filter', httpStatus: 400 });
    expect(error.message).toContain('safety system');
  });

  it('S14: prefill refuses a request that ends in a message of the assistant, and no other', async () => {
    const model = faulty('prefill*');
    const prefilled = await attempt(model, { request: asking('So far I', { lastRole: 'assistant' }) });
    expect(prefilled.error()).toMatchObject({ kind: 'bad-request', httpStatus: 400 });
    expect((await attempt(model)).text()).toBe(words(60));
    const none = await attempt(model, { request: { ...asking(''), messages: [] } });
    expect(none.text()).toBe(words(60));
  });

  it('S15: outage:60s is down for 60 s from the first request on', async () => {
    const clock = new SteppedClock();
    const model = faulty('outage:60s');
    await clock.advance(500_000);
    expect((await attempt(model, { clock })).error()).toMatchObject({ httpStatus: 503, retryAfterMs: null });
    await clock.advance(59_999);
    expect((await attempt(model, { clock })).error().httpStatus).toBe(503);
    await clock.advance(1);
    expect((await attempt(model, { clock })).text()).toBe(words(60));
  });
});

describe('more that real servers do', () => {
  it('truncate:40 ends cleanly without a finish', async () => {
    const got = await attempt(faulty('truncate:40'));
    expect([got.text(), got.state(), got.finish()]).toEqual([words(40), 'ended', undefined]);
  });

  it('busy:20s sends not even headers', async () => {
    const got = await attempt(faulty('busy:20s'));
    await got.clock.advance(19_999);
    expect(got.events).toEqual([]);
    await got.clock.advance(1);
    expect([got.text(), got.state()]).toEqual([words(60), 'ended']);
  });

  it('slow:2s makes a token every 2 s', async () => {
    const got = await attempt(faulty('slow:2s'));
    await got.clock.advance(5000);
    expect(got.text()).toBe(words(2));
    await got.clock.advance(115_000);
    expect([got.text(), got.state()]).toEqual([words(60), 'ended']);
  });

  it('empty is a success without a word', async () => {
    const got = await attempt(faulty('empty'));
    expect(got.events.map((event) => event.type)).toEqual(['response', 'finish']);
    expect(got.finish()).toMatchObject({ finishReason: 'stop', servedModel: 'x' });
  });

  it.each([
    { fault: 'error-in-stream', tokens: 0, kind: 'server-error' },
    { fault: 'error-in-stream:5', tokens: 5, kind: 'server-error' },
    { fault: 'refusal', tokens: 0, kind: 'content-filter' },
    { fault: 'refusal:5', tokens: 5, kind: 'content-filter' },
  ])('$fault fails inside an answer of HTTP 200', async ({ fault, tokens, kind }) => {
    const got = await attempt(faulty(fault));
    expect(got.events[0]).toMatchObject({ type: 'response', httpStatus: 200 });
    expect(got.text()).toBe(words(tokens));
    expect(got.error().kind).toBe(kind);
    expect(got.finish()).toBeUndefined();
  });

  it('connect-timeout waits for the connect timer', async () => {
    const got = await attempt(faulty('connect-timeout'));
    await got.clock.advance(4999);
    expect(got.state()).toBe('open');
    await got.clock.advance(1);
    expect(got.error()).toMatchObject({ kind: 'timeout', phase: 'connect' });
    expect(got.events).toEqual([]);
  });

  it.each(['cut:1000', 'truncate:1000', 'error-in-stream:1000'])(
    '%s still never finishes an answer that is shorter',
    async (fault) => {
      const got = await attempt(faulty(fault));
      expect([got.text(), got.finish()]).toEqual([words(60), undefined]);
      expect(got.state()).not.toBe('open');
    },
  );

  it('garble:1000 is told before the finish of an answer that is shorter', async () => {
    const got = await attempt(faulty('garble:1000'));
    expect(got.events.slice(-2).map((event) => event.type)).toEqual(['malformed', 'finish']);
  });

  it('cut:0 dies right after the headers', async () => {
    const got = await attempt(mockProvider('reasoning=hm&latency=1h&fault=cut:0').model('x'));
    expect(got.events.map((event) => event.type)).toEqual(['response']);
    expect(got.error().kind).toBe('network');
  });

  it('cut:2 dies after the second token and does not wait for the third', async () => {
    const got = await attempt(mockProvider(`${sixty}&tps=1&fault=cut:2`).model('x'));
    await got.clock.advance(1000);
    expect([got.text(), got.error().kind]).toEqual([words(2), 'network']);
  });
});

describe('a fault of a whole reply', () => {
  const request = asking('hi', { whole: true });
  const types = (events: readonly ModelEvent[]): string[] => events.map((event) => event.type);

  it.each([
    { fault: 'cut:40', kind: 'network' },
    { fault: 'error-in-stream:40', kind: 'server-error' },
    { fault: 'refusal', kind: 'content-filter' },
  ])('$fault comes after the headers, without a word', async ({ fault, kind }) => {
    const got = await attempt(faulty(fault), { request });
    expect([got.error().kind, types(got.events)]).toEqual([kind, ['response']]);
  });

  it('truncate:40 is half a JSON text: nothing of it can be read', async () => {
    const got = await attempt(faulty('truncate:40'), { request });
    expect([got.state(), types(got.events)]).toEqual(['ended', ['response']]);
  });

  it('garble:10 cannot be read', async () => {
    expect((await attempt(faulty('garble:10'), { request })).error()).toMatchObject({ kind: 'network' });
  });

  it.each(['stall:20', 'late:20s', 'busy:20s', 'slow:20s', 'silent'])(
    '%s holds back its headers',
    async (fault) => {
      const got = await attempt(faulty(fault), { request });
      await got.clock.advance(19_999);
      expect([got.state(), got.events]).toEqual(['open', []]);
    },
  );

  it.each(['late:20s', 'busy:20s', 'slow:20s', 'no-done', 'prefill', 'ok'])(
    '%s gives the answer',
    async (fault) => {
      const got = await attempt(faulty(fault), { request });
      await got.clock.advance(20_000);
      expect([got.text(), got.state()]).toEqual([words(60), 'ended']);
    },
  );
});

describe('calling a request off', () => {
  const waits = [
    'silent',
    'silent:1h',
    'busy:1h',
    'late:1h',
    'slow:1h',
    'stall:3',
    'stall:3:1h',
    'connect-timeout',
  ];

  it.each(waits)('ends %s at once, with the signal’s own reason and no timer left', async (fault) => {
    const got = await attempt(faulty(fault));
    await got.clock.advance(1000);
    expect(got.state()).toBe('open');
    const reason = new Error('enough');
    got.controller.abort(reason);
    await settled();
    expect(got.state()).toBe(reason);
    expect(got.clock.pending).toBe(0);
  });

  it('before it is made takes no step of the script', async () => {
    const model = faulty('503');
    const controller = new AbortController();
    const reason = new Error('too late');
    controller.abort(reason);
    expect((await attempt(model, { controller })).state()).toBe(reason);
    expect((await attempt(model)).error().httpStatus).toBe(503);
  });
});

describe('the state of a script', () => {
  it('is one for all models of a provider', async () => {
    const provider = mockProvider('fault=503,429');
    expect((await attempt(provider.model('a'))).error().httpStatus).toBe(503);
    expect((await attempt(provider.model('b'))).error().httpStatus).toBe(429);
    expect((await attempt(provider.model('a'))).state()).toBe('ended');
  });

  it('is each provider’s own', async () => {
    const [one, other] = [mockProvider('fault=503'), mockProvider('fault=503')];
    expect((await attempt(one.model('a'))).error().httpStatus).toBe(503);
    expect((await attempt(other.model('a'))).error().httpStatus).toBe(503);
  });

  it('gives requests that overlap a step each', async () => {
    const model = faulty('busy:1s,503,429');
    const clock = new SteppedClock();
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => attempt(model, { clock })));
    expect(first?.state()).toBe('open');
    expect(second?.error().httpStatus).toBe(503);
    expect(third?.error().httpStatus).toBe(429);
    await clock.advance(1000);
    expect(first?.text()).toBe(words(60));
  });

  it('meets a fault of the server before the question whether there is such a model', async () => {
    const model = mockProvider('models=a&fault=503').model('b');
    expect((await attempt(model)).error().httpStatus).toBe(503);
    expect((await attempt(model)).error().kind).toBe('model-not-found');
  });
});

describe('any other model', () => {
  /** Ten pieces, and a record of whether it was asked and let go. */
  class Recorder implements Model {
    readonly id = 'real';
    asked = 0;
    closed = 0;

    async *stream(): AsyncGenerator<ModelEvent> {
      this.asked += 1;
      try {
        yield { type: 'warning', warning: { code: 'unsupported-option', message: 'no seed here' } };
        yield { type: 'response', httpStatus: 200, requestId: 'r1' };
        yield { type: 'progress' };
        for (let piece = 0; piece < 10; piece += 1) yield { type: 'text-delta', text: String(piece) };
        yield { type: 'finish', finishReason: 'stop', rawFinishReason: null, servedModel: null, usage: null };
      } finally {
        this.closed += 1;
      }
    }
  }

  const wrap = (recorder: Recorder, fault: string): Model =>
    new FaultyModel(recorder, new FaultScript(parseFaultScript(fault)));

  it('keeps its id and, after the script, its answer', async () => {
    const recorder = new Recorder();
    const model = wrap(recorder, '503');
    expect(model.id).toBe('real');
    expect((await attempt(model)).error().httpStatus).toBe(503);
    expect(recorder.asked).toBe(0);
    const got = await attempt(model);
    expect(got.text()).toBe('0123456789');
    expect(got.events[1]).toEqual({ type: 'response', httpStatus: 200, requestId: 'r1' });
  });

  it.each([
    { fault: 'cut:4', text: '0123' },
    { fault: 'truncate:4', text: '0123' },
    { fault: 'truncate:0', text: '' },
    { fault: 'error-in-stream:4', text: '0123' },
    { fault: 'stall:4', text: '0123' },
  ])('is let go when $fault ends its answer', async ({ fault, text }) => {
    const recorder = new Recorder();
    const got = await attempt(wrap(recorder, fault));
    expect([got.text(), recorder.asked, recorder.closed]).toEqual([text, 1, 1]);
  });

  const early = Object.entries(faults).flatMap(([name, { argument }]) => {
    const harmless = ['ok', 'prefill', 'no-done', 'late', 'slow', 'busy'];
    const inside = ['cut', 'truncate', 'stall', 'garble', 'error-in-stream', 'refusal'];
    if (harmless.includes(name) || inside.includes(name)) return [];
    return [argument === 'wait' ? `${name}:60s` : name];
  });
  it.each(early)('is not asked at all by %s, which costs nothing', async (fault) => {
    const recorder = new Recorder();
    const got = await attempt(wrap(recorder, fault));
    await got.clock.advance(1000);
    expect(got.text()).toBe('');
    expect(recorder.asked).toBe(0);
  });
});
