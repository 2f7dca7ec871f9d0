import { describe, expect, it } from 'vitest';
import { google } from '../../src/providers/google.js';
import { collect, decode } from '../support/collect.js';
import { recordedJson, recordedLines } from '../support/replay.js';

const chunk = (parts: readonly unknown[], more: object = {}, around: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  modelVersion: 'gemini-x',
  ...around,
});
const stop = { finishReason: 'STOP' };

describe('a Gemini answer', () => {
  it('reads the recorded stream', () => {
    const lines = recordedLines('google/google-text.chunks.txt').map((line) => JSON.parse(line));
    expect(collect(decode(google, lines))).toMatchObject({
      text: 'There are **3** "r"s in strawberry.\n\nst**r**awbe**rr**y',
      reasoning: '',
      malformed: 0,
      finish: {
        finishReason: 'stop',
        rawFinishReason: 'STOP',
        servedModel: 'gemini-3-pro-preview',
        usage: { inputTokens: 9, outputTokens: 23 + 185, reasoningTokens: 185, cachedInputTokens: null },
      },
    });
  });

  it('reads the recorded whole reply', () => {
    expect(collect(google.whole(recordedJson('google/google-text.json')))).toMatchObject({
      text: "There are **3** r's in strawberry.\n\nHere is the breakdown: st**r**awbe**rr**y.",
      finish: {
        finishReason: 'stop',
        usage: { inputTokens: 9, outputTokens: 28 + 244, reasoningTokens: 244, cachedInputTokens: null },
      },
    });
  });

  it('tells thoughts from text, and gives the same streamed, whole and as a list of chunks', () => {
    const usage = { promptTokenCount: 2, candidatesTokenCount: 3, thoughtsTokenCount: 4 };
    const chunks = [
      chunk([{ text: 'Hm', thought: true }]),
      chunk([{ text: '.', thought: true }, { text: 'Hi' }]),
      chunk([{ text: '!', thoughtSignature: 'c2ln' }], stop, { usageMetadata: usage }),
    ];
    const parts = [
      { text: 'Hm.', thought: true },
      { text: 'Hi!', thoughtSignature: 'c2ln' },
    ];
    const streamed = collect(decode(google, chunks));
    expect(streamed).toMatchObject({ text: 'Hi!', reasoning: 'Hm.', malformed: 0 });
    expect(collect(google.whole(chunk(parts, stop, { usageMetadata: usage })))).toEqual(streamed);
    expect(collect(google.whole(chunks))).toEqual(streamed);
  });

  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['OTHER', 'other'],
    ['MALFORMED_FUNCTION_CALL', 'other'],
    ['UNEXPECTED_TOOL_CALL', 'other'],
    ['SOMETHING_NEW', 'other'],
    ['toString', 'other'],
  ])('ends with %s as %s', (finishReason, expected) => {
    const ended = chunk([{ text: 'a' }], { finishReason });
    expect(collect(decode(google, [ended])).finish).toMatchObject({
      finishReason: expected,
      rawFinishReason: finishReason,
    });
    expect(collect(google.whole(ended)).finish).toMatchObject({ finishReason: expected });
  });

  it('ends with a function call as tool-calls, though the API says STOP', () => {
    const called = [chunk([{ functionCall: { name: 'f', args: {} } }]), chunk([{ text: '' }], stop)];
    expect(collect(decode(google, called))).toMatchObject({
      text: '',
      progress: 2,
      finish: { finishReason: 'tool-calls', rawFinishReason: 'STOP' },
    });
  });

  it.each(['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY'])(
    'turns %s into a content-filter error, streamed after text and whole',
    (finishReason) => {
      const blocked = { candidates: [{ finishReason, index: 0 }] };
      const expected = expect.objectContaining({
        kind: 'content-filter',
        rawCode: finishReason,
        message: `the answer was stopped: ${finishReason}`,
      });
      expect(() => decode(google, [chunk([{ text: 'a' }]), blocked])).toThrow(expected);
      expect(() => google.whole(blocked)).toThrow(expected);
    },
  );

  it('names the blocked categories and what the provider says of them', () => {
    const blocked = {
      candidates: [
        {
          finishReason: 'SAFETY',
          finishMessage: 'Not this one.\nMore',
          safetyRatings: [
            { category: 'HARM_CATEGORY_DANGEROUS_CONTENT', probability: 'HIGH', blocked: true },
            { category: 'HARM_CATEGORY_HARASSMENT', probability: 'LOW' },
            { category: 'HARM_CATEGORY_HATE_SPEECH', blocked: true },
          ],
        },
      ],
    };
    expect(() => google.whole(blocked)).toThrow(
      'the answer was stopped: SAFETY (DANGEROUS_CONTENT, HATE_SPEECH): Not this one.',
    );
  });

  it('turns a blocked prompt into an error with its reason and categories', () => {
    const blocked = {
      promptFeedback: {
        blockReason: 'PROHIBITED_CONTENT',
        safetyRatings: [{ category: 'HARM_CATEGORY_DANGEROUS_CONTENT', blocked: true }],
      },
      usageMetadata: { promptTokenCount: 3 },
    };
    const expected = expect.objectContaining({
      kind: 'content-filter',
      rawCode: 'PROHIBITED_CONTENT',
      message: 'the prompt was blocked: PROHIBITED_CONTENT (DANGEROUS_CONTENT)',
    });
    expect(() => decode(google, [blocked])).toThrow(expected);
    expect(() => google.whole(blocked)).toThrow(expected);
  });

  it('reads on when the prompt feedback blocks nothing', () => {
    const feedback = { promptFeedback: { safetyRatings: [], blockReason: 'BLOCK_REASON_UNSPECIFIED' } };
    expect(collect(decode(google, [feedback, chunk([{ text: 'a' }], stop)])).text).toBe('a');
  });

  it.each([
    ['no candidates', { candidates: [], usageMetadata: { promptTokenCount: 3 } }],
    ['nothing', {}],
    ['an unspecified reason', chunk([{ text: 'a' }], { finishReason: 'FINISH_REASON_UNSPECIFIED' })],
  ])('does not take %s for the end', (_, payload) => {
    expect(collect(decode(google, [payload])).finish).toBeNull();
    expect(collect(google.whole(payload)).finish).toBeNull();
  });

  it('keeps text and counts that come after the finish reason, and ends once', () => {
    const chunks = [
      chunk([{ text: 'a' }], stop, { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1 } }),
      chunk([{ text: 'b' }], stop, { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } }),
      {
        usageMetadata: {
          promptTokenCount: 8,
          candidatesTokenCount: 5,
          cachedContentTokenCount: 6,
          toolUsePromptTokenCount: 2,
        },
      },
    ];
    expect(collect(decode(google, chunks))).toMatchObject({
      text: 'ab',
      finish: { usage: { inputTokens: 10, outputTokens: 5, reasoningTokens: null, cachedInputTokens: 6 } },
    });
  });

  it('keeps the counts of an earlier chunk that the last one leaves out', () => {
    const chunks = [
      chunk([{ text: 'a' }], {}, { usageMetadata: { promptTokenCount: 4, thoughtsTokenCount: 7 } }),
      chunk([], stop, { usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 1 } }),
    ];
    expect(collect(decode(google, chunks)).finish?.usage).toEqual({
      inputTokens: 4,
      outputTokens: 8,
      reasoningTokens: 7,
      cachedInputTokens: null,
    });
  });

  it('knows no usage where none was told', () => {
    expect(collect(decode(google, [chunk([{ text: 'a' }], stop)])).finish?.usage).toBeNull();
  });

  it('shows the first of several candidates only', () => {
    const two = {
      candidates: [
        { index: 1, content: { parts: [{ text: 'second' }] }, finishReason: 'SAFETY' },
        { index: 0, content: { parts: [{ text: 'first' }] }, finishReason: 'STOP' },
      ],
    };
    expect(collect(decode(google, [two]))).toMatchObject({ text: 'first', finish: { finishReason: 'stop' } });
  });

  it.each([
    ['a number', 7],
    ['null', null],
    ['text', 'a'],
    ['a part that is no object', chunk(['x'])],
  ])('counts %s as one malformed event and goes on', (_, payload) => {
    const read = collect(decode(google, [chunk([{ text: 'a' }]), payload, chunk([{ text: 'b' }], stop)]));
    expect(read).toMatchObject({ text: 'ab', malformed: 1, finish: { finishReason: 'stop' } });
  });

  it('passes over an answer whose parts are no list', () => {
    const odd = { candidates: [{ content: { parts: 'x' }, finishReason: 'STOP' }] };
    expect(collect(decode(google, [odd]))).toMatchObject({ text: '', finish: { finishReason: 'stop' } });
  });
});

describe('an error inside a Gemini stream', () => {
  it.each([
    [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.', 'overloaded'],
    [500, 'INTERNAL', 'An internal error has occurred.', 'server-error'],
    [429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).', 'rate-limit'],
    [
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      'context-length',
    ],
    [404, 'NOT_FOUND', 'models/nope is not found for API version v1beta', 'model-not-found'],
  ])('%i %s (%s) is %s', (code, status, message, kind) => {
    const payload = { error: { code, message, status } };
    const expected = expect.objectContaining({ name: 'ProviderError', kind });
    expect(() => decode(google, [chunk([{ text: 'a' }]), payload])).toThrow(expected);
    expect(() => decode(google, [[payload]])).toThrow(expected);
    expect(() => google.whole(payload)).toThrow(expected);
    expect(() => google.whole([payload])).toThrow(expected);
  });

  it('keeps how long the recorded 429 asks to wait', () => {
    expect(() => google.whole(recordedJson('google/google-429-retry-info.json'))).toThrow(
      expect.objectContaining({ kind: 'rate-limit', retryAfterMs: 34_400 }),
    );
  });
});
