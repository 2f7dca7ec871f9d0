import type { ProviderError } from '../errors.js';
import type { ChainEvent } from '../events.js';
import type { ChainTuning } from '../tuning.js';
import { chainTuning } from '../tuning.js';
import type { AttemptOutcome } from './attempt.js';
import type { ChainParts, ChainRequest, ChainTarget, StreamOptions } from './parts.js';
import { Preparations } from './preparations.js';
import { ChainTrail } from './trail.js';
import { cancelled, deadlineError } from './verdict.js';

/** What the visits to the targets of one run share. */
export class RunState {
  readonly parts: ChainParts;
  readonly request: ChainRequest;
  readonly options: StreamOptions;
  readonly tuning: ChainTuning;
  readonly preparations = new Preparations();
  readonly trail = new ChainTrail();
  readonly causes: ProviderError[] = [];
  /** What to do about the first target that was left out. */
  skipHint: string | null = null;
  /** Monotonic. */
  startedMs = 0;
  /** Text was shown: nothing may be asked again. */
  committed = false;
  /** The attempt that gave the answer. */
  answered: { readonly entry: ChainTarget; readonly outcome: AttemptOutcome } | null = null;
  readonly #ending = new AbortController();

  constructor(parts: ChainParts, request: ChainRequest, options: StreamOptions) {
    this.parts = parts;
    this.request = request;
    this.options = options;
    this.tuning = chainTuning(parts.config, options);
  }

  /** Aborted when the run is over: `cancelled`, or by its deadline. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Ends the run from outside, be it in the middle of a request. */
  leave(): void {
    this.#ending.abort(cancelled);
  }

  expire(): void {
    this.#ending.abort(deadlineError(this.tuning.timeoutMs));
  }

  /** Throws when the run was ended. Looks at the clock too: the timers of a busy program are late. */
  goOn(): void {
    if (this.timeLeftMs() <= 0) this.expire();
    this.signal.throwIfAborted();
  }

  timeLeftMs(): number {
    return this.startedMs + this.tuning.timeoutMs - this.parts.clock.monotonic();
  }

  *storeWarnings(): Generator<ChainEvent, void, void> {
    for (const warning of this.parts.health.takeWarnings()) yield this.trail.warn(warning);
  }
}
