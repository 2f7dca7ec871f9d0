import { ConfigError } from '../errors.js';
import type { Provider, Unavailable } from '../ports.js';
import { orAborted } from '../waiting.js';

/** Prepares each provider of a run once, when the first of its targets comes up; anew if that failed. */
export class Preparations {
  readonly #prepared = new Map<Provider, Promise<Unavailable | null>>();

  /** Why the provider cannot be asked, or null. Rejects with the signal's reason as soon as it is aborted. */
  of(provider: Provider, signal: AbortSignal): Promise<Unavailable | null> {
    const prepared = this.#prepared.get(provider) ?? prepare(provider, signal);
    this.#prepared.set(provider, prepared);
    prepared.catch(() => this.#prepared.delete(provider));
    return orAborted(prepared, signal);
  }
}

async function prepare(provider: Provider, signal: AbortSignal): Promise<Unavailable | null> {
  try {
    return (await provider.prepare?.({ signal })) ?? null;
  } catch (error) {
    // A key file or command that fails is a credential that is not there: the rest of the chain may have one.
    if (error instanceof ConfigError) {
      return { reason: 'no-credential', message: error.message, hint: error.hint };
    }
    throw error;
  }
}
