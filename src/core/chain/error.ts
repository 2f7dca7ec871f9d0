import type { ErrorClass, ErrorKind } from '../classify.js';
import { type Failure, MajordomoError, type ProviderError } from '../errors.js';
import type { Attempt } from '../events.js';

/**
 * How a chain ended without an answer. `exhausted`: some failure was passing, running it again later may help;
 * `permanent`: it will not; `partial`: text had been shown when the stream broke.
 */
export type ChainOutcome = 'exhausted' | 'permanent' | 'deadline' | 'partial' | 'no-credential' | 'cancelled';

export interface ChainErrorOptions {
  readonly outcome: ChainOutcome;
  readonly message: string;
  readonly hint: string | null;
  readonly attempts: readonly Attempt[];
  readonly first: ProviderError | null;
  readonly last: ProviderError | null;
}

/** A chain that gave no whole answer. Names every attempt; keeps the first and the last cause. */
export class ChainError extends MajordomoError {
  override readonly name: string = 'ChainError';
  readonly outcome: ChainOutcome;
  readonly attempts: readonly Attempt[];
  readonly first: ProviderError | null;
  readonly last: ProviderError | null;

  constructor(options: ChainErrorOptions) {
    super(
      options.outcome === 'exhausted' ? 'chain-exhausted' : options.outcome,
      options.message,
      options.hint,
    );
    this.outcome = options.outcome;
    this.attempts = options.attempts;
    this.first = options.first;
    this.last = options.last;
  }

  /** The last cause's kind. */
  get kind(): ErrorKind | null {
    return this.last?.kind ?? null;
  }

  get class(): ErrorClass | null {
    return this.last?.class ?? null;
  }

  override toJSON(): Failure {
    return { code: this.code, kind: this.kind, class: this.class, message: this.message, hint: this.hint };
  }
}

/** The caller's signal ended the chain. Named `AbortError`, as everywhere in JavaScript. */
export class CancelledError extends ChainError {
  override readonly name = 'AbortError';

  constructor(attempts: readonly Attempt[]) {
    super({ outcome: 'cancelled', message: 'cancelled', hint: null, attempts, first: null, last: null });
  }

  override get kind(): ErrorKind {
    return 'cancelled';
  }
}
