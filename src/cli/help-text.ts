import type { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import { filled } from './help-layout.js';

export interface Example {
  /** What it is an example of, in a few words. */
  readonly shows: string;
  /** As it is typed into a shell. */
  readonly line: string;
}

/** What the help of a command says after its flags. The manual is made of it too. */
export interface HelpText {
  readonly remarks?: readonly string[];
  readonly examples: readonly Example[];
  readonly exits?: Readonly<Partial<Record<keyof typeof exitCodes, string | undefined>>>;
}

const texts = new WeakMap<Command, () => HelpText>();

/** The text is made when it is asked for: few runs print help, and each would have to make that of all commands. */
export function addHelpText(command: Command, text: () => HelpText): void {
  texts.set(command, text);
  command.addHelpText('after', ({ error }) => {
    const { getOutHelpWidth, getErrHelpWidth } = command.configureOutput();
    const width = (error ? getErrHelpWidth : getOutHelpWidth)?.() ?? 80;
    return `\n${sections(text(), width).join('\n\n')}`;
  });
}

/** Undefined for a command that says nothing after its flags. */
export function helpTextOf(command: Command): HelpText | undefined {
  return texts.get(command)?.();
}

/** Codes in order, each with what it means for that command. */
export function exitRows(exits: HelpText['exits'] = {}): readonly { code: number; meaning: string }[] {
  return Object.entries(exitCodes).flatMap(([name, code]) => {
    const meaning = exits[name as keyof typeof exitCodes];
    return meaning === undefined ? [] : [{ code, meaning }];
  });
}

function sections({ remarks = [], examples, exits }: HelpText, width: number): string[] {
  const shownExamples = examples.flatMap(({ shows, line }) => [`  # ${shows}`, `  $ ${line}`]);
  const codes = exitRows(exits).map(({ code, meaning }) => `  ${String(code).padEnd(3)}  ${meaning}`);
  return [
    ...(remarks.length === 0 ? [] : [filled(remarks, width)]),
    ['Examples:', ...shownExamples].join('\n'),
    ...(codes.length === 0 ? [] : [['Exit codes:', ...codes].join('\n')]),
  ];
}
