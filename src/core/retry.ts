import { dispositionOf, type ErrorKind } from './classify.js';

export interface Decision {
  readonly next: 'retry' | 'advance' | 'stop';
  /** How long to wait before the retry. */
  readonly waitMs: number;
}

export interface DecisionFacts {
  readonly kind: ErrorKind;
  /** Retries already made on this target. */
  readonly retriesMade: number;
  /** Those of them that a failure of this kind led to. */
  readonly retriesForKind: number;
  readonly retriesAllowed: number;
  readonly retryAfterMs: number | null;
  readonly maxRetryAfterMs: number;
  readonly hasNextTarget: boolean;
  readonly attemptsLeft: number;
  /** Time left until the chain's deadline. */
  readonly timeLeftMs: number;
  readonly advanceOnPermanent: boolean;
  /** In [0, 1). */
  readonly random: number;
}

const firstBackoffMs = 250;
const longestBackoffMs = 5000;

/** What the chain does after a failed attempt, by the kind's row of the disposition table. */
export function decide(facts: DecisionFacts): Decision {
  const stop: Decision = { next: 'stop', waitMs: 0 };
  if (facts.attemptsLeft <= 0) return stop;
  const disposition = dispositionOf(facts.kind);
  if (mayRetry(facts)) {
    const waitMs = facts.retryAfterMs ?? (facts.hasNextTarget ? 0 : backoffMs(facts));
    if (waitMs < facts.timeLeftMs) return { next: 'retry', waitMs };
  }
  if (!facts.hasNextTarget || disposition.advance === 'no') return stop;
  if (disposition.advance === 'if-allowed' && !facts.advanceOnPermanent) return stop;
  return { next: 'advance', waitMs: 0 };
}

function mayRetry(facts: DecisionFacts): boolean {
  const { retry } = dispositionOf(facts.kind);
  if (retry === 'no' || facts.retriesMade >= facts.retriesAllowed) return false;
  if (retry === 'once' && facts.retriesForKind > 0) return false;
  return facts.retryAfterMs === null || facts.retryAfterMs <= facts.maxRetryAfterMs;
}

/** Full jitter: anything between nothing and 250 ms × 2ⁿ, at most 5 s. */
function backoffMs(facts: DecisionFacts): number {
  return Math.round(facts.random * Math.min(longestBackoffMs, firstBackoffMs * 2 ** facts.retriesMade));
}
