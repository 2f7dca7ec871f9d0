import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { list, Zoo, zooKey } from '../fakes/zoo.js';
import { type Environment, ended, runCli, runInShell, startCli } from '../support/cli.js';
import { expectValid } from '../support/schemas.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-codes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const zoo = new Zoo();
afterAll(() => zoo.close());

let env: Environment = {};
const heard: (() => void)[] = [];
const tellAll = (): void => {
  for (const tell of heard.splice(0)) tell();
};
beforeAll(async () => {
  env = {
    LLM_GOOD: 'mock://?models=a',
    LLM_OPEN: `openai+http://${zooKey}@${await zoo.api(() => list)}/v1`,
    LLM_DEAD: `openai+http://${zooKey}@127.0.0.1:1/v1`,
    LLM_KEYLESS: 'openai://gateway.corp/v1',
    LLM_SILENT: `openai+http://${zooKey}@${await zoo.raw(tellAll)}/v1`,
  };
});

describe.concurrent('health exits', () => {
  /** What is checked, what comes of it, and the code without --fail-on, with degraded and with warn. */
  it.each<{ words: readonly string[]; statuses: string; codes: readonly number[] }>([
    { words: ['good'], statuses: 'pass', codes: [0, 0, 0] },
    { words: ['open'], statuses: 'warn', codes: [0, 0, 1] },
    { words: ['dead'], statuses: 'fail', codes: [1, 1, 1] },
    { words: ['keyless'], statuses: 'fail', codes: [1, 1, 1] },
    { words: ['good', '--optional', 'good'], statuses: 'pass', codes: [0, 0, 0] },
    { words: ['open', '--optional', 'open'], statuses: 'warn', codes: [0, 0, 1] },
    { words: ['dead', '--optional', 'dead'], statuses: 'fail', codes: [0, 0, 1] },
    { words: ['keyless', '--optional', 'keyless'], statuses: 'skip', codes: [0, 0, 0] },
    { words: ['good', 'open'], statuses: 'pass warn', codes: [0, 0, 1] },
    { words: ['good', 'dead', '--optional', 'good'], statuses: 'pass fail', codes: [1, 1, 1] },
    { words: ['good', 'dead', '--optional', 'dead'], statuses: 'pass fail', codes: [0, 0, 1] },
    { words: ['dead', 'keyless', '--optional', 'keyless'], statuses: 'fail skip', codes: [1, 1, 1] },
    { words: ['good', 'keyless', '--optional', 'keyless'], statuses: 'pass skip', codes: [0, 0, 0] },
    { words: ['good/a,dead/x'], statuses: 'pass fail', codes: [0, 0, 1] },
    { words: ['good/a,keyless/x'], statuses: 'pass skip', codes: [0, 0, 0] },
    { words: ['dead/x,good/a'], statuses: 'fail pass', codes: [0, 1, 1] },
    { words: ['keyless/x,good/a'], statuses: 'skip pass', codes: [0, 1, 1] },
    { words: ['open/gpt-x,good/a'], statuses: 'warn pass', codes: [0, 0, 1] },
    { words: ['dead/x,good/b'], statuses: 'fail fail', codes: [1, 1, 1] },
    { words: ['keyless/x,dead/x'], statuses: 'skip fail', codes: [1, 1, 1] },
    { words: ['dead/x,good/a', '--required', 'dead/x'], statuses: 'fail pass', codes: [1, 1, 1] },
    { words: ['dead/x,good/a', 'dead/x'], statuses: 'fail pass', codes: [1, 1, 1] },
    { words: ['good/a,dead/x', 'open'], statuses: 'pass fail warn', codes: [0, 0, 1] },
  ])('$codes for $statuses by $words', async ({ words, statuses, codes }) => {
    const runs = await Promise.all(
      [[], ['--fail-on', 'degraded'], ['--fail-on', 'warn']].map((failOn) =>
        runCli(['health', '--json', ...failOn, ...words], { env }),
      ),
    );
    const reports = runs.map(({ stdout }) => JSON.parse(stdout));
    for (const { checks } of reports)
      expect(checks.map(({ status }: { status: string }) => status).join(' ')).toBe(statuses);
    expect(runs.map(({ code }) => code)).toEqual(codes);
    expect(reports.map(({ exitCode }) => exitCode)).toEqual(codes);
  });

  it.each([
    { line: '"$@" good | head -c 0; exit ${PIPESTATUS[0]}', code: 0 },
    { line: '"$@" dead | head -c 0; exit ${PIPESTATUS[0]}', code: 1 },
    { line: '"$@" --json dead | head -c 1 > /dev/null; exit ${PIPESTATUS[0]}', code: 1 },
    { line: '"$@" good >&-', code: 0 },
    { line: '"$@" dead >&-', code: 1 },
    { line: '"$@" --json dead >&- 2>&-', code: 1 },
    { line: '"$@" nobody >&-', code: 3 },
    { line: '"$@" --nope >&-', code: 2 },
    { line: '"$@" good --required goood', code: 2 },
  ])('$code whoever reads: $line', async ({ line, code }) => {
    const { stderr, ...told } = await runInShell(line, ['health'], env);
    expect(told).toEqual({ code, stdout: '' });
    expect(stderr).not.toMatch(/EPIPE|EBADF| at /);
  });

  it('with its report written though nobody reads its output', async () => {
    const file = path.join(folder, 'unread.xml');
    const { code } = await runInShell('"$@" >&-', ['health', 'dead', '--report', `junit=${file}`], env);
    expect(code).toBe(1);
    expect(readFileSync(file, 'utf8')).toMatch(/<\/testsuites>\n$/);
  });
});

describe('health that is ended in the middle', () => {
  const ends = [
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ] as const;

  /** Ends the program once the silent server has heard of it. */
  async function end(words: readonly string[], signal: NodeJS.Signals) {
    const isHeard = new Promise<void>((tell) => heard.push(tell));
    const child = startCli(['health', ...words, 'good', 'silent'], { env });
    const over = ended(child);
    await isHeard;
    child.kill(signal);
    return over;
  }

  it.each(ends)('by $signal prints its object and exits with $code', async ({ signal, code }) => {
    const told = await end(['--json'], signal);
    expect(told).toMatchObject({ code, stderr: '' });
    const report = JSON.parse(told.stdout);
    expectValid('health', report);
    expect(report).toMatchObject({ exitCode: code, error: { code: 'cancelled' } });
  });

  it.each(ends)('by $signal says nothing in a pipe', async ({ signal, code }) => {
    expect(await end([], signal)).toEqual({ code, stdout: '', stderr: '' });
  });

  it('tells what was checked before, and what that has cost', async () => {
    const words = ['--probe', '--jobs', '1', 'mock/any'];
    const report = JSON.parse((await end(['--json', ...words], 'SIGINT')).stdout);
    expectValid('health', report);
    const levels = report.checks.map((each: Record<string, unknown>) => [each.subject, each.levelReached]);
    expect(levels).toContainEqual(['mock/any', 'generates']);
    expect(report.spend).toMatchObject({ requests: 1, usd: null });
    expect((await end(words, 'SIGINT')).stderr).toMatch(/^spent: 1 request, \d+ tokens, price unknown\n$/);
  });

  it.each(ends)('by $signal is unknown to Nagios', async ({ signal, code }) => {
    const told = await end(['--exit-style', 'nagios'], signal);
    expect(told.code).toBe(code);
    expect(told.stdout).toMatch(/^MAJORDOMO UNKNOWN: .*\n$/);
  });

  it.each(ends)('by $signal leaves reports as they were', async ({ signal, code }) => {
    const own = mkdtempSync(path.join(folder, 'own-'));
    const files = ['json', 'junit', 'tap', 'github', 'prometheus'].map((format) => ({
      format,
      file: path.join(own, format),
    }));
    for (const { file } of files) writeFileSync(file, 'before');
    const words = files.flatMap(({ format, file }) => ['--report', `${format}=${file}`]);
    const told = await end([...words, '--report', 'tap=-'], signal);
    expect(told).toEqual({ code, stdout: '', stderr: '' });
    expect(readdirSync(own).sort()).toEqual(files.map(({ format }) => format).sort());
    for (const { file } of files) expect(readFileSync(file, 'utf8')).toBe('before');
  });
});
