import type { Command } from 'commander';
import { didYouMean } from '../core/nearest.js';
import { oneLine } from './render/sanitize.js';
import { withoutWorkflowCommands } from './render/workflow-commands.js';
import { usageMessage } from './usage-message.js';

/** The way out of a wrong command line, by commander's message; null where none is known. */
export function usageHint(message: string, command: Command): string | null {
  const what = message.replace(/^error: /, '');
  if (what.startsWith('unknown option')) return optionHint(what, command);
  if (what.startsWith('unknown command')) return 'a prompt goes after run: majordomo run -m MODEL "…"';
  return choiceHint(what);
}

function optionHint(what: string, command: Command): string {
  // Commander, which has its own suggestions, does not see the name in `--name=value`.
  const name = /^unknown option '(--[^=]+)=/.exec(what)?.[1];
  const near = name === undefined ? '' : didYouMean(name, flagsOf(command));
  if (near !== '') return near;
  if (command.parent === null) return 'options of a command go after its name: majordomo run -m MODEL "…"';
  return command.name() === 'run'
    ? 'if it belongs to the prompt, put -- before the prompt: majordomo run -m MODEL -- "…"'
    : `see majordomo ${command.name()} --help`;
}

function flagsOf(command: Command): string[] {
  return command.options.flatMap(({ long, hidden }) => (long == null || hidden ? [] : [long]));
}

function choiceHint(what: string): string | null {
  const [, word = '', choices = ''] =
    /(?:argument|value) '([\s\S]*)' is invalid\b.*\. Allowed choices are ([^.]+)\.$/.exec(what) ?? [];
  return didYouMean(word, choices.split(', ')) || null;
}

/** Commander's own words, made harmless, and a way out. What it quotes of the command line may hold a key. */
export function usageLines(
  text: string,
  { command, neutralize }: { command: Command; neutralize: boolean },
): string {
  const suggestion = /\n(\(Did you mean [^\n]*\))\s*$/.exec(text);
  const what = text
    .slice(0, suggestion?.index)
    .replace(/^error: /, '')
    .trim();
  const hint = usageHint(what, command);
  const lines = [
    `majordomo: ${oneLine(usageMessage(what)).trim()}`,
    ...(suggestion?.[1] === undefined ? [] : [oneLine(suggestion[1])]),
    ...(hint === null ? [] : [`  hint: ${hint}`]),
  ];
  return lines.map((line) => `${neutralize ? withoutWorkflowCommands(line) : line}\n`).join('');
}
