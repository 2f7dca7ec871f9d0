import type { Command } from 'commander';
import { type Candidate, isOfferable } from './candidate.js';
import type { Cursor, Wanted } from './cursor.js';
import type { Facts } from './facts.js';
import { type ValueKind, valueKind } from './values.js';

/** What is offered at the cursor: words, or files, whose names the shell completes itself. */
export type Offer =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  /** `before` stands before the file's name in the same word. */
  | { readonly kind: 'files'; readonly before: string; readonly text: string; readonly hidden: boolean };

/** What must be read before {@link offerAt} can be asked. */
export function needsOf({ wanted }: Cursor): ValueKind['needs'] {
  if (wanted.kind !== 'value' || wanted.choices.length > 0) return 'nothing';
  return valueKind(wanted.placeholder).needs;
}

/** What may stand at the cursor. */
export function offerAt(cursor: Cursor, facts: Facts): Offer {
  const { program, command, wanted } = cursor;
  switch (wanted.kind) {
    case 'command':
      return words(commandCandidates(program, wanted.text));
    case 'flag':
      return words(flagCandidates(command, wanted.text));
    case 'value':
      return valueOffer({ program, wanted, facts });
    case 'nothing':
      return words([]);
    default:
      return wanted satisfies never;
  }
}

function words(candidates: readonly Candidate[]): Offer {
  return { kind: 'words', candidates };
}

function commandCandidates(program: Command, text: string): readonly Candidate[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((one) => ({ text: one.name(), about: one.description() }))
    .filter((candidate) => candidate.text.startsWith(text));
}

/** Long forms say more; a short one is left as it was typed, so that the shell goes on after it. */
function flagCandidates(command: Command, text: string): readonly Candidate[] {
  const isShort = /^-[^-]$/.test(text);
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ short, long, description }) => {
      const name = isShort ? short : (long ?? short);
      return name?.startsWith(text) === true ? [{ text: name, about: description }] : [];
    });
}

function valueOffer(at: {
  readonly program: Command;
  readonly wanted: Extract<Wanted, { kind: 'value' }>;
  readonly facts: Facts;
}): Offer {
  const { placeholder, choices, flag, before, text } = at.wanted;
  // The argument of `help`.
  if (placeholder === 'command') return words(commandCandidates(at.program, text));
  const found =
    choices.length > 0
      ? choices.filter((choice) => choice.startsWith(text)).map((choice) => ({ text: choice, about: '' }))
      : valueKind(placeholder).offer(text, at.facts);
  // A file of variables is a hidden one as a rule: `.env`.
  if (found === 'files') return { kind: 'files', before, text, hidden: flag === '--env-file' };
  return words(
    found
      .filter((candidate) => isOfferable(candidate.text))
      .map(({ text: value, about }) => ({ text: before + value, about })),
  );
}
