import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** What V8 keeps of compiled packs. */
export interface CachedCode {
  /** How many runs have added the functions that they needed. */
  readonly runs: number;
  /** By file name. */
  readonly packs: ReadonlyMap<string, Buffer>;
}

/** So many runs add their code to the cache: the first one may have stopped where others go on. */
export const runsToLearnFrom = 3;

export interface ChunkLoaderOptions {
  /** Where the packs are. */
  readonly directory: string;
  /** The file of each chunk that shares one: those that are loaded together. */
  readonly packs: Readonly<Record<string, string>>;
  /** Takes what is not a chunk: Node's built-in modules. */
  readonly require: (id: string) => unknown;
  readonly cached: CachedCode | null;
}

export interface ChunkLoader {
  /** Loads a chunk by name, `main.cjs`, once, and returns its exports. */
  load(name: string): unknown;
  /** From now on, what is not a chunk is taken from here. */
  requireThrough(require: (id: string) => unknown): void;
  /** Whether there is more to be cached than was: a pack had no usable code, or few runs have been seen. */
  readonly hasLearnt: boolean;
  /**
   * The code of every pack loaded so far with all functions that have run, and what was cached of others; slow, call it when
   * work is done.
   */
  cachedCode(): CachedCode;
}

/** A pack is an expression: an object with a function for each chunk. */
type Pack = Readonly<
  Record<string, (exports: object, require: (id: string) => unknown, module: { exports: unknown }) => void>
>;

/**
 * A CommonJS loader for the chunks of our own build that can start from V8's cached code. A chunk asks for
 * another one as `./name.cjs`; there are no other relative requires in the build.
 */
export function chunkLoader({ directory, packs, require, cached }: ChunkLoaderOptions): ChunkLoader {
  const modules = new Map<string, { exports: unknown }>();
  const opened = new Map<string, Pack>();
  const scripts = new Map<string, Script>();
  let compiled = false;
  let requireOther = require;

  const requireFromChunk = (id: string): unknown =>
    id.startsWith('./') ? load(id.slice(2)) : requireOther(id);

  function load(name: string): unknown {
    const known = modules.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(name, module);
    packOf(name)[name]?.(module.exports, requireFromChunk, module);
    return module.exports;
  }

  function packOf(chunk: string): Pack {
    const name = packs[chunk] ?? chunk;
    const known = opened.get(name);
    if (known) return known;
    const filename = join(directory, name);
    const cachedData = cached?.packs.get(name);
    const script = new Script(readAscii(filename), {
      filename,
      ...(cachedData && { cachedData }),
    });
    if (!cachedData || script.cachedDataRejected) compiled = true;
    scripts.set(name, script);
    const pack = script.runInThisContext() as Pack;
    opened.set(name, pack);
    return pack;
  }

  return {
    load,
    requireThrough(other) {
      requireOther = other;
    },
    get hasLearnt() {
      return compiled || (cached !== null && cached.runs < runsToLearnFrom);
    },
    cachedCode: () => ({
      runs: 1 + (cached?.runs ?? 0),
      packs: new Map([
        ...(cached?.packs ?? []),
        ...[...scripts].map(([name, script]) => [name, script.createCachedData()] as const),
      ]),
    }),
  };
}

/**
 * The build writes ASCII only, and latin1 is the encoding that V8 takes without looking at each byte. By the calls that have read
 * the code cache a moment ago: to compile others of Node's takes longer than to read.
 */
function readAscii(path: string): string {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    const bytes = Buffer.allocUnsafeSlow(fstatSync(descriptor).size);
    const whole = readSync(descriptor, bytes, 0, bytes.length, 0) === bytes.length;
    return whole ? bytes.toString('latin1') : readFileSync(path, 'latin1');
  } finally {
    closeSync(descriptor);
  }
}
