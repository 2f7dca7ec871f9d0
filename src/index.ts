/**
 * majordomo: chains of language models that give one whole answer or an honest error.
 *
 * This file is the public API and the place where the parts are put together: the registry gets its schemes,
 * its environment, its clock and its health store here.
 */
import { openCredential } from './config/credentials.js';
import type { HealthConfig } from './core/health.js';
import type { Clock, EnvLookup, HealthStore, Random } from './core/ports.js';
import { CoreRegistry } from './core/registry.js';
import type { ChainConfig } from './core/tuning.js';
import { builtinNames, schemes } from './providers/schemes.js';
import { MemoryStore } from './stores/memory.js';
import { systemClock } from './system-clock.js';

export interface RegistryOptions {
  /** The variables to scan for `LLM_*`. Default `process.env`; with only `envLookup` given nothing is scanned. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Looks one variable up, for names used later and for keys. Default: a look into `env`. */
  readonly envLookup?: EnvLookup;
  /** False skips the scan; a name is still looked up when it is used. */
  readonly loadEnv?: boolean;
  /**
   * When circuits open and for how long, and where they are kept (default: in memory). A store that holds the program for
   * longer than `storePatienceMs` (default 200) within a minute is left alone for a while.
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

export { openCredential } from './config/credentials.js';
export { type EnvFile, readEnvFile } from './config/env-file.js';
export { registerEnvironmentAliases } from './config/environment.js';
export { type FileConfig, readConfigFile } from './config/file.js';
export { type LoadedConfig, type LoadOptions, loadConfig } from './config/load.js';
export { stateDirectory } from './config/user-directories.js';
export { CancelledError, ChainError, type ChainOutcome } from './core/chain/error.js';
export type {
  ChainRequest,
  ChainTarget,
  GenerateOptions,
  StreamOptions,
} from './core/chain/parts.js';
export { Chain } from './core/chain.js';
export { dispositions, type ErrorClass, type ErrorKind, type TimeoutPhase } from './core/classify.js';
export { type Classify, classify } from './core/classify-error.js';
export { Dsn, type DsnOptions, parseDsn, type SchemeTraits } from './core/dsn.js';
export {
  AliasCycleError,
  ConfigError,
  DsnError,
  type Failure,
  MajordomoError,
  ProviderError,
  type ProviderErrorOptions,
  StoreError,
  UnknownProviderError,
  UsageError,
  type Warning,
} from './core/errors.js';
export type { Answer, Attempt, ChainEvent } from './core/events.js';
export type { Circuit, HealthConfig } from './core/health.js';
export type { HealthSubject, HealthTracker } from './core/health-tracker.js';
export type {
  Clock,
  CredentialInfo,
  CredentialSource,
  EnvLookup,
  FactoryContext,
  FinishReason,
  HealthEntry,
  HealthStore,
  Message,
  Model,
  ModelContext,
  ModelEvent,
  ModelRequest,
  PortableOptions,
  Provider,
  Random,
  SchemeFactory,
  TargetTuning,
  Unavailable,
  UpdateOptions,
  Usage,
} from './core/ports.js';
export type { Resolution, ResolvedTarget } from './core/resolution.js';
export type { Source } from './core/source.js';
export type { Alias, Expansion, SpecNode, TargetName } from './core/spec.js';
export type { CallTuning, ChainConfig } from './core/tuning.js';
export { injectFaults } from './providers/inject.js';
export { FileStore, type FileStoreOptions } from './stores/file.js';
export { MemoryStore } from './stores/memory.js';
export { OffStore } from './stores/off.js';
export { RedisStore, type RedisStoreOptions } from './stores/redis.js';
export { systemClock } from './system-clock.js';
export { version } from './version.js';
