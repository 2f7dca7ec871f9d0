import type { ErrorKind } from '../../core/classify.js';
import { formatDuration } from '../../core/duration.js';
import type { HealthEntry } from '../../core/ports.js';
import { type CommonFacts, type CommonReport, commonReport } from './report-frame.js';

interface RememberedCircuit {
  readonly name: string;
  readonly scope: 'target' | 'provider';
  readonly state: 'closed' | 'open' | 'half-open';
  /** Until when nobody else asks; null where everybody may. */
  readonly untilMs: number | null;
  readonly failures: number;
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
  const untilMs =
    circuit.state === 'closed' ? null : circuit.state === 'open' ? circuit.untilMs : circuit.leaseUntilMs;
  const due = untilMs !== null && untilMs > now ? untilMs : null;
  return { name, scope, state: circuit.state, untilMs: due, failures: circuit.failures, kind, updatedAtMs };
}

function byState(one: RememberedCircuit, other: RememberedCircuit): number {
  return (other.untilMs ?? 0) - (one.untilMs ?? 0) || (one.name < other.name ? -1 : 1);
}

/** A row each: what, how it stands, and why. */
export function memoryRows({ circuits }: MemoryReport, now: number): string[][] {
  return circuits.map(({ name, scope, state, untilMs, failures, kind, updatedAtMs }) => [
    name,
    scope,
    untilMs === null
      ? state === 'closed'
        ? 'closed'
        : `${state}, due`
      : `${state}, ${inFuture(untilMs, now)}`,
    `${failures} ${failures === 1 ? 'failure' : 'failures'}`,
    kind ?? '-',
    `${formatDuration(Math.max(0, now - updatedAtMs))} ago`,
  ]);
}

function inFuture(atMs: number, now: number): string {
  return `free in ${formatDuration(atMs - now)}`;
}
