import type { Dsn, SchemeTraits } from './dsn.js';
import type { HealthConfig } from './health.js';
import type { Clock, CredentialSource, EnvLookup, HealthStore, Random, SchemeFactory } from './ports.js';
import type { ChainConfig } from './tuning.js';

/** A kind of provider: what its DSNs may hold, and how one is built. */
export interface Scheme {
  readonly scheme: string;
  readonly traits: SchemeTraits;
  readonly factory: SchemeFactory;
  /** The variables that set its built-in provider up, any of them: those of its key and its address. */
  readonly usualVariables?: readonly string[];
}

/** What a registry is built from; `src/registry.ts` supplies all of it for programs. */
export interface RegistryParts {
  readonly schemes: readonly Scheme[];
  /** The names of the schemes that are providers without any DSN. */
  readonly builtins: readonly string[];
  /** The variables to scan at once for `LLM_*`; null for none. */
  readonly env: Readonly<Record<string, string | undefined>> | null;
  readonly envLookup: EnvLookup;
  readonly openCredential: (
    dsn: Dsn,
    usualVariables: readonly string[],
    envLookup: EnvLookup,
  ) => CredentialSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: HealthStore;
  /** Takes over when the store fails or is slow; absent where the store is memory itself. */
  readonly memory?: HealthStore;
  /** How long the store may hold the program within a minute, in milliseconds. Default 200. */
  readonly storePatienceMs?: number | undefined;
  readonly health?: Partial<HealthConfig> | undefined;
  readonly chain?: ChainConfig | undefined;
}
