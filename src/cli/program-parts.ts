import type { Process } from './context.js';

export interface ProgramParts {
  readonly process: Process;
  readonly argv: readonly string[];
  /** Takes the exit code of the command that ran. */
  readonly onExit: (code: number) => void;
}
