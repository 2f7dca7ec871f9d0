import type { ErrorKind } from './classify.js';
import { ProviderError } from './errors.js';

type Scrub = (text: string) => string;

const longestMessage = 500;

/** A text from outside as it may be kept: one line, bounded, without control characters or the credential. */
export function cleanText(text: string, scrub: Scrub): string {
  const line = scrub(text).replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return line.length > longestMessage ? `${line.slice(0, longestMessage - 1)}…` : line;
}

/**
 * Whatever a model threw as a `ProviderError` of the given kind. It is built anew: the thrown error, its cause
 * and its stack may hold what must not be shown.
 */
export function asProviderError(thrown: unknown, at: { kind: ErrorKind; scrub: Scrub }): ProviderError {
  const { kind, scrub } = at;
  const own = thrown instanceof ProviderError ? thrown : null;
  const clean = (text: string | null): string | null => (text === null ? null : cleanText(text, scrub));
  const message = thrown instanceof Error ? thrown.message : 'the provider failed';
  const status = own === null ? statusOf(thrown) : own.httpStatus;
  return new ProviderError({
    kind,
    message: cleanText(message, scrub) || kind,
    httpStatus: status,
    retryAfterMs: own?.retryAfterMs ?? null,
    requestId: clean(own?.requestId ?? null),
    phase: own?.phase ?? null,
    rawCode: clean(own?.rawCode ?? null),
    hint: clean(own?.hint ?? null),
  });
}

function statusOf(thrown: unknown): number | null {
  const { status, statusCode } = (thrown ?? {}) as { status?: unknown; statusCode?: unknown };
  const value = status ?? statusCode;
  return typeof value === 'number' ? value : null;
}
