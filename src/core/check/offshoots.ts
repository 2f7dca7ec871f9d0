/**
 * Signals of their own for many who wait at the same time: whoever gives the parent would be warned of a leak where more than
 * ten listened to it.
 */
export class Offshoots {
  readonly #parent: AbortSignal;
  readonly #enders = new Set<AbortController>();

  constructor(parent: AbortSignal) {
    this.#parent = parent;
    parent.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Runs the work with a signal that is aborted with the parent, for the same reason. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ender = new AbortController();
    if (this.#parent.aborted) ender.abort(this.#parent.reason);
    this.#enders.add(ender);
    try {
      return await work(ender.signal);
    } finally {
      this.#enders.delete(ender);
    }
  }

  dispose(): void {
    this.#parent.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    for (const ender of this.#enders) ender.abort(this.#parent.reason);
  };
}
