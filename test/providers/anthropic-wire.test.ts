import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anthropic } from '../../src/providers/anthropic.js';
import { startAnthropic } from '../fakes/anthropic.js';
import type { FakeApi } from '../fakes/loopback.js';
import { type AskOptions, ask, readParts, readResponse } from '../support/ask.js';
import { type Asked, collect } from '../support/collect.js';
import { frameRecording, recordedLines, serveReplay, splitBytes } from '../support/replay.js';

const model = 'claude-sonnet-4-5';

const refused = {
  kind: 'content-filter',
  rawCode: 'refusal',
  message:
    "the model refused to answer: This request triggered restrictions on violative cyber content and was blocked under Anthropic's Usage Policy.",
};

/** What a recording says, read as plainly as can be. */
function plainly(name: string) {
  const lines = recordedLines(`anthropic/${name}`).map((line) => JSON.parse(line));
  const usage = lines.find((line) => line.type === 'message_delta').usage;
  return {
    text: lines.map((line) => line.delta?.text ?? '').join(''),
    reasoning: lines.map((line) => line.delta?.thinking ?? '').join(''),
    raw: lines.find((line) => line.type === 'message_delta').delta.stop_reason,
    input: usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens,
    output: usage.output_tokens,
    model: lines[0].message.model,
  };
}

function told(events: Parameters<typeof collect>[0]) {
  const { text: words, reasoning, finish } = collect(events);
  const { inputTokens: input, outputTokens: output } = finish?.usage ?? {};
  return { text: words, reasoning, raw: finish?.rawFinishReason, input, output, model: finish?.servedModel };
}

describe('an Anthropic stream on the wire', () => {
  const recording = 'anthropic-text.chunks.txt';

  it.each(['\n', '\r\n', '\r'] as const)(
    'reads the same wherever it is cut, with %j line ends',
    (lineEnd) => {
      const frames = frameRecording(`anthropic/${recording}`, { dialect: 'anthropic', lineEnd });
      const bytes = new TextEncoder().encode(frames.join(''));
      const expected = plainly(recording);
      for (let at = 1; at < Math.min(bytes.length, 2_000); at++) {
        expect(told(readParts(anthropic, splitBytes(bytes, [at]))), `cut at ${at}`).toEqual(expected);
      }
      expect(told(readParts(anthropic, splitBytes(bytes, 'every')))).toEqual(expected);
    },
  );

  it('refuses wherever it is cut', () => {
    const frames = frameRecording('anthropic/anthropic-refusal.chunks.txt', { dialect: 'anthropic' });
    const bytes = new TextEncoder().encode(frames.join(''));
    for (let at = 1; at < bytes.length; at++) {
      const read = () => readParts(anthropic, splitBytes(bytes, [at]));
      expect(read, `cut at ${at}`).toThrow(expect.objectContaining(refused));
    }
  });

  it('reads the same over a socket, whatever the chunks', async () => {
    const frames = frameRecording(`anthropic/${recording}`, { dialect: 'anthropic' });
    for (const splitAt of [[], [1, 700, 701, 1_999], [333, 666, 999, 1_332]]) {
      const server = await serveReplay({ frames, framing: 'sse', splitAt });
      try {
        expect(told(await readResponse(anthropic, await fetch(server.url)))).toEqual(plainly(recording));
      } finally {
        await server.close();
      }
    }
  });
});

describe('a strict Anthropic server', () => {
  const key = 'sk-ant-fake-key';
  let server: FakeApi;
  beforeAll(async () => {
    server = await startAnthropic({ key });
  });
  afterAll(() => server.close());
  const send = (options: Partial<AskOptions> = {}) =>
    ask(anthropic, `${server.url}/v1`, { model, key, ...options });

  it.each<{ name: string; asked: Asked }>([
    { name: 'a plain request', asked: {} },
    { name: 'a whole reply', asked: { whole: true } },
    {
      name: 'every portable option and a further key',
      asked: {
        system: 'Be brief.',
        options: { maxTokens: 9, temperature: 1, topP: 0.9, stop: ['X'], seed: 1, json: true },
        body: { top_k: 3 },
      },
    },
    {
      name: 'two user messages in a row',
      asked: {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'user', content: 'b' },
        ],
      },
    },
    { name: 'a thinking budget', asked: { body: { thinking: { type: 'enabled', budget_tokens: 30_000 } } } },
  ])('answers $name', async ({ asked }) => {
    const { status, events, refusal } = await send(asked);
    expect({ status, refusal }).toEqual({ status: 200, refusal: '' });
    expect(collect(events)).toMatchObject({
      text: expect.stringMatching(/^Hello!/),
      finish: { finishReason: 'stop' },
    });
  });

  it.each(['claude-opus-4-7', 'claude-sonnet-4-5', 'claude-opus-4-20250514'])(
    'answers %s with temperature and top_p, whichever it takes',
    async (id) => {
      const reply = await send({ model: id, options: { temperature: 0, topP: 0.9 } });
      expect(reply).toMatchObject({ status: 200, refusal: '' });
    },
  );

  it('answers an old model that gives 4,096 tokens', async () => {
    expect((await send({ model: 'claude-3-haiku-20240307' })).status).toBe(200);
  });

  it.each<{ name: string; options: Partial<AskOptions>; status: number; says: string }>([
    { name: 'no key', options: { key: null }, status: 401, says: 'x-api-key header is required' },
    { name: 'a wrong key', options: { key: 'wrong' }, status: 401, says: 'invalid x-api-key' },
    {
      name: 'no version',
      options: { headers: { 'anthropic-version': null } },
      status: 400,
      says: 'header is required',
    },
    {
      name: 'an unknown version',
      options: { headers: { 'anthropic-version': '1' } },
      status: 400,
      says: 'not a valid version',
    },
    { name: 'an unknown model', options: { model: 'claude-nope' }, status: 404, says: 'model: claude-nope' },
    {
      name: 'an unknown key',
      options: { body: { seed: 1 } },
      status: 400,
      says: 'seed: Extra inputs are not permitted',
    },
    {
      name: 'no max_tokens',
      options: { raw: { max_tokens: undefined } },
      status: 400,
      says: 'max_tokens: Field required',
    },
    {
      name: 'too many max_tokens',
      options: { options: { maxTokens: 64_001 } },
      status: 400,
      says: '64001 > 64000',
    },
    {
      name: 'a temperature above 1',
      options: { options: { temperature: 1.1 } },
      status: 400,
      says: 'temperature: range: 0..1',
    },
    {
      name: 'temperature and top_p together',
      options: { raw: { temperature: 1, top_p: 0.9 } },
      status: 400,
      says: 'cannot both be specified',
    },
    {
      name: 'a temperature that the model does not have',
      options: { model: 'claude-opus-4-7', raw: { temperature: 1 } },
      status: 400,
      says: '`temperature` is deprecated',
    },
    { name: 'no messages', options: { messages: [] }, status: 400, says: 'at least one message' },
    {
      name: 'an answer first',
      options: { messages: [{ role: 'assistant', content: 'a' }] },
      status: 400,
      says: 'first message must use',
    },
    {
      name: 'a blank stop sequence',
      options: { raw: { stop_sequences: [' '] } },
      status: 400,
      says: 'non-whitespace',
    },
  ])('refuses $name', async ({ options, status, says }) => {
    const reply = await send(options);
    expect(reply).toMatchObject({ status, refusal: expect.stringContaining(says) });
  });
});
