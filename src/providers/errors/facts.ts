import { type JsonObject, listIn, objectIn, textIn } from '../json-value.js';

/**
 * What an error payload says, whatever its shape. `words` are its machine-readable words (code, type, status,
 * reason), the most specific payload's first; `message` is the first text meant for people, whole.
 */
export interface ErrorFacts {
  readonly message: string | null;
  readonly words: readonly string[];
  /** An HTTP status in the payload's `code` or `status`: inside a stream there is no other. */
  readonly numericCode: number | null;
  readonly requestId: string | null;
  /** Gemini's `RetryInfo.retryDelay`, as it came: `34.4s`. */
  readonly retryDelay: string | null;
  /** Gemini's `QuotaFailure.violations[].quotaId`. */
  readonly quotaIds: readonly string[];
  /** OpenRouter's moderation sends the input that it flagged. */
  readonly flagged: boolean;
  /** The request's key that OpenAI and its likes blame. */
  readonly param: string | null;
}

/**
 * Whether a payload of a stream, or the body of an HTTP 200, is an error and no part of an answer:
 * `{"error":…}` of nearly every API, `{"type":"error"}` of Anthropic and OpenAI's responses,
 * `response.failed` of the latter, `{"object":"error"}` of vLLM and Mistral, and Gemini's `[{"error":…}]`.
 */
export function isErrorPayload(payload: unknown): boolean {
  const object = objectIn(Array.isArray(payload) ? payload[0] : payload);
  if (object === null) return false;
  if (object.type === 'error' || object.type === 'response.failed' || object.object === 'error') return true;
  return isSaid(object.error) || groqError(object) !== null;
}

/** Some servers send an `error` with every answer, with nothing in it where there is none. */
function isSaid(error: unknown): boolean {
  return typeof error === 'object' && error !== null ? Object.keys(error).length > 0 : Boolean(error);
}

/** Groq ends a stream early with `x_groq: {error: "…"}`. */
function groqError(object: JsonObject): string | null {
  return textIn(objectIn(object.x_groq)?.error);
}

/** Errors nest: a gateway's error holds the provider's, as an object or as JSON text. */
const deepest = 4;

interface Gathered {
  message: string | null;
  words: string[];
  numericCode: number | null;
  requestId: string | null;
  retryDelay: string | null;
  quotaIds: string[];
  flagged: boolean;
  param: string | null;
}

/** Reads an error payload of any known shape; a payload of none of them gives empty facts. */
export function readErrorFacts(payload: unknown): ErrorFacts {
  const facts: Gathered = {
    message: null,
    words: [],
    numericCode: null,
    requestId: null,
    retryDelay: null,
    quotaIds: [],
    flagged: false,
    param: null,
  };
  gather(payload, facts, 0);
  return facts;
}

/** Keys that hold the text for people; `error` and friends may also hold a whole error of their own. */
const messageKeys = [
  'message',
  'Message',
  'msg',
  'error_description',
  'error_message',
  'html-message',
  'detail',
  'title',
  'faultstring', // Apigee, a gateway
];
const nestedKeys = ['error', 'fault', 'detail', 'message', 'errors', 'innererror', 'inner_error', 'response'];
const wordKeys = ['code', 'type', 'error_type', 'status', 'reason', '__type', 'error_code'];

function gather(value: unknown, facts: Gathered, depth: number): void {
  if (depth > deepest) return;
  if (Array.isArray(value)) {
    for (const item of value.slice(0, 5)) gather(item, facts, depth + 1);
    return;
  }
  if (typeof value === 'string') {
    gatherText(value, facts, depth);
    return;
  }
  const object = objectIn(value);
  if (object === null) return;
  if (typeof object.msg === 'string' && Array.isArray(object.loc)) {
    // FastAPI: {"detail":[{"loc":["body","messages"],"msg":"field required","type":"value_error.missing"}]}
    facts.message ??= `${object.loc.join('.')}: ${object.msg}`;
    return;
  }
  // an `error` object is the error itself; what lies around it is told after it
  for (const key of nestedKeys) {
    if (objectIn(object[key]) !== null || Array.isArray(object[key])) gather(object[key], facts, depth + 1);
  }
  if (typeof object.error === 'string') gatherText(object.error, facts, depth);
  const groq = groqError(object);
  if (groq !== null) gatherText(groq, facts, depth);
  for (const key of messageKeys) {
    const text = textIn(object[key]);
    if (text !== null) gatherText(text, facts, depth);
  }
  gatherWords(object, facts);
  gatherDetails(object, facts);
  gatherUpstream(object, facts);
}

function gatherText(text: string, facts: Gathered, depth: number): void {
  const inner = jsonIn(text);
  if (inner !== null) gather(inner, facts, depth + 1);
  if (text.trim() !== '') facts.message ??= text;
}

/** An error inside a text: `{"error":…}` or Gemini's array, as gateways pass it on. */
function jsonIn(text: string): unknown {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') && !trimmed.startsWith('[')) return null;
  try {
    return JSON.parse(trimmed);
  } catch {
    return null;
  }
}

function gatherWords(object: JsonObject, facts: Gathered): void {
  for (const key of wordKeys) {
    const value = object[key];
    if (/^[45]\d\d$/.test(String(value))) facts.numericCode ??= Number(value);
    else if (typeof value === 'string' && value !== '') facts.words.push(value);
  }
  facts.requestId ??= textIn(object.request_id);
  facts.param ??= textIn(object.param);
}

/** Google's `details`: ErrorInfo.reason, RetryInfo.retryDelay, QuotaFailure.violations (google.rpc.Status). */
function gatherDetails(object: JsonObject, facts: Gathered): void {
  for (const item of listIn(object.details)) {
    const detail = objectIn(item);
    if (detail === null) continue;
    const reason = textIn(detail.reason);
    if (reason !== null) facts.words.push(reason);
    facts.retryDelay ??= textIn(detail.retryDelay);
    for (const violation of listIn(detail.violations)) {
      const quotaId = textIn(objectIn(violation)?.quotaId);
      if (quotaId !== null) facts.quotaIds.push(quotaId);
    }
  }
}

/** OpenRouter's `metadata`: the upstream provider's own error as text, or what moderation flagged. */
function gatherUpstream(object: JsonObject, facts: Gathered): void {
  const metadata = objectIn(object.metadata);
  if (metadata === null) return;
  if (textIn(metadata.flagged_input) !== null) facts.flagged = true;
  const raw = textIn(metadata.raw) ?? objectIn(metadata.raw);
  if (raw === null) return;
  const upstream = readErrorFacts(raw);
  facts.words.push(...upstream.words);
  const from = textIn(metadata.provider_name);
  if (upstream.message === null) return;
  const said = `${from === null ? '' : `${from}: `}${upstream.message}`;
  facts.message = facts.message === null ? said : `${facts.message} (${said})`;
}
