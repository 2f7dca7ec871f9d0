import type { HealthCheckReport } from '../../core/check/health-check.js';
import type { CheckResult } from '../../core/check/result.js';
import type { ChainVerdict, HealthState } from '../../core/check/verdict.js';
import { type CommonFacts, type CommonReport, commonReport } from './report-frame.js';

export interface CheckReport extends Omit<CheckResult, 'generated'> {
  readonly repeats: { readonly passed: number; readonly total: number } | null;
  readonly expectations: readonly {
    readonly text: string;
    readonly passed: boolean;
    readonly actual: string | null;
  }[];
}

export interface ChainReport extends ChainVerdict {
  readonly drill: null;
}

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
  };
}

export function healthReport(facts: CommonFacts & { readonly found: HealthCheckReport }): HealthReport {
  const { state, checks, chains } = facts.found;
  const usages = checks.flatMap(({ generated }) => (generated === null ? [] : [generated.usage]));
  const sum = (key: 'inputTokens' | 'outputTokens'): number =>
    usages.reduce((total, usage) => total + (usage?.[key] ?? 0), 0);
  return {
    schema: 'majordomo/health@1',
    ...commonReport(facts),
    state,
    checks: checks.map(({ generated: _, phases, ...check }) => ({
      ...check,
      phases: rounded(phases),
      repeats: null,
      expectations: [],
    })),
    chains: chains.map((chain) => ({ ...chain, drill: null })),
    spend: {
      requests: usages.length,
      inputTokens: sum('inputTokens'),
      outputTokens: sum('outputTokens'),
      usd: usages.length === 0 ? 0 : null,
    },
  };
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
