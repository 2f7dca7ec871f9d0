import { Command } from 'commander';
import { version } from '../version.js';
import { addCompletionCommand } from './commands/completion-command.js';
import { addHealthCommand } from './commands/health-command.js';
import { addResolveCommand } from './commands/resolve-command.js';
import { addRunCommand } from './commands/run-command.js';
import { addGlobalFlags } from './global-flags.js';
import { helpLayout, helpWidth } from './help-layout.js';
import type { ProgramParts } from './program-parts.js';
import { oneLine } from './render/sanitize.js';
import { withoutWorkflowCommands } from './render/workflow-commands.js';
import { reportUsageAsJson } from './usage-json.js';
import { usageMessage } from './usage-message.js';

const examples = `
Examples:
  $ export LLM_M1=ollama://m1.lan OPENAI_API_KEY=…
  $ majordomo run -m m1/qwen3,openai/gpt-4.1-mini "why is the sky blue?"
  $ git diff | majordomo run -m m1/qwen3 "write a commit message"
  $ majordomo resolve fast
  $ majordomo health --memory
  $ majordomo run --help`;

export function buildProgram(parts: ProgramParts): Command {
  const { process, output } = parts;
  const program = new Command('majordomo')
    .description('Ask chains of language models: one whole answer, or an honest error.')
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError(true)
    // Or else --version in the middle of a prompt would be answered by us.
    .enablePositionalOptions()
    .configureHelp(helpLayout)
    .configureOutput({
      writeOut: (text) => output.write(text),
      writeErr: (text) => void process.stderr.write(text),
      // Help has no colours; left to itself, commander sets up both streams to find out whether to take them away.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      getOutHelpWidth: () => helpWidth(process.stdout),
      getErrHelpWidth: () => helpWidth(process.stderr),
    })
    .addHelpText('after', examples);
  addGlobalFlags(program, ['pretty', 'plain', 'json', 'ndjson']);
  addRunCommand(program, parts);
  addResolveCommand(program, parts);
  addHealthCommand(program, parts);
  addCompletionCommand(program, parts);
  for (const command of [program, ...program.commands]) {
    const explain = command === program ? programHint : commandHint(command.name());
    const neutralize = process.env.GITHUB_ACTIONS === 'true';
    command
      .configureOutput({ outputError: (text, write) => write(usageLines(text, { explain, neutralize })) })
      .exitOverride((error) => {
        const known = error.exitCode !== 0 && command !== program;
        if (!known) throw error;
        const told = { command: command.name(), message: error.message, hint: explain(error.message) };
        reportUsageAsJson({ ...parts, ...told });
        throw error;
      });
  }
  return program;
}

type Hint = (message: string) => string | null;

const programHint: Hint = (message) => {
  if (/^(error: )?unknown option/.test(message))
    return 'options of a command go after its name: majordomo run -m MODEL "…"';
  return /^(error: )?unknown command/.test(message)
    ? 'a prompt goes after run: majordomo run -m MODEL "…"'
    : null;
};

const commandHint =
  (name: string): Hint =>
  (message) => {
    if (!/^(error: )?unknown option/.test(message)) return null;
    return name === 'run'
      ? 'if it belongs to the prompt, put -- before the prompt: majordomo run -m MODEL -- "…"'
      : `see majordomo ${name} --help`;
  };

/** Commander's own words, made harmless, and a way out. What it quotes of the command line may hold a key. */
function usageLines(text: string, { explain, neutralize }: { explain: Hint; neutralize: boolean }): string {
  const suggestion = /\n(\(Did you mean [^\n]*\))\s*$/.exec(text);
  const what = text.slice(0, suggestion?.index).replace(/^error: /, '');
  const hint = explain(what);
  const lines = [
    `majordomo: ${oneLine(usageMessage(what)).trim()}`,
    ...(suggestion?.[1] === undefined ? [] : [oneLine(suggestion[1])]),
    ...(hint === null ? [] : [`  hint: ${hint}`]),
  ];
  return lines.map((line) => `${neutralize ? withoutWorkflowCommands(line) : line}\n`).join('');
}
