import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** What V8 keeps of compiled packs, by file name. */
export type CachedChunks = ReadonlyMap<string, Buffer>;

export interface ChunkLoaderOptions {
  /** Where the packs are. */
  readonly directory: string;
  /** The file of each chunk: those that are loaded together lie in one. */
  readonly packs: Readonly<Record<string, string>>;
  /** Takes what is not a chunk: Node's built-in modules. */
  readonly requireOther: (id: string) => unknown;
  readonly cached: CachedChunks;
}

export interface ChunkLoader {
  /** Loads a chunk by name, `main.cjs`, once, and returns its exports. */
  load(name: string): unknown;
  /** Whether a pack was compiled from source: it had no usable cached code. */
  readonly compiled: boolean;
  /** The code of every pack loaded so far with all functions that have run; slow, call it when work is done. */
  cachedData(): Map<string, Buffer>;
}

/** A pack is an expression: an object with a function for each chunk. */
type Pack = Readonly<
  Record<string, (exports: object, require: (id: string) => unknown, module: { exports: unknown }) => void>
>;

/**
 * A CommonJS loader for the chunks of our own build that can start from V8's cached code. A chunk asks for
 * another one as `./name.cjs`; there are no other relative requires in the build.
 */
export function chunkLoader({ directory, packs, requireOther, cached }: ChunkLoaderOptions): ChunkLoader {
  const modules = new Map<string, { exports: unknown }>();
  const opened = new Map<string, Pack>();
  const scripts = new Map<string, Script>();
  let compiled = false;

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
    const cachedData = cached.get(name);
    // The build writes ASCII only, and latin1 is the encoding that V8 takes without looking at each byte.
    const script = new Script(readFileSync(filename, 'latin1'), {
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
    get compiled() {
      return compiled;
    },
    cachedData: () => new Map([...scripts].map(([name, script]) => [name, script.createCachedData()])),
  };
}
