// As the public API does: no clock could say when what the first run loads is there.
import '../../src/core/chain/hedged.js';
import '../../src/core/model-listing.js';
import type { Clock } from '../../src/core/ports.js';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Lets everything that waits for nothing but other promises happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until it is told to move. Wall and monotonic time have different zeros on purpose. */
export class ManualClock implements Clock {
  readonly startMs = 1_700_000_000_000;
  #elapsedMs = 0;
  #timers: Timer[] = [];

  now(): number {
    return this.startMs + this.#elapsedMs;
  }

  monotonic(): number {
    return 4000 + this.#elapsedMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Milliseconds since the clock was made. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** Timers that were set and neither ran nor were cancelled. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Moves time on; runs what falls due, in order, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await settle();
    for (let timer = this.#next(); timer !== undefined && timer.dueMs <= endMs; timer = this.#next()) {
      await this.#run(timer);
    }
    this.#elapsedMs = endMs;
  }

  /** Moves time on from timer to timer until the promise is settled; throws when it waits for anything else. */
  async drive<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    for (await settle(); !settled; ) {
      const timer = this.#next();
      if (timer === undefined) throw new Error('nothing is left that could end the wait');
      await this.#run(timer);
    }
    return watched;
  }

  /** Time passes without any timer being run, as when a program is too busy for them. */
  stall(ms: number): void {
    this.#elapsedMs += ms;
  }

  /** The earliest timer; of two with the same time the one that was set first. */
  #next(): Timer | undefined {
    return this.#timers.reduce<Timer | undefined>(
      (first, timer) => (first === undefined || timer.dueMs < first.dueMs ? timer : first),
      undefined,
    );
  }

  async #run(timer: Timer): Promise<void> {
    this.#timers = this.#timers.filter((other) => other !== timer);
    this.#elapsedMs = Math.max(this.#elapsedMs, timer.dueMs);
    timer.callback();
    await settle();
  }
}
