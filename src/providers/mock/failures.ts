import type { TimeoutPhase } from '../../core/classify.js';
import { ProviderError } from '../../core/errors.js';
import { classifyPayload, classifyResponse } from '../errors/classify-response.js';
import { classifyNetworkError, type NetworkPhase } from '../http/network-errors.js';
import type { FaultName, FaultStep } from './faults.js';

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

/** Faults that are HTTP errors with a meaning; bodies as OpenAI's API sends them, `loading` as llama.cpp does. */
const replies = {
  'rate-limit': {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached: too many requests.',
  },
  quota: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  overloaded: {
    status: 503,
    type: 'service_unavailable_error',
    code: 'server_is_overloaded',
    message: 'The server is overloaded, please try again later.',
  },
  loading: { status: 503, type: 'unavailable_error', code: null, message: 'Loading model' },
  outage: { status: 503, type: 'server_error', code: null, message: 'The service is down.' },
  'server-error': {
    status: 500,
    type: 'server_error',
    code: null,
    message: 'The server had an error while processing your request.',
  },
  auth: {
    status: 401,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'Incorrect API key provided.',
  },
  'model-not-found': {
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: 'The model does not exist or you do not have access to it.',
  },
  misconfigured: {
    status: 404,
    type: 'invalid_request_error',
    code: null,
    message: 'Invalid URL (POST /chat/completions)',
  },
  'context-length': {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    message: "This model's maximum context length is exceeded, please reduce the length of the messages.",
  },
  'content-filter': {
    status: 400,
    type: 'invalid_request_error',
    code: 'content_policy_violation',
    message: 'Your request was rejected by the safety system.',
  },
  'bad-request': {
    status: 400,
    type: 'invalid_request_error',
    code: 'unsupported_parameter',
    message: 'Unsupported parameter in this request.',
  },
  prefill: {
    status: 400,
    type: 'invalid_request_error',
    code: null,
    message: 'This model does not support a last message of the assistant: the last must be of the user.',
  },
} as const satisfies Partial<Record<FaultName, Reply>>;

export type ReplyName = keyof typeof replies;

/** Statuses whose bare number stands for the meaning that they nearly always have. */
const replyOfStatus: Readonly<Record<number, ReplyName>> = {
  400: 'bad-request',
  401: 'auth',
  404: 'model-not-found',
  429: 'rate-limit',
};

/** What a failure is built from: whose model, which step of the script, and the wall time. */
export interface FailureContext {
  readonly model: string;
  readonly step: Pick<FaultStep, 'status' | 'durationMs'>;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** The error of one of the named HTTP replies, by way of the tables that real replies go through. */
export function replyFailure(name: ReplyName, context: FailureContext): ProviderError {
  return errorReply(replies[name], context);
}

/** The error of an HTTP status by its number. */
export function statusFailure(context: FailureContext): ProviderError {
  const status = context.step.status ?? 500;
  const named = replyOfStatus[status];
  if (named !== undefined) return replyFailure(named, context);
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return errorReply(
    { status, type, code: null, message: `The server answers with status ${status}.` },
    context,
  );
}

function errorReply(reply: Reply, context: FailureContext): ProviderError {
  return classifyResponse({
    dialect: 'openai',
    status: reply.status,
    headers: { 'content-type': 'application/json', ...retryAfterHeaders(context.step.durationMs) },
    bodyText: JSON.stringify(errorBody(reply)),
    model: context.model,
    now: context.nowMs,
  });
}

function errorBody(reply: Reply): Readonly<Record<string, unknown>> {
  return { error: { message: reply.message, type: reply.type, param: null, code: reply.code } };
}

/** `retry-after` counts whole seconds (RFC 9110); what is finer goes into `retry-after-ms`, as at OpenAI and Azure. */
function retryAfterHeaders(durationMs: number | null): Readonly<Record<string, string>> {
  if (durationMs === null) return {};
  if (durationMs % 1000 === 0) return { 'retry-after': String(durationMs / 1000) };
  return { 'retry-after-ms': String(durationMs) };
}

/** A web page where JSON is expected: a proxy's error, a login page. */
export function pageFailure(context: FailureContext): ProviderError {
  const status = context.step.status ?? 502;
  return classifyResponse({
    dialect: 'openai',
    status,
    headers: { 'content-type': 'text/html' },
    bodyText: `<html><head><title>Status ${status}</title></head><body><h1>Status ${status}</h1></body></html>`,
    model: context.model,
    now: context.nowMs,
  });
}

/** An error as an event inside an answer of HTTP 200. */
export function eventFailure(context: FailureContext): ProviderError {
  return classifyPayload({
    dialect: 'openai',
    payload: errorBody(replies['server-error']),
    status: null,
    headers: {},
    model: context.model,
  });
}

/** Failures below HTTP, by the codes that Node and undici give them. */
const networkFailures = {
  refused: { code: 'ECONNREFUSED', phase: 'connect' },
  unreachable: { code: 'EHOSTUNREACH', phase: 'connect' },
  dns: { code: 'ENOTFOUND', phase: 'connect' },
  tls: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', phase: 'tls' },
  reset: { code: 'ECONNRESET', phase: 'headers' },
  network: { code: 'ECONNRESET', phase: 'headers' },
  silent: { code: 'UND_ERR_SOCKET', phase: 'headers' },
  cut: { code: 'ECONNRESET', phase: 'body' },
} as const satisfies Partial<Record<FaultName, { readonly code: string; readonly phase: NetworkPhase }>>;

/** The error that the transport would give for it. */
export function networkFailure(name: keyof typeof networkFailures): ProviderError {
  const { code, phase } = networkFailures[name];
  const error = classifyNetworkError({ code }, { phase });
  if (error === null) throw new Error(`no network error has the code ${code}`);
  return error;
}

/** A whole reply that is no JSON. */
export function garbledFailure(): ProviderError {
  return new ProviderError({ kind: 'network', httpStatus: 200, message: 'the server sent a garbled answer' });
}

export function refusalFailure(): ProviderError {
  return new ProviderError({
    kind: 'content-filter',
    httpStatus: 200,
    rawCode: 'refusal',
    message: 'the model refused to answer: I cannot help with that.',
  });
}

const unansweredBy = {
  connect: 'the server did not take the connection in time',
  'first-token': 'the first token did not come in time',
  idle: 'the server stopped in the middle of its answer',
  attempt: 'the answer was not whole in time',
} as const satisfies Record<TimeoutPhase, string>;

/** One of the timers of an attempt ran out, or is said to have. */
export function timeoutFailure(phase: TimeoutPhase): ProviderError {
  return new ProviderError({ kind: 'timeout', phase, message: unansweredBy[phase] });
}
