import { withoutKeys } from '../../core/dsn/keys.js';
import type { Failure } from '../../core/errors.js';
import type { Resolution, ResolvedTarget } from '../../core/resolution.js';
import { shownPath, unlessKey } from '../../core/shown.js';
import type { SpecNode } from '../../core/spec.js';
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
  /** With `--diff`: the same specs with the variables of the file. */
  readonly diff: { readonly file: string; readonly resolutions: readonly ResolutionReport[] } | null;
}

export function resolveReport(
  facts: CommonFacts & {
    readonly resolutions: readonly Resolution[];
    readonly diff: { readonly file: string; readonly resolutions: readonly Resolution[] } | null;
    readonly now: number;
  },
): ResolveReport {
  const { diff, now } = facts;
  return {
    schema: 'majordomo/resolve@1',
    ...commonReport(facts),
    resolutions: reportsOf(facts.resolutions, now),
    diff:
      diff === null ? null : { file: shownPath(diff.file), resolutions: reportsOf(diff.resolutions, now) },
  };
}

function reportsOf(resolutions: readonly Resolution[], now: number): ResolutionReport[] {
  return resolutions.map(({ spec, error, tree, duplicates, targets }) => ({
    spec: unlessKey(spec),
    tree: tree.map(nodeReport),
    duplicates: duplicates.map(withoutKeys),
    error: error?.toJSON() ?? null,
    targets: targets.map((target) => ({
      ...target,
      target: withoutKeys(target.target),
      model: withoutKeys(target.model),
      circuit: circuitReport(target.circuit, now),
    })),
  }));
}

function nodeReport(node: SpecNode): SpecNode {
  return { ...node, name: withoutKeys(node.name), children: node.children.map(nodeReport) };
}
