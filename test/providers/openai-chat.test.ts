import { describe, expect, it } from 'vitest';
import { parseDsn } from '../../src/core/dsn.js';
import { ProviderError } from '../../src/core/errors.js';
import type { ModelRequest } from '../../src/core/ports.js';
import { openaiChat } from '../../src/providers/openai-chat.js';
import { type Preset, presets } from '../../src/providers/presets.js';
import { framePayloads, frameRecording, recordedJson, recordedLines, splitBytes } from '../support/replay.js';
import { decode, modelRequest, readChunks, replyOf } from '../support/replies.js';

const recordings = [
  'openai/openai-text',
  'deepseek/deepseek-reasoning',
  'groq/groq-text',
  'mistral/mistral-text',
  'xai/xai-text',
];

// biome-ignore lint/suspicious/noExplicitAny: recordings are read here without the code under test
type Json = any;

/** What a recording says, by a mapping of its own. */
function expected(lines: readonly string[]) {
  const chunks: Json[] = lines.map((line) => JSON.parse(line));
  const deltas = chunks.flatMap((chunk) => chunk.choices.map((choice: Json) => choice.delta));
  const usage = chunks
    .map((chunk) => chunk.usage)
    .filter(Boolean)
    .at(-1);
  const reasoning: number | undefined = usage.completion_tokens_details?.reasoning_tokens;
  const [input, output] = [usage.prompt_tokens, usage.total_tokens - usage.prompt_tokens];
  return {
    text: deltas.map((delta) => delta.content ?? '').join(''),
    reasoning: deltas.map((delta) => delta.reasoning_content ?? '').join(''),
    finishReason: 'stop',
    rawFinishReason: 'stop',
    servedModel: chunks[0].model,
    usage: {
      inputTokens: input,
      outputTokens: output,
      reasoningTokens: reasoning ?? null,
      cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? null,
    },
    malformed: 0,
    warnings: [],
  };
}

/** The beginning and the end of a recording: long ones are too slow to be cut at every offset. */
function shortened(name: string): string[] {
  const lines = recordedLines(`${name}.chunks.txt`);
  return lines.length <= 14 ? lines : [...lines.slice(0, 10), ...lines.slice(-4)];
}

describe('recorded streams', () => {
  it.each(recordings)('%s reads as it was written', (name) => {
    const bytes = new TextEncoder().encode(
      frameRecording(`${name}.chunks.txt`, { dialect: 'openai' }).join(''),
    );
    const reply = readChunks(openaiChat, [bytes]);
    expect(reply).toEqual(expected(recordedLines(`${name}.chunks.txt`)));
    expect(reply.text).not.toBe('');
  });

  it.each(
    recordings.flatMap((name) => (['\n', '\r\n', '\r'] as const).map((lineEnd) => ({ name, lineEnd }))),
  )(
    '$name with line ends $lineEnd reads the same, cut at any of the first 2,000 bytes',
    ({ name, lineEnd }) => {
      const lines = shortened(name);
      const bytes = new TextEncoder().encode(framePayloads(lines, { dialect: 'openai', lineEnd }).join(''));
      const whole = expected(lines);
      for (let at = 1; at <= Math.min(2_000, bytes.length); at += 1) {
        expect(readChunks(openaiChat, splitBytes(bytes, [at])), `cut at ${at}`).toEqual(whole);
      }
    },
  );

  it.each(recordings)('%s reads the same byte by byte', (name) => {
    const lines = shortened(name);
    const bytes = new TextEncoder().encode(framePayloads(lines, { dialect: 'openai' }).join(''));
    expect(readChunks(openaiChat, splitBytes(bytes, 'every'))).toEqual(expected(lines));
  });

  it.each(['openai/openai-text', 'mistral/mistral-text'])('%s as a whole reply', (name) => {
    const body: Json = recordedJson(`${name}.json`);
    expect(replyOf(openaiChat.whole(body))).toMatchObject({
      text: body.choices[0].message.content,
      finishReason: 'stop',
      servedModel: body.model,
      usage: { inputTokens: body.usage.prompt_tokens, outputTokens: body.usage.completion_tokens },
    });
  });
});

const chunk = (delta: unknown, rest: Record<string, unknown> = {}) => ({
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: null, ...rest }],
});
const stop = chunk({}, { finish_reason: 'stop' });

describe('what servers send', () => {
  it.each([
    {
      name: 'content null',
      chunks: [chunk({ role: 'assistant', content: null }), chunk({ content: 'a' }), stop],
      text: 'a',
    },
    {
      name: 'an empty delta, no choices, no delta',
      chunks: [chunk({}), { choices: [] }, { choices: [{ index: 0 }] }, chunk({ content: 'a' }), stop],
      text: 'a',
    },
    {
      name: 'reasoning before the role',
      chunks: [
        chunk({ reasoning_content: 'r' }),
        chunk({ role: 'assistant' }),
        chunk({ content: 'a' }),
        stop,
      ],
      text: 'a',
      reasoning: 'r',
    },
    {
      name: 'the finish reason on the last content',
      chunks: [chunk({ content: 'a' }), chunk({ content: 'b' }, { finish_reason: 'stop' })],
      text: 'ab',
    },
    {
      name: 'an empty finish reason on every chunk',
      chunks: [
        chunk({ content: 'a' }, { finish_reason: '' }),
        chunk({ content: 'b' }, { finish_reason: 'stop' }),
      ],
      text: 'ab',
    },
    {
      name: 'reasoning',
      chunks: [chunk({ reasoning: 'r' }), chunk({ content: 'a' }), stop],
      text: 'a',
      reasoning: 'r',
    },
    {
      name: 'reasoning under both its names',
      chunks: [chunk({ reasoning: 'r', reasoning_content: 'r' }), chunk({ content: 'a' }), stop],
      text: 'a',
      reasoning: 'r',
    },
    {
      name: 'reasoning details',
      chunks: [
        chunk({
          reasoning_details: [
            { type: 'reasoning.summary', summary: 'r' },
            { type: 'reasoning.text', text: 's' },
            { type: 'reasoning.encrypted', data: 'x' },
          ],
        }),
        chunk({ content: 'a' }),
        stop,
      ],
      text: 'a',
      reasoning: 'rs',
    },
    {
      name: 'thinking',
      chunks: [chunk({ thinking: 'r' }), chunk({ content: 'a' }), stop],
      text: 'a',
      reasoning: 'r',
    },
    {
      name: "Mistral's parts",
      chunks: [
        chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'r' }] }] }),
        chunk({
          content: [
            { type: 'text', text: 'a' },
            { type: 'reference', reference_ids: [1] },
          ],
        }),
        chunk({ content: 'b' }),
        stop,
      ],
      text: 'ab',
      reasoning: 'r',
    },
    {
      name: 'think tags',
      chunks: [chunk({ content: '<think>r</think>a' }), stop],
      text: '<think>r</think>a',
    },
    {
      name: 'a second choice',
      chunks: [
        chunk({ content: 'a' }),
        { choices: [{ index: 1, delta: { content: 'x' }, finish_reason: 'length' }] },
        stop,
      ],
      text: 'a',
    },
    {
      name: 'no index',
      chunks: [
        { choices: [{ delta: { content: 'a' } }] },
        { choices: [{ delta: {}, finish_reason: 'stop' }] },
      ],
      text: 'a',
    },
    {
      name: 'error: null beside the choices',
      chunks: [{ ...chunk({ content: 'a' }), error: null }, stop],
      text: 'a',
    },
    { name: 'no content at all', chunks: [chunk({ role: 'assistant', content: '' }), stop], text: '' },
  ])('$name', ({ chunks, text, reasoning = '' }) => {
    expect(replyOf(decode(openaiChat, chunks))).toMatchObject({
      text,
      reasoning,
      finishReason: 'stop',
      malformed: 0,
    });
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['model_length', 'length'],
    ['tool_calls', 'tool-calls'],
    ['function_call', 'tool-calls'],
    ['eos', 'stop'],
    ['something_new', 'other'],
    ['constructor', 'other'],
  ])('the finish reason %s is %s', (raw, reason) => {
    expect(replyOf(decode(openaiChat, [chunk({ content: 'a' }, { finish_reason: raw })]))).toMatchObject({
      finishReason: reason,
      rawFinishReason: raw,
    });
  });

  it.each([
    {
      name: 'a filtered answer',
      chunks: [
        chunk({ content: 'a' }),
        chunk(
          {},
          {
            finish_reason: 'content_filter',
            content_filter_results: { violence: { filtered: true }, hate: { filtered: false } },
          },
        ),
      ],
      kind: 'content-filter',
      message: /filter.*: violence$/,
    },
    {
      name: 'a refusal',
      chunks: [chunk({ role: 'assistant', refusal: 'I cannot ' }), chunk({ refusal: 'help.' }), stop],
      kind: 'content-filter',
      message: /refused.*: I cannot help\.$/,
    },
    {
      name: 'an error with a code',
      chunks: [chunk({ content: 'a' }), { error: { message: 'no funds', code: 'insufficient_quota' } }],
      kind: 'quota',
      message: /no funds/,
    },
    {
      name: "OpenRouter's error beside choices",
      chunks: [
        {
          ...chunk({ content: '' }, { finish_reason: 'error' }),
          error: { code: 502, message: 'provider disconnected' },
        },
      ],
      kind: 'server-error',
      message: /disconnected/,
    },
    {
      name: 'the finish reason error',
      chunks: [chunk({}, { finish_reason: 'error' })],
      kind: 'server-error',
      message: /gave up/,
    },
    {
      name: 'DeepSeek without resources',
      chunks: [chunk({ content: 'a' }, { finish_reason: 'insufficient_system_resource' })],
      kind: 'overloaded',
      message: /resources/,
    },
    {
      name: "vLLM's error",
      chunks: [{ object: 'error', message: 'too many', type: 'BadRequestError', code: 400 }],
      kind: 'bad-request',
      message: /too many/,
    },
    {
      name: "Groq's error",
      chunks: [{ ...chunk({}), x_groq: { error: 'over capacity' } }],
      kind: 'overloaded',
      message: /capacity/,
    },
  ])('$name is $kind', ({ chunks, kind, message }) => {
    const failure = (() => {
      try {
        return decode(openaiChat, chunks);
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(ProviderError);
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(message) });
  });

  it.each([
    { name: 'a number', payload: 5 },
    { name: 'null', payload: null },
    { name: 'a text', payload: 'hello' },
    { name: 'choices that are no list', payload: { choices: 'x' } },
    { name: 'content that is a number', payload: chunk({ content: 5 }) },
  ])('$name is one malformed event, and the rest still reads', ({ payload }) => {
    expect(
      replyOf(decode(openaiChat, [chunk({ content: 'a' }), payload, chunk({ content: 'b' }), stop])),
    ).toMatchObject({ text: 'ab', malformed: 1, finishReason: 'stop' });
  });

  it('is cut without a finish reason, even where usage came', () => {
    expect(
      replyOf(
        decode(openaiChat, [
          chunk({ content: 'a' }),
          { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } },
        ]),
      ).finishReason,
    ).toBeNull();
  });

  it('tells a role and a tool call as progress, a keep-alive as nothing', () => {
    const kinds = decode(openaiChat, [
      chunk({ role: 'assistant' }),
      chunk({ tool_calls: [{ index: 0 }] }),
      { choices: [] },
      chunk({}),
    ]).map(({ type }) => type);
    expect(kinds).toEqual(['progress', 'progress']);
  });

  const counts = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  it.each([
    { name: 'in a later chunk', chunks: [stop, { choices: [], usage: counts }] },
    {
      name: 'in a later chunk with an empty delta',
      chunks: [stop, { ...chunk({ role: 'assistant', content: '' }), usage: counts }],
    },
    { name: 'with the finish reason', chunks: [{ ...stop, usage: counts }] },
    { name: "in Groq's own key", chunks: [{ ...stop, x_groq: { usage: counts } }] },
    {
      name: 'on every chunk',
      chunks: [
        { ...chunk({ content: 'a' }), usage: { ...counts, completion_tokens: 1 } },
        { ...stop, usage: counts },
      ],
    },
    {
      name: 'on every chunk but the one with the finish reason',
      chunks: [
        { ...chunk({ content: 'a' }), usage: { ...counts, completion_tokens: 1 } },
        stop,
        { choices: [], usage: counts },
      ],
    },
    {
      name: 'null until the end',
      chunks: [{ ...chunk({ content: 'a' }), usage: null }, stop, { choices: [], usage: counts }],
    },
  ])('finds the usage $name', ({ chunks }) => {
    expect(replyOf(decode(openaiChat, chunks)).usage).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      reasoningTokens: null,
      cachedInputTokens: null,
    });
  });

  it.each([
    {
      name: "OpenAI's output includes reasoning",
      usage: {
        prompt_tokens: 10,
        completion_tokens: 50,
        total_tokens: 60,
        completion_tokens_details: { reasoning_tokens: 40 },
      },
      output: 50,
      reasoning: 40,
    },
    {
      name: "xAI's does not",
      usage: {
        prompt_tokens: 12,
        completion_tokens: 1,
        total_tokens: 303,
        completion_tokens_details: { reasoning_tokens: 290 },
      },
      output: 291,
      reasoning: 290,
    },
    {
      name: "xAI's does not, without a total",
      usage: {
        prompt_tokens: 12,
        completion_tokens: 1,
        completion_tokens_details: { reasoning_tokens: 290 },
      },
      output: 291,
      reasoning: 290,
    },
    {
      name: 'no reasoning',
      usage: {
        prompt_tokens: 1,
        completion_tokens: 2,
        total_tokens: 3,
        completion_tokens_details: { reasoning_tokens: 0 },
      },
      output: 2,
      reasoning: 0,
    },
    {
      name: 'nonsense is not counted',
      usage: { prompt_tokens: 1, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: -3 } },
      output: 2,
      reasoning: null,
    },
  ])('$name', ({ usage, output, reasoning }) => {
    expect(replyOf(decode(openaiChat, [{ ...stop, usage }])).usage).toMatchObject({
      outputTokens: output,
      reasoningTokens: reasoning,
    });
  });

  it('says that the answer is complete while the usage is waited for', () => {
    const decoder = openaiChat.decoder();
    expect(decoder.terminal).toBe(false);
    decoder.event(stop, undefined);
    expect(decoder.terminal).toBe(true);
  });

  it('has no finish for a body that is no reply', () => {
    expect(replyOf(openaiChat.whole({ status: 'ok' })).finishReason).toBeNull();
  });
});

const lookup = { traits: () => ({}), names: () => [] };

function worded(parts: Partial<ModelRequest>, { preset = 'openai', dsn = '' } = {}) {
  const row: Preset | undefined = presets.find(({ name }) => name === preset);
  if (row === undefined) throw new Error(preset);
  const { options } = parseDsn('LLM_X', `${preset}://key@h.example${dsn}`, lookup);
  return openaiChat.request(modelRequest(parts), { model: 'm', preset: row, options });
}

describe('the request', () => {
  it('is worded for a stream', () => {
    expect(
      worded({
        system: 'Be brief.',
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
          { role: 'user', content: 'c' },
        ],
      }),
    ).toEqual({
      path: '/chat/completions',
      headers: {},
      body: {
        model: 'm',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
          { role: 'user', content: 'c' },
        ],
        stream: true,
        stream_options: { include_usage: true },
      },
      warnings: [],
    });
  });

  it('is worded for a whole reply', () => {
    const { body } = worded({ whole: true });
    expect(body.stream).toBe(false);
    expect(body).not.toHaveProperty('stream_options');
  });

  const all = { maxTokens: 9, temperature: 0, topP: 0.5, stop: ['x'], seed: 0, json: true };
  it.each([
    { preset: 'openai', names: { max_completion_tokens: 9, seed: 0 }, without: ['max_tokens'] },
    { preset: 'azure', names: { max_completion_tokens: 9, seed: 0 }, without: ['max_tokens'] },
    { preset: 'groq', names: { max_tokens: 9, seed: 0 }, without: ['max_completion_tokens'] },
    { preset: 'llamacpp', names: { max_tokens: 9, seed: 0 }, without: ['max_completion_tokens'] },
    { preset: 'mistral', names: { max_tokens: 9, random_seed: 0 }, without: ['seed', 'stream_options'] },
  ])('maps the portable options to the names of $preset', ({ preset, names, without }) => {
    const { body, warnings } = worded({ options: all }, { preset });
    expect(body).toMatchObject({
      temperature: 0,
      top_p: 0.5,
      stop: ['x'],
      response_format: { type: 'json_object' },
      ...names,
    });
    for (const key of without) expect(body).not.toHaveProperty(key);
    expect(warnings).toEqual([]);
  });

  it.each(['perplexity', 'lmstudio'])('warns of JSON without a schema, which %s does not have', (preset) => {
    const { body, warnings } = worded({ options: { json: true } }, { preset });
    expect(body).not.toHaveProperty('response_format');
    expect(warnings).toMatchObject([
      { code: 'unsupported-option', message: expect.stringContaining('json') },
    ]);
  });

  it('warns of a seed where the API has none', () => {
    const { body, warnings } = worded({ options: { seed: 1 } }, { preset: 'deepseek' });
    expect(body).not.toHaveProperty('seed');
    expect(warnings).toMatchObject([
      { code: 'unsupported-option', message: expect.stringContaining('seed') },
    ]);
  });

  it("lets the user's keys win, but not stream", () => {
    const { body, warnings } = worded({
      options: { temperature: 1 },
      body: { temperature: 0.2, top_k: 4, stream: false },
    });
    expect(body).toMatchObject({ temperature: 0.2, top_k: 4, stream: true });
    expect(warnings).toMatchObject([{ code: 'ignored-option' }]);
  });

  it("takes the DSN's limit where the request has none", () => {
    expect(worded({}, { dsn: '?max_tokens=7' }).body).toMatchObject({ max_completion_tokens: 7 });
    expect(worded({ options: { maxTokens: 8 } }, { dsn: '?max_tokens=7' }).body).toMatchObject({
      max_completion_tokens: 8,
    });
  });

  it('names organization and project', () => {
    expect(worded({}, { dsn: '?org=o1&project=p1' }).headers).toEqual({
      'openai-organization': 'o1',
      'openai-project': 'p1',
    });
  });

  it.each([
    { dsn: '', path: '/chat/completions' },
    {
      dsn: '?deployment=my dep'.replace(' ', '%20'),
      path: '/deployments/my%20dep/chat/completions?api-version=2024-10-21',
    },
    {
      dsn: '?api_version=2025-04-01-preview',
      path: '/deployments/m/chat/completions?api-version=2025-04-01-preview',
    },
    {
      dsn: '?deployment=d&api_version=2024-06-01',
      path: '/deployments/d/chat/completions?api-version=2024-06-01',
    },
  ])('goes to $path on Azure with $dsn', ({ dsn, path }) => {
    expect(worded({}, { preset: 'azure', dsn }).path).toBe(path);
  });

  it.each([
    { dsn: '', key: 'max_completion_tokens' },
    { dsn: '?deployment=d', key: 'max_tokens' },
    { dsn: '?api_version=2024-10-21', key: 'max_tokens' },
    { dsn: '?api_version=2024-09-01-preview', key: 'max_tokens' },
    { dsn: '?api_version=2024-12-01-preview', key: 'max_completion_tokens' },
    { dsn: '?api_version=2025-04-01-preview', key: 'max_completion_tokens' },
    { dsn: '?api_version=preview', key: 'max_completion_tokens' },
  ])('limits the answer with $key on Azure with $dsn', ({ dsn, key }) => {
    const { body } = worded({ options: { maxTokens: 9 } }, { preset: 'azure', dsn });
    const keys = Object.keys(body).filter((name) => name.startsWith('max_'));
    expect(keys).toEqual([key]);
    expect(body[key]).toBe(9);
  });

  it('warns of a deployment where there are none', () => {
    expect(worded({}, { dsn: '?deployment=d' })).toMatchObject({
      path: '/chat/completions',
      warnings: [{ code: 'unused-dsn-option' }],
    });
  });
});
