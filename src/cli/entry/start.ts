import { writeSync } from 'node:fs';
import { version } from '../../version.js';
import { commandOf, runtimeKey } from './cache-key.js';
import { chunkLoader } from './chunks.js';
import { codeCache } from './code-cache.js';
import { finish, reportBug } from './finish.js';
import { lazyRequire } from './lazy-builtins.js';
import { StandardInput } from './standard-input.js';
import { StandardStreams } from './standard-streams.js';
import { holdBackWasmTiering, type WasmTieringOptions } from './wasm-tiering.js';

/** A hash of the chunks, put here by the build. */
declare const MAJORDOMO_BUILD: string;
/** The file of each chunk, put here by the build. */
declare const MAJORDOMO_PACKS: Readonly<Record<string, string>>;

/** Exit code where standard output cannot be written. */
const unwrittenExitCode = 74;

/** What `main.ts` exports: takes the words after the program's name, resolves to the exit code. */
interface Main {
  main(args: string[], process: object): Promise<number>;
}

/** Starts the built command line: called by bin/majordomo.js and by nothing else. */
export function start(process: NodeJS.Process): void {
  const args = process.argv.slice(2);
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    printVersion(process);
    return;
  }
  process.on('uncaughtException', (error) => reportBug(process, error));
  const nodeFlags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  holdBackWasmTiering({
    nodeVersion: process.versions.node,
    nodeFlags,
    webAssembly: (globalThis as unknown as { WebAssembly: WasmTieringOptions['webAssembly'] }).WebAssembly,
    setFlag: (flag) => (require('node:v8') as typeof import('node:v8')).setFlagsFromString(flag),
  });
  const cache = codeCache({
    machine: { env: process.env, platform: process.platform, uid: process.geteuid?.() ?? null },
    build: `${version}-${MAJORDOMO_BUILD}`,
    runtime: runtimeKey({
      node: process.versions.node,
      v8: process.versions.v8,
      arch: process.arch,
      nodeFlags,
    }),
    command: commandOf(args),
  });
  const chunks = chunkLoader({
    directory: __dirname,
    packs: MAJORDOMO_PACKS,
    requireOther: lazyRequire(require),
    cached: cache.read(),
  });
  const { main } = chunks.load('main.cjs') as Main;
  const streams = new StandardStreams(process);
  finish(process, main(args, withStreams(process, streams)), {
    streams,
    afterwards: () => {
      if (chunks.compiled) cache.write(chunks.cachedData());
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

/** Straight to the descriptor: setting up `process.stdout` would take a tenth of the whole run. */
function printVersion(process: NodeJS.Process): void {
  try {
    writeSync(1, `${version}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return;
    // a pipe that is full for the moment: the stream waits for it
    if (code === 'EAGAIN') return void process.stdout.write(`${version}\n`);
    process.stderr.write(`majordomo: standard output cannot be written (${code})\n`);
    process.exitCode = unwrittenExitCode;
  }
}
