import { describe, expect, it } from 'vitest';
import { version } from '../../src/version.js';
import { runCli } from '../support/cli.js';
import { hasTerminal, onTerminal } from '../support/terminal.js';

describe.concurrent('help and version', () => {
  it.each([
    { words: ['--help'], says: 'Usage: majordomo <command> [options]' },
    { words: ['-h'], says: 'Usage: majordomo <command> [options]' },
    { words: ['help'], says: 'Usage: majordomo <command> [options]' },
    { words: ['run', '--help'], says: 'Usage: majordomo run [options] [prompt...]' },
    { words: ['run', '-h'], says: 'Usage: majordomo run' },
    { words: ['help', 'run'], says: 'Usage: majordomo run' },
    { words: ['resolve', '--help'], says: 'Usage: majordomo resolve [options] [spec...]' },
    { words: ['providers', '--help'], says: 'Usage: majordomo providers [options] [name...]' },
    { words: ['health', '--help'], says: 'Usage: majordomo health [options] [spec...]' },
    { words: ['completion', '--help'], says: 'Usage: majordomo completion <bash|zsh|fish|powershell>' },
    { words: ['run', 'why', '--help'], says: 'Usage: majordomo run' },
    { words: ['--format', 'json', 'run', '--help'], says: 'Usage: majordomo run' },
    { words: ['--version'], says: version },
    { words: ['-V'], says: version },
    { words: ['--json', '--version'], says: version },
  ])('$words goes to standard output, exit 0', async ({ words, says }) => {
    const { code, stdout, stderr } = await runCli(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.startsWith(says)).toBe(true);
  });

  it('has every exit code and an example that runs offline', async () => {
    const { stdout } = await runCli(['run', '--help']);
    for (const code of [0, 2, 3, 4, 5, 6, 7, 70, 130])
      expect(stdout).toMatch(new RegExp(`^  ${code}[ ,]`, 'm'));
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toContain('majordomo run -m mock/any "an offline try"');
    expect(await runCli(['run', '-m', 'mock/any', 'an offline try'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('has no escapes in a pipe, whatever the colour', async () => {
    const { stdout } = await runCli(['run', '--help', '--color', 'always'], { env: { FORCE_COLOR: '1' } });
    expect(stdout).not.toContain('\u001b');
  });
});

describe.concurrent('a command line without a command', () => {
  it.each([{ words: [] }, { words: ['--color', 'never'] }])(
    '$words: help on standard error, exit 2',
    async ({ words }) => {
      const { code, stdout, stderr } = await runCli(words);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^Usage: majordomo <command>/);
    },
  );

  it.each([
    { words: ['rnu', 'hi'], says: 'hint: did you mean run?' },
    { words: ['why', 'is', 'it'], says: 'a prompt goes after run' },
    { words: ['-m', 's/x', 'run', 'hi'], says: 'options of a command go after its name' },
    { words: ['--nope', 'run', 'hi'], says: "unknown option '--nope'" },
    { words: ['--format', 'xml', 'run', 'hi'], says: 'Allowed choices are' },
    { words: ['provider'], says: 'hint: did you mean providers?' },
    { words: ['help', 'nope'], says: 'Usage: majordomo' },
    { words: ['ru\u001b[2Jn\u0007'], says: "unknown command 'run'" },
  ])('$words: exit 2, and no model is asked', async ({ words, says }) => {
    const { code, stdout, stderr } = await runCli(words, {
      env: { LLM_S: 'mock://?reply=asked', MAJORDOMO_MODEL: 's/x' },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });

  it.each([
    { words: ['resolv'], says: 'hint: did you mean resolve?' },
    { words: ['halth', '--memory'], says: 'hint: did you mean health?' },
    { words: ['run', '--modle', 's/x'], says: 'hint: did you mean --model?' },
    { words: ['run', '--modle=s/x'], says: 'hint: did you mean --model?' },
    { words: ['resolve', '--jsno'], says: 'hint: did you mean --json?' },
    { words: ['resolve', '--aliass=f=s/x'], says: 'hint: did you mean --alias?' },
    { words: ['health', '--memroy'], says: 'hint: did you mean --memory?' },
    { words: ['--formta', 'json', 'health'], says: 'hint: did you mean --format?' },
    { words: ['--format', 'jsn', 'run', 'hi'], says: 'hint: did you mean json?' },
    { words: ['run', '--format', 'ndjsno', 'hi'], says: 'hint: did you mean ndjson?' },
    { words: ['run', '--sanitize=alway', 'hi'], says: 'hint: did you mean always?' },
    { words: ['resolve', '--color', 'nevr'], says: 'hint: did you mean never?' },
    { words: ['health', '--memory', '--format', 'plian'], says: 'hint: did you mean plain?' },
  ])('$words: tells a mistyped word its neighbour', async ({ words, says }) => {
    const { code, stdout, stderr } = await runCli(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  it('tells it in JSON, too', async () => {
    const { stdout } = await runCli(['resolve', '--json', '--color', 'nevr']);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'usage', hint: 'did you mean never?' });
  });
});

describe.skipIf(!hasTerminal)('help on a terminal of 40 columns', () => {
  it('fits', async () => {
    const { code, screen } = await onTerminal(['run', '--help'], { columns: 40 });
    expect(code).toBe(0);
    const flags = screen.slice(screen.indexOf('Arguments:'), screen.indexOf('Examples:'));
    expect(flags.split('\n').filter((line) => line.length > 40)).toEqual([]);
    expect(flags).toContain('--first-token-timeout');
  });
});
