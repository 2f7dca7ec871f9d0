import { describe, expect, it } from 'vitest';
import { jsonReply, startFake } from '../fakes/loopback.js';
import { runCli } from '../support/cli.js';

const env = {
  LLM_UP: 'mock://?models=a',
  LLM_DEAD: 'openai+http://k@127.0.0.1:1/v1',
  MAJORDOMO_ALIAS_FAST: 'dead/x,up/a',
  MAJORDOMO_ALIAS_GONE: 'dead/x',
};
const nagios = (...words: string[]) => runCli(['health', '--exit-style', 'nagios', ...words], { env });

describe.concurrent('health --exit-style nagios', () => {
  it.each([
    { words: ['up/a'], code: 0, line: /^MAJORDOMO OK: 1 checked \| passed=1;;;0;1 time=[\d.]+s$/ },
    { words: ['fast'], code: 1, line: /^MAJORDOMO WARNING: fast degraded, dead\/x unreachable \| / },
    { words: ['gone'], code: 2, line: /^MAJORDOMO CRITICAL: gone down, dead\/x unreachable \| / },
    {
      words: ['fast', '--fail-on', 'degraded'],
      code: 2,
      line: /^MAJORDOMO CRITICAL: fast degraded, dead\/x unreachable \| /,
    },
    { words: ['nobody'], code: 3, line: /^MAJORDOMO UNKNOWN: "nobody" is neither/ },
  ])('$words: $code', async ({ words, code, line }) => {
    const result = await nagios(...words);
    expect(result.code).toBe(code);
    expect(result.stdout.split('\n')[0]).toMatch(line);
  });

  it.each([
    { words: ['--bogus'], says: /^MAJORDOMO UNKNOWN: unknown option '--bogus'\n$/ },
    { words: ['--bogus', '--json'], says: /^MAJORDOMO UNKNOWN: unknown option '--bogus'\n$/ },
    {
      words: ['--jobs', '0|x=1'],
      says: /^MAJORDOMO UNKNOWN: option '--jobs <n>' argument '0\/x=1' [^|]*\n$/,
    },
    { words: ['--level', 'nope'], says: /^MAJORDOMO UNKNOWN: option '--level <level>' .*\n$/ },
    { words: ['--report', 'nope=x'], says: /^MAJORDOMO UNKNOWN: there is no such report\n$/ },
    { words: ['--json', 'up'], says: /^MAJORDOMO UNKNOWN: --exit-style nagios .* --format json.*\n$/ },
  ])('$words is wrong usage: 3, as nothing is known, and a line that says so', async ({ words, says }) => {
    for (const flags of [['--exit-style', 'nagios'], ['--exit-style=nagios']]) {
      for (const line of [
        [...flags, ...words],
        [...words, ...flags],
      ]) {
        const { code, stdout, stderr } = await runCli(['health', ...line], { env });
        expect(code).toBe(3);
        expect(stdout).toMatch(says);
        expect(stderr).toMatch(/^majordomo: /);
      }
    }
  });

  it.each([
    { words: ['run', '-m', 'up/a', '--exit-style', 'nagios', 'hi'] },
    { words: ['health', '--bogus', '--', '--exit-style', 'nagios'] },
  ])('is not meant by $words', async ({ words }) => {
    expect(await runCli(words, { env })).toMatchObject({ code: 2, stdout: '' });
  });

  it.runIf(process.platform === 'linux').each([
    { words: ['gone'], code: 2, line: /^MAJORDOMO CRITICAL: the report .*ENOSPC\), gone down, .* \| / },
    { words: ['fast'], code: 1, line: /^MAJORDOMO WARNING: the report .*ENOSPC\), fast degraded, .* \| / },
    { words: ['up/a'], code: 3, line: /^MAJORDOMO UNKNOWN: the report .*ENOSPC\) \| passed=1;/ },
  ])('$words with a report that cannot be written: word and code are of one mind', async (each) => {
    const { code, stdout } = await nagios('--report', 'json=/dev/full', ...each.words);
    expect(code).toBe(each.code);
    expect(stdout.split('\n')[0]).toMatch(each.line);
  });

  it('takes nothing that a server says for data', async () => {
    const evil = await startFake(() => jsonReply(503, { error: { message: 'slow | evil=99;1;2 x' } }));
    const { stdout } = await runCli(['health', '--exit-style', 'nagios', 'evil', 'up/a|b=1'], {
      env: { ...env, LLM_EVIL: `openai+http://k@${new URL(evil.url).host}/v1` },
    });
    await evil.close();
    const [first = '', ...rest] = stdout.trimEnd().split('\n');
    expect(first.split('|')).toHaveLength(2);
    expect(rest).toHaveLength(2);
    expect(rest.join()).toContain('slow / evil=99;1;2 x');
    expect(rest.join()).not.toContain('|');
  });
});
