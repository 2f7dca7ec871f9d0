/*
 * Where the parts are put together: the registry gets its schemes, its environment, its clock and its health store here.
 */
import { openCredential } from './config/credentials.js';
import type { HealthConfig } from './core/health.js';
import { MemoryStore } from './core/memory-store.js';
import type { Clock, EnvLookup, HealthStore, Random } from './core/ports.js';
import { CoreRegistry } from './core/registry.js';
import type { ChainConfig } from './core/tuning.js';
import { builtinNames, schemes } from './providers/schemes.js';
import { systemClock } from './system-clock.js';

export interface RegistryOptions {
  /** The variables to scan for `LLM_*`. Default `process.env`; with only `envLookup` given nothing is scanned. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Looks one variable up, for names used later and for keys. Default: a look into `env`. */
  readonly envLookup?: EnvLookup;
  /** False skips the scan; a name is still looked up when it is used. */
  readonly loadEnv?: boolean;
  /**
   * When circuits open and for how long, and where they are kept (default: in memory). A store that holds a run, or what
   * is asked beside runs within a minute, for longer than `storePatienceMs` (default 200) is left alone for a while.
   */
  readonly health?: Partial<HealthConfig> & {
    readonly store?: HealthStore;
    readonly storePatienceMs?: number;
  };
  /** How chains are run. */
  readonly chain?: ChainConfig;
  readonly clock?: Clock;
  /** Numbers in [0, 1) for jitter. */
  readonly random?: Random;
}

/**
 * Providers, schemes and aliases by name. The built-in providers and schemes are there, and every `LLM_*` DSN
 * of the environment is loaded; a malformed one is told when its name is used, never here.
 */
export class Registry extends CoreRegistry {
  constructor(options: RegistryOptions = {}) {
    const env = options.env ?? (options.envLookup === undefined ? process.env : {});
    const { store, storePatienceMs, ...health } = options.health ?? {};
    super({
      schemes,
      builtins: builtinNames,
      env: options.loadEnv === false ? null : env,
      // a name such as `constructor` must not find what every object inherits
      envLookup: options.envLookup ?? ((name) => (Object.hasOwn(env, name) ? env[name] : undefined)),
      openCredential,
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      store: store ?? new MemoryStore(),
      ...(store !== undefined && { memory: new MemoryStore() }),
      storePatienceMs,
      health,
      chain: options.chain,
    });
  }
}
