import type { Command } from 'commander';
import type { Process } from '../../src/cli/context.js';
import { Output } from '../../src/cli/output.js';
import { buildProgram } from '../../src/cli/program.js';

/** The program as it is declared, without a process around it. */
export function declaredProgram(): Command {
  const stream = { write: () => true, on: () => {} };
  const process = { env: {}, stdout: stream, stderr: stream } as unknown as Process;
  return buildProgram({ process, argv: [], output: new Output(stream, () => {}), onExit: () => {} });
}

/** What `--help` prints. */
export function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (more) => (text += more) }).outputHelp();
  return text;
}
