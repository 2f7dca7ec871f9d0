import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StoreError, type Warning } from '../core/errors.js';
import type { HealthEntry, HealthStore, UpdateOptions } from '../core/ports.js';
import { TimeBudget } from '../core/time-budget.js';
import { makeDirectory } from './file/directory.js';
import { type Entries, later, readDocument, writeDocument } from './file/document.js';
import { thisProcess } from './file/holder.js';
import { isForsaken, type Lock, takeLock } from './file/lock.js';

export interface FileStoreOptions {
  /** Where the file is. Its directory is made when something is to be remembered. */
  readonly path: string;
  /** How long all waiting for other processes may take within a minute, in milliseconds. Default 150. */
  readonly waitMs?: number;
}

const windowMs = 60_000;
/** 512 entries take a tenth of this; reading more would hold a run. */
const mostBytes = 4 * 1024 * 1024;
/** What a killed process left half written is taken away after this long. */
const leftoverMs = 60_000;

/** What is on the disk: the file, and what was left beside it by those who could not have the lock. */
interface Stored {
  readonly entries: Entries;
  readonly beside: readonly string[];
  readonly corrupt: boolean;
}

/**
 * Keeps circuits in a file that outlives the process, for all processes of one user (mode 0600; no secret in it).
 *
 * Reading takes no lock: the file is only ever replaced as a whole. A change is made under a lock that dies with its
 * holder. Where the lock is not to be had in time, a circuit that changed its state is left in a file of its own beside
 * the others, which readers see and the next writer merges; leases are not given without the lock.
 *
 * Throws a `StoreError` for a file that cannot be read or written, is somebody else's, or of a later version.
 */
export class FileStore implements HealthStore {
  readonly #path: string;
  readonly #budget: TimeBudget;
  #made = 0;
  #damage: 'unseen' | 'seen' | 'told' = 'unseen';

  constructor(options: FileStoreOptions) {
    this.#path = options.path;
    this.#budget = new TimeBudget(() => performance.now(), { totalMs: options.waitMs ?? 150, windowMs });
  }

  async read(keys: readonly string[]): Promise<readonly (HealthEntry | undefined)[]> {
    const { entries } = this.#load();
    return keys.map((key) => entries.get(key));
  }

  async list(): Promise<readonly HealthEntry[]> {
    return [...this.#load().entries.values()];
  }

  async isEmpty(): Promise<boolean> {
    return this.#load().entries.size === 0;
  }

  async update(
    key: string,
    transition: (entry: HealthEntry | undefined) => HealthEntry | undefined,
    { exclusively = false }: UpdateOptions = {},
  ): Promise<HealthEntry | undefined> {
    const seen = this.#load();
    const before = seen.entries.get(key);
    const wanted = transition(before);
    // nothing to write but a file to mend: the common case takes no lock
    if (wanted === before && !seen.corrupt) return before;
    const lock = await this.#lock();
    if (lock === null) return exclusively ? before : this.#leaveBeside(before, wanted);
    try {
      const stored = this.#load();
      const present = stored.entries.get(key);
      const after = transition(present);
      if (after === present && !stored.corrupt && stored.beside.length === 0) return present;
      const entries = new Map(stored.entries);
      if (after === undefined) entries.delete(key);
      else entries.set(key, after);
      if (!this.#replace(stored, { entries, lock })) {
        return exclusively ? present : this.#leaveBeside(present, after);
      }
      return after;
    } finally {
      lock.release();
    }
  }

  async clear(keys?: readonly string[]): Promise<void> {
    const stored = this.#load();
    const named = keys ?? [...stored.entries.keys()];
    if (!stored.corrupt && !named.some((key) => stored.entries.has(key))) return;
    const lock = await this.#lock();
    if (lock === null) throw this.#failed('is held by another process');
    try {
      const present = this.#load();
      const entries = new Map(present.entries);
      for (const key of keys ?? entries.keys()) entries.delete(key);
      if (!this.#replace(present, { entries, lock })) throw this.#failed('is held by another process');
    } finally {
      lock.release();
    }
  }

  takeWarnings(): readonly Warning[] {
    if (this.#damage !== 'seen') return [];
    this.#damage = 'told';
    const message = `${this.#path} is damaged: what it remembered is lost, and it is begun anew`;
    return [{ code: 'health-store-damaged', message }];
  }

  #load(): Stored {
    if (this.#isNew()) return { entries: new Map(), beside: [], corrupt: false };
    const main = this.#readFile(this.#path);
    const beside = this.#names().filter((name) => name.startsWith(this.#prefix('left')));
    const reading = main === null ? { entries: new Map<string, HealthEntry>() } : readDocument(main);
    if ('problem' in reading && reading.problem === 'future') {
      throw this.#failed('was written by a later version of majordomo');
    }
    const corrupt = 'problem' in reading;
    if (corrupt && this.#damage === 'unseen') this.#damage = 'seen';
    if (beside.length === 0) return { entries: corrupt ? new Map() : reading.entries, beside, corrupt };
    const entries = new Map(corrupt ? [] : reading.entries);
    for (const name of beside) {
      const text = this.#readFile(join(dirname(this.#path), name));
      const left = text === null ? null : readDocument(text);
      // a file that was merged a moment ago is gone
      if (left === null || 'problem' in left) continue;
      for (const entry of left.entries.values()) entries.set(entry.key, later(entries.get(entry.key), entry));
    }
    return { entries, beside, corrupt };
  }

  /** Whether not even the directory is there, as in most first runs: an error made to be caught takes longer than to look. */
  #isNew(): boolean {
    try {
      // to `stat` of newer versions of Node a place below a file is one where nothing is
      return lstatSync(dirname(this.#path), { throwIfNoEntry: false }) === undefined;
    } catch {
      // a directory that may not be looked into is told when the file is read
      return false;
    }
  }

  /** The text of a file of ours; null where there is none. Neither follows links nor waits for a pipe's other end. */
  #readFile(path: string): string | null {
    try {
      const descriptor = openSync(
        path,
        constants.O_RDONLY | constants.O_NONBLOCK | (constants.O_NOFOLLOW ?? 0),
      );
      try {
        const stats = fstatSync(descriptor);
        if (!stats.isFile()) throw this.#failed('is not a file');
        const uid = process.getuid?.();
        if (uid !== undefined && stats.uid !== uid) throw this.#failed('belongs to another user');
        if (stats.size > mostBytes) throw this.#failed('is too large to be a health memory');
        return readFileSync(descriptor, 'utf8');
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return null;
      if (code === 'ELOOP') throw this.#failed('is a symbolic link, which is not followed');
      throw this.#failed(`cannot be read (${code})`);
    }
  }

  #names(): readonly string[] {
    try {
      return readdirSync(dirname(this.#path));
    } catch {
      return [];
    }
  }

  async #lock(): Promise<Lock | null> {
    const sinceMs = performance.now();
    try {
      return await this.#writing(() => takeLock(`${this.#path}.lock`, this.#budget.leftMs()));
    } finally {
      this.#budget.spend(performance.now() - sinceMs);
    }
  }

  /** Puts the entries in the file's place; false when the lock was taken away meanwhile. */
  #replace(stored: Stored, { entries, lock }: { entries: Entries; lock: Lock }): boolean {
    const draft = this.#writeNew('draft', entries);
    if (!lock.held()) {
      unlinkSync(draft);
      return false;
    }
    this.#put(draft, this.#path);
    for (const name of stored.beside) this.#remove(name);
    this.#sweep();
    return true;
  }

  /** A state that changed must not be lost. A mere count is not worth a file; its loss is told. */
  #leaveBeside(before: HealthEntry | undefined, after: HealthEntry | undefined): HealthEntry | undefined {
    if (after === undefined || after.circuit.generation === (before?.circuit.generation ?? 0)) {
      throw this.#failed('is held by another process');
    }
    const draft = this.#writeNew('draft', new Map([[after.key, after]]));
    this.#put(draft, join(dirname(this.#path), this.#name('left')));
    return after;
  }

  #writeNew(kind: 'draft', entries: Entries): string {
    const path = join(dirname(this.#path), this.#name(kind));
    try {
      writeFileSync(path, writeDocument(entries, Date.now()), { flag: 'wx', mode: 0o600 });
      return path;
    } catch (error) {
      this.#remove(basename(path));
      throw this.#failed(`cannot be written (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  #put(draft: string, path: string): void {
    try {
      renameSync(draft, path);
    } catch (error) {
      this.#remove(basename(draft));
      throw this.#failed(`cannot be replaced (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  /** Takes away what processes that were killed have left: drafts, and locks on locks. */
  #sweep(): void {
    for (const name of this.#names()) {
      const path = join(dirname(this.#path), name);
      const forsaken = name.startsWith(this.#prefix('lock')) && isForsaken(path);
      if (forsaken || (name.startsWith(this.#prefix('draft')) && isOld(path))) this.#remove(name);
    }
  }

  #remove(name: string): void {
    try {
      unlinkSync(join(dirname(this.#path), name));
    } catch {
      // somebody else was faster, or it was never made
    }
  }

  #prefix(kind: 'draft' | 'left' | 'lock'): string {
    return `${basename(this.#path)}.${kind}.`;
  }

  #name(kind: 'draft' | 'left'): string {
    this.#made += 1;
    const { pid } = thisProcess();
    return `${this.#prefix(kind)}${pid}-${this.#made}-${Math.random().toString(36).slice(2, 10)}`;
  }

  /** Does what needs the directory; makes it when it is not there. */
  async #writing<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action().catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        makeDirectory(dirname(this.#path));
        return action();
      });
    } catch (error) {
      throw this.#failed(`cannot be locked (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  #failed(what: string): StoreError {
    return new StoreError(`${this.#path} ${what}`);
  }
}

function isOld(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > leftoverMs;
  } catch {
    // its writer has just put it in its place
    return false;
  }
}
