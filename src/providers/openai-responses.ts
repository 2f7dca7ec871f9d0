import { ProviderError } from '../core/errors.js';
import type { FinishReason, ModelEvent, ModelRequest } from '../core/ports.js';
import { classifyPayload } from './classify-response.js';
import type { Dialect, DialectRequest, DialectTarget, StreamDecoder } from './dialect.js';
import { isErrorPayload } from './error-facts.js';
import { type JsonObject, listIn, objectIn, textIn } from './json-value.js';
import { finishReasonOf, refusal } from './openai-finish.js';
import { accountHeaders, unusedDsnOptions } from './openai-request.js';
import { responsesCounts, usageIn } from './openai-usage.js';
import { unsupportedOption, withExtraKeys, withoutGaps } from './request-parts.js';

/**
 * OpenAI's responses, POST `/responses` (https://platform.openai.com/docs/api-reference/responses).
 *
 * What is the text: an answer is a list of items. The text is that of the message items, except those whose
 * `phase` is `commentary`: the API documents these as intermediate, not as the final answer, so they are
 * reasoning, as are reasoning summaries. Two items, or two parts of a summary, are set apart by a blank line,
 * because nothing in their texts separates them; the parts of one message are one text.
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
  const { options, system, whole: isWhole } = asked;
  const mapped = withoutGaps({
    model: target.model,
    instructions: system === null || system === '' ? undefined : system,
    input: asked.messages.map(({ role, content }) => ({ role, content })),
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

type Delta = Extract<ModelEvent, { type: 'text-delta' | 'reasoning-delta' }>;
type Channel = Delta['type'];

/** Puts a blank line between pieces that belong to different items. */
class Paragraphs {
  readonly #last = new Map<Channel, string>();

  add(type: Channel, part: string, text: string): Delta[] {
    if (text === '') return [];
    const last = this.#last.get(type);
    this.#last.set(type, part);
    return [{ type, text: last === undefined || last === part ? text : `\n\n${text}` }];
  }

  has(type: Channel): boolean {
    return this.#last.has(type);
  }
}

class ResponsesDecoder implements StreamDecoder {
  readonly #paragraphs = new Paragraphs();
  /** The items whose text is commentary, by their place in the output. */
  readonly #commentary = new Set<unknown>();
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
        if (objectIn(event.item)?.phase === 'commentary') this.#commentary.add(event.output_index);
        return [{ type: 'progress' }];
      case 'response.output_text.delta':
        return this.#delta(
          this.#commentary.has(event.output_index) ? 'reasoning-delta' : 'text-delta',
          event,
          '',
        );
      case 'response.reasoning_summary_text.delta':
        return this.#delta('reasoning-delta', event, `summary ${event.summary_index}`);
      case 'response.reasoning_text.delta':
        return this.#delta('reasoning-delta', event, `content ${event.content_index}`);
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

  #delta(type: Channel, event: JsonObject, part: string): readonly ModelEvent[] {
    if (typeof event.delta !== 'string') return [{ type: 'malformed' }];
    return this.#paragraphs.add(type, `${event.output_index} ${part}`, event.delta);
  }

  #end(response: JsonObject | null, status: string): readonly ModelEvent[] {
    if (response === null) return [{ type: 'malformed' }];
    if (this.#refusal !== '') throw refusal(this.#refusal);
    // a gateway that sends no deltas sends the texts here
    const late = outputEvents(response).filter(({ type }) => !this.#paragraphs.has(type));
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
  const paragraphs = new Paragraphs();
  const events: Delta[] = [];
  for (const [index, value] of listIn(response.output).entries()) {
    const item = objectIn(value);
    if (item?.type === 'reasoning') {
      for (const [at, part] of [...listIn(item.summary), ...listIn(item.content)].entries()) {
        events.push(
          ...paragraphs.add('reasoning-delta', `${index} ${at}`, textIn(objectIn(part)?.text) ?? ''),
        );
      }
    }
    if (item?.type !== 'message') continue;
    const type = item.phase === 'commentary' ? 'reasoning-delta' : 'text-delta';
    for (const value of listIn(item.content)) {
      const part = objectIn(value);
      const refused = part?.type === 'refusal' ? textIn(part.refusal) : null;
      if (refused !== null) throw refusal(refused);
      events.push(...paragraphs.add(type, `${index}`, textIn(part?.text) ?? ''));
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
