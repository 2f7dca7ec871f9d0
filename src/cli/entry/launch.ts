import type { ChunkLoader } from './chunks.js';
import type { CodeCachePlace } from './code-cache.js';
import { finish, reportBug } from './finish.js';
import { lazyRequire } from './lazy-builtins.js';
import { StandardInput } from './standard-input.js';
import { StandardStreams } from './standard-streams.js';
import { holdBackWasmTiering, type WasmTieringOptions } from './wasm-tiering.js';
import { writeCodeCache } from './write-code-cache.js';

/** What this file exports. */
export interface Launch {
  launch(options: LaunchOptions): void;
}

export interface LaunchOptions {
  readonly process: NodeJS.Process;
  /** The words after the program's name. */
  readonly args: string[];
  /** Flags that Node was started with. */
  readonly nodeFlags: string;
  readonly chunks: ChunkLoader;
  readonly cache: CodeCachePlace | null;
  readonly require: (id: string) => unknown;
}

/** What `main.ts` exports: takes the words after the program's name, resolves to the exit code. */
interface Main {
  main(args: string[], process: object): Promise<number>;
}

/** Loads the program and runs it to its end: the second half of the start, which can come from the code cache. */
export function launch({ process, args, nodeFlags, chunks, cache, require }: LaunchOptions): void {
  process.on('uncaughtException', (error) => reportBug(process, error));
  holdBackWasmTiering({
    nodeVersion: process.versions.node,
    nodeFlags,
    webAssembly: (globalThis as unknown as { WebAssembly: WasmTieringOptions['webAssembly'] }).WebAssembly,
    setFlag: (flag) => (require('node:v8') as typeof import('node:v8')).setFlagsFromString(flag),
  });
  chunks.requireThrough(lazyRequire(require));
  const { main } = chunks.load('main.cjs') as Main;
  const streams = new StandardStreams(process);
  finish(process, main(args, withStreams(process, streams)), {
    streams,
    afterwards: () => {
      if (chunks.hasLearnt && cache !== null) writeCodeCache(cache, () => chunks.cachedCode());
    },
  });
}

/** The process as the program sees it. */
function withStreams(process: NodeJS.Process, streams: StandardStreams): object {
  return {
    argv: process.argv,
    env: process.env,
    platform: process.platform,
    cwd: process.cwd.bind(process),
    on: process.on.bind(process),
    off: process.off.bind(process),
    kill: process.kill.bind(process),
    pid: process.pid,
    stdin: new StandardInput(process),
    get stdout() {
      return streams.stdout;
    },
    get stderr() {
      return streams.stderr;
    },
  };
}
