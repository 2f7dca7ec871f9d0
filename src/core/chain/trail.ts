import type { Warning } from '../errors.js';
import type { Attempt, ChainEvent } from '../events.js';
import type { Admission } from '../health-tracker.js';
import type { Decision } from '../retry.js';
import { skipRecord } from './attempt-record.js';
import type { ChainTarget } from './parts.js';

type Refusal = Extract<Admission, { admitted: false }>;

interface Skip {
  readonly reason: string;
  readonly message: string | null;
  readonly hint?: string | null;
  readonly atMs: number;
  /** Until the target may be asked again, in milliseconds; null when waiting does not help. */
  readonly waitMs: number | null;
  readonly next: ChainTarget | null;
}

/** What follows an attempt. */
interface Sequel {
  readonly nextTarget: string | null;
  readonly waitMs: number;
  readonly hint: string | null;
}

const nothing: Sequel = { nextTarget: null, waitMs: 0, hint: null };

/** Where an attempt's decision leads. */
export function sequelOf(
  decision: Decision,
  at: { entry: ChainTarget; next: ChainTarget | null; hint: string | null },
): Sequel {
  const following = { retry: at.entry, advance: at.next, stop: null }[decision.next];
  return { nextTarget: following?.target ?? null, waitMs: decision.waitMs, hint: at.hint };
}

/** What a run has done so far; each entry is told as an event, too. */
export class ChainTrail {
  readonly records: Attempt[] = [];
  readonly warnings: Warning[] = [];
  /** Requests made. */
  made = 0;
  readonly #barred: { readonly entry: ChainTarget; readonly refusal: Refusal }[] = [];

  /** The number of a new request, from 1. */
  begin(): number {
    this.made += 1;
    return this.made;
  }

  ended(attempt: number, record: Attempt, sequel: Sequel = nothing): ChainEvent {
    this.records.push(record);
    return { type: 'attempt-end', attempt, record, ...sequel };
  }

  skipped(entry: ChainTarget, skip: Skip): ChainEvent {
    const next = skip.next ?? this.soonest() ?? null;
    const record = skipRecord(entry, { ...skip, last: next === null });
    // no request was made, so that none of another one's words may be taken for its own
    return this.ended(0, record, {
      ...nothing,
      nextTarget: next?.target ?? null,
      hint: skip.hint ?? null,
    });
  }

  /** Skipped, because its circuit is open. */
  barred(entry: ChainTarget, refusal: Refusal, at: { atMs: number; next: ChainTarget | null }): ChainEvent {
    this.#barred.push({ entry, refusal });
    const waitMs = Math.max(0, refusal.freeAtMs - at.atMs);
    return this.skipped(entry, { ...at, reason: 'circuit-open', message: null, waitMs });
  }

  /**
   * When nobody was asked because all circuits are open: the one that lets a request through first; none that its
   * server itself put off, and none while somebody else is asking one of them.
   */
  soonest(): ChainTarget | undefined {
    if (this.made > 0 || this.#barred.some(({ refusal }) => refusal.isProbed)) return undefined;
    const own = this.#barred.filter(({ refusal }) => !refusal.byRetryAfter);
    return own.sort((a, b) => a.refusal.freeAtMs - b.refusal.freeAtMs)[0]?.entry;
  }

  warn(warning: Warning): ChainEvent {
    this.warnings.push(warning);
    return { type: 'warning', warning };
  }
}
