/**
 * Signals that are aborted when another one is, which has one listener for all of them: Node takes more than ten for a leak and warns.
 */
export class SignalFan {
  readonly #signal: AbortSignal;
  readonly #controllers = new Set<AbortController>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Lets one of its own be used as long as that takes. */
  async lend<T>(use: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    if (this.#signal.aborted) controller.abort(this.#signal.reason);
    this.#controllers.add(controller);
    try {
      return await use(controller.signal);
    } finally {
      this.#controllers.delete(controller);
    }
  }

  /** Aborts those that are lent. */
  abort(reason: unknown): void {
    for (const controller of this.#controllers) controller.abort(reason);
  }

  /** Lets go of the signal. */
  close(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => this.abort(this.#signal.reason);
}
