/** How long may be waited for something within a window of time, all waits together. Times in milliseconds. */
export class TimeBudget {
  readonly #monotonic: () => number;
  readonly #totalMs: number;
  readonly #windowMs: number;
  #windowEndsMs = Number.NEGATIVE_INFINITY;
  #spentMs = 0;

  constructor(monotonic: () => number, { totalMs, windowMs }: { totalMs: number; windowMs: number }) {
    this.#monotonic = monotonic;
    this.#totalMs = totalMs;
    this.#windowMs = windowMs;
  }

  /** Begins anew, as if nothing had been waited for. */
  renew(): void {
    this.#windowEndsMs = Number.NEGATIVE_INFINITY;
  }

  /** The window begins with the first wait. */
  leftMs(): number {
    return this.#monotonic() >= this.#windowEndsMs
      ? this.#totalMs
      : Math.max(0, this.#totalMs - this.#spentMs);
  }

  spend(ms: number): void {
    const now = this.#monotonic();
    if (now >= this.#windowEndsMs) {
      this.#windowEndsMs = now + this.#windowMs;
      this.#spentMs = 0;
    }
    this.#spentMs += ms;
  }
}
