import { bash, fish, pwsh, type ShellCompletion, zsh } from '@optique/core/completion';
import { oneLine } from '../render/sanitize.js';
import { aroundBash } from './bash-script.js';
import type { Offer } from './candidates.js';
import type { ShellName } from './shell-names.js';
import { withOpenWords } from './zsh-script.js';

type Suggestion = Parameters<ShellCompletion['encodeSuggestions']>[0][number];

interface Shell {
  readonly generator: ShellCompletion;
  /** Makes our script of the generated one. */
  readonly finish: (script: string) => string;
}

const shells = {
  bash: { generator: bash, finish: (script) => script + aroundBash },
  zsh: { generator: zsh, finish: withOpenWords },
  fish: { generator: fish, finish: (script) => script },
  powershell: { generator: pwsh, finish: (script) => script },
} as const satisfies Record<ShellName, Shell>;

/** The script that a shell loads. On Tab it runs `majordomo complete SHELL -- WORD…`. */
export function scriptFor(shell: ShellName): string {
  const { generator, finish } = shells[shell];
  return `${finish(generator.generateScript('majordomo', ['complete', shell, '--'])).trim()}\n`;
}

/** What the script of that shell reads. */
export function replyFor(shell: ShellName, offer: Offer): string {
  const chunks = [...shells[shell].generator.encodeSuggestions(suggestionsOf(offer))];
  // The scripts read lines; some generators say where one ends, and some do not.
  return chunks
    .filter((chunk) => chunk !== '\n')
    .map((chunk) => `${chunk}\n`)
    .join('');
}

function suggestionsOf(offer: Offer): readonly Suggestion[] {
  if (offer.kind === 'words') {
    return offer.candidates.map(({ text, about }) => ({
      kind: 'literal',
      text,
      description: [{ type: 'text', text: oneLine(about) }],
    }));
  }
  const { before, text, hidden } = offer;
  const joined = before === '' ? {} : { pattern: before + text, prefix: before };
  return [{ kind: 'file', type: 'file', includeHidden: hidden, ...joined }];
}
