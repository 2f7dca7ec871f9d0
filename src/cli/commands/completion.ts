import type { ShellName } from '../completion/shell-names.js';
import { scriptFor } from '../completion/shells.js';
import type { Process } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { Output } from '../output.js';

/** `majordomo completion SHELL`: prints the script. Resolves to the exit code. */
export async function completion(shell: ShellName, { stdout }: Process): Promise<number> {
  const output = new Output(stdout, () => {});
  output.hold(scriptFor(shell));
  await output.end();
  return exitCodes.done;
}
