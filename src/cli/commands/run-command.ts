import { type Command, Option } from 'commander';
import { exitMeanings } from '../exit-codes.js';
import { decimal, duration, nonEmpty, pairs, several, wholeNumber } from '../flags.js';
import { addGlobalFlags, bothFlags } from '../global-flags.js';
import { addHelpText, type HelpText } from '../help-text.js';
import type { ProgramParts } from '../program-parts.js';
import type { RunFlags } from './run-flags.js';

const help = (): HelpText => ({
  remarks: [
    'The prompt is made of all words, no quotes needed; - stands for standard input. With both, the words come first, then a blank line, then standard input. Words that look like options go after --.',
    'A SPEC is a chain: targets (provider/model) and aliases, separated by commas, asked in turn until one answers. Without -m: MAJORDOMO_MODEL, "model" in the configuration, or the alias "default".',
    'On a terminal the answer is shown as it comes; in a pipe it is printed whole or not at all.',
  ],
  examples: [
    {
      shows: 'offline: mock is a provider inside the program, its answers are made up',
      line: 'majordomo run -m mock/any "an offline try"',
    },
    {
      shows: 'a chain: the second is asked if the first cannot answer; -u says who did',
      line: 'majordomo run -m m1/qwen3,openai/gpt-4.1-mini -u "why is the sky blue?"',
    },
    {
      shows: 'an alias, and a prompt that comes from a file',
      line: 'majordomo run -m fast < question.txt',
    },
    {
      shows: 'words first, then what another program prints',
      line: 'git diff | majordomo run -m fast -s "You are terse." "a commit message:"',
    },
    {
      shows: 'in a script: one JSON object, and an exit code if there is no answer',
      line: 'majordomo run -m fast --timeout 30s --json "yes or no?" | jq -r .text',
    },
    {
      shows: 'options of the request; m1 alone gets the second',
      line: 'majordomo run -m fast -o top_p=0.9 -o m1:keep_alive=5m count to ten',
    },
    {
      shows: 'ask the next one too when nothing has come after two seconds',
      line: 'majordomo run -m m1/qwen3,openai/gpt-4.1-mini --hedge 2s "quick, please"',
    },
    {
      shows: 'a drill: m1 seems to be down',
      line: 'majordomo run -m fast --inject m1/qwen3=503 "does the rest answer?"',
    },
    {
      shows: 'a test: exit 1 unless the answer is so',
      line: 'majordomo run -m fast --expect regex:/yes/i --expect latency:9s "wet?"',
    },
  ],
  exits: {
    ...exitMeanings,
    done: 'answered, also after failover',
    negative: 'answered, but an expectation does not hold',
  },
});

/** Declares `run`; what it does is loaded when it is used. */
export function addRunCommand(program: Command, parts: ProgramParts): void {
  const command = program
    .command('run')
    .description('ask a chain of models and print one whole answer')
    .argument('[prompt...]', 'what to ask')
    .usage('[options] [prompt...]')
    .option('-m, --model <spec>', 'the chain to ask: m1/qwen3,openai/gpt-x or an alias', nonEmpty)
    .option('-s, --system <text>', 'system prompt')
    .option(
      '-o, --option <key=value>',
      'request option, JSON or text; provider:key=value for one provider; repeatable',
      pairs('key=value'),
    )
    .option('--max-tokens <n>', 'limit the answer', wholeNumber(1))
    .option('--temperature <t>', 'sampling temperature', decimal)
    .option('--stream', 'show text as it comes, even in a pipe')
    .option('--no-stream', 'ask for a whole reply')
    .option('--no-stdin', 'leave standard input alone')
    .option('-u, --usage', 'print tokens, times and who served')
    .option('-v, --verbose', 'print every attempt')
    .addOption(
      new Option('--sanitize <when>', 'take control sequences out of the answer (auto: on a terminal)')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .optionsGroup('Chain options:')
    .option('--timeout <duration>', 'deadline for the whole chain (default: 10m)', duration)
    .option('--attempt-timeout <duration>', 'for one attempt (default: 2m)', duration)
    .option(
      '--first-token-timeout <duration>',
      'from the request to the first token (default: 60s)',
      duration,
    )
    .option('--idle-timeout <duration>', 'longest silence after the first token (default: 30s)', duration)
    .option('--retries <n>', 'retries of one target after a transient error (default: 1)', wholeNumber(0))
    .option('--max-attempts <n>', 'requests of the whole chain (default: 10)', wholeNumber(1))
    .option('--advance-on-permanent', 'go on to the next target after a permanent error too')
    .option('--no-failover', 'ask the first target only')
    .option(
      '--hedge <duration>',
      'ask the next target too when the first token is later than this; the first to answer wins',
      duration,
    )
    .option(
      '--inject <target=fault>',
      'a drill: let a target fail, locally and unbilled (docs/mock.md has the faults); repeatable',
      pairs('target=fault, for example m1/qwen3=503'),
    )
    .option(
      '--expect <assertion>',
      'fail (exit 1) unless the answer is so: contains:TEXT, equals:, regex:, json-schema:FILE, served-by:TARGET, latency:2s, first-token:800ms, cost:0.01; ! before it for its opposite; repeatable',
      several,
    );
  addHelpText(command, help);
  addGlobalFlags(command, ['pretty', 'plain', 'json', 'ndjson']);
  command.action(async (words: readonly string[]) => {
    const flags = bothFlags<RunFlags>(program, command);
    const { run } = await import('./run.js');
    parts.onExit(await run(words, { flags, process: parts.process }));
  });
}
