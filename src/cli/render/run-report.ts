import { withoutKeys } from '../../core/dsn/keys.js';
import { type Failure, MajordomoError, type Warning } from '../../core/errors.js';
import type { Answer, Attempt } from '../../core/events.js';
import type { FinishReason, Usage } from '../../core/ports.js';
import { version } from '../../version.js';

/** `majordomo/run@1`: the result of `run` as JSON. Every key is always there; what is not known is null. */
export interface RunReport {
  readonly schema: 'majordomo/run@1';
  readonly version: string;
  readonly spec: string;
  readonly text: string;
  readonly reasoning: string | null;
  readonly servedBy: string | null;
  readonly servedModel: string | null;
  readonly failover: boolean;
  readonly firstTokenMs: number | null;
  readonly finishReason: FinishReason | null;
  readonly rawFinishReason: string | null;
  readonly usage: Usage | null;
  readonly cost: { readonly usd: number | null; readonly source: string };
  readonly expectations: readonly [];
  readonly attempts: readonly Attempt[];
  readonly warnings: readonly Warning[];
  readonly error: Failure | null;
  readonly exitCode: number;
  readonly durationMs: number;
}

export interface RunFacts {
  readonly spec: string;
  readonly answer: Answer | null;
  readonly error: unknown;
  readonly attempts: readonly Attempt[];
  readonly warnings: readonly Warning[];
  readonly exitCode: number;
  readonly durationMs: number;
}

export function runReport(facts: RunFacts): RunReport {
  const { answer } = facts;
  return {
    schema: 'majordomo/run@1',
    version,
    spec: withoutKeys(facts.spec),
    text: answer?.text ?? '',
    reasoning: answer?.reasoning ?? null,
    servedBy: answer?.servedBy ?? null,
    servedModel: answer?.servedModel ?? null,
    failover: answer?.failover ?? false,
    firstTokenMs: answer?.firstTokenMs ?? null,
    finishReason: answer?.finishReason ?? null,
    rawFinishReason: answer?.rawFinishReason ?? null,
    usage: answer?.usage ?? null,
    cost: { usd: answer?.costUsd ?? null, source: answer?.costUsd == null ? 'unknown' : 'dsn' },
    expectations: [],
    attempts: facts.attempts,
    warnings: facts.warnings,
    error: facts.error === null ? null : failureOf(facts.error),
    exitCode: facts.exitCode,
    durationMs: Math.round(facts.durationMs),
  };
}

/** An error as JSON. Of a bug only the kind is told: words that are not ours may quote a key. */
function failureOf(error: unknown): Failure {
  if (error instanceof MajordomoError) return error.toJSON();
  const what = error instanceof Error ? error.name : 'something that is no error';
  return {
    code: 'bug',
    kind: null,
    class: null,
    message: `internal error: ${what}`,
    hint: 'please report this',
  };
}
