import { writeSync } from 'node:fs';
import { version } from '../../version.js';
import { commandOf, runtimeKey } from './cache-key.js';
import { chunkLoader } from './chunks.js';
import { codeCachePlace, readCodeCache } from './code-cache.js';
import { bugExitCode } from './finish.js';
import type { Launch } from './launch.js';

/** A hash of the chunks, put here by the build. */
declare const MAJORDOMO_BUILD: string;
/** The file of each chunk that is not in one of its own, put here by the build. */
declare const MAJORDOMO_PACKS: Readonly<Record<string, string>>;

/** Exit code where standard output cannot be written. */
const unwrittenExitCode = 74;

/**
 * Starts the built command line: called by bin/majordomo.js and by nothing else. Only what finds the code cache is here,
 * as this file is compiled at every start.
 */
export function start(process: NodeJS.Process, require: (id: string) => unknown): void {
  const args = process.argv.slice(2);
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    printVersion(process);
    return;
  }
  const nodeFlags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  const cache = codeCachePlace({
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
    require,
    cached: cache && readCodeCache(cache),
  });
  let launch: Launch['launch'];
  try {
    ({ launch } = chunks.load('launch.cjs') as Launch);
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    process.stderr.write(`majordomo: this installation is damaged (${code ?? name}): install it again\n`);
    process.exitCode = bugExitCode;
    return;
  }
  launch({ process, args, nodeFlags, chunks, cache, require });
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
