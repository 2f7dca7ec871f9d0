import { closeSync, openSync, readdirSync, renameSync, rmSync, statSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import { makeSafeDirectory } from './cache-directory.js';
import { encodeCache } from './cache-format.js';
import type { CachedCode } from './chunks.js';
import type { CodeCachePlace } from './code-cache.js';

/** Files of other builds and Nodes kept beside the current ones: two Node versions in turn must not evict each other. */
const keptForeignFiles = 12;

/** Temporary files older than this were left by a process that died while writing. */
const abandonedAfterMs = 60_000;

/**
 * Replaces what is cached atomically, and removes what other versions left behind. Never throws. `code` takes a while to be made, and
 * is not where nothing can be written.
 */
export function writeCodeCache({ directory, key, path, uid }: CodeCachePlace, code: () => CachedCode): void {
  if (!makeSafeDirectory(directory, uid)) return;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeNew(temporary, () => encodeCache(code()));
    renameSync(temporary, path);
    prune(directory, key);
  } catch {
    remove(temporary);
  }
}

/** Throws when there is a file, or not all can be written. */
function writeNew(path: string, content: () => readonly Buffer[]): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    const pieces = content();
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    if (writevSync(descriptor, pieces) !== bytes) throw new Error('the disk is full');
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
