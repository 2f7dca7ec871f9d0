import { ProviderError } from '../core/errors.js';
import type { FinishReason, ModelEvent, ModelRequest, Usage } from '../core/ports.js';
import type { Dialect, DialectRequest, DialectTarget, StreamDecoder } from './dialect.js';
import { classifyPayload } from './errors/classify-response.js';
import { isErrorPayload } from './errors/facts.js';
import { countIn, type JsonObject, laterCounts, listIn, objectIn, textIn } from './json-value.js';
import { withExtraKeys, withoutGaps } from './request-parts.js';

/**
 * `finishReason` of a candidate (https://ai.google.dev/api/generate-content#FinishReason); what is not here is
 * `other` (`OTHER`, `MALFORMED_FUNCTION_CALL`, `UNEXPECTED_TOOL_CALL`, `NO_IMAGE`…).
 */
const finishReasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  LANGUAGE: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
};

/**
 * Gemini's `generateContent` and `streamGenerateContent` (https://ai.google.dev/api/generate-content). Options
 * go into `generationConfig`, where the user's own `generationConfig` is merged in, key by key.
 */
export const google: Dialect = {
  name: 'google',
  framing: 'sse',
  request,
  authorization: (credential) => ({ 'x-goog-api-key': credential }),
  decoder: () => new GoogleDecoder(),
  whole,
};

function request(asked: ModelRequest, target: DialectTarget): DialectRequest {
  const { options, system } = asked;
  const generationConfig = withoutGaps({
    maxOutputTokens: options.maxTokens ?? target.options.maxTokens ?? undefined,
    temperature: options.temperature,
    topP: options.topP,
    stopSequences: options.stop,
    seed: options.seed,
    responseMimeType: options.json === true ? 'application/json' : undefined,
  });
  const mapped = withoutGaps({
    systemInstruction: system === null || system.trim() === '' ? undefined : { parts: [{ text: system }] },
    generationConfig: Object.keys(generationConfig).length === 0 ? undefined : generationConfig,
  });
  const contents = asked.messages.map(({ role, content }) => ({
    role: role === 'assistant' ? 'model' : 'user',
    parts: [{ text: content }],
  }));
  const method = asked.whole ? 'generateContent' : 'streamGenerateContent?alt=sse';
  return {
    path: `/${resourceName(target.model)}:${method}`,
    headers: {},
    ...withExtraKeys({ ...mapped, contents }, asked.body, 'generationConfig'),
  };
}

/** `x` and `models/x` are one model; other resource names (`tunedModels/x`) stay what they are. */
function resourceName(model: string): string {
  const name = model.includes('/') ? model : `models/${model}`;
  return name.split('/').map(encodeURIComponent).join('/');
}

class GoogleDecoder implements StreamDecoder {
  #model: string | null = null;
  #finishReason: string | null = null;
  #toolCalled = false;
  #counts: JsonObject = {};

  get terminal(): boolean {
    return this.#finishReason !== null;
  }

  event(payload: unknown): readonly ModelEvent[] {
    if (isErrorPayload(payload)) throw classifyPayload({ dialect: 'google', payload });
    const chunk = objectIn(payload);
    if (chunk === null) return [{ type: 'malformed' }];
    this.#model = textIn(chunk.modelVersion) ?? this.#model;
    this.#counts = laterCounts(this.#counts, chunk.usageMetadata);
    const feedback = objectIn(chunk.promptFeedback);
    const blocked = reasonIn(feedback?.blockReason);
    if (feedback !== null && blocked !== null) throw filtered('the prompt was blocked', blocked, feedback);
    const candidate = firstCandidate(chunk.candidates);
    return candidate === null ? [] : this.#candidate(candidate);
  }

  /** Any chunk may be followed by another that adds text or counts, so the finish is told at the end. */
  end(): readonly ModelEvent[] {
    const raw = this.#finishReason;
    if (raw === null) return [];
    const reason = finishReasonOf(raw);
    return [
      {
        type: 'finish',
        // The API says STOP after a function call too.
        finishReason: reason === 'stop' && this.#toolCalled ? 'tool-calls' : reason,
        rawFinishReason: raw,
        servedModel: this.#model,
        usage: usageOf(this.#counts),
      },
    ];
  }

  #candidate(candidate: JsonObject): readonly ModelEvent[] {
    const reason = reasonIn(candidate.finishReason);
    if (reason !== null && finishReasonOf(reason) === 'content-filter') {
      throw filtered('the answer was stopped', reason, candidate);
    }
    this.#finishReason = reason ?? this.#finishReason;
    const parts = listIn(objectIn(candidate.content)?.parts);
    return parts.flatMap((part) => this.#part(objectIn(part)));
  }

  #part(part: JsonObject | null): readonly ModelEvent[] {
    if (part === null) return [{ type: 'malformed' }];
    if (objectIn(part.functionCall) !== null) this.#toolCalled = true;
    // A part without text is a call, an image, the output of code, or a bare `thoughtSignature`.
    const text = textIn(part.text);
    if (text === null) return [{ type: 'progress' }];
    return [{ type: part.thought === true ? 'reasoning-delta' : 'text-delta', text }];
  }
}

/** A whole reply is one chunk, or, from servers that do not know `alt=sse`, the list of all of them. */
function whole(payload: unknown): readonly ModelEvent[] {
  const decoder = new GoogleDecoder();
  const chunks = Array.isArray(payload) ? payload : [payload];
  return [...chunks.flatMap((chunk) => decoder.event(chunk)), ...decoder.end()];
}

/** Only one candidate is asked for; where there are more, the first is the answer. */
function firstCandidate(candidates: unknown): JsonObject | null {
  for (const value of listIn(candidates)) {
    const candidate = objectIn(value);
    if (candidate !== null && (candidate.index ?? 0) === 0) return candidate;
  }
  return null;
}

/** A reason that says something: the API's enums have an UNSPECIFIED member that stands for none. */
function reasonIn(value: unknown): string | null {
  const reason = textIn(value);
  return reason === null || reason.endsWith('_UNSPECIFIED') ? null : reason;
}

function finishReasonOf(reason: string): FinishReason {
  return Object.hasOwn(finishReasons, reason) ? (finishReasons[reason] ?? 'other') : 'other';
}

/** The error for a prompt or an answer that a filter stopped, with the categories the API blames. */
function filtered(what: string, reason: string, where: JsonObject): ProviderError {
  const categories = listIn(where.safetyRatings)
    .map(objectIn)
    .filter((rating) => rating?.blocked === true)
    .map((rating) => textIn(rating?.category)?.replace(/^HARM_CATEGORY_/, '') ?? '')
    .filter((category) => category !== '');
  const explanation = textIn(where.finishMessage) ?? textIn(where.blockReasonMessage);
  const list = categories.length === 0 ? '' : ` (${categories.join(', ')})`;
  return new ProviderError({
    kind: 'content-filter',
    message: `${what}: ${reason}${list}${explanation === null ? '' : `: ${explanation}`}`,
    rawCode: reason,
  });
}

/**
 * `promptTokenCount` includes cached tokens but not those of tool results; `candidatesTokenCount` leaves out
 * thinking (https://ai.google.dev/api/generate-content#UsageMetadata). The counts of each chunk are cumulative.
 */
function usageOf(counts: JsonObject): Usage | null {
  const prompt = countIn(counts.promptTokenCount);
  const answer = countIn(counts.candidatesTokenCount);
  const thoughts = countIn(counts.thoughtsTokenCount);
  if (prompt === null && answer === null && thoughts === null) return null;
  return {
    inputTokens: (prompt ?? 0) + (countIn(counts.toolUsePromptTokenCount) ?? 0),
    outputTokens: (answer ?? 0) + (thoughts ?? 0),
    reasoningTokens: thoughts,
    cachedInputTokens: countIn(counts.cachedContentTokenCount),
  };
}
