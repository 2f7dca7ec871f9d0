import { type Command, Option } from 'commander';
import { levels } from '../../core/check/level.js';
import { exitMeanings } from '../exit-codes.js';
import { decimal, duration, nonEmpty, pairs, several, wholeNumber } from '../flags.js';
import { addGlobalFlags, bothFlags, globalGroup } from '../global-flags.js';
import { addHelpText, type HelpText } from '../help-text.js';
import type { ProgramParts } from '../program-parts.js';
import type { HealthFlags } from './health-flags.js';

const help = (): HelpText => ({
  remarks: [
    'Each check climbs levels, free ones first, and says how far it got: configured (the DSN can be read and has a key), reachable (name, connection, certificate), credential (a request that only a good key is answered), model (it is listed). Only --probe costs tokens: it asks the model for a word.',
    'What is named, and every provider if nothing is, is required: if it fails, the exit code is 1. The members of a chain are not: a chain is up if its first target is healthy, degraded if a later one is, down if none is. Where a run would end before that one, a warning says so: at a wrong key, for example, or since its attempts are used up (maxAttempts, retries), for which the chain is down.',
    'What runs remember of failures is neither heeded nor changed, unless you --record: then a check that fails counts as a failed attempt would, an answer (--probe) closes the circuits of its target and its provider, and less than an answer closes the circuit of a provider that failed by something less, such as a connection.',
    'A list of models that is open to all proves no key, and some keys may not list: that is a warning, and --probe knows. So is what answers without a key and not as an API does, and a certificate with fewer than 14 days, and less than a quarter of its lifetime, left.',
  ],
  examples: [
    { shows: 'every provider, and whether its key is good', line: 'majordomo health' },
    { shows: 'a chain, target by target', line: 'majordomo health fast' },
    { shows: 'the whole way, for a few tokens', line: 'majordomo health --probe m1/qwen3' },
    { shows: 'would the rest of the chain answer?', line: 'majordomo health --drill fast' },
    { shows: 'for a CI server', line: 'majordomo health --report junit=health.xml' },
    { shows: 'and let runs know: who is down is passed over', line: 'majordomo health --record fast' },
    { shows: 'in a script', line: 'majordomo health -q fast || exit 1' },
    { shows: 'what earlier runs have remembered of failures', line: 'majordomo health --memory' },
    { shows: 'ask this target again at once', line: 'majordomo health --reset m1/qwen3' },
    {
      shows: 'for programs: what is not healthy',
      line: `majordomo health --json | jq -r '.checks[] | select(.status == "fail").subject'`,
    },
  ],
  exits: {
    done: 'all that is required is healthy',
    negative: 'a required check failed, a chain is down, or nobody survived a drill',
    usage: exitMeanings.usage,
    configuration:
      'the configuration is wrong, there is nothing to check or to drill, or the memory cannot be read',
    deadline: 'the time was over, or what may be spent, before all was checked',
    bug: exitMeanings.bug,
    output: exitMeanings.output,
  },
});

/** Declares `health`; what it does is loaded when it is used. */
export function addHealthCommand(program: Command, parts: ProgramParts): void {
  const command = program
    .command('health')
    .description('check that what is configured works, level by level; spends nothing without --probe')
    .argument('[spec...]', 'providers, targets, aliases or chains; every provider if there is none')
    .addOption(new Option('--level <level>', 'climb no higher than this').choices(levels))
    .option('--probe', 'ask each model for a few tokens, too')
    .option('--required <name>', 'a member of a chain that must not fail; repeatable', several)
    .option('--optional <name>', 'a provider, a target or a chain that may fail; repeatable', several)
    .addOption(
      new Option(
        '--fail-on <what>',
        'what else is a failure: a chain that is degraded, or any warning',
      ).choices(['degraded', 'warn']),
    )
    .option(
      '--jobs <n>',
      'checks at once with servers elsewhere, one for each host (default: 4)',
      wholeNumber(1),
    )
    .option('--timeout <duration>', 'for all checks and the drill together (default: 60s)', duration)
    .option(
      '--check-timeout <duration>',
      'for each check, and each step of a drill, retries included (default: 10s)',
      duration,
    )
    .option(
      '--expect <assertion>',
      'with --probe: fail unless the answer is so: contains:TEXT, latency:2s… (see run --help); repeatable',
      several,
    )
    .option(
      '--drill',
      'prove the failover of chains: the first target fails, then the first two…, and the rest has to answer; with --probe it is really asked',
    )
    .option(
      '--max-cost <usd>',
      'ask no more models once so much is spent, in US dollars, drill included',
      decimal,
    )
    .option('--repeat <n>', 'make each check so often (default: 1)', wholeNumber(1))
    .option('--require <n>', 'and let so many of them be enough (default: all)', wholeNumber(1))
    .option(
      '--report <format=file>',
      'write json, junit, tap, github or prometheus to a file too, - for standard output; repeatable',
      pairs('format=file, for example junit=health.xml'),
    )
    .addOption(
      new Option('--exit-style <style>', 'exit codes and first line of another system').choices(['nagios']),
    )
    .optionsGroup('Memory of failures:')
    .option('--record', 'let the checks count in the memory, as the attempts of a run do')
    .option('--memory', 'show the circuits that earlier runs have left')
    .option('--reset [target]', 'forget them, or those of a target, provider, alias or chain', nonEmpty);
  addHelpText(command, help);
  addGlobalFlags(command, ['pretty', 'plain', 'json']);
  command.action(async (names: readonly string[]) => {
    const flags = bothFlags<HealthFlags>(program, command);
    const context = { flags, process: parts.process };
    const wrong = contradiction(flags, { names, own: ownFlags(command) });
    if (wrong !== null) command.error(`error: ${wrong}`, { exitCode: 2 });
    if (flags.memory === true || flags.reset !== undefined) {
      const { healthMemory } = await import('./health-memory.js');
      return parts.onExit(await healthMemory(context));
    }
    const { health } = await import('./health.js');
    parts.onExit(await health(names, context));
  });
}

/** The flags that were given of those that no other command has. */
function ownFlags(command: Command): readonly string[] {
  return command.options
    .filter(({ helpGroupHeading }) => helpGroupHeading !== globalGroup)
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .flatMap(({ long }) => (long == null ? [] : [long]));
}

/** What was asked for that does not go together, for a person; null for nothing. */
function contradiction(
  { memory, reset, exitStyle, format, report = [] }: HealthFlags,
  { names, own }: { readonly names: readonly string[]; readonly own: readonly string[] },
): string | null {
  if (memory === true || reset !== undefined) {
    const beside = own.filter((flag) => flag !== '--memory' && flag !== '--reset');
    const all = [...beside, ...(names.length > 0 ? ['the names'] : [])];
    return all.length === 0 ? null : `--memory and --reset check nothing: leave out ${all.join(', ')}`;
  }
  if (exitStyle === undefined) return null;
  const others = [
    ...(format === 'json' ? ['--format json'] : []),
    ...report.filter(({ value }) => value === '-').map(({ key }) => `--report ${key}=-`),
  ];
  if (others.length === 0) return null;
  return `--exit-style ${exitStyle} has lines of its own on standard output: leave out ${others.join(', ')}, or write --report json=FILE`;
}
