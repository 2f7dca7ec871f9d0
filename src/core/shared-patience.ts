import type { Clock } from './ports.js';
import { TimeBudget } from './time-budget.js';

const tickMs = 20;

/**
 * How long many at once may wait for one thing within a window of time, in milliseconds: what they wait together counts once.
 */
export class SharedPatience {
  readonly #clock: Clock;
  readonly #budget: TimeBudget;
  readonly #waiting = new Set<() => void>();
  #sinceMs = 0;
  #leftMs = 0;
  #waitedMs = 0;
  #cancel = (): void => {};

  constructor(clock: Clock, { totalMs, windowMs }: { readonly totalMs: number; readonly windowMs: number }) {
    this.#clock = clock;
    this.#budget = new TimeBudget(() => clock.monotonic(), { totalMs, windowMs });
  }

  /** Begins anew; who waits at this moment has no longer for that. */
  renew(): void {
    this.#budget.renew();
  }

  /** Begins to wait; `onLate` is called when that has been long enough. Returns what ends it before. */
  begin(onLate: () => void): () => void {
    const late = (): void => onLate();
    if (this.#waiting.size === 0) this.#open();
    this.#waiting.add(late);
    return () => {
      if (this.#waiting.delete(late) && this.#waiting.size === 0) this.#close();
    };
  }

  #open(): void {
    this.#sinceMs = this.#clock.monotonic();
    this.#leftMs = this.#budget.leftMs();
    this.#waitedMs = 0;
    this.#tick();
  }

  /**
   * Counted in small steps: on a machine that is too busy to let this program run, time passes for which nobody is to blame, and an
   * answer that is there has to be looked at first.
   */
  #tick(): void {
    const stepMs = Math.min(tickMs, this.#leftMs - this.#waitedMs);
    this.#cancel = this.#clock.setTimer(stepMs, () => {
      this.#waitedMs += stepMs;
      if (this.#waitedMs < this.#leftMs) return this.#tick();
      const late = [...this.#waiting];
      this.#waiting.clear();
      this.#close();
      for (const tell of late) tell();
    });
  }

  #close(): void {
    this.#cancel();
    this.#budget.spend(Math.min(this.#clock.monotonic() - this.#sinceMs, this.#waitedMs + tickMs));
  }
}
