import { describe, expect, it } from 'vitest';
import { parseDsn } from '../../src/core/dsn.js';
import { ProviderError } from '../../src/core/errors.js';
import type { ModelRequest } from '../../src/core/ports.js';
import { openaiResponses } from '../../src/providers/openai-responses.js';
import { presets } from '../../src/providers/presets.js';
import { frameRecording, recordedJson, recordedLines, splitBytes } from '../support/replay.js';
import { decode, modelRequest, readChunks, replyOf } from '../support/replies.js';

// biome-ignore lint/suspicious/noExplicitAny: recordings are read here without the code under test
type Json = any;

const lines = recordedLines('openai-responses/openai-phase.chunks.txt');

/** What the recording says, by a mapping of its own: the deltas of all messages, one after the other. */
function expected() {
  const all: Json[] = lines.map((line) => JSON.parse(line));
  const deltas = all.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta);
  const { usage, model } = all.at(-1).response;
  return {
    text: deltas.join(''),
    reasoning: '',
    finishReason: 'stop',
    rawFinishReason: 'completed',
    servedModel: model,
    usage: {
      inputTokens: usage.input_tokens,
      outputTokens: usage.output_tokens,
      reasoningTokens: usage.output_tokens_details.reasoning_tokens,
      cachedInputTokens: usage.input_tokens_details.cached_tokens,
    },
    malformed: 0,
    warnings: [],
  };
}

function failureOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('the recorded stream', () => {
  it.each(['\n', '\r\n', '\r'] as const)(
    'with line ends %j reads the same, cut at any of the first 2,000 bytes',
    (lineEnd) => {
      const text = frameRecording('openai-responses/openai-phase.chunks.txt', {
        dialect: 'openai-responses',
        lineEnd,
      }).join('');
      const bytes = new TextEncoder().encode(text);
      const reply = expected();
      expect(reply.text).toMatch(/^Got itHere are a/);
      for (let at = 1; at <= 2_000; at += 1) {
        expect(readChunks(openaiResponses, splitBytes(bytes, [at])), `cut at ${at}`).toEqual(reply);
      }
    },
  );

  it('is a lack of funds in the other recording', () => {
    const payloads = recordedLines('openai-responses/openai-error.chunks.txt').map((line) =>
      JSON.parse(line),
    );
    const failure = failureOf(() => decode(openaiResponses, payloads));
    expect(failure).toBeInstanceOf(ProviderError);
    expect(failure).toMatchObject({ kind: 'quota', rawCode: 'insufficient_quota' });
    expect(failureOf(() => decode(openaiResponses, [payloads.at(-1)]))).toMatchObject({
      kind: 'quota',
      rawCode: 'insufficient_quota',
    });
  });

  it('says the same as a whole reply', () => {
    const body: Json = recordedJson('openai-responses/openai-phase.json');
    expect(replyOf(openaiResponses.whole(body))).toEqual({
      text: body.output[0].content[0].text + body.output[1].content[0].text,
      reasoning: '',
      finishReason: 'stop',
      rawFinishReason: 'completed',
      servedModel: body.model,
      usage: { inputTokens: 7243, outputTokens: 423, reasoningTokens: 58, cachedInputTokens: 3072 },
      malformed: 0,
      warnings: [],
    });
  });
});

const message = (texts: readonly string[], phase?: string) => ({
  type: 'message',
  phase,
  content: texts.map((text) => ({ type: 'output_text', text })),
});
const reasoning = (summaries: readonly string[]) => ({
  type: 'reasoning',
  summary: summaries.map((text) => ({ type: 'summary_text', text })),
});

/** The deltas that the API would have sent for these items, two characters each. */
function streamOf(output: readonly Json[], end: Json) {
  const events: Json[] = [
    { type: 'response.created', response: { status: 'in_progress', output: [], error: null } },
  ];
  for (const [output_index, item] of output.entries()) {
    events.push({ type: 'response.output_item.added', output_index, item: { ...item, content: [] } });
    const parts: [string, Json][] = [
      ...(item.summary ?? []).map((part: Json, summary_index: number) => [
        part.text,
        { type: 'response.reasoning_summary_text.delta', summary_index },
      ]),
      ...(item.type === 'message' ? item.content : []).map((part: Json, content_index: number) => [
        part.text,
        { type: 'response.output_text.delta', content_index },
      ]),
    ];
    for (const [text, event] of parts) {
      for (const delta of text.match(/..?/gs) ?? []) events.push({ ...event, output_index, delta });
    }
    events.push({ type: 'response.output_item.done', output_index, item });
  }
  return [...events, { type: `response.${end.status}`, response: { ...end, output } }];
}

describe('whole and streamed replies', () => {
  it.each([
    { name: 'one message', output: [message(['hello'])], text: 'hello' },
    { name: 'two messages', output: [message(['one']), message(['two'])], text: 'onetwo' },
    { name: 'the parts of one message', output: [message(['one', 'two'])], text: 'onetwo' },
    {
      name: 'commentary before the final answer',
      output: [message(['let me see: '], 'commentary'), message(['42'], 'final_answer')],
      text: 'let me see: 42',
    },
    {
      name: 'summaries of reasoning',
      output: [reasoning(['first ', 'second']), message(['x'])],
      text: 'x',
      reasoning: 'first second',
    },
    { name: 'nothing', output: [], text: '' },
    {
      name: 'a call of a tool',
      output: [message(['x']), { type: 'function_call', name: 'f', arguments: '{}' }],
      text: 'x',
      finish: 'tool-calls',
    },
    {
      name: 'a search by the API is no call',
      output: [{ type: 'web_search_call' }, message(['x'])],
      text: 'x',
    },
  ])('agree: $name', ({ output, text, reasoning: thought = '', finish = 'stop' }) => {
    const end = {
      status: 'completed',
      model: 'm',
      error: null,
      usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
    };
    const streamed = replyOf(decode(openaiResponses, streamOf(output, end)));
    expect(streamed).toMatchObject({
      text,
      reasoning: thought,
      finishReason: finish,
      servedModel: 'm',
      usage: { inputTokens: 1, outputTokens: 2 },
    });
    expect(replyOf(openaiResponses.whole({ ...end, output }))).toEqual(streamed);
  });

  it('takes the text from the end where a gateway sends no deltas', () => {
    const response = { status: 'completed', output: [reasoning(['r']), message(['hello'])] };
    expect(replyOf(decode(openaiResponses, [{ type: 'response.completed', response }]))).toMatchObject({
      text: 'hello',
      reasoning: 'r',
      finishReason: 'stop',
    });
  });

  const ends = (response: Json) => [
    {
      form: 'streamed',
      read: () => decode(openaiResponses, [{ type: `response.${response.status}`, response }]),
    },
    { form: 'whole', read: () => openaiResponses.whole({ output: [], ...response }) },
  ];

  it.each(
    ends({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [message(['cut'])],
    }),
  )('cut by length, $form', ({ read }) => {
    expect(replyOf(read())).toMatchObject({
      text: 'cut',
      finishReason: 'length',
      rawFinishReason: 'max_output_tokens',
    });
  });

  it.each([
    ...ends({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }).map((end) => ({
      ...end,
      name: 'filtered',
      kind: 'content-filter',
    })),
    ...ends({ status: 'failed', error: { code: 'rate_limit_exceeded', message: 'slow' } }).map((end) => ({
      ...end,
      name: 'limited',
      kind: 'rate-limit',
    })),
    ...ends({ status: 'failed', error: { code: 'server_error', message: 'oops' } }).map((end) => ({
      ...end,
      name: 'failed',
      kind: 'server-error',
    })),
    ...ends({ status: 'cancelled' }).map((end) => ({ ...end, name: 'cancelled', kind: 'server-error' })),
    {
      name: 'an error with an object',
      form: 'streamed',
      kind: 'rate-limit',
      read: () =>
        decode(openaiResponses, [{ type: 'error', error: { code: 'rate_limit_exceeded', message: 'slow' } }]),
    },
    {
      name: 'an error without',
      form: 'streamed',
      kind: 'rate-limit',
      read: () =>
        decode(openaiResponses, [
          { type: 'error', code: 'rate_limit_exceeded', message: 'slow', param: null },
        ]),
    },
    {
      name: 'a refusal',
      form: 'streamed',
      kind: 'content-filter',
      read: () =>
        decode(openaiResponses, [
          { type: 'response.refusal.delta', delta: 'I cannot' },
          { type: 'response.completed', response: { status: 'completed', output: [] } },
        ]),
    },
    {
      name: 'a refusal',
      form: 'whole',
      kind: 'content-filter',
      read: () =>
        openaiResponses.whole({
          status: 'completed',
          output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'I cannot' }] }],
        }),
    },
  ])('$name ($form) is $kind', ({ read, kind }) => {
    const failure = failureOf(read);
    expect(failure).toBeInstanceOf(ProviderError);
    expect(failure).toMatchObject({ kind });
  });

  it.each([
    { name: 'no event', payload: 5 },
    { name: 'an event without type', payload: { delta: 'x' } },
    {
      name: 'a delta that is a number',
      payload: { type: 'response.output_text.delta', output_index: 0, delta: 5 },
    },
    { name: 'an end without response', payload: { type: 'response.completed' } },
  ])('$name is malformed', ({ payload }) => {
    expect(decode(openaiResponses, [payload])).toEqual([{ type: 'malformed' }]);
  });

  it('is cut without an end', () => {
    expect(
      replyOf(decode(openaiResponses, [{ type: 'response.output_text.delta', output_index: 0, delta: 'x' }])),
    ).toMatchObject({ text: 'x', finishReason: null });
    expect(
      replyOf(openaiResponses.whole({ status: 'in_progress', output: [message(['x'])] })).finishReason,
    ).toBeNull();
  });
});

function worded(parts: Partial<ModelRequest>) {
  const preset = presets.find(({ name }) => name === 'openai-responses');
  if (preset === undefined) throw new Error('the preset is gone');
  const { options } = parseDsn('LLM_X', 'openai-responses://key@?org=o1', {
    traits: () => ({}),
    names: () => [],
  });
  return openaiResponses.request(modelRequest(parts), { model: 'm', preset, options });
}

describe('the request', () => {
  it('is worded with instructions and input', () => {
    expect(worded({ system: 'Be brief.', options: { maxTokens: 20, temperature: 0, topP: 1 } })).toEqual({
      path: '/responses',
      headers: { 'openai-organization': 'o1' },
      body: {
        model: 'm',
        instructions: 'Be brief.',
        input: [{ role: 'user', content: 'Hello' }],
        max_output_tokens: 20,
        temperature: 0,
        top_p: 1,
        store: false,
        stream: true,
      },
      warnings: [],
    });
  });

  const user = { role: 'user', content: 'Hello' };
  const developer = { role: 'developer', content: 'Answer in JSON.' };
  const jsonObject = { format: { type: 'json_object' } };
  const jsonSchema = { format: { type: 'json_schema', name: 'x', schema: {} } };
  it.each<{ name: string; parts: Partial<ModelRequest>; sent: object; without: string }>([
    {
      name: 'as input for JSON, where the API looks for the word',
      parts: { options: { json: true } },
      sent: { input: [developer, user], text: jsonObject },
      without: 'instructions',
    },
    {
      name: 'as input for JSON by a key of the body',
      parts: { body: { text: { ...jsonObject, verbosity: 'low' } } },
      sent: { input: [developer, user], text: { ...jsonObject, verbosity: 'low' } },
      without: 'instructions',
    },
    {
      name: 'as instructions beside a schema, which wins',
      parts: { options: { json: true }, body: { text: jsonSchema } },
      sent: { instructions: 'Answer in JSON.', input: [user], text: jsonSchema },
      without: 'messages',
    },
    {
      name: "as instructions beside an input of the user's own",
      parts: { options: { json: true }, body: { input: 'json, please' } },
      sent: { instructions: 'Answer in JSON.', input: 'json, please', text: jsonObject },
      without: 'messages',
    },
    {
      name: "not at all beside instructions of the user's own",
      parts: { options: { json: true }, body: { instructions: 'Mine.' } },
      sent: { instructions: 'Mine.', input: [user], text: jsonObject },
      without: 'messages',
    },
    {
      name: 'not at all when it is blank',
      parts: { system: ' ', options: { json: true } },
      sent: { input: [user], text: jsonObject },
      without: 'instructions',
    },
  ])('sends the system prompt $name', ({ parts, sent, without }) => {
    const { body } = worded({ system: 'Answer in JSON.', ...parts });
    expect(body).toMatchObject(sent);
    expect(body).not.toHaveProperty(without);
  });

  it('warns of what the API has no name for', () => {
    const { body, warnings } = worded({ options: { seed: 1, stop: ['x'] } });
    expect(body).not.toHaveProperty('seed');
    expect(body).not.toHaveProperty('stop');
    expect(warnings.map(({ code, message }) => [code, /'(\w+)'/.exec(message)?.[1]])).toEqual([
      ['unsupported-option', 'seed'],
      ['unsupported-option', 'stop'],
    ]);
  });

  it("merges the user's text object with the mapped one, and lets the other keys win", () => {
    const { body } = worded({
      whole: true,
      options: { json: true },
      body: { text: { verbosity: 'low' }, store: true },
    });
    expect(body).toMatchObject({
      text: { format: { type: 'json_object' }, verbosity: 'low' },
      store: true,
      stream: false,
    });
  });
});
