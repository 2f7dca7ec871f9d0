import type { Command } from 'commander';
import { exitMeanings } from '../exit-codes.js';
import { addGlobalFlags, bothFlags } from '../global-flags.js';
import { addHelpText, type HelpText } from '../help-text.js';
import type { ProgramParts } from '../program-parts.js';
import type { HealthFlags } from './health-flags.js';

const help = (): HelpText => ({
  remarks: [
    'A target or a provider that fails three times in a row is not asked for a while: its circuit is open. What failed is remembered from run to run.',
  ],
  examples: [
    { shows: 'what is remembered', line: 'majordomo health --memory' },
    { shows: 'ask this target again at once', line: 'majordomo health --reset m1/qwen3' },
    { shows: 'the same for a provider with all its targets', line: 'majordomo health --reset m1' },
    {
      shows: 'for programs: who is not asked now',
      line: 'majordomo health --memory --json | jq \'.circuits[] | select(.state == "open")\'',
    },
  ],
  exits: {
    done: exitMeanings.done,
    usage: exitMeanings.usage,
    configuration: 'the configuration is wrong, or the memory cannot be read',
    bug: exitMeanings.bug,
  },
});

/** Declares `health`, as far as it goes: what is remembered of earlier runs. */
export function addHealthCommand(program: Command, parts: ProgramParts): void {
  const command = program
    .command('health')
    .description('show and forget what is remembered of targets that failed')
    .usage('--memory | --reset [target]')
    .option('--memory', 'show the circuits that earlier runs have left')
    .option('--reset [target]', 'forget them, or those of one target or provider')
    .allowExcessArguments(false);
  addHelpText(command, help);
  addGlobalFlags(command, ['pretty', 'plain', 'json']);
  command.action(async () => {
    const flags = bothFlags<HealthFlags>(program, command);
    if (flags.memory !== true && flags.reset === undefined) {
      command.error('error: nothing to do: say --memory or --reset', { exitCode: 2 });
    }
    const { health } = await import('./health.js');
    parts.onExit(await health({ flags, process: parts.process }));
  });
}
