import { describe, expect, it } from 'vitest';
import { readCursor } from '../../../src/cli/completion/cursor.js';
import { declaredProgram } from '../../support/program.js';

const program = declaredProgram();
const at = (...words: string[]) => readCursor(program, words);
const value = (placeholder: string, text: string, before = '') => ({
  kind: 'value',
  placeholder,
  text,
  before,
});

describe('at the cursor belongs', () => {
  it.each([
    { name: 'a command, where nothing is typed', words: [''], wanted: { kind: 'command', text: '' } },
    { name: 'a command, where one is begun', words: ['ru'], wanted: { kind: 'command', text: 'ru' } },
    {
      name: 'a command after global flags',
      words: ['--config', 'x', '-q', '--alias=a=b', ''],
      wanted: { kind: 'command', text: '' },
    },
    { name: 'a flag', words: ['run', '--fo'], wanted: { kind: 'flag', text: '--fo' } },
    { name: 'a flag, at a dash', words: ['run', '-'], wanted: { kind: 'flag', text: '-' } },
    { name: 'a flag, at a whole short one', words: ['run', '-m'], wanted: { kind: 'flag', text: '-m' } },
    {
      name: 'a flag after words of a prompt',
      words: ['run', 'why', '--'],
      wanted: { kind: 'flag', text: '--' },
    },
    {
      name: 'a flag, where a flag without a value is written with one',
      words: ['run', '--usage=x'],
      wanted: { kind: 'flag', text: '--usage=x' },
    },
    { name: 'a value after a long flag', words: ['run', '--model', 'f'], wanted: value('spec', 'f') },
    { name: 'a value after a short flag', words: ['run', '-m', ''], wanted: value('spec', '') },
    { name: 'a value after several short flags', words: ['run', '-uvm', ''], wanted: value('spec', '') },
    { name: 'a value that looks like a flag', words: ['run', '-m', '-x'], wanted: value('spec', '-x') },
    {
      name: 'a value in the word of a long flag',
      words: ['run', '--model=a=b'],
      wanted: value('spec', 'a=b', '--model='),
    },
    {
      name: 'an empty value in that word',
      words: ['run', '--model='],
      wanted: value('spec', '', '--model='),
    },
    {
      name: 'a value in the word of a short flag',
      words: ['run', '-mfa'],
      wanted: value('spec', 'fa', '-m'),
    },
    {
      name: 'a value in a word of short flags',
      words: ['run', '-uvmfa'],
      wanted: value('spec', 'fa', '-uvm'),
    },
    {
      name: 'a value of a global flag before the command',
      words: ['--config', 'x'],
      wanted: value('file', 'x'),
    },
    {
      name: 'a value of a flag of a few words',
      words: ['run', '--format', 'j'],
      wanted: { ...value('format', 'j'), choices: ['pretty', 'plain', 'json', 'ndjson'] },
    },
    { name: 'a value that may be absent', words: ['health', '--reset', 'm'], wanted: value('target', 'm') },
    {
      name: 'a flag in place of a value that may be absent',
      words: ['health', '--reset', '--m'],
      wanted: { kind: 'flag', text: '--m' },
    },
    { name: 'an argument', words: ['resolve', 'f'], wanted: value('spec', 'f') },
    { name: 'one more argument', words: ['resolve', 'a', 'b', ''], wanted: value('spec', '') },
    { name: 'an argument, at a flag behind --', words: ['resolve', '--', '-x'], wanted: value('spec', '-x') },
    { name: 'a word of a prompt', words: ['run', 'why', ''], wanted: value('prompt', '') },
    { name: 'a shell', words: ['completion', ''], wanted: value('shell', '') },
    { name: 'nothing after a shell', words: ['completion', 'bash', ''], wanted: { kind: 'nothing' } },
    { name: 'a command to have help for', words: ['help', 'r'], wanted: value('command', 'r') },
    { name: 'nothing after an unknown command', words: ['nope', ''], wanted: { kind: 'nothing' } },
    {
      name: 'nothing after an unknown command and a flag',
      words: ['nope', '--model', ''],
      wanted: { kind: 'nothing' },
    },
    { name: 'a command, where there is no word at all', words: [], wanted: { kind: 'command', text: '' } },
  ])('$name', ({ words, wanted }) => {
    expect(at(...words).wanted).toMatchObject(wanted);
  });
});

describe('what was typed before', () => {
  it('is known by the long forms of its flags', () => {
    const { command, given } = at(
      ...[
        '--config',
        'c.yaml',
        '--alias',
        'a=b',
        'run',
        '-mfast',
        '--alias=c=d',
        '--env-file',
        '.env',
        'hi',
        '-u',
        '',
      ],
    );
    expect(command.name()).toBe('run');
    expect(Object.fromEntries(given)).toEqual({
      '--config': ['c.yaml'],
      '--alias': ['a=b', 'c=d'],
      '--model': ['fast'],
      '--env-file': ['.env'],
    });
  });

  it('does not count behind --', () => {
    expect([...at('run', '--', '-m', 'fast', '').given]).toEqual([]);
  });
});
