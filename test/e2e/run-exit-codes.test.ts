import { describe, expect, it } from 'vitest';
import { runCli, runInShell, runWithFake, temporaryFile } from '../support/cli.js';

const env = {
  LLM_S: 'mock://?reply=spare',
  LLM_BUSY: 'mock://?fault=503*&retries=0',
  LLM_LIMITED: 'mock://?fault=429:60*',
  LLM_DOWN: 'ollama://127.0.0.1:9?retries=0',
  LLM_SILENT: 'mock://?fault=silent*',
  LLM_WRONG: 'mock://?fault=auth*',
  LLM_NONE: 'mock://?models=other',
  LLM_FILTER: 'mock://?fault=content-filter*',
  LLM_LONG: 'mock://?fault=context-length*',
  LLM_ODD: 'mock://?fault=bad-request*',
  LLM_POOR: 'mock://?fault=quota*',
  LLM_SELF: 'mock://?fault=tls*',
  LLM_BAD: 'openai://sk-1234567890abcdefXYZ',
  LLM_CUT: 'mock://?reply=a%20b%20c&fault=cut:2*',
};

describe.concurrent('exit code', () => {
  it.each([
    { code: 0, name: 'answered', words: ['-m', 's/x', 'hi'] },
    { code: 0, name: 'answered after failover', words: ['-m', 'busy/x,s/x', 'hi'] },
    { code: 0, name: 'answered emptily', words: ['-m', 'e/x', 'hi'], more: { LLM_E: 'mock://?fault=empty' } },
    { code: 0, name: 'cut in a pipe, answered by the next', words: ['-m', 'cut/x,s/x', 'hi'] },
    { code: 2, name: 'unknown flag', words: ['--nope', 'hi'], says: "unknown option '--nope'" },
    { code: 2, name: 'flag without value', words: ['-m'], says: "'-m, --model <spec>' argument missing" },
    { code: 2, name: 'empty model', words: ['-m', '', 'hi'], says: 'must not be empty' },
    { code: 2, name: 'no prompt', words: ['-m', 's/x'], says: 'nothing to ask' },
    { code: 2, name: 'empty element of a spec', words: ['-m', 's/x,,busy/x', 'hi'], says: 'character' },
    { code: 2, name: 'alias with a slash', words: ['--alias', 'a/b=s/x', '-m', 's/x', 'hi'] },
    {
      code: 2,
      name: 'option that cannot be',
      words: ['-o', 'seed=1.5', '-m', 's/x', 'hi'],
      says: 'whole number',
    },
    { code: 3, name: 'unknown provider', words: ['-m', 'nope/x', 'hi'], says: 'LLM_NOPE' },
    { code: 3, name: 'unknown alias', words: ['-m', 'nope', 'hi'], says: 'nope' },
    {
      code: 3,
      name: 'alias cycle',
      words: ['--alias', 'a=b', '--alias', 'b=a', '-m', 'a', 'hi'],
      says: 'a → b → a',
    },
    { code: 3, name: 'bad DSN', words: ['-m', 'bad/x', 'hi'], says: 'LLM_BAD' },
    { code: 3, name: 'bad DSN of a later target', words: ['-m', 's/x,bad/x', 'hi'], says: 'LLM_BAD' },
    {
      code: 3,
      name: 'unknown provider of a later target',
      words: ['-m', 's/x,nope/x', 'hi'],
      says: 'LLM_NOPE',
    },
    { code: 3, name: 'no credential', words: ['-m', 'openai/x', 'hi'], says: 'OPENAI_API_KEY' },
    {
      code: 3,
      name: 'no credential anywhere',
      words: ['-m', 'openai/x,anthropic/y', 'hi'],
      says: 'ANTHROPIC_API_KEY',
    },
    { code: 3, name: 'no configuration file', words: ['--config', '/none.json', 'hi'], says: '/none.json' },
    { code: 4, name: 'wrong key', words: ['-m', 'wrong/x', 'hi'], says: 'auth (401' },
    { code: 4, name: 'permanent ends the chain', words: ['-m', 'odd/x,s/x', 'hi'], says: 'bad-request' },
    {
      code: 4,
      name: 'model not found anywhere',
      words: ['-m', 'none/x,none/y', 'hi'],
      says: 'model-not-found',
    },
    { code: 4, name: 'content filter', words: ['-m', 'filter/x,s/x', 'hi'], says: 'content-filter' },
    { code: 4, name: 'too long for all', words: ['-m', 'long/x', 'hi'], says: 'context-length' },
    { code: 4, name: 'quota and misconfigured alone', words: ['-m', 'poor/x,self/x', 'hi'], says: 'quota' },
    {
      code: 4,
      name: 'no credential and a permanent error',
      words: ['-m', 'openai/x,wrong/x', 'hi'],
      says: 'auth',
    },
    { code: 5, name: 'server error', words: ['-m', 'busy/x', 'hi'], says: '503' },
    { code: 5, name: 'rate limit', words: ['-m', 'limited/x', 'hi'], says: 'limited/x is free first, in' },
    { code: 5, name: 'refused', words: ['-m', 'down/x', 'hi'], says: 'unreachable' },
    {
      code: 5,
      name: 'silent',
      words: ['--first-token-timeout', '50ms', '-m', 'silent/x', 'hi'],
      says: 'timeout',
    },
    { code: 5, name: 'cut in a pipe', words: ['--retries', '0', '-m', 'cut/x', 'hi'], says: 'network' },
    { code: 5, name: 'passing, then permanent', words: ['-m', 'busy/x,wrong/x', 'hi'], says: 'auth' },
    { code: 5, name: 'quota, then passing', words: ['-m', 'poor/x,busy/x', 'hi'], says: 'quota' },
    {
      code: 5,
      name: 'passing, then no credential',
      words: ['-m', 'busy/x,openai/y', 'hi'],
      says: 'OPENAI_API_KEY',
    },
    {
      code: 6,
      name: 'deadline',
      words: ['--timeout', '60ms', '-m', 'silent/x', 'hi'],
      says: 'no answer within 60ms',
    },
    {
      code: 6,
      name: 'deadline after a passing error',
      words: ['--timeout', '200ms', '-m', 'busy/x,silent/x', 'hi'],
      says: 'busy/x',
    },
    {
      code: 6,
      name: 'deadline after a permanent error',
      words: ['--advance-on-permanent', '--timeout', '200ms', '-m', 'wrong/x,silent/x', 'hi'],
      says: 'wrong/x',
    },
    {
      code: 7,
      name: 'cut after text was shown',
      words: ['--stream', '-m', 'cut/x,s/x', 'hi'],
      says: 'cut after it had begun',
    },
    {
      code: 7,
      name: 'cut after failover',
      words: ['--stream', '-m', 'busy/x,cut/x,s/x', 'hi'],
      says: 'busy/x',
    },
    {
      code: 7,
      name: 'the deadline cuts shown text',
      words: ['--stream', '--timeout', '300ms', '-m', 'late/x', 'hi'],
      more: { LLM_LATE: 'mock://?reply=a%20b&fault=stall:1*' },
      says: 'cut after it had begun',
    },
  ] as readonly {
    code: number;
    name: string;
    words: string[];
    says?: string;
    more?: Record<string, string>;
  }[])('$code: $name', async ({ code, words, says, more }) => {
    const result = await runCli(['run', ...words], { env: { ...env, ...more } });
    expect(result).toMatchObject({ code });
    if (code !== 0 && code !== 7) expect(result.stdout).toBe('');
    if (says !== undefined) expect(result.stderr).toContain(says);
    // One cause, told in words: no stack, and no key of a bad DSN.
    expect(result.stderr).not.toMatch(/\n {4}at |1234567890/);
    if (code !== 0) expect(result.stderr).toContain('majordomo: ');
  });

  it('7 leaves the text that was shown, ends its line, and splices nothing in', async () => {
    const { stdout } = await runCli(['run', '--stream', '-m', 'cut/x,s/x', 'hi'], { env });
    expect(stdout).toBe('a b\n');
  });

  it('5 names who is free first and when, where all must be waited for', async () => {
    const { stderr } = await runCli(['run', '-q', '-m', 'l/x,limited/x', 'hi'], {
      env: { ...env, LLM_L: 'mock://?fault=429:90*' },
    });
    expect(stderr).toMatch(/hint: limited\/x is free first, in (1m|60s|59\.\ds)/);
  });

  it('3 with exactly three lines where nothing is configured', async () => {
    const { code, stdout, stderr } = await runCli(['run', 'hi']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain('export LLM_');
    expect(lines[2]).toContain('MAJORDOMO_MODEL');
  });

  it('3 says what is configured where only a model is missing', async () => {
    const { code, stderr } = await runCli(['run', 'hi'], { env: { LLM_S: 'mock://', OPENAI_API_KEY: 'k' } });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^majordomo: no model was named\n {2}hint: use -m, MAJORDOMO_MODEL.*\bs\b/);
  });
});

describe.concurrent('nothing is sent', () => {
  it.each([
    { name: 'a later target is unknown', model: 'x/gpt-4.1-nano,nope/y', words: ['hi'], code: 3 },
    { name: 'a later DSN is bad', model: 'x/gpt-4.1-nano,bad/y', words: ['hi'], code: 3 },
    { name: 'a later alias is a cycle', model: 'x/gpt-4.1-nano,a', words: ['--alias', 'a=a', 'hi'], code: 3 },
    { name: 'an option is wrong', model: 'x/gpt-4.1-nano', words: ['-o', 'json=yes', 'hi'], code: 2 },
    { name: 'a spec has a gap', model: 'x/gpt-4.1-nano,,x/b', words: ['hi'], code: 2 },
    { name: 'a spec begins with a comma', model: ',x/gpt-4.1-nano', words: ['hi'], code: 2 },
  ])('when $name', async ({ model, words, code }) => {
    const run = await runWithFake(words, { model, env: { LLM_BAD: env.LLM_BAD } });
    expect(run).toMatchObject({ code, stdout: '', bodies: [] });
  });
});

describe.concurrent('standard output', () => {
  const run = ['run', '-m', 's/x', 'hi'];

  it.runIf(process.platform === 'linux').each([
    { name: 'an answer', words: run },
    { name: 'a live answer', words: ['run', '--stream', '-m', 's/x', 'hi'] },
    { name: 'JSON', words: ['run', '--json', '-m', 's/x', 'hi'] },
    { name: 'help', words: ['run', '--help'] },
    { name: 'a usage error in JSON', words: ['run', '--json', '--nope'] },
  ])('on a full disk is told and is no success: $name', async ({ words }) => {
    const { code, stderr } = await runInShell('"$@" > /dev/full', words, env);
    expect(code).toBe(74);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe('majordomo: standard output cannot be written (ENOSPC)');
    expect(stderr).not.toContain('internal error');
  });

  it.runIf(process.platform === 'linux')('counts, not standard error on a full disk', async () => {
    const result = await runInShell('"$@" 2> /dev/full', ['run', '-m', 'busy/x,s/x', 'hi'], env);
    expect(result).toMatchObject({ code: 0, stdout: 'spare\n' });
  });

  it.each([
    { name: 'closed', line: '"$@" >&-' },
    { name: 'whose reader never read', line: '"$@" | true; exit ${PIPESTATUS[0]}' },
  ])('$name is no error', async ({ line }) => {
    expect(await runInShell(line, run, env)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('is whole when its reader is slow', async () => {
    const big = { LLM_BIG: 'mock://?reply=0123456789&repeat=100000' };
    const { stdout } = await runInShell('"$@" | { sleep 0.5; wc -c; }', ['run', '-m', 'big/x', 'hi'], big);
    expect(stdout.trim()).toBe(String(100_000 * 11));
  });

  it('of help whose reader left is no error', async () => {
    const { stdout, stderr } = await runInShell('"$@" | true; echo ${PIPESTATUS[0]}', ['run', '--help']);
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  });

  it('that is a file gets the answer', async () => {
    const file = temporaryFile('answer.txt', '');
    const { stdout } = await runInShell(`"$@" > '${file}'; cat '${file}'`, run, env);
    expect(stdout).toBe('spare\n');
  });
});
