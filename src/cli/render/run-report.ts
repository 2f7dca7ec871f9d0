import { withoutKeys } from '../../core/dsn/keys.js';
import type { Answer, Attempt } from '../../core/events.js';
import type { ExpectationResult } from '../../core/expectation.js';
import type { FinishReason, Usage } from '../../core/ports.js';
import { redacted } from '../../core/secrets.js';
import { mayHoldDsn } from '../../core/shown.js';
import { keyless } from './keyless.js';
import { type CommonFacts, type CommonReport, commonReport } from './report-frame.js';

/** `majordomo/run@1`: the result of `run` as JSON. Every key is always there; what is not known is null. */
export interface RunReport extends CommonReport {
  readonly schema: 'majordomo/run@1';
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
  readonly expectations: readonly ExpectationResult[];
  readonly attempts: readonly Attempt[];
}

export interface RunFacts extends CommonFacts {
  readonly spec: string;
  readonly answer: Answer | null;
  readonly attempts: readonly Attempt[];
  readonly expectations?: readonly ExpectationResult[];
}

export function runReport(facts: RunFacts): RunReport {
  const { answer } = facts;
  return {
    schema: 'majordomo/run@1',
    spec: mayHoldDsn(facts.spec) ? redacted : withoutKeys(facts.spec),
    text: answer?.text ?? '',
    reasoning: answer?.reasoning ?? null,
    servedBy: keyless(answer?.servedBy ?? null),
    servedModel: answer?.servedModel ?? null,
    failover: answer?.failover ?? false,
    firstTokenMs: answer?.firstTokenMs ?? null,
    finishReason: answer?.finishReason ?? null,
    rawFinishReason: answer?.rawFinishReason ?? null,
    usage: answer?.usage ?? null,
    cost: { usd: answer?.costUsd ?? null, source: answer?.costUsd == null ? 'unknown' : 'dsn' },
    expectations: facts.expectations ?? [],
    attempts: keyless(facts.attempts),
    ...keyless(commonReport(facts)),
  };
}
