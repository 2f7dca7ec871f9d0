import { CommanderError } from 'commander';
import { MajordomoError } from '../core/errors.js';
import type { Process } from './context.js';
import { exitCodes } from './exit-codes.js';
import { Output } from './output.js';
import { buildProgram } from './program.js';

/**
 * Runs one command line (without node and script) and resolves to its exit code; rejects with a bug of ours. Never
 * ends the process itself.
 */
export async function main(argv: readonly string[], process: Process): Promise<number> {
  let exitCode: number = exitCodes.done;
  // Help into a pipe that was closed is no error; commands have their own say.
  const output = new Output(process.stdout, () => {});
  const program = buildProgram({ process, argv, output, onExit: (code) => (exitCode = code) });
  if (argv.length === 0) {
    program.outputHelp({ error: true });
    return exitCodes.usage;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return await end(output, { process, exitCode: error.exitCode === 0 ? exitCodes.done : exitCodes.usage });
  }
}

async function end(output: Output, at: { process: Process; exitCode: number }): Promise<number> {
  try {
    await output.end();
    return at.exitCode;
  } catch (error) {
    if (!(error instanceof MajordomoError)) throw error;
    at.process.stderr.write(`majordomo: ${error.message}\n`);
    return exitCodes.bug;
  }
}
