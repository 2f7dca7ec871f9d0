import { describe, expect, it } from 'vitest';
import { anthropic } from '../../src/providers/anthropic.js';
import { collect, decode } from '../support/collect.js';
import { recordedJson, recordedLines } from '../support/replay.js';

function decodedFile(name: string) {
  return decode(
    anthropic,
    recordedLines(`anthropic/${name}`).map((line) => JSON.parse(line)),
  );
}

const start = (usage: unknown = { input_tokens: 3, output_tokens: 1 }) => ({
  type: 'message_start',
  message: { model: 'claude-x', role: 'assistant', content: [], usage },
});
const block = (content_block: unknown) => ({ type: 'content_block_start', index: 0, content_block });
const delta = (change: unknown) => ({ type: 'content_block_delta', index: 0, delta: change });
const text = (words: string) => delta({ type: 'text_delta', text: words });
const stop = (stop_reason: string | null, more: object = {}) => [
  { type: 'message_delta', delta: { stop_reason, ...more }, usage: { output_tokens: 7 } },
  { type: 'message_stop' },
];

const refused = {
  kind: 'content-filter',
  rawCode: 'refusal',
  message:
    "the model refused to answer: This request triggered restrictions on violative cyber content and was blocked under Anthropic's Usage Policy.",
};

describe('an Anthropic answer', () => {
  it('reads the recorded stream', () => {
    expect(collect(decodedFile('anthropic-text.chunks.txt'))).toMatchObject({
      text: "Hello! I'm doing well, thank you for asking. How are you doing today? Is there anything I can help you with?",
      reasoning: '',
      malformed: 0,
      finish: {
        finishReason: 'stop',
        rawFinishReason: 'end_turn',
        servedModel: 'claude-sonnet-4-5-20250929',
        usage: { inputTokens: 12, outputTokens: 30, reasoningTokens: null, cachedInputTokens: 0 },
      },
    });
  });

  it('reads the recorded whole reply', () => {
    expect(collect(anthropic.whole(recordedJson('anthropic/anthropic-text.json')))).toMatchObject({
      text: "Hello! I'm doing well, thanks for asking. How are you doing today? Is there anything I can help you with?",
      finish: {
        finishReason: 'stop',
        usage: { inputTokens: 12, outputTokens: 29, reasoningTokens: null, cachedInputTokens: 0 },
      },
    });
  });

  it('tells thinking from text in the recorded whole reply', () => {
    const whole = collect(anthropic.whole(recordedJson('anthropic/anthropic-reasoning.json')));
    expect(whole.reasoning).toMatch(/^I need to find all roots/);
    expect(whole.text).toMatch(/^## Step 1/);
    expect(whole.text).not.toContain('CAISqwQ');
    expect(whole.finish).toEqual({
      finishReason: 'stop',
      rawFinishReason: 'end_turn',
      servedModel: 'claude-opus-5',
      usage: { inputTokens: 51, outputTokens: 1699, reasoningTokens: 139, cachedInputTokens: 0 },
    });
  });

  it('turns a refusal into an error with the explanation, streamed', () => {
    expect(() => decodedFile('anthropic-refusal.chunks.txt')).toThrow(expect.objectContaining(refused));
  });

  it('turns a refusal into an error with the explanation, whole', () => {
    const payload = recordedJson('anthropic/anthropic-refusal.json');
    expect(() => anthropic.whole(payload)).toThrow(expect.objectContaining(refused));
  });

  it('reports a refusal without an explanation', () => {
    expect(() => decode(anthropic, [start(), text('I'), ...stop('refusal')])).toThrow(
      'the model refused to answer',
    );
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool-calls'],
    ['pause_turn', 'other'],
    ['compaction', 'other'],
    ['constructor', 'other'],
  ])('ends with %s as %s', (raw, finishReason) => {
    expect(collect(decode(anthropic, [start(), text('a'), ...stop(raw)])).finish).toMatchObject({
      finishReason,
      rawFinishReason: raw,
    });
    const whole = { type: 'message', model: 'claude-x', content: [], stop_reason: raw };
    expect(collect(anthropic.whole(whole)).finish).toMatchObject({ finishReason, rawFinishReason: raw });
  });

  it('joins text blocks as they come, with the text a block starts with', () => {
    const events = decode(anthropic, [
      start(),
      block({ type: 'text', text: 'One,' }),
      text(' two'),
      { type: 'content_block_stop', index: 0 },
      block({ type: 'text', text: ', three' }),
      ...stop('end_turn'),
    ]);
    expect(collect(events).text).toBe('One, two, three');
  });

  it('gives the same text, reasoning and end streamed and whole', () => {
    const streamed = decode(anthropic, [
      start({ input_tokens: 3, output_tokens: 1 }),
      block({ type: 'thinking', thinking: '', signature: '' }),
      delta({ type: 'thinking_delta', thinking: 'Hm.' }),
      delta({ type: 'signature_delta', signature: 'c2ln' }),
      block({ type: 'redacted_thinking', data: 'ZW5j' }),
      block({ type: 'text', text: '' }),
      text('Hi'),
      delta({ type: 'citations_delta', citation: { cited_text: 'no' } }),
      block({ type: 'tool_use', id: 't', name: 'n', input: {} }),
      delta({ type: 'input_json_delta', partial_json: '{"a":1}' }),
      ...stop('tool_use'),
    ]);
    const whole = anthropic.whole({
      type: 'message',
      model: 'claude-x',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'ZW5j' },
        { type: 'text', text: 'Hi', citations: [{ cited_text: 'no' }] },
        { type: 'tool_use', id: 't', name: 'n', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 3, output_tokens: 7 },
    });
    const { progress: _s, ...fromStream } = collect(streamed);
    const { progress: _w, ...fromWhole } = collect(whole);
    expect(fromStream).toEqual(fromWhole);
    expect(fromStream).toMatchObject({ text: 'Hi', reasoning: 'Hm.', malformed: 0 });
  });

  it('counts cached input as input, and takes the last count of each field', () => {
    const events = decode(anthropic, [
      start({
        input_tokens: 0,
        cache_creation_input_tokens: 5,
        cache_read_input_tokens: 100,
        output_tokens: 1,
      }),
      text('a'),
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: {
          input_tokens: 7,
          output_tokens: 9,
          cache_read_input_tokens: null,
          output_tokens_details: { thinking_tokens: 4 },
        },
      },
      { type: 'message_stop' },
    ]);
    expect(collect(events).finish?.usage).toEqual({
      inputTokens: 112,
      outputTokens: 9,
      reasoningTokens: 4,
      cachedInputTokens: 100,
    });
  });

  it('knows no usage where none was told', () => {
    const events = decode(anthropic, [
      { type: 'message_start', message: {} },
      text('a'),
      { type: 'message_stop' },
    ]);
    expect(collect(events).finish).toEqual({
      finishReason: 'other',
      rawFinishReason: null,
      servedModel: null,
      usage: null,
    });
  });

  it('takes a ping for nothing, before and between the text', () => {
    expect(decode(anthropic, [{ type: 'ping' }, { type: 'ping' }])).toEqual([]);
    expect(
      decode(anthropic, [
        { type: 'content_block_stop', index: 0 },
        { type: 'something_new', x: 1 },
      ]),
    ).toEqual([]);
  });

  it('does not take a stop reason without message_stop for the end', () => {
    const cut = [start(), text('a'), stop('end_turn')[0]];
    expect(collect(decode(anthropic, cut)).finish).toBeNull();
  });

  it('reads nothing after message_stop', () => {
    expect(
      collect(decode(anthropic, [start(), ...stop('end_turn'), text('late'), ...stop('end_turn')])).text,
    ).toBe('');
  });

  it.each([
    ['a number', 7],
    ['null', null],
    ['a list', []],
    ['a delta without delta', { type: 'content_block_delta', index: 0 }],
    ['a delta of no type', delta({})],
    ['text that is no text', delta({ type: 'text_delta', text: 5 })],
    ['thinking that is no text', delta({ type: 'thinking_delta' })],
    ['a block without block', { type: 'content_block_start', index: 0 }],
    ['a start without message', { type: 'message_start' }],
    ['a message_delta without delta', { type: 'message_delta', usage: {} }],
  ])('counts %s as one malformed event and goes on', (_, payload) => {
    const read = collect(decode(anthropic, [start(), text('a'), payload, text('b'), ...stop('end_turn')]));
    expect(read).toMatchObject({ text: 'ab', malformed: 1, finish: { finishReason: 'stop' } });
  });

  it.each([
    ['null', null],
    ['a list', []],
    ['text', 'Hello'],
    ['an empty object', {}],
    ['an OpenAI reply', { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] }],
  ])('does not take %s for a whole answer', (_, payload) => {
    expect(collect(anthropic.whole(payload))).toMatchObject({ text: '', finish: null });
    expect(collect(anthropic.whole(payload)).malformed).toBeGreaterThan(0);
  });
});

it('a whole Anthropic message that does not say why it ends was cut', () => {
  const message = { type: 'message', content: [{ type: 'text', text: 'a' }], stop_reason: null };
  expect(collect(anthropic.whole(message))).toMatchObject({ text: 'a', finish: null });
});

describe('an error inside an Anthropic stream', () => {
  it.each([
    ['overloaded_error', 'Overloaded', 'overloaded'],
    ['rate_limit_error', 'Number of requests has exceeded your rate limit', 'rate-limit'],
    ['api_error', 'Internal server error', 'server-error'],
    ['authentication_error', 'invalid x-api-key', 'auth'],
    ['billing_error', 'Your credit balance is too low', 'quota'],
    ['invalid_request_error', 'prompt is too long: 250000 tokens > 200000 maximum', 'context-length'],
    [
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000',
      'context-length',
    ],
    ['timeout_error', 'Request timed out', 'overloaded'],
  ])('%s (%s) is %s', (type, message, kind) => {
    const payload = { type: 'error', error: { type, message } };
    const expected = expect.objectContaining({ name: 'ProviderError', kind });
    expect(() => decode(anthropic, [start(), text('a'), payload])).toThrow(expected);
    expect(() => anthropic.whole(payload)).toThrow(expected);
  });

  it('is an error by its SSE name alone', () => {
    const decoder = anthropic.decoder();
    expect(() => decoder.event({ message: 'broken' }, 'error')).toThrow(
      expect.objectContaining({ name: 'ProviderError' }),
    );
  });
});
