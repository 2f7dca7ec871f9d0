import type { ErrorKind } from '../classify.js';
import type { ProviderError } from '../errors.js';
import type { FailureReport, Permit } from '../health-tracker.js';
import type { Decision, DecisionFacts } from '../retry.js';
import type { ChainTuning, ResolvedTargetTuning } from '../tuning.js';
import type { AttemptOutcome } from './attempt.js';
import type { ChainTarget } from './parts.js';

/** What the requests to one target share. */
export interface Asking {
  readonly permit: Permit;
  readonly tuning: ResolvedTargetTuning;
  readonly next: ChainTarget | null;
  /** What its preparation threw: the first request fails by it. */
  readonly unprepared: { readonly thrown: unknown } | null;
}

/** One of them that failed. */
export interface Failed {
  readonly kind: ErrorKind;
  readonly error: ProviderError;
  readonly retriesMade: number;
  /** Those of them that a failure of the same kind led to. */
  readonly retriesForKind: number;
  /** The request before this one came with a Retry-After that was waited out. */
  readonly waitedOut: boolean;
  readonly outcome: AttemptOutcome;
}

/** What the decision after a failure depends on. */
export function decisionFacts(
  at: Asking & Failed,
  run: {
    readonly tuning: ChainTuning;
    readonly attemptsMade: number;
    readonly timeLeftMs: number;
    readonly random: number;
  },
): DecisionFacts {
  return {
    kind: at.kind,
    retriesMade: at.retriesMade,
    retriesForKind: at.retriesForKind,
    // A wait that was in vain is not repeated: the circuit opens.
    retriesAllowed: at.permit.probe || at.waitedOut ? 0 : at.tuning.retries,
    retryAfterMs: at.error.retryAfterMs,
    maxRetryAfterMs: run.tuning.maxRetryAfterMs,
    hasNextTarget: at.next !== null,
    attemptsLeft: run.tuning.maxAttempts - run.attemptsMade,
    timeLeftMs: run.timeLeftMs,
    advanceOnPermanent: run.tuning.advanceOnPermanent,
    random: run.random,
  };
}

/** What a failure tells of the target's health. */
export function failureReport(at: Asking & Failed, decision: Decision): FailureReport {
  return {
    kind: at.kind,
    phase: at.error.phase,
    answered: (at.error.httpStatus ?? at.outcome.httpStatus) !== null,
    costMs: at.outcome.durationMs,
    retryAfterMs: decision.next === 'retry' ? null : at.error.retryAfterMs,
    plannedWaitMs: decision.next === 'retry' ? at.error.retryAfterMs : null,
    opens: at.waitedOut,
    advanced: decision.next === 'advance',
  };
}
