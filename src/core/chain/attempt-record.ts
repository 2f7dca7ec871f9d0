import { dispositionOf, type ErrorKind } from '../classify.js';
import type { ProviderError } from '../errors.js';
import type { Attempt } from '../events.js';
import { cleanText } from '../provider-failure.js';
import type { AttemptOutcome } from './attempt.js';
import type { ChainTarget } from './parts.js';

interface RequestFacts {
  readonly outcome: AttemptOutcome;
  readonly startedAtMs: number;
  readonly hedge: boolean;
  readonly result: 'ok' | ErrorKind;
  readonly next: Attempt['next'];
  readonly error?: ProviderError;
}

/** The record of a request that was made. */
export function requestRecord(entry: ChainTarget, facts: RequestFacts): Attempt {
  const { outcome, error, result } = facts;
  const requestId = error?.requestId ?? outcome.requestId;
  return {
    ...blank(entry, facts.startedAtMs),
    outcome: result,
    reason: error?.phase ?? null,
    class: result === 'ok' ? null : dispositionOf(result).class,
    httpStatus: error?.httpStatus ?? outcome.httpStatus,
    durationMs: Math.round(outcome.durationMs),
    firstTokenMs: outcome.firstTokenMs === null ? null : Math.round(outcome.firstTokenMs),
    retryAfterMs: error?.retryAfterMs ?? null,
    requestId: requestId === null ? null : cleanText(requestId, entry.scrub),
    message: error?.message ?? (outcome.note === null ? null : cleanText(outcome.note, entry.scrub)),
    hedge: facts.hedge,
    injected: outcome.injected,
    next: facts.next,
  };
}

/** The record of a request that lost to one beside it, which says nothing about the target. */
export function abandonedRecord(
  entry: ChainTarget,
  facts: { outcome: AttemptOutcome; startedAtMs: number; hedge: boolean },
): Attempt {
  return {
    ...requestRecord(entry, { ...facts, result: 'ok', next: null }),
    outcome: 'abandoned',
    reason: 'hedge',
  };
}

/** The record of a request that was ended from outside, which says nothing about the target. */
export function cutOffRecord(
  entry: ChainTarget,
  facts: { outcome: AttemptOutcome; startedAtMs: number; hedge: boolean; byDeadline: boolean },
): Attempt {
  const { byDeadline } = facts;
  const record = requestRecord(entry, {
    ...facts,
    result: byDeadline ? 'timeout' : 'cancelled',
    next: 'stop',
  });
  return byDeadline ? { ...record, reason: 'deadline', message: "ended by the chain's deadline" } : record;
}

interface SkipFacts {
  readonly atMs: number;
  readonly reason: string;
  readonly message: string | null;
  /** How long until the target may be asked again, in milliseconds. */
  readonly waitMs: number | null;
  readonly last: boolean;
}

/** The record of a target that was not asked. */
export function skipRecord(entry: ChainTarget, facts: SkipFacts): Attempt {
  return {
    ...blank(entry, facts.atMs),
    outcome: 'skipped',
    reason: facts.reason,
    message: facts.message,
    retryAfterMs: facts.waitMs,
    next: facts.last ? 'stop' : 'advance',
  };
}

function blank(entry: ChainTarget, startedAtMs: number): Attempt {
  return {
    target: entry.target,
    provider: entry.name,
    model: entry.model,
    outcome: 'ok',
    reason: null,
    class: null,
    httpStatus: null,
    startedAtMs,
    durationMs: 0,
    firstTokenMs: null,
    retryAfterMs: null,
    requestId: null,
    message: null,
    hedge: false,
    injected: false,
    next: null,
  };
}
