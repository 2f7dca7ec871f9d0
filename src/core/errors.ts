import { dispositions, type ErrorClass, type ErrorKind, type TimeoutPhase } from './classify.js';
import { shown, unlessKey, visible } from './shown.js';

/** What an error says of itself in JSON; it never holds a cause, a stack or a secret. */
export interface Failure {
  readonly code: string;
  readonly kind: ErrorKind | null;
  readonly class: ErrorClass | null;
  readonly message: string;
  readonly hint: string | null;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
}

/** The root of every error that this library throws on purpose. `code` is stable, `message` is for people. */
export class MajordomoError extends Error {
  override readonly name: string = 'MajordomoError';
  readonly code: string;
  /** What to do about it, where that is not in the message already. */
  readonly hint: string | null;

  constructor(code: string, message: string, hint: string | null = null) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  toJSON(): Failure {
    return { code: this.code, kind: null, class: null, message: this.message, hint: this.hint };
  }
}

/** The request was worded wrongly: an empty element in a spec, a flag without a value… Nothing was sent. */
export class UsageError extends MajordomoError {
  override readonly name = 'UsageError';
}

/** The configuration cannot be used: a DSN, an alias, an unknown provider. Nothing was sent. */
export class ConfigError extends MajordomoError {
  override readonly name: string = 'ConfigError';
}

/** A DSN that cannot be read. The message names the variable, the part and the character, never a value. */
export class DsnError extends ConfigError {
  override readonly name = 'DsnError';
}

/** Neither the registry nor the environment knows the provider. */
export class UnknownProviderError extends ConfigError {
  override readonly name = 'UnknownProviderError';
  /** The name; a key or a DSN that stands in its place is `[redacted]`. */
  readonly provider: string;

  constructor(provider: string, message: string, hint: string | null = null) {
    super('unknown-provider', message, hint);
    this.provider = unlessKey(provider);
  }
}

/** Aliases that lead back to themselves; `cycle` names every hop, first and last being the same. */
export class AliasCycleError extends ConfigError {
  override readonly name = 'AliasCycleError';
  readonly cycle: readonly string[];

  /** `places`: where each hop but the last is defined. */
  constructor(cycle: readonly string[], places: readonly string[] = []) {
    const defined = places.slice(0, 5).map((place, hop) => `${shown(cycle[hop] ?? '')} (${visible(place)})`);
    const more = places.length > defined.length ? ', …' : '';
    super(
      'alias-cycle',
      `alias cycle: ${cycle.map(shown).join(' → ')}`,
      `let one of these aliases name a target instead${defined.length === 0 ? '' : `: ${defined.join(', ')}${more}`}`,
    );
    this.cycle = cycle;
  }
}

export interface ProviderErrorOptions {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly httpStatus?: number | null;
  /** How long the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number | null;
  readonly requestId?: string | null;
  /** Set when `kind` is `timeout`. */
  readonly phase?: TimeoutPhase | null;
  /** The API's or the system's own word for it: `insufficient_quota`, `ECONNREFUSED`. */
  readonly rawCode?: string | null;
  readonly hint?: string | null;
}

/** One attempt failed. Thrown by models; anything in it is scrubbed of the credential beforehand. */
export class ProviderError extends MajordomoError {
  override readonly name = 'ProviderError';
  readonly kind: ErrorKind;
  readonly httpStatus: number | null;
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;
  readonly phase: TimeoutPhase | null;
  readonly rawCode: string | null;

  constructor(options: ProviderErrorOptions) {
    super(options.kind, options.message, options.hint ?? null);
    this.kind = options.kind;
    this.httpStatus = options.httpStatus ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.requestId = options.requestId ?? null;
    this.phase = options.phase ?? null;
    this.rawCode = options.rawCode ?? null;
  }

  get class(): ErrorClass | null {
    return dispositions[this.kind].class;
  }

  override toJSON(): Failure {
    return { code: this.code, kind: this.kind, class: this.class, message: this.message, hint: this.hint };
  }
}

/** A health store cannot do its work: its file, its server. Never ends a run. The message names the place, no secret. */
export class StoreError extends MajordomoError {
  override readonly name = 'StoreError';

  constructor(message: string, hint: string | null = null) {
    super('health-store', message, hint);
  }
}
