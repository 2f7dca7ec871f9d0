import { describe, expect, it } from 'vitest';
import { type CliOptions, ended, runCli, runInShell, startCli } from '../support/cli.js';
import { expectRunReport } from '../support/run-shape.js';
import { startOpenAi } from '../support/scripted-upstream.js';

const env = {
  LLM_S: 'mock://?reply=from%20the%20spare&reasoning=Hm.&price_in=1&price_out=4',
  LLM_DOWN: 'mock://?fault=503*',
  LLM_CUT: 'mock://?reply=one%20two&fault=cut:1*',
  LLM_WRONG: 'mock://?fault=auth*',
  LLM_LATE: 'mock://?fault=silent*',
  LLM_BAD: 'openai://h?timeout=30',
};

describe.concurrent('JSON has the same shape', () => {
  it.each([
    { name: 'for an answer', words: ['-m', 's/x', 'hi'], code: 0, error: null },
    { name: 'after failover', words: ['-m', 'down/x,s/x', 'hi'], code: 0, error: null },
    { name: 'after a skipped target', words: ['-m', 'openai/x,s/x', 'hi'], code: 0, error: null },
    { name: 'for a whole reply', words: ['--no-stream', '-m', 's/x', 'hi'], code: 0, error: null },
    { name: 'for an unknown flag', words: ['--nope', 'hi'], code: 2, error: 'usage' },
    { name: 'for a flag without its value', words: ['hi', '-m'], code: 2, error: 'usage' },
    { name: 'for a flag with a wrong value', words: ['--retries', 'x', 'hi'], code: 2, error: 'usage' },
    { name: 'for a wrong option', words: ['-o', 'seed=x', '-m', 's/x', 'hi'], code: 2, error: 'option' },
    { name: 'without a prompt', words: ['-m', 's/x'], code: 2, error: 'no-prompt' },
    { name: 'for a comma too many', words: ['-m', 's/x,', 'hi'], code: 2 },
    { name: 'without a model', words: ['hi'], code: 3, error: 'no-model' },
    { name: 'for an unknown provider', words: ['-m', 'nope/x', 'hi'], code: 3, error: 'unknown-provider' },
    { name: 'for a bad DSN', words: ['-m', 'bad/x', 'hi'], code: 3 },
    {
      name: 'for a file that is not there',
      words: ['--config', '/none', 'hi'],
      code: 3,
      error: 'config-file',
    },
    { name: 'without a credential', words: ['-m', 'openai/x', 'hi'], code: 3, error: 'no-credential' },
    { name: 'for a permanent error', words: ['-m', 'wrong/x', 'hi'], code: 4, error: 'permanent' },
    {
      name: 'for an exhausted chain',
      words: ['-m', 'down/x,cut/x', 'hi'],
      code: 5,
      error: 'chain-exhausted',
    },
    {
      name: 'for the deadline',
      words: ['--timeout', '300ms', '-m', 'late/x', 'hi'],
      code: 6,
      error: 'deadline',
    },
  ])('$name', async ({ words, code, error }) => {
    const [json, ndjson] = await Promise.all([
      runCli(['run', '--format', 'json', ...words], { env }),
      runCli(['--format', 'ndjson', 'run', ...words], { env }),
    ]);
    const report = expectRunReport(JSON.parse(json.stdout));
    expect([json.code, report.exitCode]).toEqual([code, code]);
    if (error !== undefined) expect(report.error?.code ?? null).toBe(error);
    // What a person is told on standard error is the same error.
    if (report.error !== null)
      expect(json.stderr).toContain(`majordomo: ${report.error.message.slice(0, 12)}`);
    const last = expectRunReport(JSON.parse(ndjson.stdout.trimEnd().split('\n').at(-1) ?? ''));
    expect(steady(last)).toEqual(steady(report));
    expect(ndjson.code).toBe(code);
  });

  it.each([
    { words: ['run', '--json', '-m', 's/x', 'hi'] },
    { words: ['--json', 'run', '-m', 's/x', 'hi'] },
    { words: ['run', '-m', 's/x', 'hi', '--json'] },
    { words: ['--format', 'plain', 'run', '--format', 'json', '-m', 's/x', 'hi'] },
    { words: ['run', '--format=json', '-m', 's/x', 'hi'] },
  ])('with $words', async ({ words }) => {
    expect(expectRunReport(JSON.parse((await runCli(words, { env })).stdout)).text).toBe('from the spare');
  });

  it('only once the command is known: a mistyped one has no object', async () => {
    const { code, stdout, stderr } = await runCli(['rnu', '--json', 'hi'], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("unknown command 'rnu'");
  });
});

/** A report without what differs from run to run. */
function steady(report: object): unknown {
  return JSON.parse(
    JSON.stringify(report, (key, value) =>
      /Ms$|^requestId$/.test(key) && value !== null ? 0 : value,
    ).replace(/\d+(\.\d+)?m?s\b/g, 'time'),
  );
}

const json = async (words: readonly string[], options: CliOptions = { env }) =>
  expectRunReport(JSON.parse((await runCli(['run', '--json', ...words], options)).stdout));

describe.concurrent('the facts in JSON', () => {
  it('of an answer after failover', async () => {
    const report = await json(['-m', 'down/x,s/y', 'two', 'words']);
    expect(report).toMatchObject({
      spec: 'down/x,s/y',
      text: 'from the spare',
      reasoning: 'Hm.',
      servedBy: 's/y',
      servedModel: 'y',
      failover: true,
      finishReason: 'stop',
      usage: { inputTokens: 2, outputTokens: 4, reasoningTokens: 1, cachedInputTokens: null },
      cost: { usd: 0.000018, source: 'dsn' },
      error: null,
      exitCode: 0,
    });
    expect(
      report.attempts.map(({ target, outcome, httpStatus, next }) => [target, outcome, httpStatus, next]),
    ).toEqual([
      ['down/x', 'server-error', 503, 'retry'],
      ['down/x', 'server-error', 503, 'advance'],
      ['s/y', 'ok', 200, null],
    ]);
  });

  it('of a target that was skipped', async () => {
    const { attempts, servedBy, failover } = await json(['-m', 'openai/x,s/x', 'hi']);
    expect({ servedBy, failover }).toEqual({ servedBy: 's/x', failover: true });
    expect(attempts[0]).toMatchObject({ target: 'openai/x', outcome: 'skipped', reason: 'no-credential' });
  });

  it.each([
    {
      name: 'cut by its length',
      dsn: 'mock://?reply=a%20b&finish=length',
      code: 'cut-by-length',
      text: 'a b',
    },
    { name: 'empty', dsn: 'mock://?fault=empty', code: 'empty-answer', text: '' },
    {
      name: 'with a garbled event',
      dsn: 'mock://?reply=a%20b&fault=garble',
      code: 'malformed-event',
      text: 'a b',
    },
  ])('of an answer $name: a warning, told on standard error too', async ({ dsn, code, text }) => {
    const { stdout, stderr } = await runCli(['run', '--json', '-m', 'w/x', 'hi'], { env: { LLM_W: dsn } });
    const report = expectRunReport(JSON.parse(stdout));
    expect(report).toMatchObject({ text, exitCode: 0 });
    expect(report.warnings.map((warning) => warning.code)).toEqual([code]);
    expect(stderr).toBe(`⚠ ${report.warnings[0]?.message}\n`);
  });

  it('of a chain whose reader left before it was told: its own exit code', async () => {
    const { stdout } = await runInShell(
      '"$@" | true; echo ${PIPESTATUS[0]}',
      ['run', '--json', '-m', 'wrong/x', 'hi'],
      env,
    );
    expect(stdout).toBe('4\n');
  });

  it('hold an answer as the model wrote it, in visible characters', async () => {
    const evil = 'a\u001b[31m\u009b2J\u007f\u202e"\\\n🙂é';
    const server = await startOpenAi([evil]);
    const run = { env: { LLM_X: `openai+http://KEY@${server.host}/v1` } };
    const results = [
      await runCli(['run', '--json', '-m', 'x/y', 'hi'], run),
      await runCli(['run', '--format', 'ndjson', '-m', 'x/y', 'hi'], run),
    ];
    server.close();
    for (const { stdout } of results) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
      expect(stdout).toContain('🙂é');
    }
    expect(JSON.parse(results[0]?.stdout ?? '').text).toBe(evil);
    expect(JSON.parse(results[1]?.stdout.trimEnd().split('\n').at(-1) ?? '').text).toBe(evil);
  });
});

type Line = { type: string; attempt: number; text: string; record: { outcome: string } };

describe.concurrent('NDJSON', () => {
  const lines = (stdout: string): Line[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('tells each event with its attempt; the deltas of a failed attempt are void', async () => {
    const { stdout, code } = await runCli(
      ['run', '--format', 'ndjson', '--retries', '0', '-m', 'cut/x,s/x', 'hi'],
      { env },
    );
    const told = lines(stdout);
    expect(code).toBe(0);
    expect(told.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])).toEqual([
      'attempt-start',
      'text-delta',
      'attempt-end',
      'attempt-start',
      'reasoning-delta',
      'text-delta',
      'attempt-end',
      undefined,
    ]);
    const text = (attempt: number) =>
      told
        .flatMap((line) => (line.type === 'text-delta' && line.attempt === attempt ? [line.text] : []))
        .join('');
    expect([text(1), text(2)]).toEqual(['one', 'from the spare']);
    const outcomes = told.flatMap((line) => (line.type === 'attempt-end' ? [line.record.outcome] : []));
    expect(outcomes).toEqual(['network', 'ok']);
    expect(told.at(-1)).toMatchObject({ text: 'from the spare', failover: true });
  });

  it('comes while the answer is being made', async () => {
    const child = startCli(['run', '--format', 'ndjson', '-m', 'x/y', 'hi'], {
      env: { LLM_X: 'mock://?reply=one%20two&fault=stall:1*' },
    });
    const result = ended(child);
    const delta = new Promise<void>((resolve) => {
      child.stdout?.on('data', (text: string) => text.includes('text-delta') && resolve());
    });
    await delta;
    child.kill('SIGTERM');
    const { code, stdout } = await result;
    expect(code).toBe(143);
    expectRunReport(lines(stdout).at(-1));
  });

  it('has one JSON value on each line, nothing else', async () => {
    const { stdout } = await runCli(['run', '--format', 'ndjson', '-u', '-v', '-m', 'down/x,s/x', 'hi'], {
      env,
    });
    expect(() => lines(stdout)).not.toThrow();
    expect(stdout.endsWith('}\n')).toBe(true);
  });
});
