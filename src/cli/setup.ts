import { registerEnvironmentAliases } from '../config/environment.js';
import type { FileConfig } from '../config/file.js';
import { ConfigError, UsageError, type Warning } from '../core/errors.js';
import { Registry } from '../index.js';
import type { Pair } from './flags.js';

export interface SetupFlags {
  readonly config?: string;
  readonly envFile?: string;
  readonly alias?: readonly Pair[];
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
  processEnv: Readonly<Record<string, string | undefined>>,
): Promise<Setup> {
  const warnings: Warning[] = [];
  let env = processEnv;
  if (flags.envFile !== undefined) {
    const { readEnvFile } = await import('../config/env-file.js');
    const file = await readEnvFile(flags.envFile);
    warnings.push(...file.warnings);
    env = { ...file.values, ...setOnly(processEnv) };
  }
  let config: FileConfig | null = null;
  if (flags.config !== undefined) {
    const { readConfigFile } = await import('../config/file.js');
    config = await readConfigFile(flags.config);
    warnings.push(...config.warnings);
  }
  const registry = new Registry({ env, chain: config?.chain ?? {}, health: config?.health ?? {} });
  if (config !== null) {
    const source = { kind: 'user-file', key: config.path } as const;
    for (const [name, dsn] of Object.entries(config.providers)) registry.defineProvider(name, dsn, source);
    for (const [name, spec] of Object.entries(config.aliases)) registry.registerAlias(name, spec, source);
  }
  registerEnvironmentAliases(registry, env);
  for (const { key, value } of flags.alias ?? []) defineByFlag(registry, key, value);
  return { registry, env, config, warnings };
}

function defineByFlag(registry: Registry, name: string, spec: string): void {
  try {
    registry.registerAlias(name, spec, { kind: 'flag', key: '--alias' });
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.code, error.message, error.hint);
    throw error;
  }
}

/** An empty variable counts as unset, so that it does not hide the file's. */
function setOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}
