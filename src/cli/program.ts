import { Command, Option } from 'commander';
import { version } from '../version.js';
import { addCompletionCommand } from './commands/completion-command.js';
import { addHealthCommand } from './commands/health-command.js';
import { addProvidersCommand } from './commands/providers-command.js';
import { addResolveCommand } from './commands/resolve-command.js';
import { addRunCommand } from './commands/run-command.js';
import { wantsNagios } from './exit-style.js';
import { addGlobalFlags, globalGroup } from './global-flags.js';
import { helpLayout, helpWidth } from './help-layout.js';
import { addHelpText, type HelpText } from './help-text.js';
import type { ProgramParts } from './program-parts.js';
import { runnerReads } from './render/workflow-commands.js';
import { reportUsageAsJson } from './usage-json.js';
import { usageHint, usageLines } from './usage-lines.js';

const help = (): HelpText => ({
  remarks: [
    'A target is provider/model. A provider is a variable LLM_<NAME> with an endpoint in it, or one that is built in (openai, anthropic, google, ollama and more) and takes the variables you have. A chain is several targets with commas between; an alias is a name for a chain.',
  ],
  examples: [
    {
      shows: 'offline: mock is a provider inside the program, its answers are made up',
      line: 'majordomo run -m mock/any "an offline try"',
    },
    {
      shows: 'tell what you have: a machine with Ollama, and a key',
      line: 'export LLM_M1=ollama://m1.lan OPENAI_API_KEY=…',
    },
    {
      shows: 'give a chain of both a name: fast',
      line: 'export MAJORDOMO_ALIAS_FAST=m1/qwen3,openai/gpt-4.1-mini',
    },
    {
      shows: 'ask it: the second target if the first cannot answer',
      line: 'majordomo run -m fast "why is the sky blue?"',
    },
    {
      shows: 'words first, then what another program prints',
      line: 'git diff | majordomo run -m fast "write a commit message"',
    },
    { shows: 'who would be asked, and what stands in the way', line: 'majordomo resolve fast' },
    { shows: 'what is configured, and which models it offers', line: 'majordomo providers --models' },
    { shows: 'everything about a command', line: 'majordomo run --help' },
  ],
});

type AddCommand = (program: Command, parts: ProgramParts) => void;

const commands: ReadonlyMap<string, AddCommand> = new Map([
  ['run', addRunCommand],
  ['resolve', addResolveCommand],
  ['providers', addProvidersCommand],
  ['health', addHealthCommand],
  ['completion', addCompletionCommand],
]);

/**
 * To declare a command takes longer than most of what it does before it asks anybody. A command line that begins with the
 * name of one needs no other, and no flags before it; completion knows them all. Undefined for a line of another kind.
 */
function onlyCommand([first = '']: readonly string[]): AddCommand | undefined {
  return first === 'completion' ? undefined : commands.get(first);
}

export function buildProgram(parts: ProgramParts): Command {
  const { process, output } = parts;
  const program = new Command('majordomo')
    .description('Ask chains of language models: one whole answer, or an honest error.')
    .usage('<command> [options]')
    .addHelpOption(new Option('-h, --help', 'print help').helpGroup(globalGroup))
    .showSuggestionAfterError(true)
    // Or else --version in the middle of a prompt would be answered by us.
    .enablePositionalOptions()
    .configureHelp(helpLayout)
    .configureOutput({
      writeOut: (text) => output.hold(text),
      writeErr: (text) => void process.stderr.write(text),
      // Help has no colours; left to itself, commander sets up both streams to find out whether to take them away.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      getOutHelpWidth: () => helpWidth(process.stdout),
      getErrHelpWidth: () => helpWidth(process.stderr),
    });
  const only = onlyCommand(parts.argv);
  if (only === undefined) {
    program.version(version, '-V, --version', 'print the version');
    program.helpCommand('help [command]', 'print help for a command');
    addHelpText(program, help);
    addGlobalFlags(program, ['pretty', 'plain', 'json', 'ndjson']);
  }
  for (const add of only === undefined ? commands.values() : [only]) add(program, parts);
  for (const command of [program, ...program.commands]) {
    const neutralize = runnerReads(process.env);
    command
      .configureOutput({ outputError: (text, write) => write(usageLines(text, { command, neutralize })) })
      .exitOverride((error) => {
        const known = error.exitCode !== 0 && command !== program && !wantsNagios(parts.argv);
        if (!known) throw error;
        const told = {
          command: command.name(),
          message: error.message,
          hint: usageHint(error.message, command),
        };
        reportUsageAsJson({ ...parts, ...told });
        throw error;
      });
  }
  return program;
}
