import type { HealthEntry, HealthStore } from './ports.js';

/** Keeps circuits as long as the process lives. */
export class MemoryStore implements HealthStore {
  readonly #entries = new Map<string, HealthEntry>();

  async read(keys: readonly string[]): Promise<readonly (HealthEntry | undefined)[]> {
    return keys.map((key) => this.#entries.get(key));
  }

  async update(
    key: string,
    transition: (entry: HealthEntry | undefined) => HealthEntry | undefined,
  ): Promise<HealthEntry | undefined> {
    const entry = transition(this.#entries.get(key));
    if (entry === undefined) this.#entries.delete(key);
    else this.#entries.set(key, entry);
    return entry;
  }

  async list(): Promise<readonly HealthEntry[]> {
    return [...this.#entries.values()];
  }

  async isEmpty(): Promise<boolean> {
    return this.#entries.size === 0;
  }

  async clear(keys: readonly string[] = [...this.#entries.keys()]): Promise<void> {
    for (const key of keys) this.#entries.delete(key);
  }
}
