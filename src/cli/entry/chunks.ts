import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** What V8 keeps of one compiled chunk. */
export type CachedChunks = ReadonlyMap<string, Buffer>;

export interface ChunkLoaderOptions {
  /** Where the built chunks are. */
  readonly directory: string;
  /** Takes what is not a chunk: Node's built-in modules. */
  readonly requireOther: (id: string) => unknown;
  readonly cached: CachedChunks;
}

export interface ChunkLoader {
  /** Loads a chunk by file name, `main.cjs`, once, and returns its exports. */
  load(name: string): unknown;
  /** Whether a chunk was compiled from source: it had no usable cached code. */
  readonly compiled: boolean;
  /** The code of every chunk loaded so far with all functions that have run; slow, call it when work is done. */
  cachedData(): Map<string, Buffer>;
}

type ChunkFunction = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

const prefix = '(function(exports,require,module,__filename,__dirname){';

/**
 * A CommonJS loader for the chunks of our own build that can start from V8's cached code. A chunk asks for
 * another one as `./name.cjs`; there are no other relative requires in the build.
 */
export function chunkLoader({ directory, requireOther, cached }: ChunkLoaderOptions): ChunkLoader {
  const modules = new Map<string, { exports: unknown }>();
  const scripts = new Map<string, Script>();
  let compiled = false;

  const requireFromChunk = (id: string): unknown =>
    id.startsWith('./') ? load(id.slice(2)) : requireOther(id);

  function load(name: string): unknown {
    const known = modules.get(name);
    if (known) return known.exports;
    const filename = join(directory, name);
    // The build writes ASCII only, and latin1 is the encoding that V8 takes without looking at each byte.
    const source = `${prefix}${readFileSync(filename, 'latin1')}\n})`;
    const cachedData = cached.get(name);
    const script = new Script(source, {
      filename,
      columnOffset: -prefix.length,
      ...(cachedData && { cachedData }),
    });
    if (!cachedData || script.cachedDataRejected) compiled = true;
    scripts.set(name, script);
    const module = { exports: {} };
    modules.set(name, module);
    const run = script.runInThisContext() as ChunkFunction;
    run(module.exports, requireFromChunk, module, filename, directory);
    return module.exports;
  }

  return {
    load,
    get compiled() {
      return compiled;
    },
    cachedData: () => new Map([...scripts].map(([name, script]) => [name, script.createCachedData()])),
  };
}
