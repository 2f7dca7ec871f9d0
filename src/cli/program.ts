import { Command } from 'commander';
import { version } from '../version.js';
import { addRunCommand } from './commands/run-command.js';
import { addGlobalFlags } from './global-flags.js';
import type { ProgramParts } from './program-parts.js';
import { oneLine } from './render/sanitize.js';
import { reportUsageAsJson } from './usage-json.js';

const examples = `
Examples:
  $ export LLM_M1=ollama://m1.lan OPENAI_API_KEY=…
  $ majordomo run -m m1/qwen3,openai/gpt-4.1-mini "why is the sky blue?"
  $ git diff | majordomo run -m m1/qwen3 "write a commit message"
  $ majordomo run --help`;

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
  addGlobalFlags(program, ['pretty', 'plain', 'json', 'ndjson']);
  addRunCommand(program, parts);
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
