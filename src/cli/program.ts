import { Command, Option } from 'commander';
import { version } from '../version.js';
import { addRunCommand } from './commands/run-flags.js';
import type { Process } from './context.js';
import { nonEmpty, pairs } from './flags.js';
import { oneLine } from './render/sanitize.js';
import { reportUsageAsJson } from './usage-json.js';

export interface ProgramParts {
  readonly process: Process;
  readonly argv: readonly string[];
  /** Takes the exit code of the command that ran. */
  readonly onExit: (code: number) => void;
}

const examples = `
Examples:
  $ export LLM_M1=ollama://m1.lan OPENAI_API_KEY=…
  $ majordomo run -m m1/qwen3,openai/gpt-4.1-mini "why is the sky blue?"
  $ git diff | majordomo run -m m1/qwen3 "write a commit message"
  $ majordomo run --help`;

/** Flags that every command takes, before or after its name. */
export function addGlobalFlags(command: Command): Command {
  return command
    .optionsGroup('Global options:')
    .addOption(new Option('--format <format>', 'how to print the result (default: pretty on a terminal, else plain)').choices(formatsOf(command)))
    .addOption(new Option('--json', 'short for --format json').hideHelp())
    .addOption(new Option('--color <when>', 'colour, for each stream on its own').choices(['auto', 'always', 'never']))
    .option('--config <file>', 'configuration (JSON): aliases, model, chain, providers', nonEmpty)
    .option('--env-file <file>', 'a dotenv file with more variables; real ones win', nonEmpty)
    .option('--alias <name=spec>', 'define an alias; repeatable', pairs('name=spec, for example fast=m1/qwen3,openai/gpt-x'))
    .option('-q, --quiet', 'no remarks on standard error, only errors');
}

function formatsOf(command: Command): string[] {
  return command.name() === 'run' || command.parent === null ? ['pretty', 'plain', 'json', 'ndjson'] : ['pretty', 'plain', 'json'];
}

export function buildProgram(parts: ProgramParts): Command {
  const { process } = parts;
  const program = new Command('majordomo')
    .description('Ask chains of language models: one whole answer, or an honest error.')
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void process.stdout.write(text),
      writeErr: (text) => void process.stderr.write(text),
      outputError: (text, write) => write(`majordomo: ${explainUsage(text)}`),
      getOutHelpWidth: () => process.stdout.columns ?? 80,
      getErrHelpWidth: () => process.stderr.columns ?? 80,
    })
    .addHelpText('after', examples);
  addGlobalFlags(program);
  addRunCommand(program, { ...parts, addGlobalFlags });
  for (const command of [program, ...program.commands]) {
    command.exitOverride((error) => {
      if (error.exitCode !== 0) reportUsageAsJson({ ...parts, message: error.message });
      throw error;
    });
  }
  return program;
}

/** Commander's own words, made harmless and with a way out where a prompt was taken for a flag. */
function explainUsage(text: string): string {
  const clean = text
    .replace(/^error: /, '')
    .split('\n')
    .map(oneLine)
    .join('\n');
  return /^unknown option/.test(clean)
    ? `${clean.trimEnd()}\n  if it belongs to the prompt, put -- before the prompt: majordomo run -m MODEL -- "…"\n`
    : clean;
}

