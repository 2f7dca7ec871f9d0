import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInShell, temporaryFile } from '../support/cli.js';
import { declaredProgram, helpOf } from '../support/program.js';

const program = declaredProgram();
const shown = program
  .createHelp()
  .visibleCommands(program)
  .filter((command) => command.name() !== 'help');
const commands = [program, ...shown].map((command) => ({
  name: command === program ? 'majordomo' : `majordomo ${command.name()}`,
  examples: [...helpOf(command).matchAll(/^ {2}\$ (.*)$/gm)].map(([, line = '']) => line),
}));

/** Every name that the examples use, without a network: a variable hides the built-in of its name. */
const env = {
  LLM_M1: 'mock://?reply=yes',
  LLM_OPENAI: 'mock://?reply=yes',
  MAJORDOMO_ALIAS_FAST: 'm1/qwen3,openai/gpt-4.1-mini',
};

/** What the examples find on a machine besides us. */
const around = `
  program=("$@")
  majordomo() { "\${program[@]}" "$@"; }
  git() { echo 'a difference'; }
  command -v jq > /dev/null || jq() { cat; }
  set -o pipefail
  cd "$FOLDER"
  echo 'LLM_M1=mock://?reply=no' > production.env
`;

describe.each(commands)('the help of $name', ({ examples }) => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(1);
  });

  it.concurrent.each(examples.map((line) => ({ line })))(
    'has an example that works: $line',
    async ({ line }) => {
      const folder = path.dirname(temporaryFile('question.txt', 'why?'));
      // what an example installs is not to be installed by a test
      const harmless = line.replace(/(?<!<)>\s*[~/$]\S+/g, '> /dev/null');
      const result = await runInShell(`${around}\n${harmless}`, [], { ...env, FOLDER: folder });
      expect(result).toMatchObject({ code: 0 });
      expect(result.stderr).not.toMatch(
        /^majordomo:|no target of this chain|sent as it is|command not found/m,
      );
    },
  );
});
