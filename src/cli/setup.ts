import { registerEnvironmentAliases } from '../config/environment.js';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import { ConfigError, UsageError, type Warning } from '../core/errors.js';
import { shown } from '../core/shown.js';
import { splitSpec } from '../core/spec.js';
import { Registry } from '../registry.js';
import type { Process } from './context.js';
import type { Pair } from './flags.js';
import { openHealthStore } from './health-store.js';

export interface SetupFlags {
  readonly config?: string;
  readonly envFile?: readonly string[];
  readonly alias?: readonly Pair[];
  readonly healthStore?: string;
}

export interface SetupOptions {
  /** How long the health store is waited for, in milliseconds; a moment by default. */
  readonly storePatienceMs?: number;
  /** `unused`: nothing is remembered, whatever is chosen. `wanted`: it would be for nothing if it ended with the process. */
  readonly memory?: 'unused' | 'wanted';
}

export interface Setup {
  readonly registry: Registry;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: LoadedConfig;
  readonly warnings: readonly Warning[];
}

/** Environment, files and flags become a registry: flags win over the environment, which wins over the files. */
export async function setUp(
  flags: SetupFlags,
  { env: processEnv, platform, cwd }: Pick<Process, 'env' | 'platform' | 'cwd'>,
  { storePatienceMs, memory }: SetupOptions = {},
): Promise<Setup> {
  const warnings: Warning[] = [];
  let env = processEnv;
  if (flags.envFile !== undefined) {
    const { readEnvFile } = await import('../config/env-file.js');
    const values: Record<string, string> = {};
    for (const path of flags.envFile) {
      const file = await readEnvFile(path).catch((error: unknown) => {
        throw placed(error, '--env-file');
      });
      warnings.push(...file.warnings);
      Object.assign(values, file.values);
    }
    env = { ...values, ...setOnly(processEnv) };
  }
  const flagAliases = (flags.alias ?? []).map(({ key }) => key);
  const config = await loadConfig({
    path: flags.config,
    cwd: workingDirectory(cwd),
    env,
    platform,
    flagAliases,
  });
  warnings.push(...config.warnings);
  const variable = env.MAJORDOMO_HEALTH_STORE || undefined;
  const chosen = flags.healthStore ?? variable ?? config.healthStore?.name;
  const isFlag = flags.healthStore !== undefined;
  const place = isFlag
    ? '--health-store'
    : variable === undefined
      ? config.healthStore?.source.key
      : 'MAJORDOMO_HEALTH_STORE';
  const unused = memory === 'unused';
  const opened = await openHealthStore({ chosen, env, platform, unused }).catch((error: unknown) => {
    const told = placed(error, place);
    throw isFlag ? fromFlag(told) : told;
  });
  warnings.push(...opened.warnings);
  if (memory === 'wanted' && (chosen === 'memory' || chosen === 'off')) {
    const message = `${place}: ${chosen}: nothing that is recorded outlives this command`;
    if (isFlag) {
      throw new UsageError('health-store', message, 'write file or redis://HOST:PORT, or leave --record out');
    }
    warnings.push({ code: 'health-store', message });
  }
  const health = {
    ...config.health,
    ...(opened.store !== undefined && { store: opened.store }),
    ...(storePatienceMs !== undefined && { storePatienceMs }),
  };
  const registry = new Registry({ env, chain: config.chain, health });
  config.register(registry);
  registerEnvironmentAliases(registry, env);
  for (const { key, value } of flags.alias ?? []) {
    try {
      registry.registerAlias(key, value, { kind: 'flag', key: '--alias' });
      splitSpec(value, () => `alias ${shown(key)} (--alias)`);
    } catch (error) {
      throw fromFlag(error);
    }
  }
  return { registry, env, config, warnings };
}

/** Null where the directory has been removed under the process. */
function workingDirectory(cwd: () => string): string | null {
  try {
    return cwd();
  } catch {
    return null;
  }
}

/** An error of what stands in one place, which its message does not know of. */
function placed(error: unknown, place: string | undefined): unknown {
  if (!(error instanceof ConfigError) || place === undefined) return error;
  return new ConfigError(error.code, `${place}: ${error.message}`, error.hint);
}

/** What a flag says wrongly is wrong usage, where a file or a variable would be wrong configuration. */
export function fromFlag(error: unknown): unknown {
  return error instanceof ConfigError ? new UsageError(error.code, error.message, error.hint) : error;
}

/** An empty variable counts as unset, so that it does not hide the file's. */
function setOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}
