import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, isOurs, isSafeDirectory, type Machine } from './cache-directory.js';
import { decodeCache } from './cache-format.js';
import { type CachedCode, runsToLearnFrom } from './chunks.js';

/**
 * V8's compiled code of the CLI, kept in the user's cache directory: it saves about a third of the start-up.
 *
 * It is only ever a shortcut. Whatever is wrong with it (no home, read-only or full disk, a directory of another
 * user, a damaged file) means that the code is compiled as usual, without a word. What reads it stands here, since that is
 * compiled at every start; what writes it is in write-code-cache.ts.
 */
export interface CodeCachePlace {
  readonly directory: string;
  /** Build and runtime, as they begin the names of their files. */
  readonly key: string;
  readonly path: string;
  readonly uid: number | null;
}

export interface CodeCacheOptions {
  readonly machine: Machine;
  /** Tells builds apart: version and a hash of the chunks. */
  readonly build: string;
  /** Tells V8s apart: Node's version, architecture and the flags that it was started with. */
  readonly runtime: string;
  /** The command: each has its own file, since each makes V8 compile other functions. */
  readonly command: string;
}

/** After so long one run more adds its code: people begin to use what they did not when it was made. */
const learnsAgainAfterMs = 60 * 60 * 1000;

/** No link, and no waiting for a writer where a pipe stands in its place; Windows knows neither. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Twenty times what the largest one has: what is longer is none. */
const mostBytes = 32 * 1024 * 1024;

/** Null when nothing is to be cached. */
export function codeCachePlace({
  machine,
  build,
  runtime,
  command,
}: CodeCacheOptions): CodeCachePlace | null {
  const directory = cacheDirectory(machine);
  if (directory === null || machine.env.MAJORDOMO_CODE_CACHE === 'off') return null;
  const key = encodeURIComponent(`${build}-${runtime}`);
  return { directory, key, path: join(directory, `${key}.${command}.code`), uid: machine.uid };
}

/** What an earlier run left; null when there is none that may be used. */
export function readCodeCache({ directory, path, uid }: CodeCachePlace): CachedCode | null {
  return isSafeDirectory(directory, uid) ? readOwnFile(path, uid) : null;
}

function readOwnFile(path: string, uid: number | null): CachedCode | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, openFlags);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || !isOurs(stats, uid) || stats.size > mostBytes) return null;
    const code = decodeCache(
      stats.size,
      (buffer, position) => readSync(descriptor, buffer, 0, buffer.length, position) === buffer.length,
    );
    const isOld = stats.mtimeMs < Date.now() - learnsAgainAfterMs;
    return code !== null && isOld ? { runs: runsToLearnFrom - 1, packs: code.packs } : code;
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}
