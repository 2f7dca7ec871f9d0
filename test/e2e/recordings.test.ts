import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/providers/dialect.js';
import { runCli } from '../support/cli.js';
import { frameRecording, recordedLines, serveReplay } from '../support/replay.js';

// biome-ignore lint/suspicious/noExplicitAny: recordings are what they are
type Json = any;

interface Told {
  readonly text: string;
  readonly reasoning: string;
  readonly raw: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
}

const joined = (values: readonly unknown[]) => values.map((value) => value ?? '').join('');
const last = <T>(values: readonly (T | null | undefined)[]): T =>
  values.filter((value) => value !== null && value !== undefined).at(-1) as T;

/** What a recording says, read once more without the code under test. */
const plainly = {
  openai: (lines: readonly Json[]): Told => {
    const choices = lines.flatMap((line) => line.choices);
    const usage = last<Json>(lines.map((line) => line.usage ?? line.x_groq?.usage));
    // Grok's completion tokens leave out its reasoning, where the total has it
    const output = Math.max(usage.completion_tokens, usage.total_tokens - usage.prompt_tokens);
    // Magistral's content is a list of parts
    const texts = choices.flatMap(({ delta }) => (Array.isArray(delta.content) ? [] : [delta.content]));
    return {
      text: joined(texts),
      reasoning: joined(choices.map(({ delta }) => delta.reasoning_content ?? delta.reasoning)),
      raw: last(choices.map((choice) => choice.finish_reason)),
      model: last(lines.map((line) => line.model)),
      input: usage.prompt_tokens,
      output,
    };
  },
  'openai-responses': (lines: readonly Json[]): Told => {
    const { response } = lines.find((line) => line.type === 'response.completed');
    return {
      text: joined(lines.map((line) => (line.type === 'response.output_text.delta' ? line.delta : ''))),
      reasoning: joined(lines.map((line) => (/reasoning.*\.delta$/.test(line.type) ? line.delta : ''))),
      raw: 'completed',
      model: response.model,
      input: response.usage.input_tokens,
      output: response.usage.output_tokens,
    };
  },
  anthropic: (lines: readonly Json[]): Told => {
    const { delta, usage } = lines.find((line) => line.type === 'message_delta');
    return {
      text: joined(lines.map((line) => line.delta?.text)),
      reasoning: joined(lines.map((line) => line.delta?.thinking)),
      raw: delta.stop_reason,
      model: lines[0].message.model,
      input: usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens,
      output: usage.output_tokens,
    };
  },
  google: (lines: readonly Json[]): Told => {
    const parts = lines.flatMap((line) => line.candidates?.[0]?.content?.parts ?? []);
    const usage = last<Json>(lines.map((line) => line.usageMetadata));
    return {
      text: joined(parts.map((part) => (part.thought === true ? '' : part.text))),
      reasoning: joined(parts.map((part) => (part.thought === true ? part.text : ''))),
      raw: last(lines.map((line) => line.candidates?.[0]?.finishReason)),
      model: last(lines.map((line) => line.modelVersion)),
      input: usage.promptTokenCount,
      output: usage.candidatesTokenCount + (usage.thoughtsTokenCount ?? 0),
    };
  },
  ollama: (lines: readonly Json[]): Told => {
    const end = lines.find((line) => line.done === true);
    return {
      text: joined(lines.map((line) => line.message?.content)),
      reasoning: joined(lines.map((line) => line.message?.thinking)),
      raw: end.done_reason,
      model: end.model,
      input: end.prompt_eval_count,
      output: end.eval_count,
    };
  },
} as const satisfies Record<Dialect['name'], (lines: readonly Json[]) => Told>;

const recordings: readonly { name: string; scheme: string; dialect: Dialect['name'] }[] = [
  { name: 'openai/openai-text', scheme: 'openai', dialect: 'openai' },
  { name: 'deepseek/deepseek-reasoning', scheme: 'deepseek', dialect: 'openai' },
  { name: 'groq/groq-text', scheme: 'groq', dialect: 'openai' },
  { name: 'mistral/mistral-text', scheme: 'mistral', dialect: 'openai' },
  { name: 'xai/xai-text', scheme: 'xai', dialect: 'openai' },
  { name: 'openai-responses/openai-phase', scheme: 'openai-responses', dialect: 'openai-responses' },
  { name: 'anthropic/anthropic-text', scheme: 'anthropic', dialect: 'anthropic' },
  { name: 'google/google-text', scheme: 'google', dialect: 'google' },
  { name: 'google/google-reasoning', scheme: 'google', dialect: 'google' },
  { name: 'ollama/ollama-text', scheme: 'ollama', dialect: 'ollama' },
  { name: 'ollama/ollama-thinking', scheme: 'ollama', dialect: 'ollama' },
];

describe('a recorded stream', () => {
  it.each(recordings)('is told whole by the program: $name', async ({ name, scheme, dialect }) => {
    const file = `${name}.chunks.txt`;
    const server = await serveReplay({
      frames: frameRecording(file, { dialect }),
      framing: dialect === 'ollama' ? 'ndjson' : 'sse',
      // inside frames, and inside the characters of more than one byte that some recordings hold
      splitAt: Array.from({ length: 200 }, (_, index) => index * 97 + (index % 13)),
    });
    try {
      const env = { LLM_X: `${scheme}://k@127.0.0.1:${server.port}` };
      const { code, stdout, stderr } = await runCli(['run', '-m', 'x/m', '-q', '--json', 'hello'], { env });
      const run = JSON.parse(stdout);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect({
        text: run.text,
        reasoning: run.reasoning ?? '',
        raw: run.rawFinishReason,
        model: run.servedModel,
        input: run.usage.inputTokens,
        output: run.usage.outputTokens,
      }).toEqual(plainly[dialect](recordedLines(file).map((line) => JSON.parse(line))));
    } finally {
      await server.close();
    }
  });
});
