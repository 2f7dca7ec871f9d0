import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MemoryReport } from '../../src/cli/render/memory-report.js';
import type { ProvidersReport } from '../../src/cli/render/providers-report.js';
import type { ResolveReport } from '../../src/cli/render/resolve-report.js';
import type { Circuit } from '../../src/core/health.js';
import type { HealthEntry } from '../../src/core/ports.js';
import { type Environment, runCli, runInShell, temporaryFile } from '../support/cli.js';
import { expectRunReport } from '../support/run-shape.js';
import { expectValid } from '../support/schemas.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'majordomo-schemas-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const key = 'sk-canary-0123456789abcdefWXYZ';
const env: Environment = {
  LLM_DOWN: 'mock://?fault=503*',
  LLM_FLAKY: 'mock://?fault=500*1',
  LLM_AWAY: 'ollama://127.0.0.1:9',
  LLM_S: 'mock://?reply=spare',
  LLM_WORK: `openai://${key}@gateway.corp/v1`,
  LLM_TWIN: `openai://${key}@gateway.corp/v1`,
  LLM_CMD: 'openai://gateway.corp/v1?key_cmd=pass+llm',
  LLM_BAD: 'openai://h?timeout=30',
  LLM_QUOTED: '"mock://"',
  OPENAI_API_KEY: key,
  MAJORDOMO_ALIAS_FAST: 'down/x,smart',
  MAJORDOMO_ALIAS_SMART: 'work/gpt-x,openai/gpt-x,s/x',
  MAJORDOMO_ALIAS_LOOP: 'loop2',
  MAJORDOMO_ALIAS_LOOP2: 'loop',
  MAJORDOMO_ALIAS_BROKEN: 'bad/x',
};

/** A memory in which down/x and the provider away have open circuits, and flaky/x has one failure. */
async function memory(): Promise<Environment & { readonly XDG_STATE_HOME: string }> {
  const at = {
    ...env,
    MAJORDOMO_HEALTH_STORE: 'file',
    XDG_STATE_HOME: mkdtempSync(path.join(root, 'state-')),
  };
  for (let run = 0; run < 2; run++) await runCli(['run', '-q', '-m', 'down/x,away/x', 'hi'], { env: at });
  await runCli(['run', '-q', '--retries', '0', '-m', 'flaky/x', 'hi'], { env: at });
  // longer than the slowest machine takes for these tests
  changeOpen(at, (circuit) => ({ ...circuit, untilMs: Date.now() + 600_000 }));
  return at;
}

/** Lets another process look at what is kept away from: its lease runs for `leaseMs`. */
function probing(at: { readonly XDG_STATE_HOME: string }, leaseMs: number): void {
  changeOpen(at, (circuit) => ({ ...circuit, state: 'half-open', leaseUntilMs: Date.now() + leaseMs }));
}

function changeOpen(
  { XDG_STATE_HOME }: { readonly XDG_STATE_HOME: string },
  change: (circuit: Circuit) => unknown,
): void {
  const file = path.join(XDG_STATE_HOME, 'majordomo/health.json');
  const document = JSON.parse(readFileSync(file, 'utf8')) as { entries: HealthEntry[] };
  const entries = document.entries.map((entry) =>
    entry.circuit.state === 'open' ? { ...entry, circuit: change(entry.circuit) } : entry,
  );
  writeFileSync(file, JSON.stringify({ ...document, entries }));
}

async function resolved(words: readonly string[], more: Environment = {}) {
  const { code, stdout } = await runCli(['resolve', '--json', ...words], { env: { ...env, ...more } });
  const report = JSON.parse(stdout) as ResolveReport;
  expectValid('resolve', report);
  expect(report.exitCode).toBe(code);
  expect(stdout).not.toContain('canary');
  return report;
}

async function remembered(words: readonly string[], at: Environment) {
  const { code, stdout } = await runCli(['health', '--json', ...words], { env: at });
  const report = JSON.parse(stdout) as MemoryReport;
  expectValid('memory', report);
  expect(report.exitCode).toBe(code);
  return { ...report, states: report.circuits.map(({ name, state }) => `${name} ${state}`).sort() };
}

let learnt: Awaited<ReturnType<typeof memory>>;
beforeAll(async () => {
  learnt = await memory();
});

describe.concurrent('resolve is as its schema says', () => {
  it.each([
    { name: 'a target', words: ['work/gpt-x'], code: 0, targets: ['work/gpt-x'] },
    { name: 'an alias', words: ['fast'], code: 0, targets: ['down/x', 'work/gpt-x', 'openai/gpt-x', 's/x'] },
    { name: 'a chain', words: ['s/x,away/y,mock/z'], code: 0, targets: ['s/x', 'away/y', 'mock/z'] },
    { name: 'a target that is named twice', words: ['s/x,s/x'], code: 0, targets: ['s/x'] },
    { name: 'a key that a command gives', words: ['cmd/x'], code: 0, targets: ['cmd/x'] },
    { name: 'a DSN with a warning', words: ['quoted/x'], code: 0, targets: ['quoted/x'] },
    {
      name: 'two providers that share their fate',
      words: ['work/a,twin/b'],
      code: 0,
      targets: ['work/a', 'twin/b'],
    },
    { name: 'a missing credential', words: ['anthropic/c'], code: 3, targets: ['anthropic/c'] },
    { name: 'an alias cycle', words: ['loop'], code: 3, targets: [] },
    { name: 'a bad DSN beside a good one', words: ['s/x,bad/x'], code: 3, targets: ['s/x'] },
    { name: 'an unknown alias', words: ['nope'], code: 3, targets: [] },
    { name: 'an unknown provider', words: ['nope/x'], code: 3, targets: [] },
    { name: 'a comma too many', words: ['s/x,'], code: 3, targets: [] },
  ])('of $name', async ({ words, code, targets }) => {
    const { resolutions, exitCode, error } = await resolved(words);
    expect({ exitCode, error }).toEqual({ exitCode: code, error: null });
    expect(resolutions.map((one) => one.targets.map(({ target }) => target))).toEqual([targets]);
    expect(resolutions[0]?.error === null).toBe(code === 0);
  });

  it('of all aliases, broken ones among them', async () => {
    const { resolutions, exitCode } = await resolved([]);
    expect(exitCode).toBe(3);
    expect(resolutions.map(({ spec, error }) => [spec, error?.code ?? null])).toEqual([
      ['broken', 'dsn-duration'],
      ['fast', null],
      ['loop', 'alias-cycle'],
      ['loop2', 'alias-cycle'],
      ['smart', null],
    ]);
  });

  it('where there is nothing', async () => {
    const { stdout } = await runCli(['resolve', '--json']);
    expectValid('resolve', JSON.parse(stdout));
    expect(JSON.parse(stdout)).toMatchObject({ resolutions: [], exitCode: 0 });
  });

  it('of every kind of source, and what it hides', async () => {
    const file = temporaryFile('c.yaml', 'aliases:\n  fast: mine/x\nproviders:\n  mine: mock://\n');
    const { resolutions } = await resolved(['fast', 'mine/x', 'openai/x'], { MAJORDOMO_ALIAS_FAST: 's/x' });
    expect(resolutions[1]?.error?.code).toBe('unknown-provider');
    const words = ['--config', file, '--alias', 'fast=mine/x', 'fast', 'openai/x'];
    const [fast, openai] = (await resolved(words)).resolutions;
    expect(fast?.tree[0]?.source?.kind).toBe('flag');
    expect(fast?.tree[0]?.shadows.map(({ kind }) => kind)).toEqual(['env', 'user-file']);
    expect(fast?.targets[0]?.source.kind).toBe('user-file');
    expect(openai?.targets[0]?.source.kind).toBe('builtin');
  });

  it("of a project's alias", async () => {
    const folder = path.dirname(temporaryFile('majordomo.yaml', 'aliases:\n  ours: s/x\n'));
    const { stdout } = await runInShell(`cd '${folder}' && "$@"`, ['resolve', '--json', 'ours'], env);
    const report = JSON.parse(stdout) as ResolveReport;
    expectValid('resolve', report);
    expect(report.resolutions[0]?.tree[0]?.source?.kind).toBe('project-file');
  });

  it('of what a file would change', async () => {
    const file = temporaryFile('new.env', 'MAJORDOMO_ALIAS_FAST=s/x\n');
    const { resolutions, diff } = await resolved(['--diff', file, 'fast']);
    expect(resolutions[0]?.targets.map(({ target }) => target)).toHaveLength(4);
    expect(diff).toMatchObject({ file, resolutions: [{ targets: [{ target: 's/x' }] }] });
  });

  it('of circuits that are open', async () => {
    const { targets = [] } = (await resolved(['down/x,away/x,flaky/x'], learnt)).resolutions[0] ?? {};
    expect(targets.map(({ circuit }) => circuit.state)).toEqual(['open', 'open', 'closed']);
  });

  it('with a memory that is away', async () => {
    const { warnings, exitCode } = await resolved(['s/x'], { MAJORDOMO_HEALTH_STORE: 'redis://127.0.0.1:1' });
    expect({ warnings: warnings.map(({ code }) => code), exitCode }).toEqual({
      warnings: ['health-store'],
      exitCode: 0,
    });
  });

  it.each([
    { name: 'a wrong flag', words: ['--nope'], code: 2 },
    { name: 'a wrong alias', words: ['--alias', 'a/b=s/x'], code: 2 },
    { name: 'a format it has not', words: ['--format', 'ndjson'], code: 2 },
    { name: 'a file that is not there', words: ['--config', '/none'], code: 3 },
  ])('of $name: exit $code', async ({ words, code }) => {
    const report = await resolved(words);
    expect(report).toMatchObject({ resolutions: [], exitCode: code, error: { code: expect.any(String) } });
  });
});

async function provided(words: readonly string[], more: Environment = {}) {
  const { code, stdout } = await runCli(['providers', '--json', ...words], { env: { ...env, ...more } });
  const report = JSON.parse(stdout) as ProvidersReport;
  expectValid('providers', report);
  expect(report.exitCode).toBe(code);
  expect(stdout).not.toContain('canary');
  return report;
}

describe.concurrent('providers is as its schema says', () => {
  it('of everything configured', async () => {
    const { providers, folded, exitCode } = await provided([]);
    expect(exitCode).toBe(3);
    expect(providers.filter(({ status }) => status === 'invalid').map(({ name }) => name)).toEqual(['bad']);
    expect(folded).toBeGreaterThan(15);
  });

  it('of everything there is', async () => {
    const { folded, ignored } = await provided(['--all'], { LLM_MODEL: 'gpt' });
    expect({ folded, ignored }).toMatchObject({ folded: 0, ignored: [{ key: 'LLM_MODEL' }] });
  });

  it('of one with an open circuit', async () => {
    const [one] = (await provided(['away'], learnt)).providers;
    expect(one).toMatchObject({ status: 'ready', circuit: { state: 'open', untilMs: expect.any(Number) } });
  });

  it.each([
    { name: 'one of a mock', words: ['s', '--models'], more: { LLM_S: 'mock://?models=a' }, code: 0 },
    { name: 'one whose server is away', words: ['away', '--models'], more: {}, code: 5 },
    { name: 'one whose key a command gives', words: ['cmd', '--models'], more: {}, code: 3 },
    { name: 'one without a key', words: ['anthropic', '--models'], more: {}, code: 3 },
  ])('of the models of $name', async ({ words, more, code }) => {
    const { providers, exitCode } = await provided(words, more);
    expect(exitCode).toBe(code);
    expect(providers).toHaveLength(1);
  });

  it.each([
    { name: 'a wrong flag', words: ['--nope'], code: 2 },
    { name: 'an unknown name', words: ['nope'], code: 3 },
  ])('of $name: exit $code', async ({ words, code }) => {
    const report = await provided(words);
    expect(report).toMatchObject({ providers: [], exitCode: code, error: { code: expect.any(String) } });
  });
});

describe.concurrent('health --memory is as its schema says', () => {
  it('of open circuits', async () => {
    const { states } = await remembered(['--memory'], learnt);
    expect(states).toEqual(['away open', 'down/x open', 'flaky/x closed']);
  });

  it('where there is nothing', async () => {
    expect(await remembered(['--memory'], env)).toMatchObject({ circuits: [], exitCode: 0 });
  });

  it.each([
    { words: ['--reset', 'down'], left: ['away open', 'flaky/x closed'] },
    { words: ['--reset', 'openai'], left: ['away open', 'down/x open', 'flaky/x closed'] },
    { words: ['--reset'], left: [] },
  ])('after $words', async ({ words, left }) => {
    expect((await remembered(words, await memory())).states).toEqual(left);
  });

  it.each([
    { leaseMs: 60_000, until: expect.any(Number) },
    { leaseMs: -1, until: null },
  ])('while somebody looks again, for $leaseMs ms', async ({ leaseMs, until }) => {
    const at = await memory();
    probing(at, leaseMs);
    const { states, circuits } = await remembered(['--memory'], at);
    expect(states).toEqual(['away half-open', 'down/x half-open', 'flaky/x closed']);
    expect(circuits.find(({ name }) => name === 'away')?.untilMs).toEqual(until);
    const [resolution] = (await resolved(['away/x'], at)).resolutions;
    expect(resolution?.targets[0]?.circuit).toMatchObject({ state: 'half-open', untilMs: until });
  });

  it('of a file that is damaged, or of a later version', async () => {
    const at = {
      ...env,
      MAJORDOMO_HEALTH_STORE: 'file',
      XDG_STATE_HOME: mkdtempSync(path.join(root, 'bad-')),
    };
    const file = path.join(at.XDG_STATE_HOME, 'majordomo/health.json');
    mkdirSync(path.dirname(file));
    writeFileSync(file, '{"version":9}');
    expect(await remembered(['--memory'], at)).toMatchObject({
      error: { code: 'health-store' },
      exitCode: 3,
    });
    writeFileSync(file, 'no JSON');
    const { warnings, exitCode } = await remembered(['--memory'], at);
    expect({ warnings, exitCode }).toMatchObject({
      warnings: [{ code: 'health-store-damaged' }],
      exitCode: 0,
    });
  });

  it.each([
    {
      name: 'a server that is away',
      words: ['--memory'],
      more: { MAJORDOMO_HEALTH_STORE: 'redis://127.0.0.1:1' },
      code: 3,
    },
    { name: 'an unknown store', words: ['--memory', '--health-store', 'x'], more: {}, code: 2 },
    { name: 'a word too many', words: ['--memory', 'm1'], more: {}, code: 2 },
    { name: 'a wrong flag', words: ['--memory', '--nope'], more: {}, code: 2 },
  ])('of $name: exit $code', async ({ words, more, code }) => {
    const report = await remembered(words, { ...env, ...more } as Environment);
    expect(report).toMatchObject({ circuits: [], exitCode: code, error: { code: expect.any(String) } });
  });
});

describe.concurrent('a run that remembers is as its schema says', () => {
  const asked = async (words: readonly string[], at: Environment) =>
    expectRunReport(JSON.parse((await runCli(['run', '--json', ...words, 'hi'], { env: at })).stdout));

  it('where an open circuit is passed by', async () => {
    const { attempts } = await asked(['-m', 'down/x,s/x'], learnt);
    expect(attempts.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['skipped', 'circuit-open'],
      ['ok', null],
    ]);
  });

  it('where all that is left is being looked at by somebody else', async () => {
    const at = await memory();
    probing(at, 60_000);
    const { attempts, exitCode, error } = await asked(['-m', 'down/x,away/x'], at);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped']);
    expect({ exitCode, code: error?.code }).toEqual({ exitCode: 5, code: 'chain-exhausted' });
  });
});
