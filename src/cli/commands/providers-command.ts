import type { Command } from 'commander';
import { exitMeanings } from '../exit-codes.js';
import { duration, nonEmpty } from '../flags.js';
import { addGlobalFlags, bothFlags } from '../global-flags.js';
import { addHelpText, type HelpText } from '../help-text.js';
import type { ProgramParts } from '../program-parts.js';
import type { ProvidersFlags } from './providers-flags.js';

const help = (): HelpText => ({
  remarks: [
    'Nothing is sent, and no command run, to show what is configured. With --models each endpoint is asked for its list, all at the same time; that costs no tokens. What they say is remembered for the completion of command lines.',
  ],
  examples: [
    { shows: 'what is configured', line: 'majordomo providers' },
    { shows: 'everything about one, and a line to try', line: 'majordomo providers openai' },
    { shows: 'what is built in, and which variables are ignored', line: 'majordomo providers --all' },
    { shows: 'models by name', line: "majordomo providers --models --filter 'gpt-*'" },
    { shows: 'one a line, as run takes them', line: 'majordomo providers --models openai | cut -f1' },
    {
      shows: 'for programs',
      line: `majordomo providers --json | jq -r '.providers[] | select(.status != "ready").name'`,
    },
  ],
  exits: {
    done: 'shown',
    usage: exitMeanings.usage,
    configuration: 'one cannot be read, or one that is named is unknown or has no key',
    permanent: 'with --models: one that is named did not list its models',
    exhausted: 'the same, and it may go better next time',
    bug: exitMeanings.bug,
    output: exitMeanings.output,
  },
});

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
    .option('--timeout <duration>', 'how long a list of models may take (default: 10s)', duration);
  addHelpText(command, help);
  addGlobalFlags(command, ['pretty', 'plain', 'json']);
  command.action(async (names: readonly string[]) => {
    const flags = bothFlags<ProvidersFlags>(program, command);
    const { providers } = await import('./providers.js');
    parts.onExit(await providers(names, { flags, process: parts.process }));
  });
}
