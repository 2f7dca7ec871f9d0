import { type Command, Option } from 'commander';
import { given, nonEmpty, type Pair, pairs, several } from './flags.js';

/** The heading of what every command takes. */
export const globalGroup = 'Global options:';

/** Flags that every command takes, before or after its name. */
export function addGlobalFlags(command: Command, formats: readonly string[]): Command {
  return command
    .optionsGroup(globalGroup)
    .addOption(
      new Option(
        '--format <format>',
        'how to print the result (default: pretty on a terminal, else plain)',
      ).choices(formats),
    )
    .addOption(new Option('--json', 'short for --format json'))
    .on('option:json', () => command.setOptionValue('format', 'json'))
    .addOption(
      new Option('--color <when>', 'colour, for each stream on its own').choices(['auto', 'always', 'never']),
    )
    .option(
      '--config <file>',
      "configuration, in place of the project's and the user's (YAML or JSON)",
      nonEmpty,
    )
    .option('--env-file <file>', 'a dotenv file with more variables; real ones win; repeatable', several)
    .option(
      '--alias <name=spec>',
      'define an alias; repeatable',
      pairs('name=spec, for example fast=m1/qwen3,openai/gpt-x'),
    )
    .option(
      '--health-store <store>',
      'where failures are remembered: file, memory, off, redis://… (default: file)',
      nonEmpty,
    )
    .option('-q, --quiet', 'no remarks on standard error, only errors');
}

/**
 * Flags before and after the command's name: the latter win, aliases and environment files add up. A format that only other
 * commands have is wrong usage, although it was taken before the name.
 */
export function bothFlags<Flags>(program: Command, command: Command): Flags {
  const [before, after] = [program.opts(), command.opts()];
  const formats = command.options.find(({ long }) => long === '--format')?.argChoices ?? [];
  const format: unknown = after.format ?? before.format;
  if (format !== undefined && !formats.includes(String(format))) {
    command.error(
      `error: option '--format <format>' argument '${format}' is invalid. Allowed choices are ${formats.join(', ')}.`,
    );
  }
  const alias = [before.alias, after.alias].flatMap((pairs) => (pairs ?? []) as readonly Pair[]);
  const files = [before.envFile, after.envFile].flatMap((names) => (names ?? []) as readonly string[]);
  const envFile = files.length === 0 ? undefined : files;
  return { ...before, ...given(after), alias, envFile } as Flags;
}
