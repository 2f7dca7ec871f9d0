import { didYouMean } from '../../core/nearest.js';
import { shown } from '../../core/shown.js';
import { isShellName, shellNames } from './shell-names.js';

/** What is said where no shell was named, or none that is known. `own` is the path of the user's shell, if it is told. */
export function wrongShell(shell: string | undefined, own: string | undefined): string {
  const list = `${shellNames.slice(0, -1).join(', ')} or ${shellNames.at(-1)}`;
  if (shell !== undefined) {
    const guess = didYouMean(shell, shellNames);
    return `there is no completion for "${shown(shell)}": write ${list}${guess === '' ? '' : `; ${guess}`}`;
  }
  const name = own?.slice(own.lastIndexOf('/') + 1) ?? '';
  const example = isShellName(name) ? `; yours seems to be ${name}: majordomo completion ${name}` : '';
  return `no shell was named: write ${list}${example}`;
}
