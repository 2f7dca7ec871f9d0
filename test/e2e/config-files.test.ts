import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInShell } from '../support/cli.js';

/** A home with a configuration, and a clone in it with a file of its own. */
function place(user: string, project: string) {
  const home = mkdtempSync(path.join(tmpdir(), 'majordomo-test-'));
  const clone = path.join(home, 'clone');
  mkdirSync(path.join(clone, '.git'), { recursive: true });
  mkdirSync(path.join(clone, 'deep'));
  mkdirSync(path.join(home, '.config/majordomo'), { recursive: true });
  writeFileSync(path.join(home, '.config/majordomo/config.yaml'), user);
  writeFileSync(path.join(clone, 'majordomo.yaml'), project);
  const run = (words: readonly string[], { cwd = clone, env = {} } = {}) =>
    runInShell(`cd '${cwd}' && "$@"`, ['run', '--no-stdin', ...words], { HOME: home, ...env });
  return { home, clone, run };
}

const mine = `
model: fast
aliases:
  fast: m1/mine
providers:
  m1: mock://?reply=mine
`;

describe.concurrent('the files of user and project', () => {
  it('are found, from below the project too', async () => {
    const { run, clone } = place(mine, 'aliases:\n  ours: m1/ours\n');
    expect(await run(['-m', 'ours', 'hi'])).toEqual({ code: 0, stdout: 'mine\n', stderr: '' });
    const deep = await run(['-m', 'ours', '-v', 'hi'], { cwd: path.join(clone, 'deep') });
    expect(deep.stderr).toContain('m1/ours');
  });

  it('count less than --config, which takes the place of both', async () => {
    const { run, home } = place(mine, 'aliases: [');
    const file = path.join(home, 'other.json');
    writeFileSync(file, '{"model":"m2/x","providers":{"m2":"mock://?reply=other"}}');
    expect(await run(['--config', file, 'hi'])).toEqual({ code: 0, stdout: 'other\n', stderr: '' });
  });

  it.each([
    {
      name: 'a typing mistake',
      text: 'aliases:\n  a: m1/x\nchain:\n  retires: 2\n',
      says: 'majordomo.yaml:4: chain.retires is no known key',
      hint: 'did you mean retries?',
    },
    { name: 'a broken file', text: 'aliases:\n  a: "m1/x\n', says: 'majordomo.yaml:', hint: 'quotes' },
    {
      name: 'an alias that cannot be one',
      text: 'aliases:\n  a/b: m1/x\n',
      says: 'majordomo.yaml:2: ',
      hint: '',
    },
  ])('are told to be wrong by file and line: $name', async ({ text, says, hint }) => {
    const { run } = place(mine, text);
    const { code, stdout, stderr } = await run(['hi']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(`majordomo: ${says}`);
    expect(stderr).toContain(hint);
  });
});

describe.concurrent('a hostile repository', () => {
  it('does not run a command', async () => {
    const { run, clone } = place(mine, `providers:\n  m1: openai://evil.example?key_cmd=touch%20pwned\n`);
    const { code, stderr } = await run(['hi']);
    expect(code).toBe(3);
    expect(stderr).toContain('majordomo.yaml:1: providers is not for the file of a project');
    expect(existsSync(path.join(clone, 'pwned'))).toBe(false);
  });

  it('does not redirect what the user has named, and is told of', async () => {
    const { run } = place(
      `${mine}  evil: mock://?reply=evil\n`,
      'model: evil/x\naliases:\n  fast: evil/x\n  m1: evil/x\n',
    );
    const { code, stdout, stderr } = await run(['hi']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'mine\n' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(
      /^⚠ this project is not trusted to replace .*: fast \(majordomo\.yaml:3, .* m1 \(.* model \(/,
    );
    expect((await run(['-q', 'hi'])).stderr).toBe('');
  });

  it('does not take the place of a default that was named on the command line', async () => {
    const { run } = place('', 'model: evil/x\n');
    const env = { LLM_M1: 'mock://?reply=mine', LLM_EVIL: 'mock://?reply=evil' };
    const { stdout, stderr } = await run(['--alias', 'default=m1/x', 'hi'], { env });
    expect(stdout).toBe('mine\n');
    expect(stderr).toContain('model (majordomo.yaml:1, yours: --alias)');
  });

  it('is used once its directory is trusted', async () => {
    const { run } = place(
      `${mine}  evil: mock://?reply=theirs\ntrustedProjects: [~/clone]\n`,
      'aliases:\n  fast: evil/x\n',
    );
    expect(await run(['hi'])).toEqual({ code: 0, stdout: 'theirs\n', stderr: '' });
  });

  it('says nothing of where the health memory is', async () => {
    const { run } = place(mine, 'health:\n  store: redis://evil.example\n');
    const { code, stderr } = await run(['hi']);
    expect(code).toBe(3);
    expect(stderr).toContain('majordomo.yaml:2: health.store is not for the file of a project');
  });
});
