import type { Failure } from '../../core/errors.js';
import type { Resolution, ResolvedTarget } from '../../core/resolution.js';
import { type CircuitReport, circuitReport } from './circuit.js';
import { type CommonFacts, type CommonReport, commonReport } from './report-frame.js';

export interface TargetReport extends Omit<ResolvedTarget, 'circuit'> {
  readonly circuit: CircuitReport;
}

export interface ResolutionReport extends Omit<Resolution, 'error' | 'targets'> {
  readonly error: Failure | null;
  readonly targets: readonly TargetReport[];
}

/** `majordomo/resolve@1`: what specs mean. */
export interface ResolveReport extends CommonReport {
  readonly schema: 'majordomo/resolve@1';
  readonly resolutions: readonly ResolutionReport[];
}

export function resolveReport(
  facts: CommonFacts & { readonly resolutions: readonly Resolution[]; readonly now: number },
): ResolveReport {
  const resolutions = facts.resolutions.map(({ error, targets, ...resolution }) => ({
    ...resolution,
    error: error?.toJSON() ?? null,
    targets: targets.map(({ circuit, ...target }) => ({
      ...target,
      circuit: circuitReport(circuit, facts.now),
    })),
  }));
  return { schema: 'majordomo/resolve@1', ...commonReport(facts), resolutions };
}
