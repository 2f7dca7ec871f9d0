import { registerEnvironmentAliases } from '../config/environment.js';
import type { FileConfig } from '../config/file.js';
import { ConfigError, UsageError, type Warning } from '../core/errors.js';
import { shown } from '../core/shown.js';
import { splitSpec } from '../core/spec.js';
import { Registry } from '../index.js';
import type { Process } from './context.js';
import type { Pair } from './flags.js';
import { openHealthStore } from './health-store.js';

export interface SetupFlags {
  readonly config?: string;
  readonly envFile?: readonly string[];
  readonly alias?: readonly Pair[];
  readonly healthStore?: string;
}

export interface Setup {
  readonly registry: Registry;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: FileConfig | null;
  readonly warnings: readonly Warning[];
}

/** Environment, files and flags become a registry: flags win over the environment, which wins over the file. */
export async function setUp(
  flags: SetupFlags,
  { env: processEnv, platform }: Pick<Process, 'env' | 'platform'>,
): Promise<Setup> {
  const warnings: Warning[] = [];
  let env = processEnv;
  if (flags.envFile !== undefined) {
    const { readEnvFile } = await import('../config/env-file.js');
    const values: Record<string, string> = {};
    for (const path of flags.envFile) {
      const file = await readEnvFile(path);
      warnings.push(...file.warnings);
      Object.assign(values, file.values);
    }
    env = { ...values, ...setOnly(processEnv) };
  }
  let config: FileConfig | null = null;
  if (flags.config !== undefined) {
    const { readConfigFile } = await import('../config/file.js');
    config = await readConfigFile(flags.config);
  }
  const chosen = flags.healthStore ?? (env.MAJORDOMO_HEALTH_STORE || config?.healthStore) ?? undefined;
  const opened = await openHealthStore({ chosen, env, platform }).catch((error: unknown) => {
    throw flags.healthStore === undefined ? error : fromFlag(error);
  });
  warnings.push(...opened.warnings);
  const health = { ...config?.health, ...(opened.store !== undefined && { store: opened.store }) };
  const registry = new Registry({ env, chain: config?.chain ?? {}, health });
  if (config !== null) {
    const source = { kind: 'user-file', key: config.path } as const;
    for (const [name, dsn] of Object.entries(config.providers)) registry.defineProvider(name, dsn, source);
    for (const [index, [name, spec]] of Object.entries(config.aliases).entries()) {
      try {
        registry.registerAlias(name, spec, source);
      } catch (error) {
        // the name itself may be a DSN in the wrong place, and is not repeated
        if (!(error instanceof ConfigError)) throw error;
        throw new ConfigError(error.code, `${error.message} (entry ${index + 1} of aliases)`, error.hint);
      }
    }
  }
  registerEnvironmentAliases(registry, env);
  for (const { key, value } of flags.alias ?? []) {
    try {
      registry.registerAlias(key, value, { kind: 'flag', key: '--alias' });
      splitSpec(value, `alias ${shown(key)} (--alias)`);
    } catch (error) {
      throw fromFlag(error);
    }
  }
  return { registry, env, config, warnings };
}

/** What a flag says wrongly is wrong usage, where a file or a variable would be wrong configuration. */
export function fromFlag(error: unknown): unknown {
  return error instanceof ConfigError ? new UsageError(error.code, error.message, error.hint) : error;
}

/** An empty variable counts as unset, so that it does not hide the file's. */
function setOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}
