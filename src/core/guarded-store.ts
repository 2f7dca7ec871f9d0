import { StoreError, type Warning } from './errors.js';
import type { Clock, HealthEntry, HealthStore, UpdateOptions } from './ports.js';
import { TimeBudget } from './time-budget.js';

export interface GuardedStoreOptions {
  readonly store: HealthStore;
  /** What is used while the store is away. It is kept up with what the store said last. */
  readonly memory: HealthStore;
  readonly clock: Clock;
  /** The store may hold the program for so long within a minute, in milliseconds. Default 200. */
  readonly patienceMs?: number | undefined;
}

const defaultPatienceMs = 200;
const windowMs = 60_000;
const tickMs = 20;
/** After a failure the store is left alone for so long; a program of the command line has ended by then. */
const restMs = 30_000;

/** A store that cannot fail a run nor hold it: what is broken or slow is told once, and memory takes over. */
export class GuardedStore implements HealthStore {
  readonly #store: HealthStore;
  readonly #memory: HealthStore;
  readonly #clock: Clock;
  readonly #budget: TimeBudget;
  #restsUntilMs = Number.NEGATIVE_INFINITY;
  #warnings: Warning[] = [];
  #warned = false;

  constructor({ store, memory, clock, patienceMs = defaultPatienceMs }: GuardedStoreOptions) {
    this.#store = store;
    this.#memory = memory;
    this.#clock = clock;
    this.#budget = new TimeBudget(() => clock.monotonic(), { totalMs: patienceMs, windowMs });
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
    const sinceMs = this.#clock.monotonic();
    if (sinceMs < this.#restsUntilMs) return null;
    const patience = this.#patience();
    try {
      return { value: await Promise.race([question(), patience.tooLate]) };
    } catch (error) {
      if (isBug()) throw error;
      this.#giveUp(error);
      return null;
    } finally {
      patience.end();
      this.#budget.spend(Math.min(this.#clock.monotonic() - sinceMs, patience.waitedMs() + tickMs));
    }
  }

  /**
   * Counted in small steps: on a machine that is too busy to let this program run, time passes for which the store is not to
   * blame, and an answer that is there has to be looked at first.
   */
  #patience(): { readonly tooLate: Promise<never>; waitedMs(): number; end(): void } {
    const leftMs = this.#budget.leftMs();
    let waitedMs = 0;
    let cancel = (): void => {};
    const tooLate = new Promise<never>((_, reject) => {
      const wait = (): void => {
        const stepMs = Math.min(tickMs, leftMs - waitedMs);
        cancel = this.#clock.setTimer(stepMs, () => {
          waitedMs += stepMs;
          if (waitedMs < leftMs) wait();
          else reject(new StoreError('the health store does not answer in time'));
        });
      };
      wait();
    });
    return { tooLate, waitedMs: () => waitedMs, end: () => cancel() };
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
