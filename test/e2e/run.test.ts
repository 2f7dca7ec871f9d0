import { spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { command, ended, environment, runCli, startCli } from '../support/cli.js';

const spare = { LLM_SPARE: 'mock://?reply=from%20the%20spare' };
const down = { LLM_DOWN: 'ollama://127.0.0.1:9' };

describe('a chain whose first target is down', () => {
  it('is answered by the second, which is told on standard error', async () => {
    const { code, stdout, stderr } = await runCli(['run', '-m', 'down/qwen3,spare/any', 'hi'], {
      env: { ...down, ...spare },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'from the spare\n' });
    expect(stderr).toContain('⚠ down/qwen3: unreachable');
    expect(stderr).toContain('→ spare/any');
  });

  it('says nothing of it with -q', async () => {
    const { stderr } = await runCli(['run', '-q', '-m', 'down/x,spare/any', 'hi'], {
      env: { ...down, ...spare },
    });
    expect(stderr).toBe('');
  });

  it('is not answered with --no-failover', async () => {
    const { code, stdout } = await runCli(
      ['run', '--no-failover', '--retries', '0', '-m', 'down/x,spare/any', 'hi'],
      {
        env: { ...down, ...spare },
      },
    );
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
  });
});

describe('the prompt', () => {
  // The mock counts the words it was asked: the usage tells what reached it.
  const asked = async (words: readonly string[], input?: string): Promise<number> => {
    const { stdout } = await runCli(['run', '--json', '-m', 'spare/any', ...words], {
      env: spare,
      ...(input === undefined ? {} : { input }),
    });
    return JSON.parse(stdout).usage.inputTokens;
  };

  it.each([
    { name: 'words', words: ['one', 'two', 'three'], tokens: 3 },
    { name: 'standard input', words: [], input: 'a b c d', tokens: 4 },
    { name: 'both', words: ['sum', 'up:'], input: 'a b c', tokens: 5 },
    { name: '- for standard input', words: ['-'], input: 'a b', tokens: 2 },
    { name: 'words and -', words: ['sum', '-'], input: 'a b', tokens: 3 },
    { name: 'words only, with --no-stdin', words: ['--no-stdin', 'one'], input: 'a b', tokens: 1 },
    { name: 'an option after --', words: ['--', '--what', 'is', 'it'], tokens: 3 },
  ])('is $name', async ({ words, input, tokens }) => {
    expect(await asked(words, input)).toBe(tokens);
  });

  it('comes from a file', async () => {
    const file = path.join(os.tmpdir(), `majordomo-prompt-${process.pid}`);
    writeFileSync(file, 'one two three');
    const [node, args] = command(['run', '--json', '-m', 'spare/any']);
    const child = spawn(node, args, {
      env: environment(spare),
      stdio: [openSync(file, 'r'), 'pipe', 'pipe'],
    });
    expect(JSON.parse((await ended(child)).stdout).usage.inputTokens).toBe(3);
  });

  it('waited for on an open pipe is said to be, with a way out', async () => {
    const child = startCli(['run', '-m', 'spare/any', 'hi'], { env: spare, stdio: ['pipe', 'pipe', 'pipe'] });
    setTimeout(() => child.stdin?.end('late'), 1400);
    const { code, stderr } = await ended(child);
    expect(code).toBe(0);
    expect(stderr).toContain('--no-stdin');
  });
});

describe('exit codes', () => {
  const silent = { LLM_X: 'mock://?fault=silent*' };
  it.each([
    { name: 'answered', code: 0, words: ['-m', 'spare/any', 'hi'], env: spare },
    { name: 'a word that is no command', code: 2, command: 'rnu', words: ['hi'], env: spare, says: 'run' },
    { name: 'an unknown flag', code: 2, words: ['--nope', 'hi'], env: {}, says: '--' },
    {
      name: 'a flag of a later version',
      code: 2,
      words: ['--hedge', '2s', 'hi'],
      env: {},
      says: 'unknown option',
    },
    { name: 'a duration without unit', code: 2, words: ['--timeout', '30', 'hi'], env: {}, says: '30s' },
    { name: 'an empty element', code: 2, words: ['-m', 'a/b,,c/d', 'hi'], env: {}, says: 'character 5' },
    { name: 'no prompt', code: 2, words: ['-m', 'spare/any'], env: spare, says: 'prompt' },
    { name: 'an unknown provider', code: 3, words: ['-m', 'spar/x', 'hi'], env: spare, says: 'LLM_SPAR' },
    {
      name: 'an alias cycle',
      code: 3,
      words: ['--alias', 'a=b', '--alias', 'b=a', '-m', 'a', 'hi'],
      env: {},
      says: 'a → b → a',
    },
    { name: 'no credential', code: 3, words: ['-m', 'openai/x', 'hi'], env: {}, says: 'OPENAI_API_KEY' },
    {
      name: 'a wrong key',
      code: 4,
      words: ['-m', 'x/y', 'hi'],
      env: { LLM_X: 'mock://?fault=auth*' },
      says: 'auth',
    },
    {
      name: 'a model nobody has',
      code: 4,
      words: ['-m', 'x/y', 'hi'],
      env: { LLM_X: 'mock://?models=z' },
      says: 'model-not-found',
    },
    {
      name: 'a server that fails',
      code: 5,
      words: ['-m', 'x/y', 'hi'],
      env: { LLM_X: 'mock://?fault=503*' },
      says: '503',
    },
    {
      name: 'a permanent error after a passing one',
      code: 5,
      words: ['-m', 'x/y,z/y', 'hi'],
      env: { LLM_X: 'mock://?fault=503*', LLM_Z: 'mock://?fault=auth*' },
      says: 'auth',
    },
    {
      name: 'a silent server',
      code: 5,
      words: ['--first-token-timeout', '150ms', '-m', 'x/y', 'hi'],
      env: silent,
      says: 'no first token',
    },
    {
      name: 'the deadline',
      code: 6,
      words: ['--timeout', '150ms', '-m', 'x/y', 'hi'],
      env: silent,
      says: '150ms',
    },
    {
      name: 'a stream that breaks after text',
      code: 7,
      words: ['--stream', '-m', 'x/y', 'hi'],
      env: { LLM_X: 'mock://?reply=a%20b%20c&fault=cut:1*' },
      says: 'cut',
    },
  ])('$code: $name', async ({ code, words, env, says, command: name = 'run' }) => {
    const result = await runCli([name, ...words], { env: env as Record<string, string> });
    expect(result.code).toBe(code);
    if (says !== undefined) expect(result.stderr).toContain(says);
    expect(result.stderr).not.toMatch(/\n {4}at /);
  });

  it('3 with three lines where nothing is configured', async () => {
    const { code, stdout, stderr } = await runCli(['run', 'hi']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
    expect(stderr).toContain('MAJORDOMO_MODEL');
  });

  it('2 with help on standard error for the bare name', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: majordomo');
  });

  it.each([['--help'], ['--version'], ['help', 'run']])('0 for %s', async (...words) => {
    const { code, stdout, stderr } = await runCli(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toBe('');
  });
});

const runKeys = [
  'schema',
  'version',
  'spec',
  'text',
  'reasoning',
  'servedBy',
  'servedModel',
  'failover',
  'firstTokenMs',
  'finishReason',
  'rawFinishReason',
  'usage',
  'cost',
  'expectations',
  'attempts',
  'warnings',
  'error',
  'exitCode',
  'durationMs',
].sort();
const attemptKeys = [
  'target',
  'provider',
  'model',
  'outcome',
  'reason',
  'class',
  'httpStatus',
  'startedAtMs',
  'durationMs',
  'firstTokenMs',
  'retryAfterMs',
  'requestId',
  'message',
  'hedge',
  'injected',
  'next',
].sort();

describe('JSON', () => {
  it.each([
    { name: 'an answer', words: ['-m', 'spare/any', 'hi'], code: 0 },
    { name: 'an exhausted chain', words: ['-m', 'down/x', 'hi'], code: 5 },
    { name: 'an unknown provider', words: ['-m', 'nope/x', 'hi'], code: 3 },
    { name: 'a wrong flag', words: ['--nope'], code: 2 },
    { name: 'an empty prompt', words: ['-m', 'spare/any'], code: 2 },
  ])('has every key for $name', async ({ words, code }) => {
    const result = await runCli(['run', '--format', 'json', ...words], { env: { ...spare, ...down } });
    const report = JSON.parse(result.stdout);
    expect(Object.keys(report).sort()).toEqual(runKeys);
    expect(report).toMatchObject({ schema: 'majordomo/run@1', exitCode: code });
    expect(result.code).toBe(code);
    expect(report.error === null).toBe(code === 0);
    for (const attempt of report.attempts) expect(Object.keys(attempt).sort()).toEqual(attemptKeys);
  });

  it('is live with ndjson: deltas of a failed attempt are void, the last line is the report', async () => {
    const env = { LLM_A: 'mock://?reply=one%20two&fault=cut:1*', ...spare };
    const { stdout, code } = await runCli(
      ['run', '--format', 'ndjson', '--retries', '0', '-m', 'a/x,spare/any', 'hi'],
      { env },
    );
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const text = (attempt: number): string =>
      lines
        .filter((line) => line.type === 'text-delta' && line.attempt === attempt)
        .map((line) => line.text)
        .join('');
    expect({ code, first: text(1), second: text(2) }).toEqual({
      code: 0,
      first: 'one',
      second: 'from the spare',
    });
    expect(lines.find((line) => line.type === 'attempt-end' && line.attempt === 1).record.outcome).toBe(
      'network',
    );
    expect(lines.at(-1)).toMatchObject({ schema: 'majordomo/run@1', text: 'from the spare', failover: true });
  });
});

describe('flags', () => {
  it('count before and after the command', async () => {
    const before = await runCli(['--format', 'json', 'run', '-m', 'spare/any', 'hi'], { env: spare });
    const after = await runCli(['run', '-m', 'spare/any', 'hi', '--format', 'json'], { env: spare });
    expect([JSON.parse(before.stdout).text, JSON.parse(after.stdout).text]).toEqual([
      'from the spare',
      'from the spare',
    ]);
  });

  it('define aliases, stronger than the environment, which is stronger than the file', async () => {
    const config = path.join(os.tmpdir(), `majordomo-config-${process.pid}.json`);
    writeFileSync(config, JSON.stringify({ model: 'fast', aliases: { fast: 'file/x' } }));
    const env = {
      LLM_FILE: 'mock://?reply=file',
      LLM_ENV: 'mock://?reply=env',
      LLM_FLAG: 'mock://?reply=flag',
    };
    const texts = [
      await runCli(['run', '--config', config, 'hi'], { env }),
      await runCli(['run', '--config', config, 'hi'], { env: { ...env, MAJORDOMO_ALIAS_FAST: 'env/x' } }),
      await runCli(['run', '--config', config, '--alias', 'fast=flag/x', 'hi'], {
        env: { ...env, MAJORDOMO_ALIAS_FAST: 'env/x' },
      }),
    ].map(({ stdout }) => stdout);
    expect(texts).toEqual(['file\n', 'env\n', 'flag\n']);
  });

  it('read variables from a file, where a # cuts a value loudly', async () => {
    const file = path.join(os.tmpdir(), `majordomo-env-${process.pid}`);
    writeFileSync(file, 'LLM_F=mock://?reply=file\nOTHER=a#b\n');
    const { stdout, stderr } = await runCli(['run', '--env-file', file, '-m', 'f/x', 'hi']);
    expect(stdout).toBe('file\n');
    expect(stderr).toContain('OTHER');
  });

  it('print usage and the trail on standard error', async () => {
    const { stdout, stderr } = await runCli(['run', '-u', '-v', '-m', 'spare/any', 'hi'], { env: spare });
    expect(stdout).toBe('from the spare\n');
    expect(stderr).toMatch(/1 in · 3 out .* served by spare\/any/);
    expect(stderr).toMatch(/1\. spare\/any {2}ok, HTTP 200/);
  });
});
