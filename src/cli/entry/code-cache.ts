import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  cacheDirectory,
  isOurs,
  isSafeDirectory,
  type Machine,
  makeSafeDirectory,
} from './cache-directory.js';
import { decodeCache, encodeCache } from './cache-format.js';
import type { CachedChunks } from './chunks.js';

/**
 * V8's compiled code of the CLI, kept in the user's cache directory: it saves about a third of the start-up.
 *
 * It is only ever a shortcut. Whatever is wrong with it (no home, read-only or full disk, a directory of another
 * user, a damaged file) means that the code is compiled as usual, without a word.
 */
export interface CodeCache {
  /** What an earlier run left; empty when there is none that may be used. */
  read(): CachedChunks;
  /** Replaces it atomically, and removes what other versions left behind. Never throws. */
  write(chunks: CachedChunks): void;
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

/** Files of other builds and Nodes kept beside the current ones: two Node versions in turn must not evict each other. */
const keptForeignFiles = 12;

/** Temporary files older than this were left by a process that died while writing. */
const abandonedAfterMs = 60_000;

export function codeCache({ machine, build, runtime, command }: CodeCacheOptions): CodeCache {
  const directory = cacheDirectory(machine);
  if (directory === null || machine.env.MAJORDOMO_CODE_CACHE === 'off') {
    return { read: () => new Map(), write: () => {} };
  }
  const key = `${build}-${runtime}`.replace(/[^\w.-]/g, '_');
  const path = join(directory, `${key}.${command}.code`);
  return {
    read() {
      if (!isSafeDirectory(directory, machine.uid)) return new Map();
      return readOwnFile(path, machine.uid) ?? new Map();
    },
    write(chunks) {
      if (!makeSafeDirectory(directory, machine.uid)) return;
      const temporary = `${path}.${process.pid}.tmp`;
      try {
        writeFileSync(temporary, encodeCache(chunks), { mode: 0o600, flag: 'wx' });
        renameSync(temporary, path);
        prune(directory, key);
      } catch {
        remove(temporary);
      }
    },
  };
}

function readOwnFile(path: string, uid: number | null): CachedChunks | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || !isOurs(stats, uid)) return null;
    return decodeCache(
      stats.size,
      (buffer, position) => readSync(descriptor, buffer, 0, buffer.length, position) === buffer.length,
    );
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** Keeps the files of this build and Node, and the newest few of others. */
function prune(directory: string, key: string): void {
  const foreign = readdirSync(directory)
    .filter((name) => (name.endsWith('.code') && !name.startsWith(`${key}.`)) || name.endsWith('.tmp'))
    .map((name) => ({ path: join(directory, name), name, changedAtMs: changedAtMs(join(directory, name)) }))
    .sort((a, b) => b.changedAtMs - a.changedAtMs);
  const codes = foreign.filter(({ name }) => name.endsWith('.code'));
  const abandoned = foreign.filter(
    ({ name, changedAtMs }) => name.endsWith('.tmp') && changedAtMs < Date.now() - abandonedAfterMs,
  );
  for (const { path } of [...codes.slice(keptForeignFiles), ...abandoned]) remove(path);
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Somebody else's, or read-only: it may stay.
  }
}

function changedAtMs(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
