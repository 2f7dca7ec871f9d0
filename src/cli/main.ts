import { CommanderError } from 'commander';
import type { Process } from './context.js';
import { exitCodes } from './exit-codes.js';
import { nagiosUnknown, unreadLine, wantsNagios } from './exit-style.js';
import { Output } from './output.js';
import { OutputError } from './output-error.js';
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
    await program.parseAsync([...argv], { from: 'user' }).catch(async (error: unknown) => {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode !== 0) {
        const isPlugin = wantsNagios(argv);
        if (isPlugin) output.write(unreadLine(error.message));
        exitCode = isPlugin ? nagiosUnknown : exitCodes.usage;
      }
      await output.end();
    });
    return exitCode;
  } catch (error) {
    // standard output itself: a full disk
    if (!(error instanceof OutputError)) throw error;
    process.stderr.write(`majordomo: ${error.message}\n`);
    return exitCodes.output;
  }
}
