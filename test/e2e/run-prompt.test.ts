import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  command,
  ended,
  environment,
  type FakeRun,
  runCli,
  runInShell,
  runWithFake,
  startCli,
  temporaryFile,
} from '../support/cli.js';

const mock = { LLM_S: 'mock://?reply=ok' };
const shell = (line: string, words: readonly string[]): Promise<FakeRun> =>
  runWithFake(words, { start: (all, env) => runInShell(line, all, env) });

/** What the model was asked, by one request; else what the run said instead. */
function promptOf({ bodies, stderr }: FakeRun): unknown {
  return bodies.length === 1
    ? (bodies[0]?.messages as { content: unknown }[] | undefined)?.[0]?.content
    : stderr;
}

describe.concurrent('the prompt that a model gets', () => {
  it.each([
    { name: 'words, one space between', words: ['why', 'is', 'it', 'blue?'], prompt: 'why is it blue?' },
    { name: 'one quoted word as it is', words: [' a  "b"\t$HOME\n🙂 '], prompt: ' a  "b"\t$HOME\n🙂 ' },
    { name: 'standard input', words: [], input: 'from stdin', prompt: 'from stdin' },
    { name: 'standard input, every line end kept', words: [], input: '\r\na\n\n', prompt: '\r\na\n\n' },
    {
      name: 'words, a blank line, standard input',
      words: ['sum up:'],
      input: 'a\n',
      prompt: 'sum up:\n\na\n',
    },
    { name: 'standard input for -', words: ['-'], input: 'x', prompt: 'x' },
    { name: 'words first, wherever the - is', words: ['-', 'sum', 'up'], input: 'x', prompt: 'sum up\n\nx' },
    { name: 'standard input once, however many -', words: ['a', '-', '-'], input: 'x', prompt: 'a\n\nx' },
    { name: 'words alone where standard input is empty', words: ['hi'], input: '', prompt: 'hi' },
    { name: 'standard input where the words are empty', words: ['', ' '], input: 'x', prompt: 'x' },
    { name: 'words alone with --no-stdin', words: ['--no-stdin', 'hi'], input: 'x', prompt: 'hi' },
    { name: 'what looks like options after --', words: ['--', '--what', '-x', 'is'], prompt: '--what -x is' },
    { name: '--version after --', words: ['--', '--version', '--json'], prompt: '--version --json' },
    {
      name: 'options between words left out',
      words: ['a', '-q', 'b', '--retries', '0', 'c'],
      prompt: 'a b c',
    },
    { name: 'a negative number', words: ['what', 'is', '-5', '+', '3'], prompt: 'what is -5 + 3' },
    { name: 'the name of a command', words: ['help'], prompt: 'help' },
    {
      name: 'bytes that are no UTF-8, marked',
      words: [],
      input: new Uint8Array([97, 255, 98]),
      prompt: 'a\ufffdb',
    },
    { name: 'NUL and escapes', words: [], input: 'a\0b\u001b[31m', prompt: 'a\0b\u001b[31m' },
  ])('is $name', async ({ words, input, prompt }) => {
    const run = await runWithFake(words, input === undefined ? {} : { input });
    expect(promptOf(run)).toBe(prompt);
    expect(run.code).toBe(0);
  });

  it.each([
    { name: 'a FIFO', line: 'printf "a b" | "$@"' },
    { name: 'a file', line: 'f=$(mktemp -p "$HOME"); printf "a b" > "$f"; "$@" < "$f"' },
    { name: 'a here-document', line: '"$@" <<< "a b" ' },
    { name: 'a pipe that is written to slowly', line: '{ printf a; sleep 0.5; printf " b"; } | "$@"' },
    { name: 'a pipe that is written to late', line: '{ sleep 0.5; printf "a b"; } | "$@"' },
    { name: 'the rest of a file', line: '{ read; "$@"; } < <(printf "x\\na b")' },
  ])('comes from $name', async ({ line }) => {
    expect(String(promptOf(await shell(line, []))).trimEnd()).toBe('a b');
  });

  it.each([
    { name: '/dev/null', line: '"$@" < /dev/null' },
    { name: 'a device that never ends', line: '"$@" < /dev/zero' },
    { name: 'a closed descriptor', line: '"$@" <&-' },
    { name: 'a directory', line: '"$@" < /' },
  ])('is the words alone beside $name', async ({ line }) => {
    expect(promptOf(await shell(line, ['hi']))).toBe('hi');
  });

  it('keeps characters that are cut between two reads of standard input', async () => {
    const bytes = new TextEncoder().encode('é🙂日本');
    const run = await runWithFake([], {
      start: async (all, env) => {
        const child = startCli(all, { env, stdio: ['pipe', 'pipe', 'pipe'] });
        const result = ended(child);
        for (const byte of bytes) {
          child.stdin?.write(new Uint8Array([byte]));
          await new Promise((resolve) => setTimeout(resolve, 15));
        }
        child.stdin?.end();
        return result;
      },
    });
    expect(promptOf(run)).toBe('é🙂日本');
  });

  it('may be a megabyte', async () => {
    const input = `${'0123456789abcde\n'.repeat(65_536)}é`;
    const run = await runWithFake(['sum up'], { input });
    expect(run.code).toBe(0);
    expect(promptOf(run) === `sum up\n\n${input}`).toBe(true);
  });

  it.each([
    { name: 'a pipe', line: 'head -c 3000000 /dev/zero | tr "\\0" x | "$@"' },
    {
      name: 'a file',
      line: 'f=$(mktemp -p "$HOME"); head -c 3000000 /dev/zero | tr "\\0" x > "$f"; "$@" < "$f"',
    },
  ])('may be three megabytes from $name', async ({ line }) => {
    const run = await shell(line, []);
    expect(promptOf(run) === 'x'.repeat(3_000_000)).toBe(true);
  });

  it('may be a file given as standard input by a program', async () => {
    const file = temporaryFile('prompt.txt', 'one two');
    const run = await runWithFake([], {
      start: (all, env) => ended(startCli(all, { env, stdio: [openSync(file, 'r'), 'pipe', 'pipe'] })),
    });
    expect(promptOf(run)).toBe('one two');
  });
});

describe.concurrent('a prompt that cannot be', () => {
  it.each([
    { name: 'no words and no input', words: [], says: 'there is nothing to ask' },
    { name: 'empty input', words: [], input: '', says: 'there is nothing to ask' },
    { name: 'white space only', words: [' '], input: ' \n', says: 'there is nothing to ask' },
    { name: '- and --no-stdin', words: ['-', '--no-stdin'], input: 'x', says: '--no-stdin forbids it' },
    { name: '- and empty input', words: ['-'], input: '', says: 'there is nothing to ask' },
    { name: 'an unknown option', words: ['what', 'is', '--this'], says: 'majordomo run -m MODEL -- "…"' },
    { name: 'an unknown short option', words: ['what', '-x'], says: 'put -- before the prompt' },
    { name: '--version without --', words: ['what', 'is', '--version'], says: 'put -- before the prompt' },
  ])('$name: a usage error, and nothing is sent', async ({ words, input, says }) => {
    const run = await runWithFake(words, input === undefined ? {} : { input });
    expect(run).toMatchObject({ code: 2, stdout: '', bodies: [] });
    expect(run.stderr).toContain(says);
  });

  it('- beside a directory: a usage error, and nothing is sent', async () => {
    const run = await shell('"$@" < /', ['-']);
    expect(run).toMatchObject({ code: 2, stdout: '', bodies: [] });
  });
});

describe.concurrent('an open pipe that says nothing', () => {
  const start = (words: readonly string[]) =>
    startCli(['run', '-m', 's/x', ...words], { env: mock, stdio: ['pipe', 'pipe', 'pipe'] });

  it('is not waited for with --no-stdin', async () => {
    const child = start(['--no-stdin', 'hi']);
    expect(await ended(child)).toEqual({ code: 0, stdout: 'ok\n', stderr: '' });
    child.stdin?.destroy();
  });

  it.each([
    { name: 'said to be waited for after a second', words: [], hinted: true },
    { name: 'waited for silently with -q', words: ['-q'], hinted: false },
  ])('is $name', async ({ words, hinted }) => {
    const child = start([...words, 'hi']);
    const result = ended(child);
    setTimeout(() => child.stdin?.end('late'), 1700);
    const { code, stdout, stderr } = await result;
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ok\n' });
    expect(stderr).toBe(hinted ? '⚠ waiting for standard input to end; --no-stdin leaves it alone\n' : '');
  });

  it('is not spoken of once its first byte has come', async () => {
    const child = start(['hi']);
    const result = ended(child);
    child.stdin?.write('early');
    setTimeout(() => child.stdin?.end(), 1700);
    expect(await result).toEqual({ code: 0, stdout: 'ok\n', stderr: '' });
  });
});

describe('an endless input', () => {
  it('can be interrupted', async () => {
    const { code } = await runInShell(
      'yes | timeout --preserve-status -s INT 1 "$@"',
      ['run', '-m', 's/x', '-'],
      mock,
    );
    expect(code).toBe(130);
  });
});

describe('a Node parent', () => {
  it('that pipes, which gives a socket, is heard', async () => {
    const [node, args] = command(['run', '--json', '-m', 's/x']);
    const script = `const { spawnSync } = require('node:child_process');
      const [node, ...args] = process.argv.slice(1);
      process.stdout.write(spawnSync(node, args, { input: 'one two three' }).stdout);`;
    const child = spawn(node, ['-e', script, node, ...args], {
      env: environment(mock),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(JSON.parse((await ended(child)).stdout).usage.inputTokens).toBe(3);
  });

  it('that gives no standard input at all gets an answer to the words', async () => {
    expect((await runCli(['run', '-m', 's/x', 'hi'], { env: mock })).stdout).toBe('ok\n');
  });
});
