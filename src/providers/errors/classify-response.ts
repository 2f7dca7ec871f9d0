import { dispositions, type ErrorKind } from '../../core/classify.js';
import { ProviderError } from '../../core/errors.js';
import type { Dialect } from '../dialect.js';
import { isApiText, jsonOf } from '../json-value.js';
import type { Preset } from '../presets.js';
import { wantsCredential } from './bad-key.js';
import { type ErrorFacts, readErrorFacts } from './facts.js';
import { type AskedEndpoint, hintFor } from './hints.js';
import { retryAfterMs } from './retry-after.js';
import type { ErrorRow } from './row.js';
import { errorRows, impliedStatuses } from './tables.js';
import { firstMeaningfulLine, looksLikeHtml, pageTitle, readableText } from './text.js';

/** Where an error was met. */
interface ErrorContext {
  readonly dialect: Dialect['name'];
  readonly preset?: Preset | null;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The model that was asked for. */
  readonly model?: string | null;
  readonly endpoint?: AskedEndpoint | null;
  /** The proxy that may have answered in place of the server, as it may be shown. */
  readonly proxy?: string | null;
  /** Epoch milliseconds; without it dates in headers are not read. */
  readonly now?: number | null;
  /** Takes the credential out of a text; applied before the text is cut, so that no part of a key is left. */
  readonly scrub?: (text: string) => string;
  /** The kind of an error that no row knows and that has no error status; `server-error` by default. */
  readonly otherwise?: ErrorKind;
}

export interface PayloadError extends ErrorContext {
  /** The parsed JSON of the error. */
  readonly payload: unknown;
  /** The status of the response that the error came in; null or below 400 inside a stream. */
  readonly status?: number | null;
}

export interface ResponseError extends ErrorContext {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, which may be JSON, a web page, plain text or empty. */
  readonly bodyText: string;
}

/**
 * The error for a response that is none of a model: any status but 2xx, or a body with 2xx that is not the
 * API's. Nothing in it is longer than 300 characters, and nothing of it is trusted.
 */
export function classifyResponse(response: ResponseError): ProviderError {
  const { proxy = null, bodyText } = response;
  const error = errorOf(response);
  return proxy === null || isApiText(bodyText) ? error : perhapsOf(proxy, error);
}

/** What is no answer of an API may be what a proxy says by itself. */
function perhapsOf(proxy: string, error: ProviderError): ProviderError {
  const { hint, httpStatus } = error;
  const asked =
    httpStatus !== null && httpStatus >= 500
      ? `is the server running, and does the proxy, ${proxy}, reach it?`
      : `does the proxy, ${proxy}, let this program through to that host?`;
  return new ProviderError({
    ...error,
    message: `${error.message} (perhaps said by the proxy)`,
    hint: hint === null ? asked : `${asked} If it does: ${hint}`,
  });
}

function errorOf(response: ResponseError): ProviderError {
  const { status, headers, bodyText } = response;
  if (status >= 300 && status < 400) return failure(response, misconfigured, redirectMessage(response), null);
  if (looksLikeHtml(bodyText, headers['content-type'])) return pageError(response);
  const payload = jsonOf(bodyText);
  return classifyPayload({ ...response, payload: payload === undefined ? bodyText.trim() : payload });
}

/** The error for a JSON payload that says so itself: an error's body, or an error inside a stream. */
export function classifyPayload(error: PayloadError): ProviderError {
  const facts = readErrorFacts(error.payload);
  const verdict = verdictOf(error, facts);
  const message = facts.message === null ? '' : said(facts.message, error.scrub);
  return failure(error, verdict, message === '' ? withoutWords(error) : message, facts);
}

/** The id by which the provider's support finds a request, from the header that it came in; null if there is none. */
export function requestIdOf(headers: Readonly<Record<string, string>>): string | null {
  for (const name of requestIdHeaders) {
    const id = headers[name];
    if (id !== undefined && /^[\x21-\x7e]{1,128}$/.test(id)) return id;
  }
  return null;
}

const requestIdHeaders = [
  'x-request-id',
  'request-id', // Anthropic
  'x-goog-request-id',
  'apim-request-id', // Azure
  'x-ms-request-id',
  'x-amzn-requestid',
  'x-generation-id', // OpenRouter
  'cf-ray',
] as const;

/** A server's words as one bounded line, without the credential. */
function said(text: string, scrub: ErrorContext['scrub']): string {
  return firstMeaningfulLine(scrub === undefined ? text : scrub(text));
}

function withoutWords({ status = null, headers = {} }: PayloadError): string {
  if (status === 401 && headers['www-authenticate'] !== undefined) return wantsCredential;
  return status === null || status < 300
    ? 'the server sent an error without a message'
    : `HTTP ${status} without a message`;
}

/** A web page: a proxy's, a login's, a wrong host's. It says nothing about key or model. */
function pageError(response: ResponseError): ProviderError {
  const { status, scrub } = response;
  const verdict = pageIsMisplaced(status) ? misconfigured : verdictOf(response, readErrorFacts(null));
  const title = pageTitle(response.bodyText);
  const shown = title === null ? '' : `: ${said(title, scrub)}`;
  return failure(
    response,
    verdict,
    `HTTP ${status} with a web page instead of an answer of the API${shown}`,
    null,
  );
}

/** Statuses that a web page has where no API is; the others (401, 413, 429, 5xx) keep their meaning. */
function pageIsMisplaced(status: number): boolean {
  return status < 300 || [400, 403, 404, 405, 410, 422, 501].includes(status);
}

/** The place alone, and only its scheme and host: path and query may hold what was sent. */
function redirectMessage({ status, headers, scrub }: ResponseError): string {
  const place = headers.location ?? '';
  const host = URL.canParse(place) ? new URL(place) : null;
  const to =
    host === null || host.host === '' ? 'another place' : said(`${host.protocol}//${host.host}`, scrub);
  return `HTTP ${status}: a redirect to ${to}, not followed`;
}

function failure(
  context: PayloadError | ResponseError,
  { kind, word }: Verdict,
  message: string,
  facts: ErrorFacts | null,
): ProviderError {
  const { preset = null, model = null, endpoint = null, headers = {}, now = null } = context;
  const { scrub = (text: string) => text } = context;
  const status = context.status ?? null;
  const id = requestIdOf(headers) ?? facts?.requestId ?? null;
  const waits = dispositions[kind].class === 'transient' && kind !== 'misconfigured';
  const retryDelay = facts?.retryDelay ?? null;
  return new ProviderError({
    kind,
    message,
    httpStatus: status,
    retryAfterMs: waits
      ? retryAfterMs({ headers, retryDelay, rateLimited: kind === 'rate-limit', now })
      : null,
    requestId: id === null ? null : scrub(id).slice(0, 128),
    rawCode: word === null ? null : firstMeaningfulLine(scrub(word)).slice(0, 100),
    hint: hintFor(kind, {
      preset,
      model,
      status,
      endpoint,
      text: readableText(bodyOf(context) ?? message),
    }),
  });
}

function bodyOf(context: PayloadError | ResponseError): string | null {
  return 'bodyText' in context ? context.bodyText : null;
}

/** What an error is, and the payload's word that says so best: the one that decided, else the first. */
interface Verdict {
  readonly kind: ErrorKind;
  readonly word: string | null;
}

const misconfigured: Verdict = { kind: 'misconfigured', word: null };

/** The kind by the first row that matches, else by the status. */
function verdictOf(error: ErrorContext & { readonly status?: number | null }, facts: ErrorFacts): Verdict {
  const status = effectiveStatus(error.status ?? null, facts);
  const look: Look = {
    error,
    facts,
    status,
    words: facts.words.map(bare),
    // xAI puts a sentence where others have a code
    text: readableText([facts.message ?? '', ...facts.words.filter((word) => word.includes(' '))].join('\n')),
  };
  const row = errorRows.find((candidate) => matches(candidate, look));
  const word = facts.words.find((said) => row?.words?.some((known) => sameWord(known, bare(said)))) ?? null;
  return { kind: row?.kind ?? kindByStatus(status, error), word: word ?? facts.words[0] ?? null };
}

function kindByStatus(status: number, { otherwise = 'server-error' }: ErrorContext): ErrorKind {
  if (status >= 500) return 'server-error';
  return status >= 400 ? 'bad-request' : otherwise;
}

/** The response's own error status; where there is none, the one that the payload stands for; 0 for neither. */
function effectiveStatus(status: number | null, { numericCode, words }: ErrorFacts): number {
  if (status === null || status < 400) {
    return (
      numericCode ??
      words.map((word) => impliedByWord.get(bare(word))).find((implied) => implied !== undefined) ??
      0
    );
  }
  // a gateway's 5xx around the provider's 429 is still the rate limit
  return status >= 500 && numericCode === 429 ? 429 : status;
}

const impliedByWord = new Map(Object.entries(impliedStatuses).map(([word, status]) => [bare(word), status]));

interface Look {
  readonly error: ErrorContext;
  readonly facts: ErrorFacts;
  readonly status: number;
  readonly words: readonly string[];
  readonly text: string;
}

function matches(row: ErrorRow, look: Look): boolean {
  if (row.statuses !== undefined && !row.statuses.includes(look.status)) return false;
  if (row.words !== undefined && !row.words.some((word) => look.words.some((said) => sameWord(word, said))))
    return false;
  if (row.message !== undefined && !row.message.test(look.text)) return false;
  return row.when === undefined || conditions[row.when](look);
}

const conditions = {
  'has-retry-after': ({ error, facts }) => {
    const { headers = {}, now = null } = error;
    return retryAfterMs({ headers, retryDelay: facts.retryDelay, rateLimited: false, now }) !== null;
  },
  'daily-quota': ({ facts }) => facts.quotaIds.some((id) => /per_?day/i.test(id)),
  'flagged-input': ({ facts }) => facts.flagged,
  'blames-the-model': ({ facts }) => facts.param === 'model',
  'names-the-model': ({ error, text }) => namesModel(text, error.model ?? ''),
} as const satisfies Record<NonNullable<ErrorRow['when']>, (look: Look) => boolean>;

/** Whether the model's id stands in a text by itself; in the path of a URL it says nothing. */
function namesModel(text: string, model: string): boolean {
  const at = model.length < 3 ? -1 : text.toLowerCase().indexOf(model.toLowerCase());
  return at >= 0 && !/[\w/-]/.test(text[at - 1] ?? ' ') && !/[\w/]/.test(text[at + model.length] ?? ' ');
}

/** Without case and punctuation: `NotFoundError`, `not_found_error` and `not found error` are one word. */
function bare(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function sameWord(word: string, said: string): boolean {
  return word.startsWith('*') ? said.endsWith(bare(word)) : said === bare(word);
}
