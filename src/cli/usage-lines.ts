import type { Command } from 'commander';
import { didYouMean } from '../core/nearest.js';
import { oneLine } from './render/sanitize.js';
import { withoutWorkflowCommands } from './render/workflow-commands.js';
import { usageMessage } from './usage-message.js';

const prompted = 'a prompt goes after run: majordomo run -m MODEL "…"';
const configured = 'majordomo providers shows what is configured';

/** What other programs of the kind have commands for. */
const commandHints: ReadonlyMap<string, string> = new Map([
  ['models', 'majordomo providers --models shows models'],
  ['aliases', 'majordomo resolve shows aliases'],
  ['version', 'majordomo --version prints it'],
  ...['config', 'get', 'keys', 'list', 'ls'].map((word) => [word, configured] as const),
]);

/** The way out of a wrong command line, by commander's message; null where none is known. */
export function usageHint(message: string, command: Command): string | null {
  const what = message.replace(/^error: /, '');
  if (what.startsWith('unknown option')) return optionHint(what, command);
  if (what.startsWith('unknown command')) {
    const word = /^unknown command '([^']*)'/.exec(what)?.[1] ?? '';
    return commandHints.get(word) ?? (suggestion(what) || prompted);
  }
  if (/ argument 'json' is invalid\. Write key=value/.test(what)) return 'for JSON write --json';
  return choiceHint(what);
}

function optionHint(what: string, command: Command): string {
  // Commander, which has its own suggestions, does not see the name in `--name=value`.
  const [, option = '', value = ''] = /^unknown option '(--?[^='\n]+)(=?)/.exec(what) ?? [];
  const near = suggestion(what) || (value === '' ? '' : didYouMean(option, flagsOf(command)));
  if (command.parent === null) {
    const version = option === '-v' ? 'majordomo --version prints the version; ' : '';
    return near || `${version}options of a command go after its name: majordomo run -m MODEL "…"`;
  }
  const meant = near || (/^(?:-o|--output)$/.test(option) ? 'for JSON write --json' : '');
  if (command.name() !== 'run') return meant || `see majordomo ${command.name()} --help`;
  const prompt = 'if it belongs to the prompt, put -- before the prompt: majordomo run -m MODEL -- "…"';
  return meant === '' ? prompt : `${meant}${meant.endsWith('?') ? '' : ';'} ${prompt}`;
}

/** What commander proposes, in our words; '' where it has nothing to propose. */
function suggestion(what: string): string {
  const near = /\(Did you mean (?:one of )?([^\n]*)\?\)\s*$/.exec(what)?.[1];
  return near === undefined ? '' : `did you mean ${oneLine(near).split(', ').join(' or ')}?`;
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
  const hint = usageHint(text.trim(), command);
  const what = text.replace(/\n\(Did you mean [^\n]*\)\s*$/, '').replace(/^error: /, '');
  const lines = [
    `majordomo: ${oneLine(usageMessage(what.trim())).trim()}`,
    ...(hint === null ? [] : [`  hint: ${hint}`]),
  ];
  return lines.map((line) => `${neutralize ? withoutWorkflowCommands(line) : line}\n`).join('');
}
