import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Warning } from '../core/errors.js';
import type { HealthConfig } from '../core/health.js';
import { canonicalName, isProviderVariable, nameOf } from '../core/provider-names.js';
import type { CoreRegistry } from '../core/registry.js';
import { shown } from '../core/shown.js';
import type { Source } from '../core/source.js';
import type { ChainConfig } from '../core/tuning.js';
import { aliasOf } from './environment.js';
import type { ConfigPlace, FileConfig } from './file.js';
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
  /**
   * Registers providers and aliases; before those of the environment, which are stronger. A name that cannot be one is not
   * repeated, as it may be a DSN in the wrong place; its line is told.
   */
  register(registry: CoreRegistry): void;
}

export interface LoadOptions extends Surroundings {
  /** A file that takes the place of both the project's and the user's. */
  readonly path?: string | undefined;
  /** Names of aliases that the command line defines: the user's, too. */
  readonly flagAliases?: readonly string[];
}

/**
 * Reads the configuration of the user and of the project. The project's is stronger, but may not have providers, and hides
 * nothing of the user's unless the user's file trusts its directory. Throws a `ConfigError` for a file that is wrong.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  if (options.path !== undefined) return merged(await readFile(options.path), null, options);
  const [userFile, projectFile] = [findUserFile(options), findProjectFile(options)];
  const user = userFile === null ? null : await readFile(userFile.path, userFile);
  const project =
    projectFile === null ? null : await readFile(projectFile.path, { ...projectFile, owner: 'project' });
  return merged(user, project, options);
}

/** What reads files is loaded where there is one. */
async function readFile(path: string, place: ConfigPlace = {}): Promise<FileConfig> {
  const { readConfigFile } = await import('./file.js');
  return readConfigFile(path, place);
}

function merged(user: FileConfig | null, project: FileConfig | null, options: LoadOptions): LoadedConfig {
  const { env } = options;
  const hidden: string[] = [];
  const trusted = project !== null && isTrusted(project, user, env);
  const hides = (what: string, keys: readonly string[], yours: string): boolean => {
    if (project === null || trusted) return false;
    hidden.push(`${what} (${project.sourceOf(...keys).key}, yours: ${yours})`);
    return true;
  };
  const projectAliases = Object.fromEntries(
    Object.entries(project?.aliases ?? {}).filter(([name, spec]) => {
      const yours = hiddenBy(name, spec, user, env);
      return yours === null || !hides(shown(name), ['aliases', name], yours);
    }),
  );
  const chosen = model(user, project, (yours) => hides('model', ['model'], yours), options);
  return {
    model: chosen,
    chain: { ...user?.chain, ...project?.chain },
    health: { ...user?.health, ...project?.health },
    healthStore:
      user === null || user.healthStore === null
        ? null
        : { name: user.healthStore, source: user.sourceOf('health', 'store') },
    warnings: [
      ...(project === null || hidden.length === 0 ? [] : [notTrusted(project, hidden)]),
      ...(user === null ? [] : relativeTrust(user)),
    ],
    register(registry) {
      if (user !== null) {
        registry.defineProviders(user.providers, (name) => user.sourceOf('providers', name));
        registry.registerAliases(user.aliases, (name) => user.sourceOf('aliases', name));
      }
      if (project !== null)
        registry.registerAliases(projectAliases, (name) => project.sourceOf('aliases', name));
    },
  };
}

function notTrusted(project: FileConfig, hidden: readonly string[]): Warning {
  return {
    code: 'project-not-trusted',
    message: `this project is not trusted to replace what you have set yourself: ${hidden.join(', ')}; to let it, add "${projectDirectory(project)}" to trustedProjects in your configuration`,
  };
}

/** Taken from the working directory, it would trust each clone that has a directory of that name, or all of them (`.`). */
function relativeTrust(user: FileConfig): readonly Warning[] {
  return user.trustedProjects.flatMap((entry, index) => {
    if (isAbsolute(fromHome(entry, '/'))) return [];
    const { key } = user.sourceOf('trustedProjects', String(index));
    const message = `${key}: a relative path trusts nothing: begin it with / or ~/`;
    return [{ code: 'trusted-relative', message }];
  });
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
  return variableFor(env, (variable) => {
    return isProviderVariable(variable) && canonicalName(nameOf(variable)) === canonicalName(name);
  });
}

/** The variable that is set and of that kind, however its name is spelled. */
function variableFor(env: Surroundings['env'], is: (variable: string) => boolean): string | null {
  return Object.keys(env).find((variable) => env[variable] && is(variable)) ?? null;
}

function model(
  user: FileConfig | null,
  project: FileConfig | null,
  hides: (yours: string) => boolean,
  options: LoadOptions,
): LoadedConfig['model'] {
  const theirs = project?.model ?? null;
  const ours = user?.model ?? null;
  if (project !== null && theirs !== null && theirs !== ours) {
    const yours = usersDefault(user, options);
    if (yours === null || !hides(yours)) return { spec: theirs, source: project.sourceOf('model') };
  }
  return user === null || ours === null ? null : { spec: ours, source: user.sourceOf('model') };
}

/** What is asked without a model being named, as far as the user has said it. */
function usersDefault(user: FileConfig | null, { env, flagAliases = [] }: LoadOptions): string | null {
  if (user !== null && user.model !== null) return user.sourceOf('model').key;
  if (flagAliases.includes('default')) return '--alias';
  const variable = variableFor(env, (name) => aliasOf(name) === 'default');
  if (variable !== null) return variable;
  return user !== null && Object.hasOwn(user.aliases, 'default')
    ? user.sourceOf('aliases', 'default').key
    : null;
}

function isTrusted(project: FileConfig, user: FileConfig | null, env: Surroundings['env']): boolean {
  const directory = projectDirectory(project);
  return (user?.trustedProjects ?? []).some((entry) => {
    const path = fromHome(entry, env.HOME);
    return isAbsolute(path) && realPath(path) === directory;
  });
}

function fromHome(entry: string, home: string | undefined): string {
  return /^~(?=\/|$)/.test(entry) && home ? join(home, entry.slice(1)) : entry;
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
