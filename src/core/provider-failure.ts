import type { ErrorKind } from './classify.js';
import { phaseOf, statusOf } from './classify-error.js';
import { seenText } from './control-filter.js';
import { ProviderError } from './errors.js';

type Scrub = (text: string) => string;

const longestMessage = 500;

/**
 * A text from outside as it may be kept: one line, bounded, without what nobody sees and without the credential. It is
 * scrubbed as it is shown, and cut only after that: neither must save a key from being known for one.
 */
export function cleanText(text: string, scrub: Scrub): string {
  const line = scrub(seenText(text)).replace(/\s+/g, ' ').trim();
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
    retryAfterMs: waitOf(own?.retryAfterMs),
    requestId: clean(own?.requestId ?? null),
    phase: own === null && kind === 'timeout' ? phaseOf(thrown) : (own?.phase ?? null),
    rawCode: clean(own?.rawCode ?? null),
    hint: clean(own?.hint ?? null),
  });
}

/** A wait that can be waited: a clock has no use for a negative, endless or missing number. */
function waitOf(retryAfterMs: number | null | undefined): number | null {
  return typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) ? Math.max(0, retryAfterMs) : null;
}

/**
 * A bug of a provider as it may be told: as it is, unless it holds the credential. Then a copy with its name, message
 * and stack stands in, without what else hangs on it.
 */
export function scrubbedBug(thrown: unknown, scrub: Scrub): unknown {
  if (!textsOf(thrown).some((text) => scrub(text) !== text)) return thrown;
  if (!(thrown instanceof Error)) return new Error('a provider threw no error');
  const copy: Error = Object.create(Object.getPrototypeOf(thrown));
  const told = { name: thrown.name, message: scrub(thrown.message), stack: scrub(thrown.stack ?? '') };
  for (const [key, value] of Object.entries(told)) {
    Object.defineProperty(copy, key, { value, writable: true, configurable: true });
  }
  return copy;
}

const deepestText = 5;

/** Every text in a value that a look at it would show, its keys included. */
function textsOf(value: unknown, depth = 0): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > deepestText) return [];
  return Object.getOwnPropertyNames(value).flatMap((key) => {
    const inner = Object.getOwnPropertyDescriptor(value, key)?.value;
    return [key, ...textsOf(inner, depth + 1)];
  });
}
