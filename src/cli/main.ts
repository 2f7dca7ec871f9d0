import { CommanderError } from 'commander';
import type { Process } from './context.js';
import { exitCodes } from './exit-codes.js';
import { buildProgram } from './program.js';
import { oneLine } from './render/sanitize.js';

/**
 * Runs one command line (without node and script) and resolves to its exit code. Never ends the process itself
 * and leaves no listener behind.
 */
export async function main(argv: readonly string[], process: Process): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = buildProgram({ process, argv, onExit: (code) => (exitCode = code) });
  if (argv.length === 0) {
    program.outputHelp({ error: true });
    return exitCodes.usage;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(
      `majordomo: this is a bug, please report it: ${message.split('\n').map(oneLine).join('\n')}\n`,
    );
    return exitCodes.bug;
  }
}
