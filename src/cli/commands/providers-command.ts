import type { Command } from 'commander';
import { duration, nonEmpty } from '../flags.js';
import { addGlobalFlags, bothFlags } from '../global-flags.js';
import type { ProgramParts } from '../program-parts.js';
import type { ProvidersFlags } from './providers-flags.js';

const examples = `
Examples:
  $ majordomo providers
  $ majordomo providers openai
  $ majordomo providers --all
  $ majordomo providers --models --filter 'qwen*'
  $ majordomo providers --models | cut -f1 | fzf
  $ majordomo providers --json | jq -r '.providers[] | select(.status != "ready").name'

Exit codes:
  0         done
  2         wrong usage
  3         a provider cannot be read, or one that is named is unknown or has no credential
  4, 5      with --models, one that is named did not list its models: 5 where it may go better next time
`;

/** Declares `providers`; what it does is loaded when it is used. */
export function addProvidersCommand(program: Command, parts: ProgramParts): void {
  const command = program
    .command('providers')
    .description('show what is configured: endpoints, keys, where from, and which models there are')
    .argument('[name...]', 'all about these; everything configured if there is none')
    .option('--all', 'the built-in ones without a key, too, and the LLM_ variables that are ignored')
    .option('--models', 'ask the endpoints for their models; costs no tokens')
    .option(
      '--filter <text>',
      'only models that have this in their name; * and ? stand for anything',
      nonEmpty,
    )
    .option('--timeout <duration>', 'how long a list of models may take (default: 10s)', duration)
    .addHelpText('after', examples);
  addGlobalFlags(command, ['pretty', 'plain', 'json']);
  command.action(async (names: readonly string[]) => {
    const flags = bothFlags<ProvidersFlags>(program.opts(), command.opts());
    const { providers } = await import('./providers.js');
    parts.onExit(await providers(names, { flags, process: parts.process }));
  });
}
