import { type ErrorClass, type ErrorKind, isErrorKind, type TimeoutPhase } from './classify.js';
import { MajordomoError, ProviderError } from './errors.js';

/**
 * A program's own judgement of an error: a kind, or only a class. `undefined` leaves it to the library.
 * A bare `transient` is treated as `server-error`, a bare `permanent` as `bad-request`.
 */
export type Classify = (error: unknown) => ErrorKind | ErrorClass | undefined;

/** System and HTTP client codes that errors carry in `code`, their own or their cause's. */
const kindOfCode: Readonly<Record<string, ErrorKind>> = {
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNRESET: 'network',
  EPIPE: 'network',
  ECONNABORTED: 'network',
  UND_ERR_SOCKET: 'network',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  CERT_HAS_EXPIRED: 'misconfigured',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'misconfigured',
  SELF_SIGNED_CERT_IN_CHAIN: 'misconfigured',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'misconfigured',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'misconfigured',
  ERR_TLS_CERT_ALTNAME_INVALID: 'misconfigured',
  ERR_SSL_WRONG_VERSION_NUMBER: 'misconfigured',
};

/** Codes of a connection that was not made in time, as against an answer that did not come. */
const connectCodes: ReadonlySet<unknown> = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

const kindOfStatus: Readonly<Record<number, ErrorKind>> = {
  401: 'auth',
  402: 'quota',
  403: 'auth',
  404: 'model-not-found',
  408: 'server-error',
  409: 'server-error',
  410: 'model-not-found',
  413: 'context-length',
  425: 'server-error',
  429: 'rate-limit',
  503: 'overloaded',
  529: 'overloaded',
};

const kindOfClass = {
  transient: 'server-error',
  permanent: 'bad-request',
  'model-not-found': 'model-not-found',
} as const;

/** Errors of the language itself: a mistake in somebody's code, which no retry mends. */
const programmingErrors = new Set(['TypeError', 'ReferenceError', 'SyntaxError', 'RangeError', 'EvalError']);

/**
 * What kind of failure an error is, whoever threw it: a `ProviderError` says so itself; others are judged by a
 * `kind`, a status or a system code in them or their causes. Null means a bug in
 * somebody's code, or a mistake in the configuration: to be rethrown.
 */
export function classify(error: unknown): ErrorKind | null {
  if (error instanceof ProviderError) return error.kind;
  if (error instanceof MajordomoError) return null;
  for (const facts of factsOf(error)) {
    const kind = kindOfFacts(facts);
    if (kind !== null) return kind;
  }
  if (!(error instanceof Error)) return null;
  return programmingErrors.has(error.name) ? null : 'server-error';
}

/** {@link classify} after the program's own judgement. */
export function classifyWith(own: Classify | undefined, error: unknown): ErrorKind | null {
  const judged = own?.(error);
  if (isErrorKind(judged)) return judged;
  // Programs without types may answer anything: what is no word of ours is no judgement.
  return judged !== undefined && Object.hasOwn(kindOfClass, judged) ? kindOfClass[judged] : classify(error);
}

/** The HTTP status that an error of somebody else's, or one of its causes, carries. */
export function statusOf(error: unknown): number | null {
  for (const { status, statusCode } of factsOf(error)) {
    const value = status ?? statusCode;
    if (typeof value === 'number') return value;
  }
  return null;
}

/** Which wait ran out in an error of somebody else's, as far as it tells. */
export function phaseOf(error: unknown): TimeoutPhase | null {
  return factsOf(error).some(({ code }) => connectCodes.has(code)) ? 'connect' : null;
}

interface Facts {
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly cause?: unknown;
}

/** An error and its causes, not followed for ever: they may lead back to themselves. */
function factsOf(error: unknown): readonly Facts[] {
  const found: Facts[] = [];
  for (let current = error; typeof current === 'object' && current !== null && found.length < 8; ) {
    found.push(current);
    current = (current as Facts).cause;
  }
  return found;
}

function kindOfFacts(facts: Facts): ErrorKind | null {
  if (isErrorKind(facts.kind)) return facts.kind;
  if (facts.name === 'TimeoutError') return 'timeout';
  const status = facts.status ?? facts.statusCode;
  if (typeof status === 'number' && status >= 400) {
    return kindOfStatus[status] ?? (status >= 500 ? 'server-error' : 'bad-request');
  }
  return typeof facts.code === 'string' && Object.hasOwn(kindOfCode, facts.code)
    ? (kindOfCode[facts.code] ?? null)
    : null;
}
