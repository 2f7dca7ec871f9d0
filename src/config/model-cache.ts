import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isSpecName } from '../core/provider-names.js';
import { visible } from '../core/shown.js';
import { cacheDirectory } from './user-directories.js';

/** The models that one endpoint has listed. */
export interface RememberedModels {
  /** The endpoint as it is shown: no credential, no query. */
  readonly endpoint: string;
  readonly models: readonly string[];
  /** When they were listed, epoch milliseconds. */
  readonly updatedAtMs: number;
}

export type ModelCache = ReadonlyMap<string, RememberedModels>;

const schema = 'majordomo/models@1';
const mostBytes = 4 * 1024 * 1024;
const mostProviders = 200;
const mostModels = 2000;
const longestName = 256;
const longestEndpoint = 2048;

/** Where the cache is; null when the environment names no place for it. */
export function modelCachePath(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string | null {
  const directory = cacheDirectory(env, platform);
  return directory === null ? null : join(directory, 'models.json');
}

/**
 * What was listed last, by the provider's name. Never throws: a file that is damaged, too large, another user's or a
 * later version's counts as empty, and entries that make no sense are left out.
 */
export async function readModelCache(path: string): Promise<ModelCache> {
  const reading = read(path);
  return 'entries' in reading ? reading.entries : new Map();
}

/**
 * Adds these lists, each in the place of what its provider had. Resolves to whether they were written; never throws, since
 * a list can be had again. A later version's file is left alone. Of two processes at once the last one wins.
 */
export async function rememberModels(path: string, found: ModelCache): Promise<boolean> {
  if (found.size === 0) return true;
  const reading = read(path);
  if ('problem' in reading && reading.problem === 'future') return false;
  const before = 'entries' in reading ? reading.entries : new Map<string, RememberedModels>();
  const draft = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    if (!makeDirectory(dirname(path))) return false;
    writeFileSync(draft, serialized(new Map([...before, ...found])), { flag: 'wx', mode: 0o600 });
    renameSync(draft, path);
    return true;
  } catch {
    remove(draft);
    return false;
  }
}

type Reading = { readonly entries: ModelCache } | { readonly problem: 'unreadable' | 'future' };

function read(path: string): Reading {
  try {
    const value: unknown = JSON.parse(readOwnFile(path));
    if (!isObject(value) || typeof value.schema !== 'string') return { problem: 'unreadable' };
    if (value.schema !== schema) {
      return { problem: value.schema.startsWith('majordomo/models@') ? 'future' : 'unreadable' };
    }
    const providers = isObject(value.providers) ? Object.entries(value.providers) : [];
    return { entries: new Map([...checked(providers)].slice(0, mostProviders)) };
  } catch {
    return { problem: 'unreadable' };
  }
}

/** Throws for what is not a file of this user. Neither follows a link nor waits for a pipe's other end. */
function readOwnFile(path: string): string {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
  const descriptor = openSync(path, flags);
  try {
    const stats = fstatSync(descriptor);
    const uid = process.geteuid?.();
    const isOurs = uid === undefined || (stats.uid === uid && (stats.mode & 0o022) === 0);
    if (!stats.isFile() || !isOurs || stats.size > mostBytes) throw new Error('not a cache of ours');
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function checked(providers: readonly (readonly [name: string, entry: unknown])[]): ModelCache {
  const entries = new Map<string, RememberedModels>();
  for (const [name, entry] of providers) {
    const { endpoint, models, updatedAtMs } = isObject(entry) ? entry : {};
    if (!isSpecName(name) || !isPrintable(name, longestName)) continue;
    if (!isPrintable(endpoint, longestEndpoint) || !Array.isArray(models)) continue;
    if (typeof updatedAtMs !== 'number' || !Number.isFinite(updatedAtMs)) continue;
    entries.set(name, { endpoint, models: printableModels(models), updatedAtMs });
  }
  return entries;
}

function printableModels(models: readonly unknown[]): readonly string[] {
  return models.filter((id) => isPrintable(id, longestName)).slice(0, mostModels);
}

function isPrintable(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longest && visible(value) === value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The latest lists, as many as a reader takes. */
function serialized(entries: ModelCache): string {
  const latest = [...checked([...entries])].sort(([, a], [, b]) => b.updatedAtMs - a.updatedAtMs);
  const kept: [string, RememberedModels][] = [];
  // braces, schema and line end
  let bytes = 100;
  for (const [name, entry] of latest.slice(0, mostProviders)) {
    bytes += Buffer.byteLength(JSON.stringify({ [name]: entry }));
    if (bytes > mostBytes) break;
    kept.push([name, entry]);
  }
  return `${JSON.stringify({ schema, providers: Object.fromEntries(kept) })}\n`;
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It was never made, or whoever tidies the directory up will find it.
  }
}

/**
 * Whether the directory is there; it is made, unless that would leave a directory of this user in somebody else's home
 * (`sudo` keeps HOME).
 */
function makeDirectory(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined) return stats.isDirectory();
  const parent = dirname(path);
  if (parent === path || !makeDirectory(parent)) return false;
  const uid = process.geteuid?.();
  if (uid !== undefined && statSync(parent).uid !== uid) return false;
  mkdirSync(path, { mode: 0o700 });
  return true;
}
