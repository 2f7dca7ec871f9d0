import { spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { command, ended, environment, startCli, token, type Upstream, upstream } from '../support/cli.js';

let server: Upstream;
afterEach(() => server.close());

/** A server that hangs in a phase; resolves `closed` when its client has gone. */
async function hanging(
  phase: 'headers' | 'stream',
): Promise<{ reached: Promise<void>; closed: Promise<void> }> {
  let [reach, close]: (() => void)[] = [];
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const closed = new Promise<void>((resolve) => (close = resolve));
  server = await upstream((_request, response: ServerResponse) => {
    response.on('close', () => close?.());
    if (phase === 'stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(token('one '));
    }
    reach?.();
  });
  return { reached, closed };
}

describe.each(['headers', 'stream'] as const)('interrupted while waiting for the %s', (phase) => {
  it.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ] as const)('by $signal: exit $code, and the request is aborted upstream', async ({ signal, code }) => {
    const { reached, closed } = await hanging(phase);
    const child = startCli(['run', '-m', 'x/y', 'hi'], {
      env: { LLM_X: `openai+http://KEY@${server.host}/v1` },
    });
    const result = ended(child);
    await reached;
    child.kill(signal);
    await closed;
    expect(await result).toMatchObject({ code, stdout: '', stderr: '' });
  });
});

describe('a reader that goes away', () => {
  it('ends the program quietly with 0, and aborts the request upstream', async () => {
    let close: (() => void) | undefined;
    const closed = new Promise<void>((resolve) => (close = resolve));
    server = await upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => response.write(token('line\n')), 10);
      response.on('close', () => {
        clearInterval(timer);
        close?.();
      });
    });
    const [node, args] = command(['run', '--stream', '-m', 'x/y', 'hi']);
    const script = `"$0" "$@" | head -1; echo "exit \${PIPESTATUS[0]}"`;
    const child = spawn('bash', ['-c', script, node, ...args], {
      env: environment({ LLM_X: `openai+http://KEY@${server.host}/v1` }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const result = await ended(child);
    await closed;
    expect(result).toMatchObject({ stdout: 'line\nexit 0\n', stderr: '' });
  });
});
