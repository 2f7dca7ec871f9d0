import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { google } from '../../src/providers/google.js';
import { startGoogle } from '../fakes/google.js';
import type { FakeApi } from '../fakes/loopback.js';
import { type AskOptions, ask, readParts, readResponse } from '../support/ask.js';
import { collect } from '../support/collect.js';
import { frameRecording, recordedLines, serveReplay, splitBytes } from '../support/replay.js';

const model = 'gemini-3-pro-preview';

/** What a recording says, read as plainly as can be. */
function plainly(name: string) {
  const lines = recordedLines(`google/${name}`).map((line) => JSON.parse(line));
  const parts = lines.flatMap((line) => line.candidates[0].content.parts);
  const last = lines.at(-1);
  const usage = last.usageMetadata;
  return {
    text: parts
      .filter((part) => !part.thought)
      .map((part) => part.text)
      .join(''),
    reasoning: parts
      .filter((part) => part.thought)
      .map((part) => part.text)
      .join(''),
    raw: last.candidates[0].finishReason,
    input: usage.promptTokenCount,
    output: usage.totalTokenCount - usage.promptTokenCount,
    model: last.modelVersion,
  };
}

function told(events: Parameters<typeof collect>[0]) {
  const { text, reasoning, finish } = collect(events);
  const { inputTokens: input, outputTokens: output } = finish?.usage ?? {};
  return { text, reasoning, raw: finish?.rawFinishReason, input, output, model: finish?.servedModel };
}

describe.each(['google-text.chunks.txt', 'google-reasoning.chunks.txt'])('%s on the wire', (recording) => {
  it.each(['\n', '\r\n', '\r'] as const)(
    'reads the same wherever it is cut, with %j line ends',
    (lineEnd) => {
      const frames = frameRecording(`google/${recording}`, { dialect: 'google', lineEnd });
      const bytes = new TextEncoder().encode(frames.join(''));
      const expected = plainly(recording);
      for (let at = 1; at < Math.min(bytes.length, 2_000); at++) {
        expect(told(readParts(google, splitBytes(bytes, [at]))), `cut at ${at}`).toEqual(expected);
      }
      expect(told(readParts(google, splitBytes(bytes, 'every')))).toEqual(expected);
    },
  );

  it('reads the same over a socket, whatever the chunks', async () => {
    const frames = frameRecording(`google/${recording}`, { dialect: 'google', lineEnd: '\r\n' });
    for (const splitAt of [[], [1, 700, 701, 1_999], [333, 666, 999, 1_332]]) {
      const server = await serveReplay({ frames, framing: 'sse', splitAt });
      try {
        expect(told(await readResponse(google, await fetch(server.url)))).toEqual(plainly(recording));
      } finally {
        await server.close();
      }
    }
  });
});

describe('a strict Gemini server', () => {
  const key = 'AIzaFakeKey';
  let server: FakeApi;
  beforeAll(async () => {
    server = await startGoogle({ key });
  });
  afterAll(() => server.close());
  const send = (options: Partial<AskOptions> = {}) =>
    ask(google, `${server.url}/v1beta`, { model, key, ...options });

  it.each<{ name: string; asked: Partial<AskOptions> }>([
    { name: 'a plain request', asked: {} },
    { name: 'a whole reply', asked: { whole: true } },
    { name: 'a model with its prefix', asked: { model: `models/${model}` } },
    { name: 'a tuned model', asked: { model: 'tunedModels/mine' } },
    {
      name: 'every portable option and further keys',
      asked: {
        system: 'Be brief.',
        options: { maxTokens: 9, temperature: 2, topP: 0.9, stop: ['X'], seed: 1, json: true },
        body: {
          generationConfig: { topK: 3, thinkingConfig: { thinkingBudget: 0 } },
          safetySettings: [],
          stream: true,
        },
      },
    },
    {
      name: 'a conversation',
      asked: {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
          { role: 'user', content: 'c' },
        ],
      },
    },
  ])('answers $name', async ({ asked }) => {
    const { status, events, refusal } = await send(asked);
    expect({ status, refusal }).toEqual({ status: 200, refusal: '' });
    expect(collect(events)).toMatchObject({
      text: expect.stringMatching(/^There are/),
      finish: { finishReason: 'stop' },
    });
  });

  it.each<{ name: string; options: Partial<AskOptions>; status: number; says: string }>([
    { name: 'no key', options: { key: null }, status: 403, says: 'unregistered callers' },
    { name: 'a wrong key', options: { key: 'wrong' }, status: 400, says: 'API_KEY_INVALID' },
    { name: 'an unknown model', options: { model: 'nope' }, status: 404, says: 'models/nope is not found' },
    {
      name: 'an unknown key',
      options: { body: { topK: 1 } },
      status: 400,
      says: 'Unknown name \\"topK\\": Cannot find field.',
    },
    {
      name: 'an unknown option',
      options: { body: { generationConfig: { n: 1 } } },
      status: 400,
      says: 'Unknown name \\"n\\" at \'generationConfig\'',
    },
    { name: 'no messages', options: { messages: [] }, status: 400, says: 'contents is not specified' },
    {
      name: 'an answer first',
      options: { messages: [{ role: 'assistant', content: 'a' }] },
      status: 400,
      says: 'first turn',
    },
    {
      name: 'a temperature above 2',
      options: { options: { temperature: 2.1 } },
      status: 400,
      says: 'temperature',
    },
    {
      name: 'text for a number',
      options: { body: { generationConfig: { topK: '1' } } },
      status: 400,
      says: 'Invalid value',
    },
  ])('refuses $name', async ({ options, status, says }) => {
    const reply = await send(options);
    expect(reply).toMatchObject({ status, refusal: expect.stringContaining(says) });
  });
});
