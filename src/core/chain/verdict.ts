import { dispositionOf } from '../classify.js';
import { formatDuration } from '../duration.js';
import type { ProviderError } from '../errors.js';
import type { Attempt } from '../events.js';
import { longestRetryAfterMs } from '../health.js';
import { CancelledError, ChainError, type ChainOutcome } from './error.js';

/** The reason a chain is aborted with when its caller wants no more. */
export const cancelled = Symbol('cancelled');

/** The reason a chain is aborted with when its time is up. */
export function deadlineError(afterMs: number): { readonly deadlineMs: number } {
  return { deadlineMs: afterMs };
}

export function isDeadline(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && 'deadlineMs' in reason;
}

export interface VerdictFacts {
  /** The signal's reason, when the chain was ended from outside. */
  readonly reason: unknown;
  readonly committed: boolean;
  readonly attempts: readonly Attempt[];
  readonly causes: readonly ProviderError[];
  /** What to do about the first target that was left out. */
  readonly skipHint: string | null;
  readonly now: number;
  readonly timeoutMs: number;
}

/** The error of a chain that gave no answer: names every attempt and says what may help. */
export function chainFailure(facts: VerdictFacts): ChainError {
  const { attempts, causes } = facts;
  if (facts.reason === cancelled) return new CancelledError([...attempts]);
  const outcome = outcomeOf(facts);
  const last = causes.at(-1) ?? null;
  return new ChainError({
    outcome,
    message: messageOf(outcome, facts),
    hint: hintOf(outcome, facts, last),
    attempts: [...attempts],
    first: causes[0] ?? null,
    last,
  });
}

type Failed = Exclude<ChainOutcome, 'cancelled'>;

/** Where several hold: partial, else deadline, else exhausted, else permanent. */
function outcomeOf(facts: VerdictFacts): Failed {
  if (facts.committed) return 'partial';
  if (facts.reason !== null) return 'deadline';
  if (facts.attempts.every((attempt) => attempt.reason === 'no-credential')) return 'no-credential';
  const asked = new Set(
    facts.attempts.filter(({ outcome }) => outcome !== 'skipped').map(({ target }) => target),
  );
  return facts.attempts.some((attempt) => mayPass(attempt, asked)) ? 'exhausted' : 'permanent';
}

/** Whether a new run may go better. Of a target that was skipped first and asked in the end, what it said counts. */
function mayPass(attempt: Attempt, asked: ReadonlySet<string>): boolean {
  if (attempt.outcome === 'skipped') return attempt.reason === 'circuit-open' && !asked.has(attempt.target);
  if (attempt.outcome === 'ok' || attempt.outcome === 'abandoned') return false;
  return dispositionOf(attempt.outcome).rerun;
}

function messageOf(outcome: Failed, facts: VerdictFacts): string {
  const trail = facts.attempts.map((attempt) => describeAttempt(attempt)).join('; ');
  switch (outcome) {
    case 'partial':
      return `the answer was cut after it had begun: ${trail}`;
    case 'deadline':
      return `no answer within ${formatDuration(facts.timeoutMs)}${trail === '' ? '' : `: ${trail}`}`;
    case 'no-credential':
      return `no target has a credential: ${trail}`;
    case 'exhausted':
    case 'permanent':
      return `no target answered: ${trail}`;
  }
}

function hintOf(outcome: Failed, facts: VerdictFacts, last: ProviderError | null): string | null {
  if (outcome === 'no-credential') return facts.skipHint;
  const first = outcome === 'exhausted' ? firstFree(facts.attempts) : null;
  if (first === null) return last?.hint ?? null;
  const leftMs = first.freeAtMs - facts.now;
  return leftMs <= 0
    ? `${first.target} may be asked again now`
    : `${first.target} is free first, in ${formatDuration(leftMs)}`;
}

/** Who may be asked again first, when all that have a credential must be waited for; else null. */
function firstFree(
  attempts: readonly Attempt[],
): { readonly target: string; readonly freeAtMs: number } | null {
  const latest = new Map(attempts.map((attempt) => [attempt.target, attempt]));
  let first: { target: string; freeAtMs: number } | null = null;
  for (const { target, reason, startedAtMs, durationMs, retryAfterMs } of latest.values()) {
    if (reason === 'no-credential') continue;
    if (retryAfterMs === null || retryAfterMs === 0) return null;
    const freeAtMs = startedAtMs + durationMs + Math.min(retryAfterMs, longestRetryAfterMs);
    if (first === null || freeAtMs < first.freeAtMs) first = { target, freeAtMs };
  }
  return first;
}

/** `m1/qwen3: rate-limit (429, 0.2s, too many requests)`. */
export function describeAttempt(attempt: Attempt): string {
  const details: string[] = [];
  if (attempt.httpStatus !== null && attempt.outcome !== 'ok') details.push(String(attempt.httpStatus));
  if (attempt.outcome === 'skipped') {
    const what = attempt.message ?? attempt.reason ?? 'skipped';
    const wait = attempt.retryAfterMs === null ? '' : `, free in ${formatDuration(attempt.retryAfterMs)}`;
    return `${attempt.target}: skipped (${what}${wait})`;
  }
  if (attempt.injected) details.push('injected');
  details.push(formatDuration(attempt.durationMs));
  if (attempt.retryAfterMs !== null) details.push(`retry after ${formatDuration(attempt.retryAfterMs)}`);
  if (attempt.message !== null) details.push(attempt.message);
  return `${attempt.target}: ${attempt.outcome} (${details.join(', ')})`;
}
