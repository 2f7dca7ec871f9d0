import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/core/errors.js';
import { chunks } from '../../src/providers/mock/model.js';
import { asking, attempt, mockDsn, mockProvider, providerOf, SteppedClock } from './mock/fixture.js';

describe('a mock without options', () => {
  it('answers at once with a sentence that names the target, token by token', async () => {
    const got = await attempt(mockProvider().model('qwen3'), { request: asking('say hello to me') });
    expect(got.text()).toBe('This is the scripted answer of m1/qwen3.');
    expect(got.events.map((event) => event.type)).toEqual([
      'response',
      ...Array(7).fill('text-delta'),
      'finish',
    ]);
    expect(got.events[0]).toEqual({ type: 'response', httpStatus: 200, requestId: null });
    expect(got.finish()).toEqual({
      type: 'finish',
      finishReason: 'stop',
      rawFinishReason: 'stop',
      servedModel: 'qwen3',
      usage: { inputTokens: 4, outputTokens: 7, reasoningTokens: null, cachedInputTokens: null },
    });
  });

  it('is a provider without credential that keeps its endpoint free of options', () => {
    const provider = mockProvider(
      'reply=secret&price_in=1.5&price_out=2&retries=0&timeout=9s&model=a&models=a,b',
    );
    expect(provider).toMatchObject({
      name: 'm1',
      scheme: 'mock',
      dialect: 'mock',
      endpoint: 'mock://',
      defaultModel: 'a',
      models: ['a', 'b'],
      price: { input: 1.5, output: 2 },
      tuning: { retries: 0, attemptTimeoutMs: 9000 },
    });
    expect(provider.credential?.()).toBeNull();
    expect(JSON.stringify(provider)).not.toContain('secret');
  });

  it.each([
    { dsn: 'mock://', endpoint: 'mock://' },
    { dsn: 'mock://gateway.lan:8080/v1?fault=503', endpoint: 'mock://gateway.lan:8080/v1' },
    { dsn: 'mock://[::1]:1', endpoint: 'mock://[::1]:1' },
  ])('shows $dsn as $endpoint', ({ dsn, endpoint }) => {
    const parsed = mockDsn(dsn);
    const provider = providerOf('m1', parsed);
    expect(provider.endpoint).toBe(endpoint);
  });

  it('is another thing under another name or at another host, and the same under another script', () => {
    const key = (name: string, dsn: string): string | undefined => providerOf(name, mockDsn(dsn)).healthKey;
    expect(key('m1', 'mock://')).toBe(key('m1', 'mock://?fault=503*'));
    expect(new Set([key('m1', 'mock://'), key('m2', 'mock://'), key('m1', 'mock://b')]).size).toBe(3);
  });
});

describe('what it answers', () => {
  it.each([
    { query: 'reply=Guten%20Tag', text: 'Guten Tag' },
    { query: 'reply=a+b', text: 'a+b' },
    { query: 'reply=', text: '' },
    { query: 'reply=ja&repeat=3', text: 'ja ja ja' },
    { query: 'repeat=2', text: 'This is the scripted answer of m1/x. This is the scripted answer of m1/x.' },
    { query: 'reply=%7B%22a%22:1%7D', text: '{"a":1}' },
  ])('$query gives "$text"', async ({ query, text }) => {
    const got = await attempt(mockProvider(query).model('x'));
    expect(got.text()).toBe(text);
    expect(got.state()).toBe('ended');
    expect(got.finish()?.finishReason).toBe('stop');
  });

  it('is the same with a request for JSON', async () => {
    const request = asking('hi', { options: { json: true, temperature: 0, seed: 7 } });
    expect((await attempt(mockProvider('reply=plain').model('x'), { request })).text()).toBe('plain');
  });

  it('thinks before it answers', async () => {
    const got = await attempt(mockProvider('reasoning=let%20me%20see&reply=yes').model('x'));
    expect(got.events.map((event) => ('text' in event ? event.text : event.type))).toEqual([
      'response',
      'let',
      ' me',
      ' see',
      'yes',
      'finish',
    ]);
    expect(got.reasoning()).toBe('let me see');
    expect(got.finish()?.usage).toMatchObject({ outputTokens: 4, reasoningTokens: 3 });
  });

  it.each([
    { finish: 'length', reason: 'length', raw: 'length' },
    { finish: 'tool-calls', reason: 'tool-calls', raw: 'tool_calls' },
    { finish: 'content_filter', reason: 'content-filter', raw: 'content_filter' },
    { finish: 'refusal', reason: 'refusal', raw: 'refusal' },
    { finish: 'other', reason: 'other', raw: 'other' },
  ])('ends with finish=$finish', async ({ finish, reason, raw }) => {
    const got = await attempt(mockProvider(`finish=${finish}`).model('x'));
    expect(got.finish()).toMatchObject({ finishReason: reason, rawFinishReason: raw });
  });

  it('claims to be the model of served=', async () => {
    const got = await attempt(mockProvider('served=x-2026-01-01').model('x'));
    expect(got.finish()?.servedModel).toBe('x-2026-01-01');
  });

  it.each([
    {
      usage: '10:20',
      told: { inputTokens: 10, outputTokens: 20, reasoningTokens: null, cachedInputTokens: null },
    },
    {
      usage: '10:20:5',
      told: { inputTokens: 10, outputTokens: 20, reasoningTokens: 5, cachedInputTokens: null },
    },
    {
      usage: '10:20:5:8',
      told: { inputTokens: 10, outputTokens: 20, reasoningTokens: 5, cachedInputTokens: 8 },
    },
    { usage: 'none', told: null },
  ])('tells usage=$usage', async ({ usage, told }) => {
    expect((await attempt(mockProvider(`usage=${usage}`).model('x'))).finish()?.usage).toEqual(told);
  });

  it('counts the words of system and all messages as input', async () => {
    const request = asking('', {
      system: 'be  brief',
      messages: [
        { role: 'user', content: 'one two\nthree' },
        { role: 'assistant', content: '' },
        { role: 'user', content: 'four' },
      ],
    });
    expect((await attempt(mockProvider().model('x'), { request })).finish()?.usage?.inputTokens).toBe(6);
  });

  it.each([
    { maxTokens: 2, text: 'a b', reason: 'length' },
    { maxTokens: 3, text: 'a b c', reason: 'stop' },
    { maxTokens: 99, text: 'a b c', reason: 'stop' },
  ])('keeps to $maxTokens tokens', async ({ maxTokens, text, reason }) => {
    const request = asking('hi', { options: { maxTokens } });
    const got = await attempt(mockProvider('reply=a%20b%20c').model('x'), { request });
    expect(got.text()).toBe(text);
    expect(got.finish()).toMatchObject({
      finishReason: reason,
      usage: { outputTokens: text.split(' ').length },
    });
  });

  it('lets reasoning use up the token limit', async () => {
    const request = asking('hi', { options: { maxTokens: 2 } });
    const got = await attempt(mockProvider('reasoning=a%20b%20c&reply=never').model('x'), { request });
    expect([got.reasoning(), got.text(), got.finish()?.finishReason]).toEqual(['a b', '', 'length']);
  });

  it('knows only the models of models=', async () => {
    const provider = mockProvider('models=a,b');
    expect((await attempt(provider.model('b'))).state()).toBe('ended');
    const error = (await attempt(provider.model('c'))).error();
    expect(error).toMatchObject({ kind: 'model-not-found', httpStatus: 404 });
  });

  it('gives a whole reply in one piece, with the same finish', async () => {
    const query = 'reasoning=let%20me%20see&reply=a%20b';
    const whole = await attempt(mockProvider(query).model('x'), { request: asking('hi', { whole: true }) });
    const streamed = await attempt(mockProvider(query).model('x'));
    expect(whole.events.slice(0, 3)).toEqual([
      { type: 'response', httpStatus: 200, requestId: null },
      { type: 'reasoning-delta', text: 'let me see' },
      { type: 'text-delta', text: 'a b' },
    ]);
    expect(whole.finish()).toEqual(streamed.finish());
    expect(whole.events).toHaveLength(4);
  });
});

describe('chunks', () => {
  const texts = [
    '',
    ' ',
    'a',
    'Grüße, 🌍!',
    '  two  spaces ',
    '日本語のテキスト',
    '👩‍👩‍👧 family',
    'a\n\nb\tc',
    '𝔘𝔫𝔦',
  ];
  const sizes = ['word', 1, 2, 3, 1000] as const;
  it.each(texts.flatMap((text) => sizes.map((size) => ({ text, size }))))(
    'of "$text" by $size are the text again, and no character is split',
    ({ text, size }) => {
      const pieces = [...chunks(text, size)];
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces)
        expect(piece).toSatisfy((part: string) => part !== '' && Buffer.from(part).toString() === part);
      if (size !== 'word') for (const piece of pieces) expect([...piece].length).toBeLessThanOrEqual(size);
    },
  );

  it.each([
    { query: 'chunk=word', pieces: ['Grüße', ' 🌍🌍'] },
    { query: 'chunk=char', pieces: ['G', 'r', 'ü', 'ß', 'e', ' ', '🌍', '🌍'] },
    { query: 'chunk=3', pieces: ['Grü', 'ße ', '🌍🌍'] },
  ])('come from $query', async ({ query, pieces }) => {
    const got = await attempt(mockProvider(`reply=Gr%C3%BC%C3%9Fe%20🌍🌍&${query}`).model('x'));
    const texts = got.events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []));
    expect(texts).toEqual(pieces);
    expect(got.finish()?.usage?.outputTokens).toBe(pieces.length);
  });
});

describe('how fast it answers', () => {
  it('sends headers at once and the first token after latency=', async () => {
    const clock = new SteppedClock();
    const got = await attempt(mockProvider('latency=500ms').model('x'), { clock });
    expect(got.events.map((event) => event.type)).toEqual(['response']);
    await clock.advance(499);
    expect(got.events).toHaveLength(1);
    await clock.advance(1);
    expect(got.state()).toBe('ended');
  });

  it('waits again on each attempt', async () => {
    const clock = new SteppedClock();
    const model = mockProvider('latency=1s').model('x');
    await attempt(model, { clock });
    await clock.advance(1000);
    const second = await attempt(model, { clock });
    await clock.advance(999);
    expect(second.text()).toBe('');
    await clock.advance(1);
    expect(second.state()).toBe('ended');
  });

  it('makes tps= tokens a second', async () => {
    const clock = new SteppedClock();
    const got = await attempt(mockProvider('reply=a&repeat=100&tps=50').model('x'), { clock });
    expect(got.text()).toBe('a');
    await clock.advance(1000);
    expect(got.text().replaceAll(' ', '')).toHaveLength(51);
    await clock.advance(979);
    expect(got.state()).toBe('open');
    await clock.advance(1);
    expect(got.state()).toBe('ended');
  });

  it('does not let late timers add up', async () => {
    const clock = new SteppedClock();
    const late = { now: () => clock.now(), monotonic: () => clock.monotonic(), pending: 0 } as SteppedClock;
    late.setTimer = (delayMs, callback) => clock.setTimer(delayMs + 5, callback);
    const got = await attempt(mockProvider('reply=a&repeat=100&tps=1000').model('x'), { clock: late });
    await clock.advance(110);
    expect(got.state()).toBe('ended');
  });

  it('holds the headers of a whole reply back until all its tokens are made', async () => {
    const clock = new SteppedClock();
    const request = asking('hi', { whole: true });
    const provider = mockProvider('reply=a%20b%20c&latency=1s&tps=2');
    const got = await attempt(provider.model('x'), { clock, request });
    await clock.advance(1999);
    expect(got.events).toEqual([]);
    await clock.advance(1);
    expect(got.text()).toBe('a b c');
  });

  it.each([
    { wait: 'the latency', query: 'latency=10s', afterMs: 1000, events: 1, whole: false },
    { wait: 'the pace', query: 'reply=a&repeat=9&tps=1', afterMs: 2500, events: 4, whole: false },
    { wait: 'a whole reply', query: 'reply=a&repeat=9&tps=1', afterMs: 2500, events: 0, whole: true },
  ])('ends at once when it is called off during $wait', async ({ query, afterMs, events, whole }) => {
    const clock = new SteppedClock();
    const got = await attempt(mockProvider(query).model('x'), { clock, request: asking('hi', { whole }) });
    await clock.advance(afterMs);
    expect(got.events).toHaveLength(events);
    const reason = new Error('enough');
    got.controller.abort(reason);
    await clock.advance(0);
    expect(got.state()).toBe(reason);
    expect(clock.pending).toBe(0);
  });

  it('ends between two tokens that need no time', async () => {
    const controller = new AbortController();
    const model = mockProvider('reply=a&repeat=50').model('x');
    const context = { signal: controller.signal, clock: new SteppedClock(), connectTimeoutMs: 1 };
    const reason = new Error('enough');
    let tokens = 0;
    const read = async (): Promise<void> => {
      for await (const event of model.stream(asking('hi'), context)) {
        if (event.type === 'text-delta') tokens += 1;
        if (tokens === 3) controller.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
    expect(tokens).toBe(3);
  });
});

describe('options that cannot be read', () => {
  it.each([
    {
      query: 'repeat=0',
      message: 'LLM_M1: an unreadable number in the option repeat. Write a whole number from 1 to 100000.',
    },
    { query: 'repeat=zzzz', message: 'LLM_M1: an unreadable number in the option repeat.' },
    { query: 'repeat=1e3', message: 'LLM_M1: an unreadable number in the option repeat.' },
    {
      query: `reply=${'zzzz'.repeat(20)}&repeat=100000`,
      message: 'LLM_M1: a reply too long in the option repeat.',
    },
    {
      query: 'chunk=zzzz',
      message: 'LLM_M1: an unreadable chunk in the option chunk. Write word, char, or a number',
    },
    { query: 'chunk=0', message: 'LLM_M1: an unreadable chunk in the option chunk.' },
    {
      query: 'latency=500',
      message: 'LLM_M1: an unreadable duration in the option latency. Write one with its unit',
    },
    { query: 'latency=-1s', message: 'LLM_M1: an unreadable duration in the option latency.' },
    { query: 'tps=0', message: 'LLM_M1: an unreadable number in the option tps. Write tokens a second' },
    { query: 'tps=zzzz', message: 'LLM_M1: an unreadable number in the option tps.' },
    { query: 'tps=1000001', message: 'LLM_M1: an unreadable number in the option tps.' },
    {
      query: 'finish=legnth',
      message: 'Known are stop, length, content-filter, refusal, tool-calls, other; did you mean length?',
    },
    {
      query: 'finish=zzzz',
      message: 'LLM_M1: an unknown finish reason in the option finish. Known are stop,',
    },
    { query: 'served=', message: 'LLM_M1: nothing in the option served.' },
    { query: 'usage=12', message: 'LLM_M1: an unreadable usage in the option usage. Write IN:OUT' },
    { query: 'usage=zzzz:1', message: 'LLM_M1: an unreadable usage in the option usage.' },
    { query: 'usage=1:2:', message: 'LLM_M1: an unreadable usage in the option usage.' },
    { query: 'usage=1:2:1:1:1', message: 'LLM_M1: an unreadable usage in the option usage.' },
    { query: 'usage=1:2:3', message: 'LLM_M1: a part greater than its whole in the option usage.' },
    { query: 'usage=1:2:1:2', message: 'LLM_M1: a part greater than its whole in the option usage.' },
    { query: 'fault=zzzz', message: 'LLM_M1: an unknown fault in the option fault, step 1 (character 1).' },
    { query: 'fault=', message: 'LLM_M1: no fault in the option fault, step 1 (character 1).' },
  ])('$query is refused when the provider is made, without repeating it', ({ query, message }) => {
    const make = (): unknown => mockProvider(query);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
    expect(make).not.toThrow('zzzz');
    expect(make).not.toThrow('legnth');
  });

  it('an option that is none of the mock’s is refused with the nearest', () => {
    expect(() => mockProvider('latnecy=1s')).toThrow(/latency/);
  });
});
