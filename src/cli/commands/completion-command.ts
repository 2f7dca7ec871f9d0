import type { Command } from 'commander';
import { isShellName, shellNames } from '../completion/shell-names.js';
import { exitMeanings } from '../exit-codes.js';
import { addHelpText, type HelpText } from '../help-text.js';
import type { ProgramParts } from '../program-parts.js';

const help = (): HelpText => ({
  remarks: [
    'The script completes commands, flags, aliases, providers and models; the models are those of your configuration and of the last "majordomo providers --models". Tab sends nothing, opens no key_file and runs no key_cmd.',
    'zsh takes it in ~/.zshrc, after compinit: source <(majordomo completion zsh). PowerShell takes it in $PROFILE: majordomo completion powershell | Out-String | Invoke-Expression.',
  ],
  examples: [
    { shows: 'bash: a line for ~/.bashrc', line: 'source <(majordomo completion bash)' },
    {
      shows: 'fish, once',
      line: 'majordomo completion fish > ~/.config/fish/completions/majordomo.fish',
    },
  ],
  exits: {
    done: 'the script is printed',
    usage: 'there is no script for that shell',
    bug: exitMeanings.bug,
    output: exitMeanings.output,
  },
});

/** Declares `completion`, and what its scripts call on Tab, which is not for people and not in help. */
export function addCompletionCommand(program: Command, parts: ProgramParts): void {
  const command = program
    .command('completion')
    .description('print the script that completes command lines in a shell')
    .usage(`<${shellNames.join('|')}>`)
    .argument('[shell]', shellNames.join(', '))
    .allowExcessArguments(false);
  addHelpText(command, help);
  command.action(async (shell: string | undefined) => {
    if (shell === undefined || !isShellName(shell)) {
      const { wrongShell } = await import('../completion/wrong-shell.js');
      return command.error(`error: ${wrongShell(shell, parts.process.env.SHELL)}`, { exitCode: 2 });
    }
    const { completion } = await import('./completion.js');
    parts.onExit(await completion(shell, parts.process));
  });
  program
    .command('complete', { hidden: true })
    .argument('[shell]')
    .argument('[words...]')
    .helpOption(false)
    .action(async (shell: string | undefined, words: readonly string[]) => {
      if (shell === undefined || !isShellName(shell)) return;
      const { completionCandidates } = await import('./completion-candidates.js');
      parts.onExit(await completionCandidates(shell, { program, words, process: parts.process }));
    });
}
