import { existsSync, lstatSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** `process.getuid()`; null on Windows, where the profile's own access rules protect the directory. */
  readonly uid: number | null;
}

/** Where cached code lives; null when the environment names no place for it. The directory may not exist yet. */
export function cacheDirectory({ env, platform }: Machine): string | null {
  const named = env.XDG_CACHE_HOME;
  if (named && isAbsolute(named)) return join(named, 'majordomo');
  if (platform === 'win32') return env.LOCALAPPDATA ? join(env.LOCALAPPDATA, 'majordomo', 'Cache') : null;
  if (!env.HOME || !isAbsolute(env.HOME)) return null;
  return join(env.HOME, platform === 'darwin' ? 'Library/Caches' : '.cache', 'majordomo');
}

/**
 * Whether nobody but this user can have written what is in there. Cached code is code: a directory of
 * somebody else, a symbolic link, or one that others may write to is not read from, nor written to.
 */
export function isOurs(stats: Stats, uid: number | null): boolean {
  return uid === null || (stats.uid === uid && (stats.mode & 0o022) === 0);
}

export function isSafeDirectory(path: string, uid: number | null): boolean {
  try {
    const stats = lstatSync(path);
    return stats.isDirectory() && isOurs(stats, uid);
  } catch {
    return false;
  }
}

/**
 * Makes the directory, private, unless that would leave a directory of this user in somebody else's home (`sudo` keeps
 * HOME). Returns whether it is there and safe.
 */
export function makeSafeDirectory(path: string, uid: number | null): boolean {
  try {
    makeDirectory(path, uid);
  } catch {
    return false;
  }
  return isSafeDirectory(path, uid);
}

/** Level by level: Node's own recursive mkdir never ends where a file system answers ENOENT to a mkdir, as /proc does. */
function makeDirectory(path: string, uid: number | null): void {
  const parent = dirname(path);
  if (existsSync(path) || parent === path) return;
  makeDirectory(parent, uid);
  if (uid !== null && statSync(parent).uid !== uid) return;
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another first run may just have made it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
