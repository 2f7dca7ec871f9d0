/**
 * majordomo: chains of language models that give one whole answer or an honest error.
 *
 * This file is the public API.
 */

// A program's own clock must not have to wait until this is loaded with the first run, as the command line has it.
import './core/chain/hedged.js';

export { openCredential } from './config/credentials.js';
export { type EnvFile, readEnvFile } from './config/env-file.js';
export { registerEnvironmentAliases } from './config/environment.js';
export { readExpectation } from './config/expectations.js';
export { type FileConfig, readConfigFile } from './config/file.js';
export { type LoadedConfig, type LoadOptions, loadConfig } from './config/load.js';
export {
  type ModelCache,
  modelCachePath,
  type RememberedModels,
  readModelCache,
  rememberModels,
} from './config/model-cache.js';
export { stateDirectory } from './config/user-directories.js';
export { CancelledError, ChainError, type ChainOutcome } from './core/chain/error.js';
export type {
  ChainRequest,
  ChainTarget,
  GenerateOptions,
  StreamOptions,
} from './core/chain/parts.js';
export { Chain } from './core/chain.js';
export { type DrillOptions, type DrillStep, foreseenDrill } from './core/check/drill.js';
export { drillChain } from './core/check/drill-chain.js';
export type { HealthCheckReport } from './core/check/health-check.js';
export { type Level, levels } from './core/check/level.js';
export type { HealthCheckOptions } from './core/check/options.js';
export { type PriceOf, Purse } from './core/check/purse.js';
export type { CheckResult, CheckStatus, Generated } from './core/check/result.js';
export {
  type ChainVerdict,
  type FailOn,
  type HealthState,
  isNegative,
  type Judged,
} from './core/check/verdict.js';
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
export type { Expectation, ExpectationResult, JudgedAnswer } from './core/expectation.js';
export type { Circuit, HealthConfig } from './core/health.js';
export type { HealthSubject, HealthTracker } from './core/health-tracker.js';
export { MemoryStore } from './core/memory-store.js';
export type { ListModelsOptions, ModelListing } from './core/model-listing.js';
export type {
  Clock,
  CredentialInfo,
  CredentialProof,
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
  ModelFinding,
  ModelRequest,
  PortableOptions,
  Provider,
  Random,
  Reached,
  SchemeFactory,
  TargetTuning,
  Unavailable,
  UpdateOptions,
  Usage,
} from './core/ports.js';
export type { ProviderInfo } from './core/provider-info.js';
export type { Resolution, ResolvedTarget } from './core/resolution.js';
export type { Source } from './core/source.js';
export type { Alias, Expansion, SpecNode, TargetName } from './core/spec.js';
export type { CallTuning, ChainConfig } from './core/tuning.js';
export { catalogueName, cataloguePrice, type Priced } from './providers/catalogue.js';
export { injectFaults } from './providers/inject.js';
export { Registry, type RegistryOptions } from './registry.js';
export { FileStore, type FileStoreOptions } from './stores/file.js';
export { OffStore } from './stores/off.js';
export { RedisStore, type RedisStoreOptions } from './stores/redis.js';
export { systemClock } from './system-clock.js';
export { version } from './version.js';
