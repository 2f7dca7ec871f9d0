import type { Process } from './context.js';
import type { Output } from './output.js';

export interface ProgramParts {
  readonly process: Process;
  readonly argv: readonly string[];
  /** Where help goes, and what a command line that cannot be read is answered with. */
  readonly output: Output;
  /** Takes the exit code of the command that ran. */
  readonly onExit: (code: number) => void;
}
