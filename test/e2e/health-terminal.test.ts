import { readFileSync } from 'node:fs';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { ended, temporaryFile, upstream } from '../support/cli.js';
import { Emulator } from '../support/emulator.js';
import { hasTerminal, onTerminal, seen, startOnTerminal, type TerminalOptions } from '../support/terminal.js';

const frame = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;
const env = {
  LLM_FAST: 'mock://?latency=300ms',
  LLM_SLOW: 'mock://?latency=900ms',
  LLM_DEAD: 'openai+http://k@127.0.0.1:1/v1',
};
const words = ['health', '--probe', 'dead/x', 'fast/a', 'slow/a'];

/** What stands on a real terminal at the end, what has left the screen included. */
async function shownBy(raw: string, { columns = 80 }: TerminalOptions = {}): Promise<string> {
  const emulator = new Emulator(columns, 24);
  await emulator.write(raw);
  return emulator.all().join('\n');
}

const withoutTimes = (text: string): string => text.replace(/\d+(\.\d+)?m?s\b/g, 'N');

describe.skipIf(!hasTerminal)('health on a terminal', () => {
  it.each([40, 80, 200])('shows a row for each check while it lasts, on %i columns', async (columns) => {
    const { code, raw } = await onTerminal(words, { env, columns });
    expect(code).toBe(1);
    expect(raw).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]\S* slow\/a/);
    // settled while another one is checked: its place is no other than at the end
    const middle = await shownBy(raw.slice(0, raw.lastIndexOf('slow/a', raw.lastIndexOf('\u001b[?2026h'))), {
      columns,
    });
    expect(middle).toMatch(/^✗ dead\/x {2}configured .*\n✓ fast\/a {2}generates {2}\S+\n. ?$/);
    const end = await shownBy(raw, { columns });
    expect(withoutTimes(end)).toMatch(
      /^✗ dead\/x {2}configured {2}N\n {2}unreachable: [^✓]*✓ fast\/a {2}generates {2}N\n✓ slow\/a {2}generates {2}N\n/,
    );
    expect(end).not.toMatch(frame);
    expect(end.split('\n').filter((line) => line.length > columns)).toEqual([]);
    expect(raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(raw.lastIndexOf('\u001b[?25l'));
  });

  it.each<{ name: string; words?: readonly string[]; more?: Record<string, string>; columns?: number }>([
    { name: 'with -q', words: ['-q'] },
    { name: 'with TERM=dumb', more: { TERM: 'dumb' } },
    { name: 'in CI', more: { CI: 'true' } },
    { name: 'under GitHub Actions', more: { GITHUB_ACTIONS: 'true' } },
    { name: 'on a terminal without columns', columns: 0 },
  ])('nothing moves $name', async ({ words: flags = [], more = {}, columns }) => {
    const { raw } = await onTerminal([...words, ...flags, '--color', 'never'], {
      env: { ...env, ...more },
      ...(columns !== undefined && { columns }),
    });
    expect(raw).not.toContain('\u001b');
    expect(raw).not.toMatch(frame);
  });

  it.each([['plain'], ['json']])('--format %s has no table, and is what it is in a pipe', async (format) => {
    const out = temporaryFile('out', '');
    const { raw } = await onTerminal([...words, '--format', format], { env, redirect: `> '${out}'` });
    expect(raw).not.toContain('· ');
    expect(await shownBy(raw)).toBe('');
    expect(readFileSync(out, 'utf8')).not.toContain('\u001b');
    expect(readFileSync(out, 'utf8')).toMatch(format === 'json' ? /^\{\n/ : /^check\tdead\/x\tfail\t/);
  });

  it('a standard error that is a file gets nothing of it', async () => {
    const err = temporaryFile('err', '');
    const { raw } = await onTerminal([...words, '--color', 'never'], { env, redirect: `2> '${err}'` });
    expect(raw).not.toContain('\u001b');
    expect(readFileSync(err, 'utf8')).toBe('');
  });

  it('has no colours with NO_COLOR, and moves all the same', async () => {
    const { raw } = await onTerminal(words, { env: { ...env, NO_COLOR: '1' } });
    expect(raw).toMatch(frame);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about them
    expect(raw).not.toMatch(/\u001b\[\d+m/);
  });

  it('one after the other: those whose turn has not come are waiting, a drill is one more', async () => {
    const priced = { LLM_FAST: `${env.LLM_FAST}&price_in=1&price_out=1`, LLM_SLOW: env.LLM_SLOW };
    const { raw } = await onTerminal(
      ['health', '--probe', '--drill', '--max-cost', '1', '--color', 'never', 'fast/a,fast/b'],
      { env: priced },
    );
    expect(raw).toContain('· fast/b  waiting');
    expect(raw).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] drill of fast\/a,fast\/b/);
    expect(await shownBy(raw)).toMatch(
      /^✓ fast\/a .*\n✓ fast\/b .*\n\nfast\/a,fast\/b {2}up {2}.*\n {2}✓ without/,
    );
  });

  it('with more rows than lines repeats none', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `p${String(index + 10)}`);
    const many = Object.fromEntries(
      names.map((name, index) => [`LLM_${name.toUpperCase()}`, `mock://?latency=${200 + 20 * index}ms`]),
    );
    const { raw } = await onTerminal(['health', '--probe', ...names.map((name) => `${name}/a`)], {
      env: many,
    });
    expect(raw).toMatch(/… and 18 more, \d+ of 40 done/);
    const rows = (await shownBy(raw)).split('\n').slice(0, 40);
    expect(rows.map((row) => row.replace(/ {2}.*/, ''))).toEqual(names.map((name) => `✓ ${name}/a`));
  });

  it('that gets narrower meanwhile has each row once, and cut', async () => {
    const { raw } = await onTerminal(words, { env, before: '(sleep 0.6; stty cols 40 < /dev/tty) &' });
    expect(raw).toMatch(/unreachable: the server refused the connection/);
    expect(raw).toMatch(/✗\S* dead\/x {2}configured.*unr\w*…/);
    const end = await shownBy(raw);
    for (const subject of ['dead/x', 'fast/a', 'slow/a']) expect(end.split(` ${subject} `)).toHaveLength(2);
  });

  it('Ctrl-C leaves what was found until then, and the cursor', async () => {
    const child = startOnTerminal([...words, '--color', 'never'], {
      env: { ...env, LLM_SLOW: 'mock://?fault=silent*' },
    });
    const result = ended(child);
    let typed = false;
    child.stdout?.on('data', (text: string) => {
      if (typed || !text.includes('✓ fast/a')) return;
      typed = true;
      child.stdin?.write('\u0003');
    });
    const { code, raw } = await seen(result);
    expect(code).toBe(130);
    expect(withoutTimes(await shownBy(raw))).toBe(
      '✗ dead/x  configured  N  unreachable: the server refused the connection\n✓ fast/a  generates  N\n' +
        'spent: 1 request, 12 tokens, price unknown',
    );
    expect(raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(raw.lastIndexOf('\u001b[?25l'));
  });

  it.each([40, 80])(
    'breaks wide characters where %i columns end, and keeps the indentation',
    async (columns) => {
      const message = '模型不存在或者您没有访问权限请联系管理员'.repeat(4);
      const server = await upstream((_request, response) => {
        response.writeHead(400).end(JSON.stringify({ error: { message } }));
      });
      const { raw } = await onTerminal(['health', 'wide', '--color', 'never'], {
        env: { LLM_WIDE: `openai+http://KEY@${server.host}/v1`, CI: '1' },
        columns,
      });
      server.close();
      const lines = raw.split(/\r?\n/).filter((line) => /\p{Script=Han}/u.test(line));
      expect(lines.map((line) => line.replaceAll(/\P{Script=Han}/gu, '')).join('')).toBe(message);
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines) {
        expect(line).toMatch(/^ {2}/);
        expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      }
    },
  );

  it('keeps control sequences of a server off the screen', async () => {
    const evil = 'bad \u001b]0;title\u0007\u001b[31m\u009b2J\r\n\b\u202e end';
    const server = await upstream((_request, response) => {
      response.writeHead(503).end(JSON.stringify({ error: { message: evil } }));
    });
    const { raw } = await onTerminal([...words, 'evil'], {
      env: { ...env, LLM_EVIL: `openai+http://KEY@${server.host}/v1` },
    });
    server.close();
    expect(raw).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]\S* slow\/a/);
    expect(raw).toContain('server-error 503: bad');
    for (const sequence of ['title\u0007', '\u001b[31mbad', '\u009b', '\b', '\u202e'])
      expect(raw).not.toContain(sequence);
  });
});
