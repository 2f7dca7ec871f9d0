import type { DrillStep } from '../../core/check/drill.js';
import type { HealthCheckReport } from '../../core/check/health-check.js';
import type { CheckResult } from '../../core/check/result.js';
import type { ChainVerdict, HealthState } from '../../core/check/verdict.js';
import { catalogueName } from '../../providers/catalogue.js';
import { type CommonFacts, type CommonReport, commonReport } from './report-frame.js';

export type CheckReport = Omit<CheckResult, 'generated' | 'failure' | 'unasked'>;

export interface ChainReport extends Omit<ChainVerdict, 'drill'> {
  /** Null where nothing was made to fail. */
  readonly drill: readonly DrillReport[] | null;
}

export type DrillReport = Omit<DrillStep, 'generated'>;

/** What is found where nothing could be looked for. */
export const nothingFound: HealthCheckReport = {
  state: 'down',
  checks: [],
  chains: [],
  warnings: [],
  cutShort: false,
};

/** `majordomo/health@1`: what was checked, and how it stands. */
export interface HealthReport extends CommonReport {
  readonly schema: 'majordomo/health@1';
  readonly state: HealthState;
  readonly checks: readonly CheckReport[];
  readonly chains: readonly ChainReport[];
  /** What models were asked for. */
  readonly spend: {
    readonly requests: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** Null where a price is not known. */
    readonly usd: number | null;
    /** Whose prices count where a DSN names none; null where nothing was spent. */
    readonly catalogue: string | null;
  };
}

export function healthReport(facts: CommonFacts & { readonly found: HealthCheckReport }): HealthReport {
  const { state, checks, chains } = facts.found;
  const paid = [...checks, ...chains.flatMap(({ drill }) => drill ?? [])];
  const requests = paid.flatMap(({ generated }) => generated);
  const tokens = (key: 'inputTokens' | 'outputTokens'): number =>
    requests.reduce((total, { usage }) => total + (usage?.[key] ?? 0), 0);
  const costs = requests.map(({ costUsd }) => costUsd);
  return {
    schema: 'majordomo/health@1',
    ...commonReport(facts),
    state,
    checks: checks.map(checkReport),
    chains: chains.map((chain) => ({ ...chain, drill: drillReport(chain.drill) })),
    spend: {
      requests: requests.length,
      inputTokens: tokens('inputTokens'),
      outputTokens: tokens('outputTokens'),
      // a sum without one of its parts would be a wrong one
      catalogue: costs.length === 0 ? null : catalogueName,
      usd: costs.includes(null) ? null : costs.reduce<number>((sum, usd) => sum + (usd ?? 0), 0),
    },
  };
}

function checkReport({ generated: _, failure: __, unasked: ___, ...check }: CheckResult): CheckReport {
  return { ...check, phases: rounded(check.phases) };
}

function drillReport(steps: readonly DrillStep[] | null): readonly DrillReport[] | null {
  return steps?.map(({ generated: _, ...step }) => step) ?? null;
}

function rounded({ dnsMs, connectMs, tlsMs, firstByteMs }: CheckResult['phases']): CheckResult['phases'] {
  const whole = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));
  return {
    dnsMs: whole(dnsMs),
    connectMs: whole(connectMs),
    tlsMs: whole(tlsMs),
    firstByteMs: whole(firstByteMs),
  };
}
