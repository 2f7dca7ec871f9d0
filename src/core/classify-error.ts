import { type ErrorClass, type ErrorKind, isErrorKind } from './classify.js';
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
};

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

const kindOfClass = { transient: 'server-error', permanent: 'bad-request', 'model-not-found': 'model-not-found' } as const;

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
  let current: unknown = error;
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth += 1) {
    const kind = kindOfFacts(current as Facts);
    if (kind !== null) return kind;
    current = (current as Facts).cause;
  }
  if (!(error instanceof Error)) return null;
  return programmingErrors.has(error.name) ? null : 'server-error';
}

/** {@link classify} after the program's own judgement. */
export function classifyWith(own: Classify | undefined, error: unknown): ErrorKind | null {
  const judged = own?.(error);
  if (judged === undefined) return classify(error);
  return isErrorKind(judged) ? judged : kindOfClass[judged];
}

interface Facts {
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly cause?: unknown;
}

function kindOfFacts(facts: Facts): ErrorKind | null {
  if (isErrorKind(facts.kind)) return facts.kind;
  if (facts.name === 'TimeoutError') return 'timeout';
  const status = facts.status ?? facts.statusCode;
  if (typeof status === 'number' && status >= 400) {
    return kindOfStatus[status] ?? (status >= 500 ? 'server-error' : 'bad-request');
  }
  return typeof facts.code === 'string' && Object.hasOwn(kindOfCode, facts.code) ? (kindOfCode[facts.code] ?? null) : null;
}
