import type { ChildProcess } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type CliResult,
  type Environment,
  ended,
  runCli,
  runInShell,
  startCli,
  token,
  type Upstream,
  upstream,
} from '../support/cli.js';
import { expectRunReport } from '../support/run-shape.js';

let closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing) close();
  closing = [];
});

/** A moment of a run at which it can be interrupted. */
interface Moment {
  readonly env: Environment;
  /** When the run has come to this moment. */
  readonly reached: Promise<void>;
  /** When the connection that the run held, if any, is gone. */
  readonly gone: Promise<void>;
}

function signal(): { promise: Promise<void>; give: () => void } {
  let give = (): void => {};
  const promise = new Promise<void>((resolve) => (give = resolve));
  return { promise, give };
}

async function http(begin: 'headers' | 'stream' | 'body-of-refusal'): Promise<Moment> {
  const [reached, gone] = [signal(), signal()];
  const server: Upstream = await upstream((_request, response) => {
    response.on('close', gone.give);
    if (begin === 'stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(token('one '));
    }
    if (begin === 'body-of-refusal') {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.write('{"error":');
    }
    setTimeout(reached.give, begin === 'headers' ? 0 : 100);
  });
  closing.push(server.close);
  return {
    env: { LLM_X: `openai+http://KEY@${server.host}/v1` },
    reached: reached.promise,
    gone: gone.promise,
  };
}

/** A server that takes connections and says nothing: TLS never gets going. */
async function connecting(): Promise<Moment> {
  const [reached, gone] = [signal(), signal()];
  const server = createServer((socket: Socket) => {
    reached.give();
    socket.resume().on('close', gone.give).on('error', gone.give);
    closing.push(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const { port } = server.address() as { port: number };
  return {
    env: { LLM_X: `openai+https://KEY@127.0.0.1:${port}/v1?connect_timeout=20s` },
    reached: reached.promise,
    gone: gone.promise,
  };
}

/** A server that asks to be left alone for some seconds, which a chain of one target waits out. */
async function backingOff(): Promise<Moment> {
  const reached = signal();
  const server = await upstream((_request, response) => {
    response.writeHead(429, { 'retry-after': '4' }).end('{}');
    setTimeout(reached.give, 150);
  });
  closing.push(server.close);
  const env = { LLM_X: `openai+http://KEY@${server.host}/v1` };
  return { env, reached: reached.promise, gone: Promise.resolve() };
}

const moments = {
  'while connecting': connecting,
  'while waiting for the headers': () => http('headers'),
  'in the middle of the stream': () => http('stream'),
  'in the middle of an error': () => http('body-of-refusal'),
  'while backing off': backingOff,
} as const;

const signals = [
  { name: 'SIGINT', code: 130 },
  { name: 'SIGTERM', code: 143 },
] as const;

/** Sends the signal when the moment has come; tells how long the connection and the process then lived. */
async function interrupt(child: ChildProcess, moment: Moment, name: NodeJS.Signals) {
  const result = ended(child);
  await moment.reached;
  const sentAt = performance.now();
  child.kill(name);
  await moment.gone;
  const goneMs = performance.now() - sentAt;
  return { ...(await result), goneMs, endedMs: performance.now() - sentAt };
}

describe.each(Object.entries(moments))('interrupted %s', (_name, begin) => {
  it.each(signals)(
    'by $name: exit $code, quietly, and the request is aborted upstream',
    async ({ name, code }) => {
      const moment = await begin();
      const child = startCli(['run', '-q', '-m', 'x/y', 'hi'], { env: moment.env });
      const { goneMs, endedMs, ...result } = await interrupt(child, moment, name);
      expect(result).toEqual({ code, stdout: '', stderr: '' });
      expect(goneMs).toBeLessThan(500);
      expect(endedMs).toBeLessThan(1500);
    },
  );
});

describe('interrupted', () => {
  it.each(signals)('while waiting for standard input by $name: exit $code', async ({ name, code }) => {
    const child = startCli(['run', '-q', '-m', 'x/y', 'hi'], {
      env: { LLM_X: 'mock://' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const result = ended(child);
    setTimeout(() => child.kill(name), 600);
    expect(await result).toEqual({ code, stdout: '', stderr: '' });
  });

  it.each(signals)('by $name in JSON: the object says so', async ({ name, code }) => {
    const moment = await http('stream');
    const child = startCli(['run', '--json', '-m', 'x/y', 'hi'], { env: moment.env });
    const result = await interrupt(child, moment, name);
    const report = expectRunReport(JSON.parse(result.stdout));
    expect(report).toMatchObject({
      exitCode: code,
      text: '',
      error: { code: 'cancelled', kind: 'cancelled' },
    });
    expect(report.attempts).toMatchObject([{ outcome: 'cancelled' }]);
    expect(result.code).toBe(code);
  });

  it('while shown live: the text stays and its line is ended', async () => {
    const moment = await http('stream');
    const child = startCli(['run', '--stream', '-m', 'x/y', 'hi'], { env: moment.env });
    expect(await interrupt(child, moment, 'SIGINT')).toMatchObject({
      code: 130,
      stdout: 'one \n',
      stderr: '',
    });
  });

  it('does not ask the next target', async () => {
    const [moment, next] = [await http('headers'), await upstream(() => {})];
    closing.push(next.close);
    const child = startCli(['run', '-m', 'x/y,z/y', 'hi'], {
      env: { ...moment.env, LLM_Z: `openai+http://KEY@${next.host}/v1` },
    });
    expect(await interrupt(child, moment, 'SIGINT')).toMatchObject({ code: 130, stderr: '' });
    expect(next.requests()).toBe(0);
  });

  it('twice, shortly after each other: ends no less', async () => {
    const moment = await http('stream');
    const child = startCli(['run', '-m', 'x/y', 'hi'], { env: moment.env });
    const exited = new Promise<unknown>((resolve) => child.once('exit', (code, by) => resolve(code ?? by)));
    await moment.reached;
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGINT'), 5);
    expect([130, 'SIGINT']).toContain(await exited);
    await moment.gone;
  });

  it('while its reader does not read a long answer: ends at once', async () => {
    const child = startCli(['run', '-q', '-m', 'x/y', 'hi'], {
      env: { LLM_X: 'mock://?reply=0123456789&repeat=100000' },
    });
    const exited = new Promise<unknown>((resolve) => child.once('exit', (code, by) => resolve(code ?? by)));
    await new Promise((resolve) => child.stdout?.once('readable', () => setTimeout(resolve, 200)));
    child.kill('SIGINT');
    expect(await exited).toBe('SIGINT');
    child.stdout?.destroy();
  });
});

describe('a reader that goes away', () => {
  it.each([
    { name: 'text', words: ['--stream'], printed: 'line\n' },
    { name: 'NDJSON', words: ['--format', 'ndjson'], printed: expect.stringContaining('attempt-start') },
  ])(
    'ends a run that prints $name quietly with 0, and aborts the request upstream',
    async ({ words, printed }) => {
      const gone = signal();
      const server = await upstream((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write(token('line\n')), 10);
        response.on('close', () => {
          clearInterval(timer);
          gone.give();
        });
      });
      closing.push(server.close);
      const line = '"$@" | head -1; echo "exit ${PIPESTATUS[0]}" >&2';
      const run = ['run', ...words, '-m', 'x/y', 'hi'];
      const result: CliResult = await runInShell(line, run, { LLM_X: `openai+http://KEY@${server.host}/v1` });
      await gone.promise;
      expect(result).toEqual({ code: 0, stdout: printed, stderr: 'exit 0\n' });
    },
  );
});

describe('a run that is done', () => {
  it('ends at once, although the server keeps the connection open', async () => {
    const server = await upstream((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'keep-alive' });
      response.write(token('done'));
      response.write(
        `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`,
      );
      response.write('data: [DONE]\n\n');
      // and never ends
    });
    closing.push(server.close);
    const startedAt = performance.now();
    const result = await runCli(['run', '-m', 'x/y', 'hi'], {
      env: { LLM_X: `openai+http://KEY@${server.host}/v1` },
    });
    expect(result).toEqual({ code: 0, stdout: 'done\n', stderr: '' });
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
