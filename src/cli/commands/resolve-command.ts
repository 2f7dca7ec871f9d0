import type { Command } from 'commander';
import { nonEmpty } from '../flags.js';
import { addGlobalFlags, bothFlags } from '../global-flags.js';
import type { ProgramParts } from '../program-parts.js';
import type { ResolveFlags } from './resolve-flags.js';

const examples = `
Examples:
  $ majordomo resolve
  $ majordomo resolve fast
  $ majordomo resolve m1/qwen3,openai/gpt-4.1-mini
  $ majordomo resolve --diff production.env fast
  $ majordomo resolve --json fast | jq -r '.resolutions[].targets[].endpoint'

Exit codes:
  0         every spec can be run (with --diff: after the change)
  2         wrong usage
  3         one of them cannot, or the configuration is wrong
`;

/** Declares `resolve`; what it does is loaded when it is used. */
export function addResolveCommand(program: Command, parts: ProgramParts): void {
  const command = program
    .command('resolve')
    .description('show what names mean, from where, and who would be asked; sends nothing')
    .argument('[spec...]', 'targets, aliases or chains; all aliases if there is none')
    .option('--diff <file>', 'how chains would change with the variables of a dotenv file', nonEmpty)
    .addHelpText('after', examples);
  addGlobalFlags(command, ['pretty', 'plain', 'json']);
  command.action(async (specs: readonly string[]) => {
    const flags = bothFlags<ResolveFlags>(program.opts(), command.opts());
    const { resolve } = await import('./resolve.js');
    parts.onExit(await resolve(specs, { flags, process: parts.process }));
  });
}
