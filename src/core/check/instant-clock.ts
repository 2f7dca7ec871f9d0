import type { Clock } from '../ports.js';

/** A clock for what is only thought through: a wait that has an end is over at once, one without never is. */
export class InstantClock implements Clock {
  #elapsedMs = 0;

  now(): number {
    return this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    let isCancelled = delayMs === Number.POSITIVE_INFINITY;
    void Promise.resolve().then(() => {
      if (isCancelled) return;
      this.#elapsedMs += delayMs;
      callback();
    });
    return () => {
      isCancelled = true;
    };
  }
}
