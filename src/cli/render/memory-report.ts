import type { ErrorKind } from '../../core/classify.js';
import { formatDuration } from '../../core/duration.js';
import type { HealthEntry } from '../../core/ports.js';
import { type CircuitReport, circuitReport, circuitWords } from './circuit.js';
import { type CommonFacts, type CommonReport, commonReport } from './report-frame.js';

interface RememberedCircuit extends CircuitReport {
  readonly name: string;
  readonly scope: 'target' | 'provider';
  /** The kind of the last failure. */
  readonly kind: ErrorKind | null;
  readonly updatedAtMs: number;
}

/** `majordomo/memory@1`: what is remembered of targets and providers. */
export interface MemoryReport extends CommonReport {
  readonly schema: 'majordomo/memory@1';
  readonly circuits: readonly RememberedCircuit[];
}

export function memoryReport(
  facts: CommonFacts & { readonly entries: readonly HealthEntry[]; readonly now: number },
): MemoryReport {
  const circuits = facts.entries.map((entry) => remembered(entry, facts.now)).sort(byState);
  return { schema: 'majordomo/memory@1', ...commonReport(facts), circuits };
}

/** Names are those of other processes' configurations too, and two entries may have one. */
function remembered(
  { name, scope, circuit, kind, updatedAtMs }: HealthEntry,
  now: number,
): RememberedCircuit {
  return { name, scope, ...circuitReport(circuit, now), kind, updatedAtMs };
}

function byState(one: RememberedCircuit, other: RememberedCircuit): number {
  return (other.untilMs ?? 0) - (one.untilMs ?? 0) || (one.name < other.name ? -1 : 1);
}

/** A row each: what, how it stands, and why. */
export function memoryRows({ circuits }: MemoryReport, now: number): string[][] {
  return circuits.map(({ name, scope, kind, updatedAtMs, ...circuit }) => [
    name,
    scope,
    circuitWords(circuit, now),
    `${circuit.failures} ${circuit.failures === 1 ? 'failure' : 'failures'}`,
    kind ?? '-',
    `${formatDuration(Math.max(0, now - updatedAtMs))} ago`,
  ]);
}
