import { lstatSync, readFileSync, readlinkSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Holder, isDead, thisProcess } from './holder.js';

/**
 * A lock that names its holder: a symbolic link that leads nowhere and whose target is the name. Making it is one
 * system call, so that no lock is ever seen without its holder, and a dead holder's lock is broken at once.
 */
export interface Lock {
  /** Whether nobody has taken it away; to be asked before what it protects is put in place. */
  held(): boolean;
  release(): void;
}

/**
 * A lock is held for a few milliseconds: one this old belongs to a process that was stopped, or to one of another
 * container or machine, where nobody can tell whether it lives. Should it wake up, `held` tells it.
 */
const forgottenAfterMs = 10_000;
/** While it is waited for, a lock is looked at this often. */
const pollMs = 3;
/** A lock whose breaker died is broken too; this deep. */
const deepestBreak = 3;

interface Named extends Holder {
  /** Tells two locks of one process apart. */
  readonly nonce: string;
}

/**
 * Takes the lock at `path`, waiting up to `waitMs` for a holder that lives. Resolves to null when it was not to be
 * had. Throws what the file system says when it cannot hold locks at all (read-only, full, no links).
 */
export async function takeLock(path: string, waitMs: number): Promise<Lock | null> {
  const untilMs = performance.now() + waitMs;
  for (;;) {
    const lock = tryLock(path, 0);
    if (lock !== null) return lock;
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) return null;
    await sleep(Math.min(leftMs, pollMs * (0.5 + Math.random())));
  }
}

function tryLock(path: string, depth: number): Lock | null {
  const name = nameOf({ ...thisProcess(), nonce: Math.random().toString(36).slice(2, 12) });
  // twice: once more after a lock was broken
  for (const last of [false, true]) {
    if (link(name, path)) {
      return {
        held: () => nameAt(path) === name,
        release: () => {
          if (nameAt(path) === name) remove(path);
        },
      };
    }
    if (last || !breakStale(path, depth)) return null;
  }
  return null;
}

/**
 * Takes away a lock whose holder is dead. Two that try at once must not take away the lock of a third that came in
 * between: whoever breaks a lock holds one on that very lock, and looks again. Returns whether it is gone.
 */
function breakStale(path: string, depth: number): boolean {
  const name = nameAt(path);
  if (name === null) return true;
  const holder = holderOf(name);
  if (!isStale(path, holder) || depth >= deepestBreak) return false;
  const breaking = tryLock(`${path}.${holder?.nonce ?? 'unnamed'}`, depth + 1);
  if (breaking === null) return false;
  try {
    if (nameAt(path) === name) remove(path);
    return true;
  } finally {
    breaking.release();
  }
}

/** Whether a lock at `path` has no holder any more. */
export function isForsaken(path: string): boolean {
  const name = nameAt(path);
  return name !== null && isStale(path, holderOf(name));
}

function isStale(path: string, holder: Named | null): boolean {
  if (holder !== null && isDead(holder)) return true;
  try {
    // a time to come is that of a clock that was wrong
    return Math.abs(Date.now() - lstatSync(path).mtimeMs) > forgottenAfterMs;
  } catch {
    return false;
  }
}

/** False when there is a lock already. */
function link(name: string, path: string): boolean {
  try {
    if (canLink(name, path)) return true;
    writeFileSync(path, name, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** False where links do not exist or need a privilege (Windows, FAT): a file has to do there. */
function canLink(name: string, path: string): boolean {
  try {
    symlinkSync(name, path);
    return true;
  } catch (error) {
    if (['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** The name on a lock, perhaps an empty one; null where there is no lock. */
function nameAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : '';
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function nameOf({ place, pid, started, nonce }: Named): string {
  return [place, pid, started, nonce].join('|');
}

function holderOf(name: string): Named | null {
  const parts = name.split('|');
  const [place = '', pid = '', started = '', nonce = ''] = parts;
  if (parts.length !== 4 || !/^[1-9]\d{0,9}$/.test(pid) || !/^[a-z0-9]{1,12}$/.test(nonce)) return null;
  return { place, pid: Number(pid), started, nonce };
}
