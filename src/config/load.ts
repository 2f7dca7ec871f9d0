import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Warning } from '../core/errors.js';
import type { HealthConfig } from '../core/health.js';
import { canonicalName, variableOf } from '../core/provider-names.js';
import type { CoreRegistry } from '../core/registry.js';
import { shown } from '../core/shown.js';
import type { Source } from '../core/source.js';
import type { ChainConfig } from '../core/tuning.js';
import { type FileConfig, readConfigFile } from './file.js';
import { findProjectFile, findUserFile, type Surroundings } from './find-file.js';

/** What the files say, each key from the strongest file that has it. */
export interface LoadedConfig {
  readonly model: { readonly spec: string; readonly source: Source } | null;
  readonly chain: ChainConfig;
  readonly health: Partial<HealthConfig>;
  /** `name` may be a URL with a password. */
  readonly healthStore: { readonly name: string; readonly source: Source } | null;
  /** What a project's file would have hidden, and may not. */
  readonly warnings: readonly Warning[];
  /** Registers providers and aliases; before those of the environment, which are stronger. */
  register(registry: CoreRegistry): void;
}

export interface LoadOptions extends Surroundings {
  /** A file that takes the place of both the project's and the user's. */
  readonly path?: string | undefined;
}

/**
 * Reads the configuration of the user and of the project. The project's is stronger, but may not have providers, and hides
 * nothing of the user's unless the user's file trusts its directory. Throws a `ConfigError` for a file that is wrong.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  if (options.path !== undefined) return merged(await readConfigFile(options.path), null, options.env);
  const [userFile, projectFile] = [findUserFile(options), findProjectFile(options)];
  const user = userFile === null ? null : await readConfigFile(userFile.path, userFile);
  const project =
    projectFile === null
      ? null
      : await readConfigFile(projectFile.path, { ...projectFile, owner: 'project' });
  return merged(user, project, options.env);
}

function merged(user: FileConfig | null, project: FileConfig | null, env: Surroundings['env']): LoadedConfig {
  const hidden: string[] = [];
  const trusted = project !== null && isTrusted(project, user, env);
  const hides = (what: string, keys: readonly string[], yours: string): boolean => {
    if (project === null || trusted) return false;
    hidden.push(`${what} (${project.sourceOf(...keys).key}, yours: ${yours})`);
    return true;
  };
  const projectAliases = Object.entries(project?.aliases ?? {}).filter(([name, spec]) => {
    const yours = hiddenBy(name, spec, user, env);
    return yours === null || !hides(shown(name), ['aliases', name], yours);
  });
  const chosen = model(user, project, (yours) => hides('model', ['model'], yours), env);
  return {
    model: chosen,
    chain: { ...user?.chain, ...project?.chain },
    health: { ...user?.health, ...project?.health },
    healthStore:
      user === null || user.healthStore === null
        ? null
        : { name: user.healthStore, source: user.sourceOf('health', 'store') },
    warnings: project === null || hidden.length === 0 ? [] : [notTrusted(project, hidden)],
    register(registry) {
      if (user !== null) {
        for (const [name, dsn] of Object.entries(user.providers)) {
          registry.defineProvider(name, dsn, user.sourceOf('providers', name));
        }
        registerAliases(registry, Object.entries(user.aliases), user);
      }
      if (project !== null) registerAliases(registry, projectAliases, project);
    },
  };
}

function notTrusted(project: FileConfig, hidden: readonly string[]): Warning {
  return {
    code: 'project-not-trusted',
    message: `this project is not trusted to replace what you have set yourself: ${hidden.join(', ')}; to let it, add "${projectDirectory(project)}" to trustedProjects in your configuration`,
  };
}

function registerAliases(
  registry: CoreRegistry,
  aliases: readonly (readonly [name: string, spec: string])[],
  file: FileConfig,
): void {
  // A name that cannot be one is not repeated, as it may be a DSN in the wrong place; its line is told.
  for (const [name, spec] of aliases) registry.registerAlias(name, spec, file.sourceOf('aliases', name));
}

/** Whose definition an alias of a project would hide; null for nobody's. A provider's name can be asked for by itself, too. */
function hiddenBy(
  name: string,
  spec: string,
  user: FileConfig | null,
  env: Surroundings['env'],
): string | null {
  if (user !== null && Object.hasOwn(user.aliases, name)) {
    return user.aliases[name] === spec ? null : user.sourceOf('aliases', name).key;
  }
  const provider = Object.keys(user?.providers ?? {}).find(
    (other) => canonicalName(other) === canonicalName(name),
  );
  if (user !== null && provider !== undefined) return user.sourceOf('providers', provider).key;
  const variable = variableOf(name);
  return env[variable] ? variable : null;
}

function model(
  user: FileConfig | null,
  project: FileConfig | null,
  hides: (yours: string) => boolean,
  env: Surroundings['env'],
): LoadedConfig['model'] {
  const theirs = project?.model ?? null;
  const ours = user?.model ?? null;
  if (project !== null && theirs !== null && theirs !== ours) {
    const yours = usersDefault(user, env);
    if (yours === null || !hides(yours)) return { spec: theirs, source: project.sourceOf('model') };
  }
  return user === null || ours === null ? null : { spec: ours, source: user.sourceOf('model') };
}

/** What is asked without a model being named, as far as the user has said it. */
function usersDefault(user: FileConfig | null, env: Surroundings['env']): string | null {
  if (user !== null && user.model !== null) return user.sourceOf('model').key;
  if (env.MAJORDOMO_ALIAS_DEFAULT) return 'MAJORDOMO_ALIAS_DEFAULT';
  return user !== null && Object.hasOwn(user.aliases, 'default')
    ? user.sourceOf('aliases', 'default').key
    : null;
}

function isTrusted(project: FileConfig, user: FileConfig | null, env: Surroundings['env']): boolean {
  const directory = projectDirectory(project);
  return (user?.trustedProjects ?? []).some((entry) => {
    const path = entry.startsWith('~/') && env.HOME ? join(env.HOME, entry.slice(2)) : entry;
    return realPath(path) === directory;
  });
}

function projectDirectory(project: FileConfig): string {
  return realPath(dirname(project.path));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
