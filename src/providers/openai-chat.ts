import type { ModelEvent, ModelRequest, Usage } from '../core/ports.js';
import { otherBudgetName } from './budget-name.js';
import type { Dialect, DialectRequest, DialectTarget, StreamDecoder } from './dialect.js';
import { classifyPayload } from './errors/classify-response.js';
import { isErrorPayload } from './errors/facts.js';
import { type JsonObject, listIn, objectIn, textIn } from './json-value.js';
import { finishReasonOf, refusal } from './openai-finish.js';
import { accountHeaders, unusedDsnOptions } from './openai-request.js';
import { chatCounts, usageIn } from './openai-usage.js';
import { takenOptions } from './refused-options.js';
import { unsupportedOption, withExtraKeys, withoutGaps } from './request-parts.js';

/**
 * OpenAI's chat completions, POST `/chat/completions`
 * (https://platform.openai.com/docs/api-reference/chat), and the many APIs made after it. Azure's own form has
 * the deployment in the path. `<think>` tags that a server leaves in the text stay there.
 */
export const openaiChat: Dialect = {
  name: 'openai',
  framing: 'sse',
  request,
  reworded: otherBudgetName,
  authorization: (credential) => ({ authorization: `Bearer ${credential}` }),
  decoder: () => new ChatDecoder(),
  whole,
};

function request(asked: ModelRequest, target: DialectTarget): DialectRequest {
  const { system, whole: isWhole } = asked;
  const { preset } = target;
  const { options, warnings: refused } = takenOptions(asked.options, target);
  const seedKey = preset.seedKey === undefined ? 'seed' : preset.seedKey;
  const mapped = withoutGaps({
    model: target.model,
    messages: [
      ...(system === null || system.trim() === '' ? [] : [{ role: 'system', content: system }]),
      ...asked.messages.map(({ role, content }) => ({ role, content })),
    ],
    [maxTokensKeyFor(target)]: options.maxTokens ?? target.options.maxTokens ?? undefined,
    temperature: options.temperature,
    top_p: options.topP,
    stop: options.stop,
    ...(seedKey === null ? {} : { [seedKey]: options.seed }),
    response_format: options.json === true && preset.jsonMode !== false ? { type: 'json_object' } : undefined,
    stream_options: isWhole || preset.streamUsage === 'always' ? undefined : { include_usage: true },
  });
  const { body, warnings } = withExtraKeys(mapped, asked.body);
  return {
    path: pathFor(target),
    headers: accountHeaders(target.options),
    body: { ...body, stream: !isWhole },
    warnings: [
      ...warnings,
      ...refused,
      ...(preset.jsonMode === false && options.json === true ? [unsupportedOption(preset.name, 'json')] : []),
      ...(seedKey === null && options.seed !== undefined ? [unsupportedOption(preset.name, 'seed')] : []),
      ...unusedDsnOptions(
        target,
        preset.deploymentBasePath === undefined ? ['deployment', 'api_version'] : [],
      ),
    ],
  };
}

/** The version asked of Azure's deployment form where the DSN has none: the last one that is not a preview. */
const azureApiVersion = '2024-10-21';

/** Azure: `/deployments/{name}/chat/completions?api-version=…` under `/openai`, or else the form of `/openai/v1`. */
function pathFor(target: DialectTarget): string {
  const version = deploymentVersion(target);
  if (version === null) return '/chat/completions';
  const name = encodeURIComponent(target.options.deployment ?? target.model);
  return `/deployments/${name}/chat/completions?api-version=${encodeURIComponent(version)}`;
}

/** The version that the deployment form is asked for with; null where the request does not go to that form. */
export function deploymentVersion({
  preset,
  options,
}: Pick<DialectTarget, 'preset' | 'options'>): string | null {
  const { deployment, apiVersion } = options;
  if (preset.deploymentBasePath === undefined || (deployment === null && apiVersion === null)) return null;
  return apiVersion ?? azureApiVersion;
}

/** Versions begin with their date (`2024-12-01-preview`); what has none, such as `preview`, is newer than all that have. */
function maxTokensKeyFor(target: DialectTarget): string {
  const { maxTokensKey = 'max_tokens', maxTokensKeySince = '' } = target.preset;
  const date = /^\d{4}-\d{2}-\d{2}/.exec(deploymentVersion(target) ?? '')?.[0];
  return date !== undefined && date < maxTokensKeySince ? 'max_tokens' : maxTokensKey;
}

/**
 * Reads the chunks of a stream. The finish event waits for the usage, which most servers send with or after
 * the finish reason; `terminal` says that it waits, because some send none and keep the connection open.
 */
class ChatDecoder implements StreamDecoder {
  #model: string | null = null;
  #usage: Usage | null = null;
  #refusal = '';
  #finishReason: string | null = null;
  #filtered: string | null = null;
  #finished = false;

  get terminal(): boolean {
    return this.#finishReason !== null;
  }

  event(payload: unknown): readonly ModelEvent[] {
    if (this.#finished) return [];
    if (isErrorPayload(payload)) throw classifyPayload({ dialect: 'openai', payload });
    const chunk = objectIn(payload);
    if (chunk === null || !isListOrNothing(chunk.choices)) return [{ type: 'malformed' }];
    this.#model ??= textIn(chunk.model);
    const choice = firstChoice(chunk);
    const events = choice === null ? [] : this.#choice(choice);
    const usage = usageIn(chunk.usage, chatCounts) ?? usageIn(objectIn(chunk.x_groq)?.usage, chatCounts);
    if (usage === null) return events;
    this.#usage = usage;
    return this.#finishReason === null ? events : [...events, ...this.end()];
  }

  end(): readonly ModelEvent[] {
    if (this.#finished || this.#finishReason === null) return [];
    this.#finished = true;
    if (this.#refusal !== '') throw refusal(this.#refusal);
    return [
      {
        type: 'finish',
        finishReason: finishReasonOf(this.#finishReason, this.#filtered),
        rawFinishReason: this.#finishReason,
        servedModel: this.#model,
        usage: this.#usage,
      },
    ];
  }

  #choice(choice: JsonObject): readonly ModelEvent[] {
    const message = objectIn(choice.delta) ?? objectIn(choice.message);
    const events = message === null ? [] : messageEvents(message);
    const refused = textIn(message?.refusal);
    if (refused !== null) this.#refusal += refused;
    this.#filtered ??= filteredCategories(choice);
    this.#finishReason = textIn(choice.finish_reason) ?? this.#finishReason;
    return events;
  }
}

/** A whole completion is a stream of one chunk with a `message` in place of the `delta`. */
function whole(payload: unknown): readonly ModelEvent[] {
  const decoder = new ChatDecoder();
  const events = decoder.event(payload);
  return [...events, ...decoder.end()];
}

function isListOrNothing(value: unknown): boolean {
  return value === undefined || value === null || Array.isArray(value);
}

/** Choice 0; with `n` above 1 the other ones come interleaved, and are not asked for by us. */
function firstChoice(chunk: JsonObject): JsonObject | null {
  for (const item of listIn(chunk.choices)) {
    const choice = objectIn(item);
    if (choice !== null && (choice.index === undefined || choice.index === null || choice.index === 0))
      return choice;
  }
  return null;
}

function messageEvents(message: JsonObject): ModelEvent[] {
  const { content } = message;
  if (content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content)) {
    return [{ type: 'malformed' }];
  }
  const events: ModelEvent[] = [];
  const reasoning = reasoningIn(message);
  if (reasoning !== '') events.push({ type: 'reasoning-delta', text: reasoning });
  if (typeof content === 'string') {
    if (content !== '') events.push({ type: 'text-delta', text: content });
  } else {
    events.push(...listIn(content).flatMap(partEvents));
  }
  if (events.length === 0 && isProgress(message)) events.push({ type: 'progress' });
  return events;
}

/** One of these; servers that have moved from one name to another send both, with the same text. */
function reasoningIn(message: JsonObject): string {
  return (
    textIn(message.reasoning_content) ?? // DeepSeek, xAI, vLLM, llama.cpp
    textIn(message.reasoning) ?? // OpenRouter, Groq, Ollama
    textIn(message.thinking) ??
    listIn(message.reasoning_details).map(reasoningDetail).join('') // OpenRouter
  );
}

function reasoningDetail(item: unknown): string {
  const detail = objectIn(item);
  return textIn(detail?.text) ?? textIn(detail?.summary) ?? '';
}

/** Mistral's reasoning models send content as parts: `thinking` holds parts of its own. */
function partEvents(item: unknown): ModelEvent[] {
  const part = objectIn(item);
  if (part?.type === 'thinking') {
    const text =
      textIn(part.thinking) ??
      listIn(part.thinking)
        .map((inner) => textIn(objectIn(inner)?.text) ?? '')
        .join('');
    return text === '' ? [] : [{ type: 'reasoning-delta', text }];
  }
  const text = typeof item === 'string' ? textIn(item) : textIn(part?.text);
  return text === null ? [] : [{ type: 'text-delta', text }];
}

/** A role, a tool call, a piece of a refusal: the model is at work, though there is no text. */
function isProgress(message: JsonObject): boolean {
  return [message.role, message.refusal, message.tool_calls, message.function_call, message.audio].some(
    (value) => value !== undefined && value !== null && value !== '',
  );
}

/** Azure says what was filtered: `content_filter_results: {violence: {filtered: true}}`. */
function filteredCategories(choice: JsonObject): string | null {
  if (choice.content_filter_results === undefined) return null;
  const results = Object.entries(objectIn(choice.content_filter_results) ?? {});
  const filtered = results
    .filter(([, result]) => objectIn(result)?.filtered === true)
    .map(([category]) => category);
  return filtered.length === 0 ? null : filtered.join(', ');
}
