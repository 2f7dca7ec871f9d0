import { StoreError, type Warning } from './errors.js';
import type { Clock, HealthEntry, HealthStore, UpdateOptions } from './ports.js';
import { SharedPatience } from './shared-patience.js';
import { isAtHand } from './waiting.js';

export interface GuardedStoreOptions {
  readonly store: HealthStore;
  /** What is used while the store is away. It is kept up with what the store said last. */
  readonly memory: HealthStore;
  readonly clock: Clock;
  /** The store may hold a run for so long, all that waits together, in milliseconds; what is no run, within a minute. Default 200. */
  readonly patienceMs?: number | undefined;
}

const defaultPatienceMs = 200;
const windowMs = 60_000;
/** After a failure the store is left alone for so long; a program of the command line has ended by then. */
const restMs = 30_000;

/** A store that cannot fail a run nor hold it: what is broken or slow is told once, and memory takes over. */
export class GuardedStore implements HealthStore {
  readonly #store: HealthStore;
  readonly #memory: HealthStore;
  readonly #clock: Clock;
  readonly #patience: SharedPatience;
  #restsUntilMs = Number.NEGATIVE_INFINITY;
  #warnings: Warning[] = [];
  #warned = false;

  constructor({ store, memory, clock, patienceMs = defaultPatienceMs }: GuardedStoreOptions) {
    this.#store = store;
    this.#memory = memory;
    this.#clock = clock;
    this.#patience = new SharedPatience(clock, { totalMs: patienceMs, windowMs });
  }

  /** A run begins: what others have waited for before it is not taken from its patience. */
  renewPatience(): void {
    this.#patience.renew();
  }

  /** What is to be told, each thing once. */
  takeWarnings(): readonly Warning[] {
    const warnings = this.#warnings;
    this.#warnings = [];
    return [...warnings, ...(this.#store.takeWarnings?.() ?? [])];
  }

  async read(keys: readonly string[]): Promise<readonly (HealthEntry | undefined)[]> {
    const found = await this.#ask(() => this.#store.read(keys));
    if (found === null) return this.#memory.read(keys);
    for (const entry of found.value) if (entry) await this.#memory.update(entry.key, () => entry);
    return found.value;
  }

  async update(
    key: string,
    transition: (entry: HealthEntry | undefined) => HealthEntry | undefined,
    options?: UpdateOptions,
  ): Promise<HealthEntry | undefined> {
    // a bug of the caller is not the store's failure
    let bug: { readonly thrown: unknown } | null = null;
    const watched = (entry: HealthEntry | undefined): HealthEntry | undefined => {
      try {
        return transition(entry);
      } catch (thrown) {
        bug = { thrown };
        throw thrown;
      }
    };
    const found = await this.#ask(
      () => this.#store.update(key, watched, options),
      () => bug !== null,
    );
    if (found === null) return this.#memory.update(key, transition, options);
    const entry = found.value;
    await this.#memory.update(key, () => entry);
    return entry;
  }

  async list(): Promise<readonly HealthEntry[]> {
    return (await this.#ask(() => this.#store.list()))?.value ?? this.#memory.list();
  }

  async isEmpty(): Promise<boolean> {
    const found = await this.#ask(async () => this.#store.isEmpty?.() ?? false);
    return found === null ? ((await this.#memory.isEmpty?.()) ?? false) : found.value;
  }

  async clear(keys?: readonly string[]): Promise<void> {
    await this.#memory.clear(keys);
    await this.#ask(() => this.#store.clear(keys));
  }

  async close(): Promise<void> {
    await this.#store.close?.();
  }

  /** What the store says in time; null where it does not. */
  async #ask<T>(question: () => Promise<T>, isBug = () => false): Promise<{ readonly value: T } | null> {
    if (this.#clock.monotonic() < this.#restsUntilMs) return null;
    try {
      return { value: await this.#inTime(Promise.resolve(question())) };
    } catch (error) {
      if (isBug()) throw error;
      this.#giveUp(error);
      return null;
    }
  }

  /** What a store has at hand, as one that has just read its file, sets no timer: that would take longer than to answer. */
  async #inTime<T>(answer: Promise<T>): Promise<T> {
    if (await isAtHand(answer)) return answer;
    let end = (): void => {};
    const tooLate = new Promise<never>((_, reject) => {
      end = this.#patience.begin(() => reject(new StoreError('the health store does not answer in time')));
    });
    try {
      return await Promise.race([answer, tooLate]);
    } finally {
      end();
    }
  }

  #giveUp(error: unknown): void {
    this.#restsUntilMs = this.#clock.monotonic() + restMs;
    if (this.#warned) return;
    this.#warned = true;
    // what a store did not mean to be shown is not: it may hold an address with a password
    const why = error instanceof StoreError ? error.message : 'the health store failed';
    this.#warnings.push({
      code: 'health-store',
      message: `health is remembered in this process only: ${why}`,
    });
  }
}
