import type { HealthConfig } from '../core/health.js';
import type { ChainConfig } from '../core/tuning.js';

/** The keys of `chain` in a file, and what they are called in the library. */
export const chainKeys = {
  retries: 'transientRetries',
  advanceOnPermanent: 'advanceOnPermanent',
  maxAttempts: 'maxAttempts',
  maxRetryAfter: 'maxRetryAfterMs',
  timeout: 'timeoutMs',
  attemptTimeout: 'attemptTimeoutMs',
  firstTokenTimeout: 'firstTokenTimeoutMs',
  idleTimeout: 'idleTimeoutMs',
  connectTimeout: 'connectTimeoutMs',
  hedge: 'hedgeMs',
} as const satisfies Record<string, keyof ChainConfig>;

/** Those of `health`; `store` is none of the library's settings. */
export const healthKeys = {
  threshold: 'threshold',
  cooldown: 'cooldownMs',
  maxCooldown: 'maxCooldownMs',
} as const satisfies Record<string, keyof HealthConfig>;

/** The keys of a file by the key that they are under; those of the file itself are under the empty one. */
export const knownKeys: Readonly<Record<string, readonly string[]>> = {
  '': ['aliases', 'model', 'chain', 'health', 'providers', 'trustedProjects', '$schema'],
  chain: Object.keys(chainKeys),
  health: ['store', ...Object.keys(healthKeys)],
};
