import type { Command } from 'commander';
import { addGlobalFlags, bothFlags } from '../global-flags.js';
import type { ProgramParts } from '../program-parts.js';
import type { HealthFlags } from './health-flags.js';

/** Declares `health`, as far as it goes: what is remembered of earlier runs. */
export function addHealthCommand(program: Command, parts: ProgramParts): void {
  const command = program
    .command('health')
    .description('show and forget what is remembered of targets that failed')
    .usage('--memory | --reset [target]')
    .option('--memory', 'show the circuits that earlier runs have left')
    .option('--reset [target]', 'forget them, or those of one target or provider')
    .allowExcessArguments(false)
    .addHelpText('after', examples);
  addGlobalFlags(command, ['pretty', 'plain', 'json']);
  command.action(async () => {
    const flags = bothFlags<HealthFlags>(program.opts(), command.opts());
    if (flags.memory !== true && flags.reset === undefined) {
      command.error('error: nothing to do: say --memory or --reset', { exitCode: 2 });
    }
    const { health } = await import('./health.js');
    parts.onExit(await health({ flags, process: parts.process }));
  });
}

const examples = `
Examples:
  $ majordomo health --memory
  $ majordomo health --reset m1/qwen3
  $ majordomo health --memory --format json | jq '.circuits[] | select(.state == "open")'
`;
