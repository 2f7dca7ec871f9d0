import type { Command } from 'commander';
import { exitMeanings } from '../exit-codes.js';
import { nonEmpty } from '../flags.js';
import { addGlobalFlags, bothFlags } from '../global-flags.js';
import { addHelpText, type HelpText } from '../help-text.js';
import type { ProgramParts } from '../program-parts.js';
import type { ResolveFlags } from './resolve-flags.js';

const help = (): HelpText => ({
  remarks: [
    'An alias is shown as a tree, with the place that defines each name. Then come the targets of the chain in the order in which they are asked: endpoint, where its key comes from, and whether it is left out for the moment because it has failed. No more of a key is shown than its last four characters.',
  ],
  examples: [
    { shows: 'all aliases', line: 'majordomo resolve' },
    { shows: 'one of them', line: 'majordomo resolve fast' },
    { shows: 'a chain, before it is used', line: 'majordomo resolve m1/qwen3,openai/gpt-4.1-mini' },
    { shows: 'what another alias would be', line: 'majordomo resolve --alias best=m1/qwen3,fast best' },
    {
      shows: 'what the variables of a file would change',
      line: 'majordomo resolve --diff production.env fast',
    },
    {
      shows: 'for programs',
      line: "majordomo resolve --json fast | jq -r '.resolutions[].targets[].endpoint'",
    },
  ],
  exits: {
    done: 'every spec can be run (with --diff: after the change)',
    usage: exitMeanings.usage,
    configuration: 'one of them cannot, or the configuration is wrong',
    bug: exitMeanings.bug,
    output: exitMeanings.output,
  },
});

/** Declares `resolve`; what it does is loaded when it is used. */
export function addResolveCommand(program: Command, parts: ProgramParts): void {
  const command = program
    .command('resolve')
    .description('show what names mean, from where, and who would be asked; sends nothing')
    .argument('[spec...]', 'targets, aliases or chains; all aliases if there is none')
    .option('--diff <file>', 'how chains would change with the variables of a dotenv file', nonEmpty);
  addHelpText(command, help);
  addGlobalFlags(command, ['pretty', 'plain', 'json']);
  command.action(async (specs: readonly string[]) => {
    const flags = bothFlags<ResolveFlags>(program, command);
    const { resolve } = await import('./resolve.js');
    parts.onExit(await resolve(specs, { flags, process: parts.process }));
  });
}
