import type { Warning } from '../core/errors.js';
import type { FinishReason, ModelEvent, ModelRequest, Usage } from '../core/ports.js';
import type { Dialect, DialectRequest, DialectTarget, StreamDecoder } from './dialect.js';
import { classifyPayload } from './errors/classify-response.js';
import { isErrorPayload } from './errors/facts.js';
import { countIn, type JsonObject, listIn, objectIn, textIn } from './json-value.js';
import { withExtraKeys, withoutGaps } from './request-parts.js';

/**
 * What Ollama reads inside `options` and passes over, without a word, at the top of the body
 * (https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx#valid-parameters-and-values).
 */
const runtimeOptions: ReadonlySet<string> = new Set([
  'num_ctx',
  'num_predict',
  'num_keep',
  'num_batch',
  'num_gpu',
  'num_thread',
  'main_gpu',
  'use_mmap',
  'top_k',
  'min_p',
  'typical_p',
  'tfs_z',
  'repeat_last_n',
  'repeat_penalty',
  'presence_penalty',
  'frequency_penalty',
  'mirostat',
  'mirostat_tau',
  'mirostat_eta',
  'penalize_newline',
]);

/** `done_reason` of the last object; what is not here is `other` (`load`, `unload`). */
const finishReasons: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' };

/**
 * Ollama's own API, POST `/chat` (https://github.com/ollama/ollama/blob/main/docs/api.md). Options go into
 * `options`, where the user's own `options` object is merged in, key by key; `think`, `keep_alive`, `format`
 * and other keys stand at the top of the body.
 */
export const ollama: Dialect = {
  name: 'ollama',
  framing: 'ndjson',
  request,
  authorization: (credential) => ({ authorization: `Bearer ${credential}` }),
  decoder: () => new OllamaDecoder(),
  // A whole reply is the last object of a stream, with all the text in it.
  whole: (payload) => new OllamaDecoder().event(payload),
};

function request(asked: ModelRequest, target: DialectTarget): DialectRequest {
  const { options, system } = asked;
  const mappedOptions = withoutGaps({
    num_predict: options.maxTokens ?? target.options.maxTokens ?? undefined,
    temperature: options.temperature,
    top_p: options.topP,
    stop: options.stop,
    seed: options.seed,
  });
  const mapped = withoutGaps({
    model: target.model,
    format: options.json === true ? 'json' : undefined,
    options: Object.keys(mappedOptions).length === 0 ? undefined : mappedOptions,
  });
  const messages = [
    ...(system === null || system.trim() === '' ? [] : [{ role: 'system', content: system }]),
    ...asked.messages.map(({ role, content }) => ({ role, content })),
  ];
  const { body, warnings } = withExtraKeys({ ...mapped, messages }, asked.body, 'options');
  return {
    path: '/chat',
    headers: {},
    body: { ...body, stream: !asked.whole },
    warnings: [
      ...warnings,
      ...Object.keys(asked.body)
        .filter((key) => runtimeOptions.has(key))
        .map(misplaced),
    ],
  };
}

function misplaced(key: string): Warning {
  return {
    code: 'misplaced-option',
    message: `Ollama passes over '${key}' at the top of the body: write it as options={"${key}":…}`,
  };
}

class OllamaDecoder implements StreamDecoder {
  #toolCalled = false;
  #finished = false;

  event(payload: unknown): readonly ModelEvent[] {
    if (this.#finished) return [];
    if (isErrorPayload(payload)) throw classifyPayload({ dialect: 'ollama', payload });
    const line = objectIn(payload);
    if (line === null) return [{ type: 'malformed' }];
    const message = objectIn(line.message);
    if (message === null && line.done !== true) return [{ type: 'malformed' }];
    const events = message === null ? [] : this.#message(message);
    return line.done === true ? [...events, this.#finish(line)] : events;
  }

  end(): readonly ModelEvent[] {
    return [];
  }

  #message(message: JsonObject): readonly ModelEvent[] {
    const thinking = textIn(message.thinking);
    const text = textIn(message.content);
    const called = listIn(message.tool_calls).length > 0;
    if (called) this.#toolCalled = true;
    const events: ModelEvent[] = [];
    if (thinking !== null) events.push({ type: 'reasoning-delta', text: thinking });
    if (text !== null) events.push({ type: 'text-delta', text });
    return events.length === 0 || called ? [...events, { type: 'progress' }] : events;
  }

  #finish(line: JsonObject): ModelEvent {
    this.#finished = true;
    // Servers before 0.1.33 give no reason for an ordinary end.
    const raw = textIn(line.done_reason);
    const known = raw === null ? 'stop' : Object.hasOwn(finishReasons, raw) ? finishReasons[raw] : undefined;
    const reason = known ?? 'other';
    return {
      type: 'finish',
      // A tool call ends with `stop` too.
      finishReason: reason === 'stop' && this.#toolCalled ? 'tool-calls' : reason,
      rawFinishReason: raw,
      servedModel: textIn(line.model),
      usage: usageOf(line),
    };
  }
}

/** `eval_count` includes thinking, `prompt_eval_count` the whole prompt; a count of 0 is left out of the JSON. */
function usageOf(line: JsonObject): Usage | null {
  const prompt = countIn(line.prompt_eval_count);
  const answer = countIn(line.eval_count);
  if (prompt === null && answer === null) return null;
  return {
    inputTokens: prompt ?? 0,
    outputTokens: answer ?? 0,
    reasoningTokens: null,
    cachedInputTokens: null,
  };
}
