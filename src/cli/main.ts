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
    await program.parseAsync([...argv], { from: 'user' }).catch(async (error: unknown) => {
      if (!(error instanceof CommanderError)) throw error;
      exitCode = error.exitCode === 0 ? exitCodes.done : usageCode(argv);
      await output.end();
    });
    return exitCode;
  } catch (error) {
    // Only standard output itself can fail here: a full disk.
    if (!(error instanceof MajordomoError)) throw error;
    process.stderr.write(`majordomo: ${error.message}\n`);
    return exitCodes.bug;
  }
}

/** To a monitoring plugin's caller 2 would mean that what is monitored is down. */
function usageCode(argv: readonly string[]): number {
  const isNagios = argv.some(
    (word, index) =>
      word === '--exit-style=nagios' || (word === 'nagios' && argv[index - 1] === '--exit-style'),
  );
  return isNagios ? nagiosUnknown : exitCodes.usage;
}

/** The same as in render/reports/nagios.ts, which is loaded for checks only. */
const nagiosUnknown = 3;
