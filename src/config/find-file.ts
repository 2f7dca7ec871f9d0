import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ConfigError } from '../core/errors.js';
import { configDirectory } from './user-directories.js';

/** Where a program runs. */
export interface Surroundings {
  /** The working directory; null where it is gone. */
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** A file, and how to name it to people. */
export interface FoundFile {
  readonly path: string;
  readonly shownAs: string;
}

const endings = ['json', 'yaml', 'yml'];

/** The user's own file, `config.json` or `config.yaml`; null where there is none. */
export function findUserFile({ env, platform }: Surroundings): FoundFile | null {
  const directory = configDirectory(env, platform);
  return directory === null ? null : only(directory, 'config', (path) => fromHome(path, env.HOME));
}

/**
 * The project's file, `majordomo.json` or `majordomo.yaml`: in the working directory or the closest one above it, as far as
 * the root of the repository or the home directory. Where neither is above, only the working directory counts: what others
 * may write to (`/tmp`) is nobody's project.
 */
export function findProjectFile({ cwd, env }: Surroundings): FoundFile | null {
  if (cwd === null) return null;
  for (const directory of upTo(cwd, env.HOME)) {
    const found = only(directory, 'majordomo', (path) => relative(cwd, path));
    if (found !== null) return found;
  }
  return null;
}

function upTo(cwd: string, home: string | undefined): string[] {
  const directories: string[] = [];
  for (let directory = cwd; ; directory = dirname(directory)) {
    directories.push(directory);
    if (directory === home || existsSync(join(directory, '.git'))) return directories;
    if (dirname(directory) === directory) return [cwd];
  }
}

/** The one file of that name, whatever its format. Throws a `ConfigError` where there are two. */
function only(directory: string, name: string, shownAs: (path: string) => string): FoundFile | null {
  const paths = endings.map((ending) => join(directory, `${name}.${ending}`)).filter(isFile);
  const [path, second] = paths;
  if (path === undefined) return null;
  if (second === undefined) return { path, shownAs: shownAs(path) };
  throw new ConfigError(
    'config-twice',
    `${shownAs(path)} and ${shownAs(second)} are both there, and it is not clear which of them counts`,
    'keep one of them, or name one with --config',
  );
}

/**
 * A directory is none, nor is a pipe, which might never be written to. What cannot even be looked at (a directory that this
 * user may not enter, a link to itself) is not there for a program of this user.
 */
function isFile(path: string): boolean {
  try {
    // an error of Node's takes longer than all the rest of the search
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}

function fromHome(path: string, home: string | undefined): string {
  return home && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
