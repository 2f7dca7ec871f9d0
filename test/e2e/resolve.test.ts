import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, runInShell, temporaryFile } from '../support/cli.js';
import { hasTerminal, onTerminal } from '../support/terminal.js';

const key = 'sk-canary-0123456789abcdefWXYZ';
const env = {
  LLM_M1: 'ollama://m1.lan',
  LLM_WORK: `openai://${key}@gateway.corp/v1`,
  OPENAI_API_KEY: key,
  MAJORDOMO_ALIAS_FAST: 'm1/qwen3,smart',
  MAJORDOMO_ALIAS_SMART: 'work/gpt-x,openai/gpt-x',
};

describe.concurrent('resolve', () => {
  it.each([
    {
      name: 'a spec that names nobody',
      spec: 'nope/x',
      row: /^nope\/x\terror\tunknown-provider\t.*\t.*set LLM_NOPE=/,
    },
    {
      name: 'a target without a key',
      spec: 'groq/x',
      row: /\tunusable,no-credential\tno key: set GROQ_API_KEY/,
    },
  ])('says in a pipe, too, what to do about $name', async ({ spec, row }) => {
    expect((await runCli(['resolve', spec])).stdout).toMatch(row);
  });

  it('prints a row for each target in a pipe', async () => {
    const { code, stdout, stderr } = await runCli(['resolve', 'fast'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')),
    ).toEqual([
      ['fast', '1', 'm1/qwen3', 'http://m1.lan:11434/api', '-', '-', 'LLM_M1', 'closed', 'usable', '-'],
      [
        'fast',
        '2',
        'work/gpt-x',
        'https://gateway.corp/v1',
        'LLM_WORK',
        '…WXYZ',
        'LLM_WORK',
        'closed',
        'usable',
        '-',
      ],
      [
        'fast',
        '3',
        'openai/gpt-x',
        'https://api.openai.com/v1',
        'OPENAI_API_KEY',
        '…WXYZ',
        'built in',
        'closed',
        'usable',
        '-',
      ],
    ]);
  });

  it('without a name tells all aliases, a broken one hiding none', async () => {
    const { code, stdout } = await runCli(['resolve', '--json'], {
      env: { ...env, MAJORDOMO_ALIAS_LOOP: 'loop2', MAJORDOMO_ALIAS_LOOP2: 'loop' },
    });
    const report = JSON.parse(stdout);
    expect(code).toBe(3);
    expect(report).toMatchObject({ schema: 'majordomo/resolve@1', error: null, exitCode: 3 });
    expect(
      report.resolutions.map(({ spec, error }: { spec: string; error: unknown }) => [spec, error === null]),
    ).toEqual([
      ['fast', true],
      ['loop', false],
      ['loop2', false],
      ['smart', true],
    ]);
    expect(stdout).not.toContain('canary');
  });

  it('names file, line and what is hidden', async () => {
    const file = temporaryFile('c.yaml', 'aliases:\n  other: m1/a\n  fast: m1/b\n');
    const { stdout } = await runCli(
      ['resolve', '--format', 'pretty', '--config', file, '--alias', 'fast=m1/c', 'fast'],
      { env },
    );
    const [first = '', second = ''] = stdout.split('\n');
    expect(first).toBe('fast  --alias  hides MAJORDOMO_ALIAS_FAST');
    expect(second.trim()).toBe(`hides ${file}:3`);
  });

  it('knows the lines of a JSON file, of aliases as of providers', async () => {
    const file = temporaryFile(
      'c.json',
      '{\n"aliases": {\n"fast": "m1/x",\n"m1": "m1/y"},\n"providers": {\n"m1": "mock://"}}',
    );
    const plain = await runCli(['resolve', '--config', file]);
    expect(plain.stdout.split('\n').map((row) => row.split('\t')[6])).toEqual([
      `${file}:6`,
      `${file}:6`,
      undefined,
    ]);
    const pretty = await runCli(['resolve', '--format', 'pretty', '--config', file, 'm1']);
    expect(pretty.stdout.split('\n')[0]).toBe(`m1  ${file}:4`);
  });

  it('shows no key in the place of a directory', async () => {
    const word = 'sk-proj-abcdefghijklmnop1234';
    const config = '{"aliases": {"fast": "m1/x"}, "providers": {"m1": "mock://"}}';
    const directory = path.join(path.dirname(temporaryFile('other', '')), word);
    mkdirSync(path.join(directory, 'majordomo'), { recursive: true });
    writeFileSync(path.join(directory, 'majordomo/config.json'), config);
    for (const format of ['plain', 'pretty', 'json']) {
      const { code, stdout } = await runCli(['resolve', '--format', format], {
        env: { XDG_CONFIG_HOME: directory },
      });
      expect([format, code, stdout.includes('m1/x'), stdout.includes(word)]).toEqual([
        format,
        0,
        true,
        false,
      ]);
    }
  });

  it('gives no orders to GitHub Actions', async () => {
    const words = ['resolve', '--alias', '::error::pwn=m1/x', '::error::pwn'];
    for (const format of ['plain', 'pretty']) {
      const { stdout } = await runCli([...words, '--format', format], {
        env: { ...env, GITHUB_ACTIONS: 'true' },
      });
      expect(stdout).toContain('pwn');
      expect(stdout).not.toMatch(/^\s*::error::/m);
    }
  });

  it.each([
    ['resolve', 'm1/x'],
    ['health', '--memory', '--json'],
  ])('%s %s says that the disk is full', async (...words) => {
    const { code, stderr } = await runInShell('"$@" > /dev/full', words, env);
    expect(code).toBe(74);
    expect(stderr).toMatch(/^majordomo: standard output cannot be written \(ENOSPC\)\n$/);
  });

  it('does not speak of prompts where a flag is wrong', async () => {
    const { stderr } = await runCli(['resolve', '--nope'], { env });
    expect(stderr).toBe("majordomo: unknown option '--nope'\n  hint: see majordomo resolve --help\n");
  });

  it('says what to do where there are no aliases', async () => {
    const { code, stdout, stderr } = await runCli(['resolve']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('MAJORDOMO_ALIAS_FAST=');
  });

  it.each([
    { name: 'an unknown name', words: ['fats'], says: 'did you mean fast' },
    { name: 'a missing credential', words: ['anthropic/c'], says: 'ANTHROPIC_API_KEY' },
  ])('of $name: exit 3, and what to do', async ({ words, says }) => {
    const { code, stdout } = await runCli(['resolve', '--format', 'pretty', ...words], { env });
    expect(code).toBe(3);
    expect(stdout).toContain(says);
  });

  it.each([
    { words: ['resolve', '--nope'], says: "unknown option '--nope'" },
    { words: ['resolve', '--format', 'ndjson', 'fast'], says: 'pretty, plain, json' },
    // run has this format, and it was taken before the command was known
    { words: ['--format', 'ndjson', 'resolve', 'fast'], says: 'pretty, plain, json' },
  ])('$words is wrong usage', async ({ words, says }) => {
    const { code, stderr } = await runCli(words, { env });
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});

describe.skipIf(!hasTerminal)('resolve on a terminal', () => {
  it.each([40, 80, 200])('of %i columns fits', async (columns) => {
    const { code, screen } = await onTerminal(['resolve', 'fast'], { columns, env });
    expect(code).toBe(0);
    expect(screen).toContain('└─ smart');
    expect(screen.split('\n').filter((line) => line.length > columns)).toEqual([]);
  });
});
