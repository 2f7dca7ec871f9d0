import type { ErrorKind } from '../classify.js';
import type { ProviderError } from '../errors.js';
import type { FailureReport } from '../health-tracker.js';
import type { Decision, DecisionFacts } from '../retry.js';
import type { ChainTuning } from '../tuning.js';
import type { AttemptOutcome } from './attempt.js';

/** A request that failed. */
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

interface Situation {
  /** As many are allowed as things stand. */
  readonly retries: number;
  readonly hasNextTarget: boolean;
  readonly tuning: ChainTuning;
  readonly attemptsMade: number;
  readonly timeLeftMs: number;
  readonly random: number;
}

/** What the decision after a failure depends on. */
export function decisionFacts(failed: Failed, at: Situation): DecisionFacts {
  return {
    kind: failed.kind,
    retriesMade: failed.retriesMade,
    retriesForKind: failed.retriesForKind,
    retriesAllowed: at.retries,
    retryAfterMs: failed.error.retryAfterMs,
    maxRetryAfterMs: at.tuning.maxRetryAfterMs,
    hasNextTarget: at.hasNextTarget,
    attemptsLeft: at.tuning.maxAttempts - at.attemptsMade,
    timeLeftMs: at.timeLeftMs,
    advanceOnPermanent: at.tuning.advanceOnPermanent,
    random: at.random,
  };
}

/** What a failure tells of the target's health. */
export function failureReport(failed: Failed, decision: Decision): FailureReport {
  const { error, outcome } = failed;
  const waits = decision.next === 'retry';
  return {
    kind: failed.kind,
    phase: error.phase,
    answered: (error.httpStatus ?? outcome.httpStatus) !== null,
    costMs: outcome.durationMs,
    retryAfterMs: waits ? null : error.retryAfterMs,
    plannedWaitMs: waits ? error.retryAfterMs : null,
    opens: failed.waitedOut,
    advanced: decision.next === 'advance',
  };
}
