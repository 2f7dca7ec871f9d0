import { ProviderError } from '../core/errors.js';
import type { FinishReason, ModelEvent, ModelRequest } from '../core/ports.js';
import type { Dialect, DialectRequest, DialectTarget, StreamDecoder } from './dialect.js';
import { classifyPayload } from './errors/classify-response.js';
import { isErrorPayload } from './errors/facts.js';
import { type JsonObject, listIn, objectIn, textIn } from './json-value.js';
import { finishReasonOf, refusal } from './openai-finish.js';
import { accountHeaders, unusedDsnOptions } from './openai-request.js';
import { responsesCounts, usageIn } from './openai-usage.js';
import { unsupportedOption, withExtraKeys, withoutGaps } from './request-parts.js';

/**
 * OpenAI's responses, POST `/responses` (https://platform.openai.com/docs/api-reference/responses).
 *
 * The text is that of all message items in their order, commentary before the final answer included, with
 * nothing between them: what the official SDKs call `output_text`. Reasoning texts and summaries likewise.
 */
export const openaiResponses: Dialect = {
  name: 'openai-responses',
  framing: 'sse',
  request,
  authorization: (credential) => ({ authorization: `Bearer ${credential}` }),
  decoder: () => new ResponsesDecoder(),
  whole,
};

function request(asked: ModelRequest, target: DialectTarget): DialectRequest {
  const { options, whole: isWhole } = asked;
  const system = asked.system === null || asked.system.trim() === '' ? undefined : asked.system;
  const asInput = system !== undefined && wantsJson(asked);
  const mapped = withoutGaps({
    model: target.model,
    instructions: asInput ? undefined : system,
    input: [
      ...(asInput ? [{ role: 'developer', content: system }] : []),
      ...asked.messages.map(({ role, content }) => ({ role, content })),
    ],
    max_output_tokens: options.maxTokens ?? target.options.maxTokens ?? undefined,
    temperature: options.temperature,
    top_p: options.topP,
    text: options.json === true ? { format: { type: 'json_object' } } : undefined,
    // without it the API keeps prompt and answer for 30 days
    store: false,
  });
  const { body, warnings } = withExtraKeys(mapped, asked.body, 'text');
  return {
    path: '/responses',
    headers: accountHeaders(target.options),
    body: { ...body, stream: !isWhole },
    warnings: [
      ...warnings,
      ...(options.seed === undefined ? [] : [unsupportedOption("OpenAI's responses API", 'seed')]),
      ...(options.stop === undefined || options.stop.length === 0
        ? []
        : [unsupportedOption("OpenAI's responses API", 'stop')]),
      ...unusedDsnOptions(target, ['deployment', 'api_version']),
    ],
  };
}

/**
 * Whether the format will be `json_object`. The API then refuses a request whose `input` does not have the word
 * JSON, and does not look for it in `instructions`, where a system prompt usually goes. Not beside an `input` or
 * `instructions` of the user's own, which take its place.
 */
function wantsJson({ options, body }: ModelRequest): boolean {
  const format = objectIn(objectIn(body.text)?.format);
  const isJson = format === null ? options.json === true : format.type === 'json_object';
  return isJson && body.input === undefined && body.instructions === undefined;
}

type Delta = Extract<ModelEvent, { type: 'text-delta' | 'reasoning-delta' }>;
type Channel = Delta['type'];

class ResponsesDecoder implements StreamDecoder {
  readonly #told = new Set<Channel>();
  #refusal = '';
  #finished = false;

  event(payload: unknown): readonly ModelEvent[] {
    if (this.#finished) return [];
    if (isErrorPayload(payload)) throw classifyPayload({ dialect: 'openai-responses', payload });
    const event = objectIn(payload);
    const type = textIn(event?.type);
    if (event === null || type === null) return [{ type: 'malformed' }];
    switch (type) {
      case 'response.output_item.added':
        return [{ type: 'progress' }];
      case 'response.output_text.delta':
        return this.#delta('text-delta', event);
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#delta('reasoning-delta', event);
      case 'response.refusal.delta':
        this.#refusal += textIn(event.delta) ?? '';
        return [{ type: 'progress' }];
      case 'response.completed':
      case 'response.incomplete':
      case 'response.cancelled':
        return this.#end(objectIn(event.response), type.slice('response.'.length));
      default:
        // arguments of tool calls, searches: work, and no text; the rest repeats or frames what the deltas said
        return type.endsWith('.delta') || type.endsWith('.searching') ? [{ type: 'progress' }] : [];
    }
  }

  end(): readonly ModelEvent[] {
    return [];
  }

  #delta(type: Channel, event: JsonObject): readonly ModelEvent[] {
    if (typeof event.delta !== 'string') return [{ type: 'malformed' }];
    this.#told.add(type);
    return [{ type, text: event.delta }];
  }

  #end(response: JsonObject | null, status: string): readonly ModelEvent[] {
    if (response === null) return [{ type: 'malformed' }];
    if (this.#refusal !== '') throw refusal(this.#refusal);
    // a gateway that sends no deltas sends the texts here
    const late = outputEvents(response).filter(({ type }) => !this.#told.has(type));
    const finish = finishOf(response, status);
    this.#finished = finish !== null;
    return finish === null ? late : [...late, finish];
  }
}

function whole(payload: unknown): readonly ModelEvent[] {
  if (isErrorPayload(payload)) throw classifyPayload({ dialect: 'openai-responses', payload });
  const response = objectIn(payload);
  if (response === null || !Array.isArray(response.output)) return [{ type: 'malformed' }];
  const events = outputEvents(response);
  const finish = finishOf(response, '');
  return finish === null ? events : [...events, finish];
}

/** The texts of a whole response, as the deltas of a stream would have given them. */
function outputEvents(response: JsonObject): Delta[] {
  const events: Delta[] = [];
  const tell = (type: Channel, part: JsonObject | null): void => {
    const text = textIn(part?.text);
    if (text !== null && text !== '') events.push({ type, text });
  };
  for (const item of listIn(response.output).map(objectIn)) {
    if (item?.type === 'reasoning') {
      for (const part of [...listIn(item.summary), ...listIn(item.content)])
        tell('reasoning-delta', objectIn(part));
    }
    if (item?.type !== 'message') continue;
    for (const part of listIn(item.content).map(objectIn)) {
      const refused = part?.type === 'refusal' ? textIn(part.refusal) : null;
      if (refused !== null) throw refusal(refused);
      tell('text-delta', part);
    }
  }
  return events;
}

/** Why an `incomplete` response ended; what is not here is `other`. */
const incompleteReasons: Readonly<Record<string, string>> = {
  max_output_tokens: 'length',
  max_tokens: 'length',
  content_filter: 'content_filter',
};

/** The finish event of a response that is over, null for one that is not. Throws for one that was filtered or failed. */
function finishOf(response: JsonObject, status: string): ModelEvent | null {
  const raw = textIn(response.status) ?? status;
  const reason = textIn(objectIn(response.incomplete_details)?.reason);
  let finishReason: FinishReason;
  switch (raw) {
    case 'completed':
      finishReason = listIn(response.output).some(isToolCall) ? 'tool-calls' : 'stop';
      break;
    case 'incomplete':
      finishReason = finishReasonOf(incompleteReasons[reason ?? ''] ?? 'other');
      break;
    case 'failed':
      throw classifyPayload({ dialect: 'openai-responses', payload: response });
    case 'cancelled':
      throw new ProviderError({ kind: 'server-error', message: 'the response was cancelled', rawCode: raw });
    default:
      return null;
  }
  return {
    type: 'finish',
    finishReason,
    rawFinishReason: raw === 'incomplete' ? (reason ?? raw) : raw,
    servedModel: textIn(response.model),
    usage: usageIn(response.usage, responsesCounts),
  };
}

/** A call that waits for the caller; searches and the like are done by the API itself. */
function isToolCall(item: unknown): boolean {
  const type = objectIn(item)?.type;
  return type === 'function_call' || type === 'custom_tool_call';
}
