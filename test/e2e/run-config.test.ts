import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { command, ended, environment, runCli, temporaryFile } from '../support/cli.js';

const env = {
  LLM_FILE: 'mock://?reply=file',
  LLM_ENV: 'mock://?reply=env',
  LLM_FLAG: 'mock://?reply=flag',
  LLM_OTHER: 'mock://?reply=other',
};
const config = (value: unknown): string => temporaryFile('majordomo.json', JSON.stringify(value));
const fast = config({ model: 'fast', aliases: { fast: 'file/x' } });

describe.concurrent('an alias', () => {
  it.each([
    { name: 'of the file', words: ['--config', fast], more: {}, text: 'file' },
    {
      name: 'of the environment before the file',
      words: ['--config', fast],
      more: { MAJORDOMO_ALIAS_FAST: 'env/x' },
      text: 'env',
    },
    {
      name: 'of the file where the variable is empty',
      words: ['--config', fast],
      more: { MAJORDOMO_ALIAS_FAST: '' },
      text: 'file',
    },
    {
      name: 'of the flag before all',
      words: ['--config', fast, '--alias', 'fast=flag/x'],
      more: { MAJORDOMO_ALIAS_FAST: 'env/x' },
      text: 'flag',
    },
    {
      name: 'of the last flag',
      words: ['-m', 'a', '--alias', 'a=env/x', '--alias', 'a=flag/x'],
      more: {},
      text: 'flag',
    },
    {
      name: 'that names aliases',
      words: ['-m', 'a', '--alias', 'a=b', '--alias', 'b=flag/x'],
      more: {},
      text: 'flag',
    },
    {
      name: 'whose variable has _ for -',
      words: ['-m', 'my-tier'],
      more: { MAJORDOMO_ALIAS_MY_TIER: 'env/x' },
      text: 'env',
    },
    { name: 'that is a chain', words: ['-m', 'a', '--alias', 'a=openai/x,flag/x'], more: {}, text: 'flag' },
    {
      name: 'before a provider of its name',
      words: ['-m', 'env', '--alias', 'env=flag/x'],
      more: {},
      text: 'flag',
    },
  ])('$name is used', async ({ words, more, text }) => {
    const result = await runCli(['run', ...words, 'hi'], {
      env: { ...env, ...(more as Record<string, string>) },
    });
    expect(result).toMatchObject({ code: 0, stdout: `${text}\n` });
  });

  it('may be given before and after the command; both count', async () => {
    const { stdout } = await runCli(['--alias', 'a=b', 'run', '--alias', 'b=flag/x', '-m', 'a', 'hi'], {
      env,
    });
    expect(stdout).toBe('flag\n');
  });

  it('given twice, before and after the command, is the latter', async () => {
    const { stdout } = await runCli(['--alias', 'a=env/x', 'run', '--alias', 'a=flag/x', '-m', 'a', 'hi'], {
      env,
    });
    expect(stdout).toBe('flag\n');
  });

  it('that two variables name is an error only when it is used', async () => {
    const twice = { ...env, MAJORDOMO_ALIAS_A_B: 'env/x', 'MAJORDOMO_ALIAS_A-B': 'flag/x' };
    expect(await runCli(['run', '-m', 'other/x', 'hi'], { env: twice })).toMatchObject({ code: 0 });
    const { code, stderr } = await runCli(['run', '-m', 'a-b', 'hi'], { env: twice });
    expect(code).toBe(3);
    expect(stderr).toContain('MAJORDOMO_ALIAS_A_B');
  });
});

describe.concurrent('the model without -m', () => {
  const both = config({ model: 'file/x', aliases: { default: 'other/x' } });
  const alias = config({ aliases: { default: 'other/x' } });
  it.each([
    { name: 'MAJORDOMO_MODEL', words: ['--config', both], more: { MAJORDOMO_MODEL: 'env/x' }, text: 'env' },
    { name: 'the model of the file', words: ['--config', both], more: {}, text: 'file' },
    {
      name: 'the file’s where MAJORDOMO_MODEL is empty',
      words: ['--config', both],
      more: { MAJORDOMO_MODEL: '' },
      text: 'file',
    },
    { name: 'the alias default of the file', words: ['--config', alias], more: {}, text: 'other' },
    {
      name: 'the alias default of the environment',
      words: [],
      more: { MAJORDOMO_ALIAS_DEFAULT: 'env/x' },
      text: 'env',
    },
    { name: 'the alias default of a flag', words: ['--alias', 'default=flag/x'], more: {}, text: 'flag' },
    {
      name: 'not asked for with -m',
      words: ['--config', both, '-m', 'flag/x'],
      more: { MAJORDOMO_MODEL: 'env/x' },
      text: 'flag',
    },
    {
      name: 'a provider with a model of its own',
      words: ['-m', 'own'],
      more: { LLM_OWN: 'mock://?reply=own&model=m' },
      text: 'own',
    },
  ])('is $name', async ({ words, more, text }) => {
    const result = await runCli(['run', ...words, 'hi'], {
      env: { ...env, ...(more as Record<string, string>) },
    });
    expect(result).toMatchObject({ code: 0, stdout: `${text}\n` });
  });
});

describe.concurrent('--config', () => {
  it('configures providers, the chain and its retries; a flag is stronger', async () => {
    const file = config({
      providers: { mine: 'mock://?fault=503*', spare: 'mock://?reply=spare' },
      chain: { retries: 0 },
    });
    const run = ['run', '--json', '--config', file, '-m', 'mine/x,spare/y'];
    const targets = async (words: readonly string[]) =>
      JSON.parse((await runCli([...run, ...words, 'hi'])).stdout).attempts.map(
        ({ target }: { target: string }) => target,
      );
    expect(await targets([])).toEqual(['mine/x', 'spare/y']);
    expect(await targets(['--retries', '1'])).toEqual(['mine/x', 'mine/x', 'spare/y']);
  });

  it('works before the command too', async () => {
    expect((await runCli(['--config', fast, 'run', 'hi'], { env })).stdout).toBe('file\n');
  });

  it.each([
    { name: 'is no JSON', text: '{"model": sk-secret-1234567890}', says: 'this is not JSON' },
    { name: 'has an unknown key', text: '{"modle":"sk-secret-1234567890"}', says: 'modle is no known key' },
    { name: 'has a duration without unit', text: '{"chain":{"timeout":30}}', says: 'duration with a unit' },
    { name: 'is a list', text: '[]', says: 'must be an object' },
  ])('that $name is a configuration error which names the file', async ({ text, says }) => {
    const file = temporaryFile('wrong.json', text);
    const { code, stdout, stderr } = await runCli(['run', '--config', file, '-m', 'env/x', 'hi'], { env });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('wrong.json');
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('secret');
  });
});

describe.concurrent('--env-file', () => {
  it('gives variables; the real ones win, empty ones do not', async () => {
    const file = temporaryFile(
      'vars',
      'LLM_F=mock://?reply=from-file\nLLM_ENV=mock://?reply=not-this\nMAJORDOMO_MODEL=f/x\n',
    );
    const run = (words: readonly string[], more: Record<string, string>) =>
      runCli(['run', '--env-file', file, ...words, 'hi'], { env: more });
    expect((await run([], {})).stdout).toBe('from-file\n');
    expect((await run(['-m', 'env/x'], env)).stdout).toBe('env\n');
    expect((await run([], { ...env, MAJORDOMO_MODEL: 'other/x' })).stdout).toBe('other\n');
    expect((await run([], { MAJORDOMO_MODEL: '' })).stdout).toBe('from-file\n');
  });

  it('tells a value that a # cuts, by its name and line', async () => {
    const file = temporaryFile('vars', '# mine\nLLM_F=mock://?reply=x\nOTHER=sk-sec#ret\n');
    const { stdout, stderr } = await runCli(['run', '--env-file', file, '-m', 'f/x', 'hi']);
    expect(stdout).toBe('x\n');
    expect(stderr).toMatch(/^⚠ .*vars:3: the value of OTHER is cut at a #/);
    expect(stderr).not.toMatch(/sk-sec|ret\b/);
  });

  it('that is not there is a configuration error', async () => {
    // Node looks for a file of its own flag of this name among all words, unless -- comes first.
    const [node, args] = command(['run', '--env-file', '/none', '-m', 'f/x', 'hi']);
    const child = spawn(node, ['--', ...args], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const { code, stderr } = await ended(child);
    expect(code).toBe(3);
    expect(stderr).toMatch(/--env-file: .*\/none cannot be read \(ENOENT\)\n {2}hint: .*no such file/);
  });
});

describe.concurrent('the environment', () => {
  it('has broken entries that matter only when they are used', async () => {
    const broken = { ...env, LLM_BROKEN: 'openai://h1,h2', LLM_MODEL: 'gpt-4', MAJORDOMO_ALIAS_BAD: ',' };
    expect(await runCli(['run', '-m', 'env/x', 'hi'], { env: broken })).toEqual({
      code: 0,
      stdout: 'env\n',
      stderr: '',
    });
  });

  it('has an LLM_OPENAI that hides the built-in, good or broken', async () => {
    const own = { LLM_OPENAI: 'mock://?reply=gateway', OPENAI_API_KEY: 'sk-real' };
    expect((await runCli(['run', '-m', 'openai/x', 'hi'], { env: own })).stdout).toBe('gateway\n');
    const broken = { LLM_OPENAI: 'openai://h?timeout=1', OPENAI_API_KEY: 'sk-real' };
    expect(await runCli(['run', '-m', 'openai/x', 'hi'], { env: broken })).toMatchObject({
      code: 3,
      stdout: '',
    });
  });
});
