import type { Argument, Command, Option } from 'commander';

/** What belongs at the cursor. `text` is what stands there of it already, `before` what stands before it in one word. */
export type Wanted =
  | { readonly kind: 'command' | 'flag'; readonly text: string }
  | {
      readonly kind: 'value';
      /** As help writes it: `spec` of `--model <spec>`. */
      readonly placeholder: string;
      readonly choices: readonly string[];
      /** The flag it belongs to, in its long form; null for an argument. */
      readonly flag: string | null;
      /** `--model=` where flag and value are one word. */
      readonly before: string;
      readonly text: string;
    }
  | { readonly kind: 'nothing' };

export interface Cursor {
  readonly program: Command;
  /** The command that has been named; the program itself before that. */
  readonly command: Command;
  readonly wanted: Wanted;
  /** The values of the flags that were typed, in their order, by the flag's long form. */
  readonly given: ReadonlyMap<string, readonly string[]>;
}

/**
 * Finds out what belongs at the cursor from how the program declares its commands and flags.
 *
 * @param words what was typed after the program's name; the last one is at the cursor and may be empty
 */
export function readCursor(program: Command, words: readonly string[]): Cursor {
  const given = new Map<string, string[]>();
  const take = (option: Option, value: string): void => {
    const name = longOf(option);
    given.set(name, [...(given.get(name) ?? []), value]);
  };
  let command: Command | null = program;
  let operands = 0;
  let ended = false;
  let waiting: Option | null = null;
  for (const word of words.slice(0, -1)) {
    const option: Option | null = waiting;
    waiting = null;
    if (option !== null && (option.required || !word.startsWith('-'))) take(option, word);
    else if (!ended && word === '--') ended = true;
    else if (!ended && isFlag(word)) {
      const read = command === null ? null : readFlag(command, word);
      if (read?.value === null) waiting = read.option;
      else if (read !== null) take(read.option, read.value);
    } else if (command === program) {
      command = program.commands.find((one) => one.name() === word) ?? helpCommand(program, word);
    } else operands += 1;
  }
  const text = words.at(-1) ?? '';
  if (command === null) return { program, command: program, wanted: { kind: 'nothing' }, given };
  const isStart = command === program;
  return { program, command, wanted: wantedIn(command, { isStart, text, waiting, ended, operands }), given };
}

interface Here {
  /** Whether no command has been named yet. */
  readonly isStart: boolean;
  readonly text: string;
  readonly waiting: Option | null;
  readonly ended: boolean;
  readonly operands: number;
}

function wantedIn(command: Command, { isStart, text, waiting, ended, operands }: Here): Wanted {
  if (waiting !== null && (waiting.required || !text.startsWith('-'))) return flagValue(waiting, '', text);
  if (!ended && text.startsWith('-')) {
    const read = text.length > 2 ? readFlag(command, text) : null;
    if (read === null || read.value === null) return { kind: 'flag', text };
    return flagValue(read.option, text.slice(0, text.length - read.value.length), read.value);
  }
  if (isStart) return { kind: 'command', text };
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[operands] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? { kind: 'nothing' } : argumentValue(argument, text);
}

function argumentValue(argument: Argument, text: string): Wanted {
  const choices = argument.argChoices ?? [];
  return { kind: 'value', placeholder: argument.name(), choices, flag: null, before: '', text };
}

function flagValue(option: Option, before: string, text: string): Wanted {
  const placeholder = placeholderOf(option) ?? '';
  return {
    kind: 'value',
    placeholder,
    choices: option.argChoices ?? [],
    flag: longOf(option),
    before,
    text,
  };
}

/** What help writes for the value of a flag, without its brackets; null for a flag that takes none. */
export function placeholderOf(option: Option): string | null {
  return /[<[]([^>\]]+?)(?:\.\.\.)?[>\]]/.exec(option.flags)?.[1] ?? null;
}

function longOf(option: Option): string {
  return option.long ?? option.flags;
}

/** A lone `-` is standard input. */
function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

/**
 * The flag with a value that a word names; `value` is null where the value is to come in the next word. Null for a flag
 * without a value, and for one that nobody knows.
 */
function readFlag(
  command: Command,
  word: string,
): { readonly option: Option; readonly value: string | null } | null {
  const find = (name: string): Option | undefined =>
    command.options.find(
      (option) => (option.short === name || option.long === name) && (option.required || option.optional),
    );
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    const option = find(equals < 0 ? word : word.slice(0, equals));
    return option === undefined ? null : { option, value: equals < 0 ? null : word.slice(equals + 1) };
  }
  // short flags in one word: the first that takes a value has the rest for it
  for (let index = 1; index < word.length; index++) {
    const option = find(`-${word[index]}`);
    const rest = word.slice(index + 1);
    if (option !== undefined) return { option, value: rest === '' ? null : rest };
  }
  return null;
}

/** Commander has its own command for help, which is not among the others. */
function helpCommand(program: Command, word: string): Command | null {
  const visible = program.createHelp().visibleCommands(program);
  return visible.find((one) => one.name() === word) ?? null;
}
