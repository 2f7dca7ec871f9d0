import { ProviderError } from '../core/errors.js';
import type { FinishReason, ModelEvent, ModelRequest, Usage } from '../core/ports.js';
import type { Dialect, DialectRequest, DialectTarget, StreamDecoder } from './dialect.js';
import { classifyPayload } from './errors/classify-response.js';
import { isErrorPayload } from './errors/facts.js';
import { countIn, type JsonObject, laterCounts, listIn, objectIn, textIn } from './json-value.js';
import { takenOptions } from './refused-options.js';
import { unsupportedOption, withExtraKeys, withoutGaps } from './request-parts.js';

/** The API version that this dialect speaks, unless the DSN's `api_version` names another. */
const apiVersion = '2023-06-01';

/**
 * The API demands `max_tokens`, and refuses more than the model can give. Every Claude from generation 4 on
 * gives at least 32,000, and the thinking that the newer ones do by themselves counts against the limit, so
 * that a small default would cut ordinary answers. 4,096 is what the smallest models of this API take.
 */
const defaultMaxTokens = { claude: 32_000, other: 4_096 } as const;
const currentClaude = /claude-(?!instant|v?[123](?!\d))/i;

/** `stop_reason` of the Messages API; what is not here is `other` (`pause_turn`, `compaction`). */
const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
};

/**
 * Anthropic's Messages API, POST `/messages` (https://docs.anthropic.com/en/api/messages). The text of an
 * answer is all its text blocks, joined as they come: the API cuts one text into blocks around citations and
 * tool calls, with the blank lines in the text itself.
 */
export const anthropic: Dialect = {
  name: 'anthropic',
  framing: 'sse',
  request,
  authorization: (credential) => ({ 'x-api-key': credential }),
  decoder: () => new AnthropicDecoder(),
  whole,
};

function request(asked: ModelRequest, target: DialectTarget): DialectRequest {
  const { system } = asked;
  const { options, warnings: refused } = takenOptions(asked.options, target);
  // the API refuses sequences of white space alone
  const stops = (options.stop ?? []).filter((sequence) => sequence.trim() !== '');
  const mapped = withoutGaps({
    model: target.model,
    max_tokens: options.maxTokens ?? target.options.maxTokens ?? maxTokensFor(target.model, asked.body),
    system: system === null || system.trim() === '' ? undefined : system,
    stop_sequences: stops.length === 0 ? undefined : stops,
    temperature: options.temperature,
    top_p: options.topP,
  });
  const messages = asked.messages.map(({ role, content }) => ({ role, content }));
  const { body, warnings } = withExtraKeys({ ...mapped, messages }, asked.body);
  return {
    path: '/messages',
    headers: { 'anthropic-version': target.options.apiVersion ?? apiVersion },
    body: { ...body, stream: !asked.whole },
    warnings: [
      ...warnings,
      ...refused,
      ...(stops.length === (options.stop ?? []).length
        ? []
        : [unsupportedOption("Anthropic's API", 'stop', 'a stop sequence needs more than white space')]),
      ...(options.seed === undefined ? [] : [unsupportedOption("Anthropic's API", 'seed')]),
      ...(options.json === true ? [unsupportedOption("Anthropic's API", 'json', jsonAdvice)] : []),
    ],
  };
}

const jsonAdvice = 'ask for JSON in the prompt, or send a schema as output_config';

function maxTokensFor(model: string, extra: JsonObject): number {
  const usual = currentClaude.test(model) ? defaultMaxTokens.claude : defaultMaxTokens.other;
  // A thinking budget counts against the limit and has to be below it: what is left is for the answer.
  const budget = countIn(objectIn(extra.thinking)?.budget_tokens) ?? 0;
  return budget === 0 ? usual : Math.max(usual, budget + defaultMaxTokens.other);
}

class AnthropicDecoder implements StreamDecoder {
  #model: string | null = null;
  #stopReason: string | null = null;
  #counts: JsonObject = {};
  #finished = false;

  event(payload: unknown, name: string | undefined): readonly ModelEvent[] {
    if (this.#finished) return [];
    if (name === 'error' || isErrorPayload(payload)) throw classifyPayload({ dialect: 'anthropic', payload });
    const event = objectIn(payload);
    if (event === null) return [{ type: 'malformed' }];
    switch (textIn(event.type) ?? name) {
      case 'message_start':
        return this.#start(objectIn(event.message));
      case 'content_block_start':
        return blockEvents(objectIn(event.content_block));
      case 'content_block_delta':
        return deltaEvents(objectIn(event.delta));
      case 'message_delta':
        return this.#delta(objectIn(event.delta), event.usage);
      case 'message_stop':
        return this.#stop();
      default:
        // `ping`, `content_block_stop`, and what the API may add: its documentation asks clients to pass over it.
        return [];
    }
  }

  end(): readonly ModelEvent[] {
    return [];
  }

  #start(message: JsonObject | null): readonly ModelEvent[] {
    if (message === null) return [{ type: 'malformed' }];
    this.#model = textIn(message.model);
    this.#counts = laterCounts(this.#counts, message.usage);
    return [
      { type: 'progress' },
      ...listIn(message.content).flatMap((block) => blockEvents(objectIn(block))),
    ];
  }

  #delta(delta: JsonObject | null, usage: unknown): readonly ModelEvent[] {
    if (delta === null) return [{ type: 'malformed' }];
    this.#counts = laterCounts(this.#counts, usage);
    this.#stopReason = textIn(delta.stop_reason) ?? this.#stopReason;
    if (this.#stopReason === 'refusal') throw refusal(delta);
    return [];
  }

  #stop(): readonly ModelEvent[] {
    this.#finished = true;
    return [
      {
        type: 'finish',
        finishReason: finishReasonOf(this.#stopReason),
        rawFinishReason: this.#stopReason,
        servedModel: this.#model,
        usage: usageOf(this.#counts),
      },
    ];
  }
}

/** A whole message is a stream that comes at once. */
function whole(payload: unknown): readonly ModelEvent[] {
  const message = objectIn(payload);
  const decoder = new AnthropicDecoder();
  if (message === null || !Array.isArray(message.content)) {
    // Not a message: an error, which throws, or nothing that can be read.
    return [...decoder.event(payload, undefined), { type: 'malformed' }];
  }
  const events = [
    ...decoder.event({ type: 'message_start', message }, undefined),
    ...decoder.event({ type: 'message_delta', delta: message }, undefined),
  ];
  // a message that does not say why it ends was cut
  if (textIn(message.stop_reason) === null) return events;
  return [...events, ...decoder.event({ type: 'message_stop' }, undefined)];
}

function blockEvents(block: JsonObject | null): readonly ModelEvent[] {
  switch (block?.type) {
    case undefined:
      return [{ type: 'malformed' }];
    case 'text':
      return textEvents('text-delta', block.text);
    case 'thinking':
      return textEvents('reasoning-delta', block.thinking);
    default:
      // `redacted_thinking` is encrypted; tool calls and their results are not text.
      return [{ type: 'progress' }];
  }
}

function deltaEvents(delta: JsonObject | null): readonly ModelEvent[] {
  switch (delta?.type) {
    case undefined:
      return [{ type: 'malformed' }];
    case 'text_delta':
      return textEvents('text-delta', delta.text);
    case 'thinking_delta':
      return textEvents('reasoning-delta', delta.thinking);
    default:
      // `input_json_delta`, `citations_delta`, `signature_delta`.
      return [{ type: 'progress' }];
  }
}

function textEvents(type: 'text-delta' | 'reasoning-delta', text: unknown): readonly ModelEvent[] {
  if (typeof text !== 'string') return [{ type: 'malformed' }];
  return text === '' ? [] : [{ type, text }];
}

function finishReasonOf(stopReason: string | null): FinishReason {
  if (stopReason === null || !Object.hasOwn(finishReasons, stopReason)) return 'other';
  return finishReasons[stopReason] ?? 'other';
}

/** The error for `stop_reason: "refusal"`; `stop_details` holds the category and the provider's explanation. */
function refusal(delta: JsonObject): ProviderError {
  const details = objectIn(delta.stop_details);
  const explanation = textIn(details?.explanation);
  return new ProviderError({
    kind: 'content-filter',
    message: `the model refused to answer${explanation === null ? '' : `: ${explanation}`}`,
    rawCode: 'refusal',
  });
}

/**
 * `input_tokens` leaves out what was read from or written to the cache; `output_tokens` includes thinking
 * (https://docs.anthropic.com/en/api/messages#response-usage).
 */
function usageOf(counts: JsonObject): Usage | null {
  const input = countIn(counts.input_tokens);
  const output = countIn(counts.output_tokens);
  if (input === null && output === null) return null;
  const cacheRead = countIn(counts.cache_read_input_tokens);
  return {
    inputTokens: (input ?? 0) + (cacheRead ?? 0) + (countIn(counts.cache_creation_input_tokens) ?? 0),
    outputTokens: output ?? 0,
    reasoningTokens: countIn(objectIn(counts.output_tokens_details)?.thinking_tokens),
    cachedInputTokens: cacheRead,
  };
}
