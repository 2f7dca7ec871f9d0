import type { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { needsOf, offerAt } from '../../../src/cli/completion/candidates.js';
import { placeholderOf, readCursor } from '../../../src/cli/completion/cursor.js';
import { type Facts, noFacts } from '../../../src/cli/completion/facts.js';
import { valueKinds } from '../../../src/cli/completion/values.js';
import { declaredProgram } from '../../support/program.js';

const program = declaredProgram();
const facts: Facts = {
  ...noFacts,
  aliases: [
    { name: 'fast', spec: 'm1/qwen3:8b' },
    { name: '$(touch pwned)', spec: 'm1/`id`' },
    { name: '--config', spec: 'm1/x' },
  ],
  remembered: ['m1', 'm1/qwen3:8b', 'm1/$(id)'],
};
const offer = (...words: string[]) => offerAt(readCursor(program, words), facts);
const texts = (...words: string[]) => {
  const offered = offer(...words);
  return offered.kind === 'words' ? offered.candidates.map(({ text }) => text) : offered.kind;
};

describe('offered are', () => {
  it.each([
    { name: 'commands that are in help', words: ['r'], offered: ['run', 'resolve'] },
    { name: 'not those that are hidden', words: ['comple'], offered: ['completion'] },
    { name: 'commands to have help for', words: ['help', 'hea'], offered: ['health'] },
    { name: 'flags of the command', words: ['health', '--res'], offered: ['--reset'] },
    { name: 'not those of another', words: ['resolve', '--res'], offered: [] },
    { name: 'global flags after the command', words: ['resolve', '--env'], offered: ['--env-file'] },
    { name: 'global flags before it', words: ['--env'], offered: ['--env-file'] },
    { name: 'a whole short flag', words: ['run', '-m'], offered: ['-m'] },
    { name: 'shells', words: ['completion', ''], offered: ['bash', 'zsh', 'fish', 'powershell'] },
    {
      name: 'formats of the command',
      words: ['resolve', '--format', ''],
      offered: ['pretty', 'plain', 'json'],
    },
    {
      name: 'choices in the word of their flag',
      words: ['run', '--color=a'],
      offered: ['--color=auto', '--color=always'],
    },
    {
      name: 'aliases and targets that need no quotes',
      words: ['run', '-m', ''],
      offered: ['fast', 'm1/qwen3:8b', 'm1/x'],
    },
    { name: 'the same in one word', words: ['run', '--model=fa'], offered: ['--model=fast'] },
    { name: 'what an alias may stand for', words: ['--alias', 'x=fa'], offered: ['x=fast'] },
    { name: 'what is remembered', words: ['health', '--reset', ''], offered: ['m1', 'm1/qwen3:8b'] },
    { name: 'stores', words: ['--health-store', 'm'], offered: ['memory'] },
    { name: 'request options', words: ['run', '-o', 't'], offered: ['temperature=', 'top_p='] },
    { name: 'no words for a prompt', words: ['run', ''], offered: [] },
    { name: 'no names for an alias', words: ['--alias', ''], offered: [] },
    { name: 'nothing where what is typed would need quotes', words: ['run', '-m', '$(id),fa'], offered: [] },
  ])('$name', ({ words, offered }) => {
    expect(texts(...words)).toEqual(offered);
  });

  it.each([
    { words: ['--config', 'x'], offered: { kind: 'files', before: '', text: 'x', hidden: false } },
    { words: ['--config=x'], offered: { kind: 'files', before: '--config=', text: 'x', hidden: false } },
    { words: ['run', '--env-file', ''], offered: { kind: 'files', before: '', text: '', hidden: true } },
  ])('files for $words', ({ words, offered }) => {
    expect(offer(...words)).toEqual(offered);
  });
});

describe('the configuration is read', () => {
  it.each([
    { words: [''], needs: 'nothing' },
    { words: ['run', '--'], needs: 'nothing' },
    { words: ['run', '--format', ''], needs: 'nothing' },
    { words: ['run', '--config', ''], needs: 'nothing' },
    { words: ['run', 'why', ''], needs: 'nothing' },
    { words: ['run', '-m', ''], needs: 'configuration' },
    { words: ['resolve', ''], needs: 'configuration' },
    { words: ['run', '--inject', ''], needs: 'configuration' },
    { words: ['health', '--reset', ''], needs: 'health-memory' },
  ])('only where it is needed: for $words $needs', ({ words, needs }) => {
    expect(needsOf(readCursor(program, words))).toBe(needs);
  });
});

describe('every value that help names', () => {
  const visible = (command: Command): readonly Option[] => command.createHelp().visibleOptions(command);
  const all = [program, ...program.commands.filter((command) => command.name() !== 'complete')];
  const flags = all.flatMap((command) =>
    visible(command).map((option) => ({
      where: `${command.name()} ${option.flags}`,
      placeholder: placeholderOf(option),
      choices: option.argChoices,
    })),
  );
  const parameters = all.flatMap((command) =>
    command.registeredArguments.map((argument) => ({
      where: `${command.name()} ${argument.name()}`,
      placeholder: argument.name(),
      choices: argument.argChoices,
    })),
  );

  it.each(
    [...flags, ...parameters].filter(
      ({ placeholder, choices }) => placeholder !== null && choices === undefined,
    ),
  )('has a row that says what can be offered for it: $where', ({ placeholder }) => {
    expect(Object.keys(valueKinds)).toContain(placeholder);
  });
});
