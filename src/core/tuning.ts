import type { Classify } from './classify-error.js';
import type { DsnOptions } from './dsn.js';
import { UsageError } from './errors.js';
import type { TargetTuning } from './ports.js';

/** How chains are run. All optional; times in milliseconds. */
export interface ChainConfig {
  /** Retries of one target after a transient error. 0 or unset: the default, 1. Negative: none. */
  readonly transientRetries?: number;
  /** Permanent errors advance too, instead of ending the chain. */
  readonly advanceOnPermanent?: boolean;
  /** Overrides the library's own judgement of an error. */
  readonly classify?: Classify;
  /** Requests of one chain, retries included. Default 10. */
  readonly maxAttempts?: number;
  /** The longest Retry-After that is waited out. Default 5 s. */
  readonly maxRetryAfterMs?: number;
  /** One deadline for the whole chain. Default 10 min. */
  readonly timeoutMs?: number;
  /** Default 2 min. */
  readonly attemptTimeoutMs?: number;
  /** From the request to the first token; keep-alives do not feed it. Default 60 s. */
  readonly firstTokenTimeoutMs?: number;
  /** The longest silence after the first token. Default 30 s. */
  readonly idleTimeoutMs?: number;
  /** Name look-up, TCP and TLS together. Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** When the first token is later than this, the next target is asked beside the slow one. Default: never. */
  readonly hedgeMs?: number | null;
}

/** What one call sets explicitly; stronger than the DSN. Here `transientRetries: 0` means none. */
export interface CallTuning extends Omit<ChainConfig, 'classify'> {
  /** False: only the first target is asked. */
  readonly failover?: boolean;
}

/** Everything decided, for one chain. */
export interface ChainTuning {
  readonly advanceOnPermanent: boolean;
  readonly classify: Classify | undefined;
  readonly maxAttempts: number;
  readonly maxRetryAfterMs: number;
  readonly timeoutMs: number;
  readonly failover: boolean;
  readonly hedgeMs: number | null;
}

/** Everything decided, for one target. */
export interface ResolvedTargetTuning {
  readonly retries: number;
  readonly attemptTimeoutMs: number;
  readonly firstTokenTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxTokens: number | undefined;
}

const defaultTuning = {
  transientRetries: 1,
  maxAttempts: 10,
  maxRetryAfterMs: 5000,
  timeoutMs: 600_000,
  attemptTimeoutMs: 120_000,
  firstTokenTimeoutMs: 60_000,
  idleTimeoutMs: 30_000,
  connectTimeoutMs: 5000,
} as const;

const times = [
  'maxRetryAfterMs',
  'timeoutMs',
  'attemptTimeoutMs',
  'firstTokenTimeoutMs',
  'idleTimeoutMs',
  'connectTimeoutMs',
  'hedgeMs',
] as const satisfies readonly (keyof ChainConfig)[];

/** Throws a `UsageError` for a number that is none: a timer would fire at once, and a comparison never hold. */
function checkNumbers(given: Omit<ChainConfig, 'classify'>): void {
  for (const key of times) {
    const ms = given[key] ?? 0;
    if (typeof ms === 'number' && ms >= 0) continue;
    throw new UsageError('tuning', `${key} must be a number of milliseconds, 0 or more`);
  }
  for (const key of ['transientRetries', 'maxAttempts'] as const) {
    const count = given[key] ?? 0;
    if (typeof count === 'number' && !Number.isNaN(count)) continue;
    throw new UsageError('tuning', `${key} must be a number`);
  }
}

/** Throws a `UsageError` for a number that is none. */
export function chainTuning(config: ChainConfig, call: CallTuning): ChainTuning {
  checkNumbers(config);
  checkNumbers(call);
  return {
    advanceOnPermanent: call.advanceOnPermanent ?? config.advanceOnPermanent ?? false,
    classify: config.classify,
    maxAttempts: call.maxAttempts ?? config.maxAttempts ?? defaultTuning.maxAttempts,
    maxRetryAfterMs: call.maxRetryAfterMs ?? config.maxRetryAfterMs ?? defaultTuning.maxRetryAfterMs,
    timeoutMs: call.timeoutMs ?? config.timeoutMs ?? defaultTuning.timeoutMs,
    failover: call.failover ?? true,
    hedgeMs: call.hedgeMs ?? config.hedgeMs ?? null,
  };
}

type Layer = Pick<
  ChainConfig,
  'attemptTimeoutMs' | 'firstTokenTimeoutMs' | 'idleTimeoutMs' | 'connectTimeoutMs'
>;

/** Explicit call, then the target's DSN, then the configuration, then the default. */
export function targetTuning(
  config: ChainConfig,
  target: TargetTuning,
  call: CallTuning,
): ResolvedTargetTuning {
  const pick = (key: keyof Layer): number => call[key] ?? target[key] ?? config[key] ?? defaultTuning[key];
  return {
    retries: Math.max(0, call.transientRetries ?? target.retries ?? configuredRetries(config)),
    attemptTimeoutMs: pick('attemptTimeoutMs'),
    firstTokenTimeoutMs: pick('firstTokenTimeoutMs'),
    idleTimeoutMs: pick('idleTimeoutMs'),
    connectTimeoutMs: pick('connectTimeoutMs'),
    maxTokens: target.maxTokens,
  };
}

/** In the configuration 0 stands for "not set", as in the registry this one is a port of. */
function configuredRetries(config: ChainConfig): number {
  return config.transientRetries === undefined || config.transientRetries === 0
    ? defaultTuning.transientRetries
    : config.transientRetries;
}

const dsnTuningKeys = [
  'attemptTimeoutMs',
  'connectTimeoutMs',
  'firstTokenTimeoutMs',
  'idleTimeoutMs',
  'retries',
  'maxTokens',
] as const satisfies readonly (keyof DsnOptions & keyof TargetTuning)[];

/** What a DSN sets, without what it does not say. */
export function dsnTuning(options: DsnOptions): TargetTuning {
  const tuning: { -readonly [Key in keyof TargetTuning]: TargetTuning[Key] } = {};
  for (const key of dsnTuningKeys) {
    const value = options[key];
    if (value !== null) tuning[key] = value;
  }
  return tuning;
}
