import type { Warning } from '../errors.js';
import type { HealthSubject, HealthTracker } from '../health-tracker.js';
import type { Clock, Message, PortableOptions, Provider, Random } from '../ports.js';
import type { Expansion } from '../spec.js';
import type { CallTuning, ChainConfig } from '../tuning.js';

/** What is asked of a chain. Either `prompt` or `messages`; with both, the prompt is the last user message. */
export interface ChainRequest extends PortableOptions {
  readonly prompt?: string;
  readonly messages?: readonly Message[];
  readonly system?: string;
  /** Further keys for the top of the request body, as they are, whatever the API. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** The same for the requests to one provider, by its name. */
  readonly providerBody?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Ask the APIs for whole replies instead of streams. */
  readonly whole?: boolean;
}

export interface StreamOptions extends CallTuning {
  readonly signal?: AbortSignal;
  /**
   * When the answer is out of one's hands. `first-text` (the default): with the first `text-delta`, after which
   * a broken stream ends the chain; `finish`: only with the whole answer, so that deltas of a failed attempt
   * are void and the next target starts anew.
   */
  readonly commit?: 'first-text' | 'finish';
}

export interface GenerateOptions extends CallTuning {
  readonly signal?: AbortSignal;
}

/** One entry of a chain, ready to be asked. */
export interface ChainTarget {
  /** `provider/model`. */
  readonly target: string;
  /** The provider's name in the spec. */
  readonly name: string;
  readonly model: string;
  readonly provider: Provider;
  readonly health: HealthSubject;
  /** Takes the provider's secrets out of a text from outside. */
  readonly scrub: (text: string) => string;
}

export interface ChainParts {
  readonly spec: string;
  readonly expansion: Expansion;
  readonly targets: readonly ChainTarget[];
  /** Told at the start of each run: what is odd about a DSN or the spec. */
  readonly warnings: readonly Warning[];
  readonly config: ChainConfig;
  readonly health: HealthTracker;
  readonly clock: Clock;
  readonly random: Random;
}
