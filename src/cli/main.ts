import { CommanderError } from 'commander';
import type { Process } from './context.js';
import { exitCodes } from './exit-codes.js';
import { buildProgram } from './program.js';

/**
 * Runs one command line (without node and script) and resolves to its exit code; rejects with a bug of ours. Never
 * ends the process itself.
 */
export async function main(argv: readonly string[], process: Process): Promise<number> {
  let exitCode: number = exitCodes.done;
  // Help into a pipe that was closed is no error; commands have their own say.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
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
    throw error;
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
