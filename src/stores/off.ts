import type { HealthEntry, HealthStore } from '../core/ports.js';

/** The store of who wants none: every target is asked as if for the first time, be it in the same chain. */
export class OffStore implements HealthStore {
  async read(keys: readonly string[]): Promise<readonly undefined[]> {
    return keys.map(() => undefined);
  }

  async update(
    _key: string,
    transition: (entry: HealthEntry | undefined) => HealthEntry | undefined,
  ): Promise<HealthEntry | undefined> {
    return transition(undefined);
  }

  async list(): Promise<readonly HealthEntry[]> {
    return [];
  }

  async isEmpty(): Promise<boolean> {
    return true;
  }

  async clear(): Promise<void> {}
}
