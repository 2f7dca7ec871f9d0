import { formatDuration } from '../../core/duration.js';
import type { Circuit } from '../../core/health.js';

/** A circuit as JSON tells it. */
export interface CircuitReport {
  readonly state: 'closed' | 'open' | 'half-open';
  /** Until when nobody else asks (epoch milliseconds); null where everybody may. */
  readonly untilMs: number | null;
  readonly failures: number;
}

export function circuitReport(circuit: Circuit, now: number): CircuitReport {
  const untilMs =
    circuit.state === 'closed' ? null : circuit.state === 'open' ? circuit.untilMs : circuit.leaseUntilMs;
  return {
    state: circuit.state,
    untilMs: untilMs !== null && untilMs > now ? untilMs : null,
    failures: circuit.failures,
  };
}

/** `closed`, `open, free in 8s`, `open, due`. */
export function circuitWords({ state, untilMs }: CircuitReport, now: number): string {
  if (untilMs !== null) return `${state}, free in ${formatDuration(untilMs - now)}`;
  return state === 'closed' ? 'closed' : `${state}, due`;
}
