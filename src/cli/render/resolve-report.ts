import type { MajordomoError, Warning } from '../../core/errors.js';
import type { CredentialInfo } from '../../core/ports.js';
import type { Resolution } from '../../core/resolution.js';
import type { Source } from '../../core/source.js';
import type { SpecNode } from '../../core/spec.js';
import { type CircuitReport, circuitReport } from './circuit.js';
import { type CommonFacts, type CommonReport, commonReport } from './report-frame.js';

export interface TargetReport {
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  readonly scheme: string;
  readonly endpoint: string;
  readonly source: Source;
  readonly credential: CredentialInfo | null;
  readonly circuit: CircuitReport;
  readonly usable: boolean;
  readonly notes: readonly Warning[];
}

export interface ResolutionReport {
  readonly spec: string;
  readonly error: ReturnType<MajordomoError['toJSON']> | null;
  readonly tree: readonly SpecNode[];
  readonly duplicates: readonly string[];
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
  const resolutions = facts.resolutions.map((resolution) => ({
    spec: resolution.spec,
    error: resolution.error?.toJSON() ?? null,
    tree: resolution.tree,
    duplicates: resolution.duplicates,
    targets: resolution.targets.map((target) => ({
      target: target.target,
      provider: target.provider,
      model: target.model,
      scheme: target.scheme,
      endpoint: target.endpoint,
      source: target.source,
      credential: target.credential,
      circuit: circuitReport(target.circuit, facts.now),
      usable: target.usable,
      notes: target.notes,
    })),
  }));
  return { schema: 'majordomo/resolve@1', ...commonReport(facts), resolutions };
}
