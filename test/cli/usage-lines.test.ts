import { Argument, Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { pairs } from '../../src/cli/flags.js';
import { usageLines } from '../../src/cli/usage-lines.js';

/** What a program with one command says to these words on standard error. */
function told(words: readonly string[]): string {
  let text = '';
  const program = new Command('majordomo').exitOverride();
  program
    .command('paint')
    .addArgument(new Argument('[colour]').choices(['red', 'green', 'grey']))
    .option('--size <n>', 'how large')
    .addOption(new Option('--secret').hideHelp())
    .addOption(new Option('--on <what>').choices(['wall', 'door']))
    .action(() => {});
  program
    .command('run')
    .option('--size <n>')
    .option('-k <key=value>', 'a pair', pairs('key=value'))
    .action(() => {});
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      outputError: (message) => (text += usageLines(message, { command, neutralize: false })),
    });
  }
  expect(() => program.parse([...words], { from: 'user' })).toThrow();
  return text;
}

describe('what is said of a wrong command line', () => {
  it.each([
    { words: ['paint', 'gren'], hint: 'did you mean green or grey?' },
    { words: ['paint', '--on', 'dor'], hint: 'did you mean door?' },
    { words: ['paint', '--on', "it's a 'dor"], hint: null },
    { words: ['paint', '--on', 'ceiling'], hint: null },
    { words: ['paint', '--sise=3'], hint: 'did you mean --size?' },
    { words: ['paint', '--secrt=3'], hint: 'see majordomo paint --help' },
    { words: ['paint', '--zzzzz=3'], hint: 'see majordomo paint --help' },
    {
      words: ['--sise', 'paint'],
      hint: 'options of a command go after its name: majordomo run -m MODEL "…"',
    },
    { words: ['pant'], hint: 'did you mean paint?' },
    { words: ['zzzz'], hint: 'a prompt goes after run: majordomo run -m MODEL "…"' },
    { words: ['models'], hint: 'majordomo providers --models shows models' },
    { words: ['list'], hint: 'majordomo providers shows what is configured' },
    { words: ['version'], hint: 'majordomo --version prints it' },
    {
      words: ['-v'],
      hint: 'majordomo --version prints the version; options of a command go after its name: majordomo run -m MODEL "…"',
    },
    { words: ['paint', '-o', 'json'], hint: 'for JSON write --json' },
    { words: ['paint', '--siez'], hint: 'did you mean --size?' },
    {
      words: ['run', '--siez'],
      hint: 'did you mean --size? if it belongs to the prompt, put -- before the prompt: majordomo run -m MODEL -- "…"',
    },
    { words: ['run', '-k', 'json'], hint: 'for JSON write --json' },
  ])('$words: $hint', ({ words, hint }) => {
    const [first, ...others] = told(words).trimEnd().split('\n');
    expect(first).toMatch(/^majordomo: \w/);
    expect(others.filter((line) => line.startsWith('  hint: '))).toEqual(
      hint === null ? [] : [`  hint: ${hint}`],
    );
  });

  it('repeats no key that stands where a choice belongs', () => {
    expect(told(['paint', '--on', 'openai://sk-abcdef0123456789@host'])).not.toContain('abcdef');
  });
});
