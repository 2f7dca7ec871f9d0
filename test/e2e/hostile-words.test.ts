import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ended, runCli, runInShell, runWithFake, startCli, temporaryFile } from '../support/cli.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = { LLM_OK: 'mock://?reply=fine' };
const key = 'sk-proj-canary4aBcDeFgHiJkLmNoPqRsTuV1234567890';

describe('a key or a DSN where it does not belong', () => {
  it.each([
    {
      name: 'as an alias without a name',
      words: ['run', '-m', 'work', '--alias', `openai://${key}@h/v1`, 'hi'],
    },
    {
      name: 'as the spec of an alias',
      words: ['run', '-m', 'a', '--alias', `a=openai://${key}@h/v1,`, 'hi'],
    },
    { name: 'as the command', words: [`openai://${key}@h/v1`] },
    { name: 'as the model', words: ['run', '-m', key, 'hi'] },
    { name: 'as a target', words: ['run', '-m', `openai://${key}@h/v1`, 'hi'] },
    { name: 'as a model of nobody', words: ['run', '-m', `nobody/${key}`, 'hi'] },
    { name: 'as a duration', words: ['run', '-m', 'ok/x', '--timeout', key, 'hi'] },
    { name: 'as an option of the request', words: ['run', '-m', 'ok/x', '-o', key, 'hi'] },
    { name: 'as a key of the request', words: ['run', '-m', 'ok/x', '-o', `${key}:=foo`, 'hi'] },
    { name: 'as a format', words: ['run', '-m', 'ok/x', '--format', key, 'hi'] },
    { name: 'as a flag', words: ['run', '-m', 'ok/x', `--${key}`, 'hi'] },
  ])('is not repeated: $name', async ({ words }) => {
    for (const more of [[], ['--json']]) {
      const { code, stdout, stderr } = await runCli([...words, ...more], { env });
      expect(code).toBeGreaterThan(1);
      expect(stdout + stderr).not.toContain('canary');
    }
  });

  it('in an alias of the environment is not repeated either', async () => {
    for (const spec of [`,${key}`, `openai://${key}@h/v1,`, key]) {
      const { code, stderr } = await runCli(['run', '-m', 'fast', 'hi'], {
        env: { ...env, MAJORDOMO_ALIAS_FAST: spec },
      });
      expect(code).toBe(3);
      expect(stderr).not.toContain('canary');
    }
  });
});

describe('words that an error repeats', () => {
  const github = { ...env, GITHUB_ACTIONS: 'true' };

  it.each([
    ['run', '--x\n::error::y'],
    ['run', '--format', '##[error]y', 'hi'],
    ['run', '--alias', 'x\n::add-mask::y', 'hi'],
    ['::error::y'],
  ])('are one line, and no workflow command: %j %j', async (...words) => {
    const { code, stderr } = await runCli(words, { env: github });
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/^\s*::|##\[/m);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  });
});

describe('-o', () => {
  it.each([
    { words: ['-o', ' =foo'], says: 'key=value' },
    { words: ['-o', ':a=foo'], says: 'provider before the colon is missing' },
    { words: ['-o', 'x:=foo'], says: 'key after the provider is missing' },
    { words: ['-o', 'user2=12345678901234567890'], says: 'too large to be sent exactly' },
  ])('$words is refused', async ({ words, says }) => {
    const run = await runWithFake([...words, 'hi']);
    expect(run).toMatchObject({ code: 2, stdout: '', bodies: [] });
    expect(run.stderr).toContain(says);
  });

  it('of a provider that is not asked is told', async () => {
    const { code, stderr } = await runCli(['run', '-m', 'ok/x', '-o', 'okk:z=1', 'hi'], { env });
    expect(code).toBe(0);
    expect(stderr).toContain('-o okk:…: no target of this chain');
    expect(stderr).toContain('did you mean ok?');
  });
});

describe('--json and --format', () => {
  it.each([
    { words: ['--json', '--format', 'plain'], plain: true },
    { words: ['--format', 'plain', '--json'], plain: false },
    { words: ['--format', 'json', '--format', 'plain'], plain: true },
  ])('$words: the last one counts', async ({ words, plain }) => {
    const { stdout } = await runCli(['run', '-m', 'ok/x', ...words, 'hi'], { env });
    expect(stdout === 'fine\n').toBe(plain);
  });
});

describe('standard input', () => {
  it('keeps its byte order mark, and what is not UTF-8 is told', async () => {
    const marked = await runWithFake(['hi'], { input: '\ufeffabc' });
    expect(marked.bodies[0]).toMatchObject({ messages: [{ content: 'hi\n\n\ufeffabc' }] });
    expect(marked.stderr).toBe('');
    const latin = await runWithFake(['--json', 'hi'], { input: new Uint8Array([97, 0xff, 98]) });
    expect(latin.code).toBe(0);
    expect(latin.stderr).toContain('not UTF-8');
    expect(JSON.parse(latin.stdout).warnings).toMatchObject([{ code: 'stdin-not-utf8' }]);
  });

  it.each(['"$@" < /tmp'])('that is asked for with - and cannot be read says so: %s', async (line) => {
    const { code, stderr } = await runInShell(line, ['run', '-m', 'ok/x', '-'], env);
    expect(code).toBe(2);
    expect(stderr).toContain('standard input cannot be read');
  });

  it('that nobody asked for and that cannot be read is left alone', async () => {
    const file = temporaryFile('in', '');
    const { code } = await runInShell(`"$@" 0> '${file}'`, ['run', '-m', 'ok/x', 'hi'], env);
    expect(code).toBe(0);
  });
});

describe('a file that does not come', () => {
  it.each(['--config'])('is not waited for after SIGTERM: %s', async (flag) => {
    const pipe = path.join(folder, `pipe${flag}`);
    execFileSync('mkfifo', [pipe]);
    const child = startCli(['run', flag, pipe, '-m', 'ok/x', '--no-stdin', 'hi'], { env });
    setTimeout(() => child.kill('SIGTERM'), 500);
    const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    const { code } = await ended(child);
    clearTimeout(killer);
    expect(code).toBe(143);
  });
});

describe('environment files', () => {
  it('add up, the last one winning', async () => {
    const [a, b] = [
      temporaryFile('a', 'LLM_A=mock://?reply=a\nLLM_C=mock://?reply=a'),
      temporaryFile('b', 'LLM_C=mock://?reply=c'),
    ];
    const words = ['run', '--env-file', a, '--env-file', b, '--no-stdin', '-m'];
    expect((await runCli([...words, 'a/x', 'hi'])).stdout).toBe('a\n');
    expect((await runCli([...words, 'c/x', 'hi'])).stdout).toBe('c\n');
  });

  it('say which of their lines set nothing, and never what is in it', async () => {
    const file = temporaryFile(
      'e',
      '# a remark\nLLM_A=mock://?reply=a\n\nnope nope CANARY\nexport LLM_B="mock://?reply=\nb"\n',
    );
    const { code, stderr } = await runCli(['run', '--env-file', file, '--no-stdin', '-m', 'a/x', 'hi']);
    expect(code).toBe(0);
    expect(stderr).toContain(':4: this line sets no variable');
    expect(stderr.match(/sets no variable/g)).toHaveLength(1);
    expect(stderr).not.toContain('CANARY');
  });

  it('in UTF-16 are refused with a way out', async () => {
    const file = temporaryFile('e', Buffer.from('\ufeffLLM_A=mock://', 'utf16le'));
    const { code, stderr } = await runCli(['run', '--env-file', file, '--no-stdin', '-m', 'a/x', 'hi']);
    expect(code).toBe(3);
    expect(stderr).toContain('save it as UTF-8');
  });
});

describe('a configuration file', () => {
  it('that is empty says so', async () => {
    const { code, stderr } = await runCli(
      ['run', '--config', temporaryFile('c.json', ''), '-m', 'ok/x', 'hi'],
      { env },
    );
    expect({ code, empty: stderr.includes('the file is empty') }).toEqual({ code: 3, empty: true });
  });

  it('tells which alias has a name that cannot be one', async () => {
    const file = temporaryFile('c.json', '{"aliases":{\n"fast":"ok/x",\n"f a":"ok/x"}}');
    const { stderr } = await runCli(['run', '--config', file, '-m', 'fast', 'hi'], { env });
    expect(stderr).toContain(`majordomo: ${file}:3: the name of this alias has a slash`);
  });
});

describe('what a flag says wrongly', () => {
  it.each([['a b=ok/x'], ['a='], ['a=,'], ['a=ok/x,,ok/y']])('is wrong usage: --alias %j', async (alias) => {
    expect(await runCli(['run', '--alias', alias, '-m', 'a', 'hi'], { env })).toMatchObject({
      code: 2,
      stdout: '',
    });
  });
});

describe('a full disk', () => {
  it.each([[['--version']], [['--help']], [['run', '--help']]])('is told, exit 74: %j', async (words) => {
    const { code, stderr } = await runInShell('"$@" > /dev/full', words);
    expect({ code, stderr }).toEqual({ code: 74, stderr: expect.stringMatching(/^majordomo: .*ENOSPC/) });
  });
});
