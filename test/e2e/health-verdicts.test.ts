import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import parsePrometheus from 'parse-prometheus-text-format';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-verdicts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = {
  LLM_UP: 'mock://?models=a',
  LLM_ANY: 'mock://',
  LLM_DEAD: 'openai+http://k@127.0.0.1:1/v1',
  MAJORDOMO_ALIAS_FAST: 'dead/x,up/a',
  MAJORDOMO_ALIAS_GONE: 'dead/x',
};

/** What each format makes of one run: whether anybody who reads it instead of the exit code is warned. */
async function verdicts(words: readonly string[]) {
  const own = mkdtempSync(path.join(folder, 'verdict-'));
  const file = (format: string): string => path.join(own, format);
  const formats = ['junit', 'tap', 'github', 'prometheus', 'json'];
  const flags = formats.flatMap((format) => ['--report', `${format}=${file(format)}`]);
  const { code } = await runCli(['health', '-q', ...flags, ...words], { env });
  const text = (format: string): string => readFileSync(file(format), 'utf8');
  const success = parsePrometheus(text('prometheus')).find(({ name }) => name === 'majordomo_health_success');
  return {
    code,
    junit: /<(failure|error) /.test(text('junit')),
    tap: /^not ok \d+ - [^#]*$/m.test(text('tap')),
    github: text('github').includes('::error '),
    prometheus: success?.metrics?.[0]?.value === '0',
    json: JSON.parse(text('json')).exitCode !== 0,
  };
}

describe.concurrent('the verdict of', () => {
  it.each([
    { name: 'what is good', words: ['up/a'], code: 0 },
    { name: 'a degraded chain', words: ['fast'], code: 0 },
    { name: 'a degraded chain that counts', words: ['fast', '--fail-on', 'degraded'], code: 1 },
    {
      name: 'a warning that counts',
      words: ['any', '--fail-on', 'warn', '--optional', 'dead', 'dead'],
      code: 1,
    },
    { name: 'a chain that is down', words: ['gone'], code: 1 },
    { name: 'a drill that nobody survives', words: ['--drill', 'up/a,dead/x'], code: 1 },
    { name: 'an optional chain', words: ['--drill', '--optional', 'up/a,dead/x', 'up/a,dead/x'], code: 0 },
    { name: 'an optional chain that is down', words: ['--optional', 'gone', 'gone', 'up'], code: 0 },
    { name: 'a drill of nothing', words: ['--drill', 'up/a'], code: 3 },
    { name: 'a limit of cost', words: ['--probe', '--max-cost', '0', 'up/a'], code: 6 },
    { name: 'a name that nobody has', words: ['nobody'], code: 3 },
    { name: 'a file that cannot be read', words: ['--config', '/none.json', 'up'], code: 3 },
  ])('$name is in every report', async ({ words, code }) => {
    const wrong = code !== 0;
    const expected = { code, junit: wrong, tap: wrong, github: wrong, prometheus: wrong, json: wrong };
    expect(await verdicts(words)).toEqual(expected);
  });

  it('a check stands, though a report cannot be written', async () => {
    const own = mkdtempSync(path.join(folder, 'full-'));
    const words = ['--report', 'junit=/dev/full', '--report', `tap=${path.join(own, 'tap')}`];
    const good = await runCli(['health', '--json', ...words, 'up/a'], { env });
    expect(good.code).toBe(74);
    expect(good.stderr).toContain('/dev/full cannot be written (ENOSPC)');
    expect(JSON.parse(good.stdout)).toMatchObject({
      exitCode: 74,
      state: 'up',
      error: { code: 'report', hint: 'its disk is full: make room there, or write it elsewhere' },
    });
    expect(readFileSync(path.join(own, 'tap'), 'utf8')).toContain('ok 1 - up/a');
    const bad = await runCli(['health', ...words, 'gone'], { env });
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('gone');
  });

  it('gives no orders to GitHub Actions on standard output', async () => {
    const said = encodeURIComponent('gone ##[error]gone');
    const words = ['tap', 'junit', 'prometheus'].flatMap((format) => ['--report', `${format}=-`]);
    const { stdout } = await runCli(
      ['health', '-q', '--probe', '--expect', 'contains:never', ...words, 'says/a'],
      { env: { GITHUB_ACTIONS: 'true', LLM_SAYS: `mock://?reply=${said}` } },
    );
    expect(stdout).toContain('gone');
    expect(stdout).not.toMatch(/##\[|^\s*::/m);
  });
});
