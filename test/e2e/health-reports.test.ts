import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import parsePrometheus from 'parse-prometheus-text-format';
import { Parser } from 'tap-parser';
import { afterAll, describe, expect, it } from 'vitest';
import { jsonReply, startFake } from '../fakes/loopback.js';
import { runCli, temporaryFile } from '../support/cli.js';
import { expectJunit } from '../support/junit.js';
import { expectValid } from '../support/schemas.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-reports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names and messages that would break a format which does not take care. */
const hostile = 'x"<b>&|#%:]]>::error::';
const hostileWords =
  'key is wrong\u0000\u001b[31m \ud800 \ufffe \u{1f600}\r\n::error::boom\nBail out!\nok 9 - fine # SKIP\n]]> </failure>&amp;\ud800\ufffe\u202e\u0085 | a="b"';
const env = {
  LLM_UP: 'mock://?models=a',
  LLM_ANY: 'mock://',
  LLM_DEAD: 'openai+http://k@127.0.0.1:1/v1',
  LLM_BAD: `mock://?reply=x&${encodeURIComponent('nope')}=1`,
  MAJORDOMO_ALIAS_FAST: 'dead/x,up/a',
  MAJORDOMO_ALIAS_GONE: 'dead/x',
};
const names = ['fast', 'gone', 'up/a', `any/${hostile}`, 'up/missing', 'bad', '--optional', 'bad'];

async function report(format: string, words: readonly string[] = names, more: Record<string, string> = {}) {
  const file = path.join(folder, `${Math.random()}.${format}`);
  const result = await runCli(['health', '-q', '--report', `${format}=${file}`, ...words], {
    env: { ...env, ...more },
  });
  return { ...result, file, text: readFileSync(file, 'utf8') };
}

describe.concurrent('health --report', () => {
  it('json is the object of --json', async () => {
    const { text, code } = await report('json');
    expectValid('health', JSON.parse(text));
    expect(JSON.parse(text)).toMatchObject({ exitCode: code, state: 'down' });
  });

  it('junit is read as test cases, of which the required ones fail', async () => {
    const { text } = await report('junit');
    expect(XMLValidator.validate(text)).toBe(true);
    const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@' }).parse(text);
    const { testsuite } = testsuites;
    const cases: Record<string, unknown>[] = testsuite.testcase;
    expect([testsuite['@tests'], testsuite['@failures'], testsuite['@skipped']]).toEqual(['7', '2', '2']);
    const failed = cases.filter((each) => 'failure' in each).map((each) => each['@name']);
    expect(failed).toEqual(['up/missing', 'gone']);
    expect(cases.find((each) => each['@name'] === 'fast')?.['system-out']).toBe('degraded: up/a answers');
  });

  it.each([
    { name: 'of all kinds of checks', words: names },
    { name: 'of hostile words of a server', words: ['evil', 'evil/x,up/a', '--optional', 'evil'] },
    { name: 'of a key that is missing', words: ['keyless/x,up/a'] },
    { name: 'of answers', words: ['--probe', 'up/a', 'up/a,any/b'] },
    { name: 'of a name that nobody knows', words: ['nobody'] },
  ])('junit keeps to the schema of Jenkins: $name', async ({ words }) => {
    const evil = await startFake(() =>
      jsonReply(401, { error: { message: hostileWords, code: 'invalid_api_key' } }),
    );
    const { text } = await report('junit', words, {
      LLM_EVIL: `openai+http://k@${new URL(evil.url).host}/v1`,
      LLM_KEYLESS: 'openai://gateway.corp/v1',
    });
    await evil.close();
    expectJunit(text);
    expect(text).toMatch(/<testcase /);
  });

  it.each([
    { format: 'junit', says: /errors="1".*<error message="&quot;nobody&quot; is neither/s },
    { format: 'tap', says: /^1\.\.1\nnot ok 1 - majordomo health$/m },
    { format: 'github', says: /^::error title=majordomo%3A unknown-provider::/ },
    { format: 'prometheus', says: /^majordomo_health_state 0$/m },
  ])('$format does not look well where nothing could be checked', async ({ format, says }) => {
    const { code, text } = await report(format, ['nobody']);
    expect(code).toBe(3);
    expect(text).toMatch(says);
  });

  it.each(['tap', 'github', 'prometheus', 'json'])(
    '%s is not led astray by what a server says',
    async (format) => {
      const evil = await startFake(() =>
        jsonReply(401, { error: { message: hostileWords, code: 'invalid_api_key' } }),
      );
      const { text } = await report(format, ['evil', 'up/a'], {
        LLM_EVIL: `openai+http://k@${new URL(evil.url).host}/v1`,
      });
      await evil.close();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|\p{Cs}|\\ud[89a-f]/u);
      if (format !== 'prometheus') expect(text).toContain('key is wrong \ufffd \ufffe \u{1f600}');
      if (format === 'tap') {
        const points = Parser.parse(text, { omitVersion: true });
        expect(points.filter(([kind]) => kind === 'assert')).toHaveLength(2);
        expect(points.filter(([kind]) => kind === 'extra' || kind === 'bailout')).toEqual([]);
      }
      if (format === 'prometheus') expect(parsePrometheus(text).length).toBeGreaterThan(0);
      if (format === 'json') expectValid('health', JSON.parse(text));
      if (format === 'github') expect(text.match(/^::/gm)).toHaveLength(1);
    },
  );

  it('tap is read as test points', async () => {
    const { text } = await report('tap');
    const points = Parser.parse(text, { omitVersion: true });
    const asserts = points.flatMap(([kind, point]) =>
      kind === 'assert' ? [point as unknown as { ok: boolean; name: string; todo: unknown }] : [],
    );
    expect(points.find(([kind]) => kind === 'plan')?.[1]).toMatchObject({ start: 1, end: 7 });
    expect(asserts.map(({ ok, todo }) => `${ok ? 'ok' : todo ? 'todo' : 'not ok'}`)).toEqual([
      'todo',
      'ok',
      'ok',
      'not ok',
      'todo',
      'ok',
      'not ok',
    ]);
    expect(points.filter(([kind]) => kind === 'extra')).toEqual([]);
  });

  it('prometheus is read as metrics', async () => {
    const { text } = await report('prometheus');
    const metrics = parsePrometheus(text);
    const values = (name: string) =>
      metrics.find((metric) => metric.name === `majordomo_${name}`)?.metrics ?? [];
    expect(values('health_state')).toMatchObject([{ value: '0' }]);
    expect(values('chain_state').map(({ labels, value }) => [labels?.spec, value])).toEqual([
      ['fast', '1'],
      ['gone', '0'],
    ]);
    expect(values('check_success').map(({ value }) => value)).toEqual(['0', '1', '1', '0', '0']);
    expect(Number(values('health_timestamp_seconds')[0]?.value)).toBeGreaterThan(1_700_000_000);
  });

  it('github has annotations, the worst first, and a summary in which nothing is markup', async () => {
    const summary = temporaryFile('summary.md', 'before\n');
    const { text } = await report('github', names, { GITHUB_STEP_SUMMARY: summary });
    const lines = text.trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/ title=majordomo%3A ([^:]*)::.*/, ' $1'))).toEqual([
      '::error gone',
      '::error up/missing',
      '::warning fast',
      '::warning dead/x',
      '::warning bad',
    ]);
    const told = readFileSync(summary, 'utf8');
    expect(told).toMatch(/^before\n### majordomo health: down\n/);
    expect(told).toContain('`any/x"<b>&`&#124;`#%:]]>::error::`');
  });

  it('is written as a whole, beside nothing else, several at once', async () => {
    const own = mkdtempSync(path.join(folder, 'own-'));
    const files = ['tap', 'junit', 'json'].flatMap((format) => [
      '--report',
      `${format}=${path.join(own, format)}`,
    ]);
    const { code } = await runCli(['health', '-q', ...files, 'up'], { env });
    expect(code).toBe(0);
    expect(readdirSync(own).sort()).toEqual(['json', 'junit', 'tap']);
  });

  it('is whole at any moment, though several write it', async () => {
    const own = mkdtempSync(path.join(folder, 'shared-'));
    const file = path.join(own, 'health.json');
    const runs = Array.from({ length: 5 }, () =>
      runCli(['health', '-q', '--report', `json=${file}`, ...names], { env }),
    );
    const all = Promise.all(runs).then(() => true);
    while (!(await Promise.race([all, new Promise((resolve) => setTimeout(resolve, 5, false))]))) {
      if (existsSync(file)) expectValid('health', JSON.parse(readFileSync(file, 'utf8')));
    }
    expect(readdirSync(own)).toEqual(['health.json']);
    expectValid('health', JSON.parse(readFileSync(file, 'utf8')));
  });

  it('goes to standard output, too', async () => {
    const { stdout } = await runCli(['health', '-q', '--report', 'tap=-', 'up'], { env });
    expect(stdout).toBe('TAP version 14\n1..1\nok 1 - up\n');
  });

  it('is written though there is nothing to check', async () => {
    const { code, text } = await report('json', [], { LLM_UP: '', LLM_ANY: '', LLM_DEAD: '', LLM_BAD: '' });
    expect(code).toBe(3);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'nothing-to-check' }, exitCode: 3 });
  });

  it('adds one table to the summary, whatever the number of reports', async () => {
    const summary = temporaryFile('summary.md', '');
    const words = ['--report', 'github=-', '--report', `github=${path.join(folder, 'github.txt')}`];
    await runCli(['health', ...words, 'up'], { env: { ...env, GITHUB_STEP_SUMMARY: summary } });
    expect(readFileSync(summary, 'utf8').match(/^###/gm)).toHaveLength(1);
  });

  it('looks at the file for the summary before anything is sent', async () => {
    const api = await startFake(() => jsonReply(200, { data: [] }));
    const { code, stderr } = await runCli(['health', '--report', 'github=-', 'x'], {
      env: { LLM_X: `openai+http://k@${new URL(api.url).host}/v1`, GITHUB_STEP_SUMMARY: '/none/s.md' },
    });
    await api.close();
    expect(code).toBe(3);
    expect(stderr).toContain('GITHUB_STEP_SUMMARY: the report /none/s.md cannot be written (ENOENT)');
    expect(api.requests).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('a summary on a full disk is an error that is no bug', async () => {
    const more = { ...env, GITHUB_STEP_SUMMARY: '/dev/full' };
    const { code, stderr } = await runCli(['health', '--report', 'github=-', 'up'], { env: more });
    expect(code).toBe(74);
    expect(stderr).toMatch(/^majordomo: the report \/dev\/full .*\(ENOSPC\)\n {2}hint: its disk is full/);
  });

  it.runIf(process.platform === 'linux')(
    'that cannot be written is an error of the one that is printed',
    async () => {
      const { code, stdout } = await runCli(['health', 'up', '--report', 'junit=/dev/full', '--json'], {
        env,
      });
      const { error, exitCode } = JSON.parse(stdout);
      expect([code, exitCode, error?.message]).toEqual([code, code, expect.stringContaining('/dev/full')]);
      expect(code).not.toBe(0);
    },
  );

  it.runIf(process.platform === 'linux')('waits for no reader of a pipe', async () => {
    const file = path.join(folder, 'pipe');
    execFileSync('mkfifo', [file]);
    const { code, stderr } = await runCli(['health', '--report', `json=${file}`, 'up'], { env });
    expect(code).toBe(74);
    expect(stderr).toMatch(/pipe cannot be written \(ENXIO\)\n {2}hint: nobody reads this pipe/);
  });

  it('refuses two reports in one file, by whatever path, and devices take both', async () => {
    const file = path.join(folder, 'twice');
    const words = ['--report', `json=${file}`, '--report', `tap=${folder}/./twice`];
    const { code, stderr } = await runCli(['health', ...words, 'up'], { env });
    expect(code).toBe(2);
    expect(stderr).toContain('two reports would be written to');
    expect(existsSync(file)).toBe(false);
    const null2 = ['--report', 'json=/dev/null', '--report', 'tap=/dev/null'];
    expect((await runCli(['health', ...null2, 'up'], { env })).code).toBe(0);
  });

  it.each([
    { given: 'juni=x', code: 2, says: 'did you mean junit?' },
    { given: 'junit=', code: 2, says: 'names no file' },
    { given: 'junit', code: 2, says: 'format=file' },
    { given: 'junit=/none/x.xml', code: 3, says: '/none/x.xml cannot be written (ENOENT)' },
    { given: `junit=${os.tmpdir()}`, code: 3, says: 'cannot be written (EISDIR)' },
  ])('$given: exit $code', async ({ given, code, says }) => {
    const result = await runCli(['health', '-q', '--report', given, 'up'], { env });
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(says);
  });
});
