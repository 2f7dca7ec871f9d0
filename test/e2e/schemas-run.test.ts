import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/cli/render/run-report.js';
import type { ChainEvent } from '../../src/core/events.js';
import { type Environment, ended, runCli, runWithFake, startCli, temporaryFile } from '../support/cli.js';
import { expectRunReport } from '../support/run-shape.js';
import { expectValid } from '../support/schemas.js';

const env: Environment = {
  LLM_S: 'mock://?reply=from%20the%20spare',
  LLM_RICH: 'mock://?reply=a%20b&reasoning=Hm.&usage=1000:200:50:10&price_in=1&price_out=4',
  LLM_BARE: 'mock://?usage=none&served=other',
  LLM_LENGTH: 'mock://?reply=a%20b&finish=length',
  LLM_TOOLS: 'mock://?finish=tool-calls',
  LLM_OTHER: 'mock://?finish=other',
  LLM_EMPTY: 'mock://?fault=empty',
  LLM_GARBLE: 'mock://?reply=a%20b&fault=garble',
  LLM_ONCE: 'mock://?fault=429:10ms',
  LLM_DOWN: 'mock://?fault=503*',
  LLM_LIMITED: 'mock://?fault=429:60*',
  LLM_CUT: 'mock://?reply=one%20two&fault=cut:1*',
  LLM_OPEN: 'openai://h?timeout=30',
  LLM_LATE: 'mock://?fault=late:5s*',
  LLM_SLOW: 'mock://?reply=slow&fault=late:700ms*',
  MAJORDOMO_ALIAS_LOOP: 'loop2',
  MAJORDOMO_ALIAS_LOOP2: 'loop',
};

/** A target that fails thus for ever, as the provider f. */
const always = (fault: string): Environment => ({ LLM_F: `mock://?fault=${fault}*` });

interface Told {
  readonly code: number | null;
  readonly events: readonly ChainEvent[];
  readonly report: RunReport;
}

/** Lines of NDJSON, each of them as the schemas say. */
function told({ code, stdout }: { readonly code: number | null; readonly stdout: string }): Told {
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  // first, as what is wrong with it is told in fewer words
  const report = expectRunReport(lines.at(-1));
  for (const line of lines) expectValid('run-events', line);
  return { code, events: lines.slice(0, -1), report };
}

async function asked(
  words: readonly string[],
  options: { readonly env?: Environment; readonly input?: string | Uint8Array } = {},
): Promise<Told> {
  const all = ['run', '--format', 'ndjson', ...words];
  return told(await runCli(all, { ...options, env: { ...env, ...options.env } }));
}

const outcomes = ({ attempts }: RunReport) => attempts.map(({ outcome }) => outcome).join(' ');

describe.concurrent('an answer is as the schemas say', () => {
  it.each<{
    name: string;
    words: string[];
    outcomes: string;
    is?: object;
    warns?: string;
    more?: Environment;
  }>([
    { name: 'plain', words: ['-m', 's/x', 'hi'], outcomes: 'ok', is: { finishReason: 'stop' } },
    {
      name: 'with reasoning, usage and cost',
      words: ['-m', 'rich/x', 'hi'],
      outcomes: 'ok',
      is: { reasoning: 'Hm.', usage: { cachedInputTokens: 10 }, cost: { usd: 0.0018, source: 'dsn' } },
    },
    { name: 'without usage', words: ['-m', 'bare/x', 'hi'], outcomes: 'ok', is: { usage: null } },
    { name: 'in one piece', words: ['--no-stream', '-m', 'rich/x', 'hi'], outcomes: 'ok' },
    { name: 'shown live', words: ['--stream', '-u', '-v', '-m', 'rich/x', 'hi'], outcomes: 'ok' },
    {
      name: 'that calls tools',
      words: ['-m', 'tools/x', 'hi'],
      outcomes: 'ok',
      is: { finishReason: 'tool-calls' },
    },
    {
      name: 'that ends oddly',
      words: ['-m', 'other/x', 'hi'],
      outcomes: 'ok',
      is: { finishReason: 'other' },
    },
    { name: 'cut by length', words: ['-m', 'length/x', 'hi'], outcomes: 'ok', warns: 'cut-by-length' },
    { name: 'empty', words: ['-m', 'empty/x', 'hi'], outcomes: 'ok', warns: 'empty-answer' },
    {
      name: 'with a garbled event',
      words: ['-m', 'garble/x', 'hi'],
      outcomes: 'ok',
      warns: 'malformed-event',
    },
    {
      name: 'of a target named twice',
      words: ['-m', 's/x,s/x', 'hi'],
      outcomes: 'ok',
      warns: 'duplicate-target',
    },
    {
      name: 'with a memory that is away',
      words: ['--health-store', 'redis://127.0.0.1:1', '-m', 's/x', 'hi'],
      outcomes: 'ok',
      warns: 'health-store',
    },
    {
      name: 'after a short wait',
      words: ['-m', 'once/x', 'hi'],
      outcomes: 'rate-limit ok',
      is: { failover: false },
    },
    {
      name: 'after failover',
      words: ['-m', 'down/x,s/x', 'hi'],
      outcomes: 'server-error server-error ok',
      is: { failover: true, servedBy: 's/x' },
    },
    {
      name: 'after a broken stream',
      words: ['--retries', '0', '-m', 'cut/x,s/x', 'hi'],
      outcomes: 'network ok',
    },
    { name: 'after a skipped target', words: ['-m', 'openai/x,s/x', 'hi'], outcomes: 'skipped ok' },
    {
      name: 'after a permanent error',
      words: ['--advance-on-permanent', '-m', 'f/x,s/x', 'hi'],
      more: always('auth'),
      outcomes: 'auth ok',
    },
    {
      name: 'of a drill',
      words: ['--inject', 'rich/x=503', '-m', 'rich/x,s/x', 'hi'],
      outcomes: 'server-error server-error ok',
      is: { attempts: [{ injected: true }, { injected: true }, { injected: false }] },
    },
    {
      name: 'of a hedge',
      words: ['--hedge', '50ms', '-m', 'late/x,s/x', 'hi'],
      outcomes: 'abandoned ok',
      is: { attempts: [{ hedge: false, reason: 'hedge' }, { hedge: true }] },
    },
    {
      name: 'of a first target that was faster after all',
      words: ['--hedge', '50ms', '-m', 'slow/x,late/x', 'hi'],
      outcomes: 'abandoned ok',
      is: { failover: false },
    },
  ])('$name', async ({ words, more = {}, outcomes: expected, is = {}, warns }) => {
    const { code, report } = await asked(words, { env: more });
    expect({ code, outcomes: outcomes(report) }).toEqual({ code: 0, outcomes: expected });
    expect(report).toMatchObject({ error: null, exitCode: 0, ...is });
    expect(report.warnings.map((warning) => warning.code)).toEqual(warns === undefined ? [] : [warns]);
  });

  it('to a prompt that is not UTF-8', async () => {
    const { report } = await asked(['-m', 's/x'], { input: new Uint8Array([0x68, 0xff]) });
    expect(report.warnings).toMatchObject([{ code: 'stdin-not-utf8' }]);
  });

  it('of a server with an id of its own for each request', async () => {
    const result = await runWithFake(['--format', 'ndjson', 'hi']);
    expect(told(result).report.attempts[0]?.requestId).toMatch(/./);
  });
});

describe.concurrent('each kind of error is as the schemas say', () => {
  it.each([
    { fault: '429:60', kind: 'rate-limit', code: 5 },
    { fault: 'overloaded', kind: 'overloaded', code: 5 },
    { fault: '500', kind: 'server-error', code: 5 },
    { fault: 'reset', kind: 'network', code: 5 },
    { fault: 'truncate', kind: 'network', code: 5 },
    { fault: 'refused', kind: 'unreachable', code: 5 },
    { fault: 'timeout:connect', kind: 'timeout', code: 5 },
    { fault: 'timeout:first-token', kind: 'timeout', code: 5 },
    { fault: 'timeout:idle', kind: 'timeout', code: 5 },
    { fault: 'timeout:attempt', kind: 'timeout', code: 5 },
    { fault: 'quota', kind: 'quota', code: 4 },
    { fault: 'tls', kind: 'misconfigured', code: 4 },
    { fault: 'html:200', kind: 'misconfigured', code: 4 },
    { fault: 'model-not-found', kind: 'model-not-found', code: 4 },
    { fault: 'context-length', kind: 'context-length', code: 4 },
    { fault: 'auth', kind: 'auth', code: 4 },
    { fault: 'bad-request', kind: 'bad-request', code: 4 },
    { fault: 'content-filter', kind: 'content-filter', code: 4 },
    { fault: 'refusal', kind: 'content-filter', code: 4 },
  ])('$fault', async ({ fault, kind, code }) => {
    const result = await asked(['--retries', '0', '-m', 'f/x', 'hi'], { env: always(fault) });
    expect({ code: result.code, outcomes: outcomes(result.report) }).toEqual({ code, outcomes: kind });
    expect(result.report).toMatchObject({ exitCode: code, servedBy: null, error: { kind } });
  });
});

describe.concurrent('a run without an answer is as the schemas say', () => {
  const broken = temporaryFile('c.yaml', 'aliases:\n  fast: 3\n');
  it.each<{ name: string; words: string[]; code: number; error?: string; more?: Environment }>([
    { name: 'unknown flag', words: ['--nope', 'hi'], code: 2, error: 'usage' },
    { name: 'flag without its value', words: ['hi', '-m'], code: 2, error: 'usage' },
    { name: 'wrong value', words: ['--timeout', '30', 'hi'], code: 2, error: 'usage' },
    { name: 'wrong option', words: ['-o', 'seed=x', '-m', 's/x', 'hi'], code: 2, error: 'option' },
    { name: 'no prompt', words: ['-m', 's/x'], code: 2, error: 'no-prompt' },
    { name: 'a comma too many', words: ['-m', 's/x,', 'hi'], code: 2, error: 'spec-syntax' },
    { name: 'a drill of nobody', words: ['--inject', 'z/z=503', '-m', 's/x', 'hi'], code: 2 },
    {
      name: 'an unknown fault',
      words: ['--inject', 's/x=nope', '-m', 's/x', 'hi'],
      code: 2,
      error: 'fault-script',
    },
    { name: 'an unknown store', words: ['--health-store', 'x', '-m', 's/x', 'hi'], code: 2 },
    { name: 'no model', words: ['hi'], code: 3, error: 'no-model' },
    { name: 'an alias cycle', words: ['-m', 'loop', 'hi'], code: 3, error: 'alias-cycle' },
    { name: 'an unknown name', words: ['-m', 'nope', 'hi'], code: 3 },
    { name: 'an unknown provider', words: ['-m', 'nope/x', 'hi'], code: 3, error: 'unknown-provider' },
    { name: 'a bad DSN', words: ['-m', 's/x,open/x', 'hi'], code: 3, error: 'dsn-duration' },
    { name: 'no file', words: ['--config', '/none', 'hi'], code: 3, error: 'config-file' },
    { name: 'a broken file', words: ['--config', broken, 'hi'], code: 3 },
    { name: 'an unknown store', words: ['hi'], more: { MAJORDOMO_HEALTH_STORE: 'x' }, code: 3 },
    { name: 'no credential', words: ['-m', 'openai/x,anthropic/y', 'hi'], code: 3, error: 'no-credential' },
    { name: 'several attempts', words: ['-m', 'down/x,cut/x', 'hi'], code: 5, error: 'chain-exhausted' },
    {
      name: 'no failover',
      words: ['--no-failover', '-m', 'limited/x,s/x', 'hi'],
      code: 5,
      error: 'chain-exhausted',
    },
    { name: 'the deadline', words: ['--timeout', '50ms', '-m', 'late/x', 'hi'], code: 6, error: 'deadline' },
    {
      name: 'the deadline of a hedge',
      words: ['--timeout', '300ms', '--hedge', '20ms', '-m', 'late/x,late/y', 'hi'],
      code: 6,
      error: 'deadline',
    },
  ])('$name: exit $code', async ({ words, more = {}, code, error }) => {
    const result = await asked(words, { env: more });
    expect([result.code, result.report.exitCode]).toEqual([code, code]);
    if (error !== undefined) expect(result.report.error?.code).toBe(error);
  });

  it('nothing configured', async () => {
    const { code, stdout } = await runCli(['run', '--json', 'hi']);
    expect(code).toBe(3);
    expect(expectRunReport(JSON.parse(stdout)).error?.code).toBe('nothing-configured');
  });

  it.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ] as const)('$signal', async ({ signal, code }) => {
    const child = startCli(['run', '--format', 'ndjson', '-m', 'x/y', 'hi'], {
      env: { LLM_X: 'mock://?reply=one%20two&fault=stall:1*' },
    });
    const result = ended(child);
    child.stdout?.on('data', (text: string) => text.includes('text-delta') && child.kill(signal));
    const { report, ...rest } = told(await result);
    expect([rest.code, report.exitCode]).toEqual([code, code]);
    expect(report.attempts).toMatchObject([{ outcome: 'cancelled', next: 'stop' }]);
  });
});

describe('every kind of line', () => {
  it('is met here', async () => {
    const { events } = await asked([
      '-m',
      's/x,openai/y,s/x,rich/x',
      '--inject',
      's/x=503',
      '--retries',
      '0',
      'hi',
    ]);
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['warning', 'attempt-start', 'text-delta', 'reasoning-delta', 'attempt-end']),
    );
    const skipped = events.find(
      (event) => event.type === 'attempt-end' && event.record.outcome === 'skipped',
    );
    expect(skipped).toMatchObject({ attempt: 0, nextTarget: 'rich/x' });
  });
});
