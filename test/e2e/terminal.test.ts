import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { command, ended, environment, runCli } from '../support/cli.js';

// util-linux's script runs a program in a pseudo-terminal; other systems' has other words.
const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

async function onTerminal(words: readonly string[], env: Readonly<Record<string, string>>, columns = 80) {
  const [node, args] = command(words);
  const line = [node, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', `stty cols ${columns}; ${line}`, '/dev/null'], {
    env: environment({ TERM: 'xterm', ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return ended(child);
}

describe.skipIf(!hasTerminal)('on a terminal', () => {
  it('a stream that breaks leaves its text, a clean error and exit 7; the spare is not spliced in', async () => {
    const env = { LLM_X: 'mock://?reply=one%20two%20three&fault=cut:2*', LLM_Y: 'mock://?reply=spare' };
    const { code, stdout } = await onTerminal(['run', '-m', 'x/y,y/z', 'hi'], env);
    expect(code).toBe(7);
    expect(stdout).toMatch(/one two\r\n.*the answer was cut after it had begun/s);
    expect(stdout).not.toContain('spare');
  });

  it('a spinner shows until the first token and is gone then', async () => {
    const { code, stdout } = await onTerminal(['run', '-m', 'x/y', 'hi'], {
      LLM_X: 'mock://?reply=done&latency=700ms',
    });
    expect(code).toBe(0);
    expect(stdout).toContain('x/y');
    expect(stdout.indexOf('done')).toBeGreaterThan(stdout.lastIndexOf('x/y'));
  });

  it('that has no columns nothing spins, and the answer comes', async () => {
    const env = { LLM_X: 'mock://?reply=done&latency=400ms' };
    expect(await onTerminal(['run', '-m', 'x/y', 'hi'], env, 0)).toMatchObject({
      code: 0,
      stdout: 'done\r\n',
    });
  });

  it('control sequences of an answer do not reach the screen, but a pipe', async () => {
    const { startOpenAi } = await import('../support/scripted-upstream.js');
    const evil = 'a\u001b]52;c;aGk=\u0007b\u001b[2Jc\u202ed';
    const server = await startOpenAi([evil.slice(0, 4), evil.slice(4, 13), evil.slice(13)]);
    const env = { LLM_X: `openai+http://KEY@${server.host}/v1` };
    try {
      const screen = await onTerminal(['run', '--color', 'never', '-q', '-m', 'x/y', 'hi'], env);
      expect(screen.stdout).toBe('abcd\r\n');
      expect((await runCli(['run', '-m', 'x/y', 'hi'], { env })).stdout).toBe(`${evil}\n`);
      expect((await runCli(['run', '--sanitize', 'always', '-m', 'x/y', 'hi'], { env })).stdout).toBe(
        'abcd\n',
      );
    } finally {
      server.close();
    }
  });
});

describe('under GitHub Actions', () => {
  it('workflow commands of an answer are made harmless', async () => {
    const env = { GITHUB_ACTIONS: 'true', LLM_X: 'mock://?reply=::set-env%20name=x::y' };
    expect((await runCli(['run', '-m', 'x/y', 'hi'], { env })).stdout).toBe(': :set-env name=x::y\n');
  });
});

describe('colour on standard error', () => {
  const env = { LLM_X: 'mock://?fault=503*', LLM_Y: 'mock://?reply=ok' };
  it.each([
    { name: 'none in a pipe', words: [], more: {}, colored: false },
    { name: 'with --color always', words: ['--color', 'always'], more: { NO_COLOR: '1' }, colored: true },
    { name: 'with FORCE_COLOR', words: [], more: { FORCE_COLOR: '1' }, colored: true },
    {
      name: 'not with NO_COLOR beside it',
      words: [],
      more: { FORCE_COLOR: '1', NO_COLOR: '1' },
      colored: false,
    },
  ])('$name', async ({ words, more, colored }) => {
    const { stderr } = await runCli(['run', ...words, '-m', 'x/y,y/z', 'hi'], {
      env: { ...env, ...(more as Record<string, string>) },
    });
    expect(stderr.includes('\u001b[')).toBe(colored);
  });
});
