import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startAnthropic } from '../fakes/anthropic.js';
import { startOpenAiFake } from '../fakes/openai.js';
import { runCli, runWithFake, token, upstream } from '../support/cli.js';
import { expectRunReport } from '../support/run-shape.js';

describe.concurrent('a flag of the request', () => {
  it.each([
    {
      words: ['-s', 'Be terse.'],
      sent: {
        messages: [
          { role: 'system', content: 'Be terse.' },
          { role: 'user', content: 'hi' },
        ],
      },
    },
    {
      words: ['--system', 'Be "terse".\n🙂'],
      sent: {
        messages: [
          { role: 'system', content: 'Be "terse".\n🙂' },
          { role: 'user', content: 'hi' },
        ],
      },
    },
    { words: ['--max-tokens', '7'], sent: { max_completion_tokens: 7 } },
    { words: ['--temperature', '0.25'], sent: { temperature: 0.25 } },
    { words: ['--temperature', '0'], sent: { temperature: 0 } },
    { words: ['--no-stream'], sent: { stream: false } },
    { words: ['--stream'], sent: { stream: true } },
    { words: ['-o', 'temperature=1'], sent: { temperature: 1 } },
    { words: ['-o', 'top_p=0.5', '-o', 'seed=42'], sent: { top_p: 0.5, seed: 42 } },
    { words: ['-o', 'max_tokens=9'], sent: { max_completion_tokens: 9 } },
    { words: ['-o', 'max_tokens=9', '--max-tokens', '3'], sent: { max_completion_tokens: 3 } },
    { words: ['-o', 'temperature=1', '--temperature', '0.5'], sent: { temperature: 0.5 } },
    { words: ['-o', 'stop=END'], sent: { stop: ['END'] } },
    { words: ['-o', 'stop=["a","b"]'], sent: { stop: ['a', 'b'] } },
    { words: ['-o', 'json=true'], sent: { response_format: { type: 'json_object' } } },
    { words: ['-o', 'user=me=you'], sent: { user: 'me=you' } },
    { words: ['-o', 'user="7"'], sent: { user: '7' } },
    { words: ['-o', 'metadata={"a":1}'], sent: { metadata: { a: 1 } } },
    { words: ['-o', 'store=false'], sent: { store: false } },
    { words: ['-o', 'n=1', '-o', 'n=2'], sent: { n: 2 } },
    { words: ['-o', 'x:verbosity=low'], sent: { verbosity: 'low' } },
    { words: ['-o', 'other:verbosity=low'], sent: { verbosity: undefined } },
    { words: ['--option', 'reasoning_effort=low'], sent: { reasoning_effort: 'low' } },
  ] as readonly { words: string[]; sent: Record<string, unknown> }[])(
    '$words reaches the API',
    async ({ words, sent }) => {
      const run = await runWithFake([...words, 'hi'], { env: { LLM_OTHER: 'mock://' } });
      expect(run).toMatchObject({ code: 0 });
      expect(run.stdout).not.toBe('');
      expect(run.bodies).toHaveLength(1);
      expect(run.bodies[0]).toMatchObject(
        Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)),
      );
      for (const [key, value] of Object.entries(sent))
        if (value === undefined) expect(run.bodies[0]).not.toHaveProperty(key);
    },
  );

  it('-o stream=false cannot break the reading of the answer, and is told', async () => {
    const run = await runWithFake(['-o', 'stream=false', 'hi']);
    expect(run.code).toBe(0);
    expect(run.bodies[0]).toMatchObject({ stream: true });
    expect(run.stderr).toMatch(/^⚠ the option 'stream' was left out/);
  });

  it('-o with a key that is nearly a portable one sends it, and asks', async () => {
    const run = await runWithFake(['-o', 'temprature=1', 'hi']);
    expect(run.bodies[0]).toMatchObject({ temprature: 1 });
    expect(run.stderr).toMatch(/^⚠ -o temprature=…: it is sent as it is; did you mean temperature\?\n/);
  });

  it('-o has each API’s own names, and provider:key goes to that provider only', async () => {
    const [anthropic, bodies] = [await startAnthropic(), [] as unknown[]];
    const words = ['--max-tokens', '5', '-o', 'stop=END', '-o', 'claude:top_k=3', '-o', 'x:seed=1', 'hi'];
    const run = await runWithFake(words, {
      model: 'claude/claude-sonnet-4-5',
      env: { LLM_CLAUDE: `anthropic+http://sk-ant-fake-key@${anthropic.url.slice('http://'.length)}/v1` },
    });
    bodies.push(...anthropic.requests.map(({ body }) => body));
    await anthropic.close();
    expect(run).toMatchObject({ code: 0, bodies: [] });
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatchObject({ max_tokens: 5, stop_sequences: ['END'], top_k: 3 });
    expect(bodies[0]).not.toHaveProperty('seed');
  });

  it.each([
    { words: ['-o', 'seed'], says: 'Write key=value' },
    { words: ['-o', '=1'], says: 'Write key=value' },
    { words: ['-o', 'x:=1'], says: 'provider:key=value' },
    { words: ['-o', 'temperature=warm'], says: 'must be a number' },
    { words: ['-o', 'max_tokens=0'], says: 'whole number from 1' },
    { words: ['-o', 'stop=[]'], says: 'JSON list of strings' },
    { words: ['-o', 'json=1'], says: 'true or false' },
    { words: ['--max-tokens', '1.5'], says: 'whole number from 1' },
    { words: ['--max-tokens', '1e3'], says: 'whole number from 1' },
    { words: ['--temperature', ''], says: 'Write a number' },
    { words: ['--temperature', 'NaN'], says: 'Write a number' },
    { words: ['--retries', '-1'], says: 'whole number from 0' },
    { words: ['--max-attempts', '0'], says: 'whole number from 1' },
    { words: ['--timeout', '30'], says: 'duration with a unit' },
    { words: ['--timeout', '0s'], says: 'duration with a unit' },
    { words: ['--attempt-timeout', '1 day'], says: 'duration with a unit' },
    { words: ['--first-token-timeout', '-1s'], says: 'duration with a unit' },
    { words: ['--idle-timeout', '600h'], says: 'up to 24 days' },
    { words: ['--format', 'xml'], says: 'pretty, plain, json, ndjson' },
    { words: ['--color', 'yes'], says: 'auto, always, never' },
    { words: ['--sanitize', 'yes'], says: 'auto, always, never' },
    { words: ['--alias', 'a'], says: 'name=spec' },
    { words: ['--config', ''], says: 'must not be empty' },
  ])('$words is refused before anything is sent', async ({ words, says }) => {
    const run = await runWithFake([...words, 'hi']);
    expect(run).toMatchObject({ code: 2, stdout: '', bodies: [] });
    expect(run.stderr).toContain(says);
  });
});

describe.concurrent('a flag of the chain', () => {
  const env = {
    LLM_BUSY: 'mock://?fault=503*',
    LLM_WRONG: 'mock://?fault=auth*',
    LLM_S: 'mock://?reply=spare',
  };
  const asked = async (words: readonly string[], more: Record<string, string> = {}) => {
    const { stdout } = await runCli(['run', '--json', ...words, 'hi'], { env: { ...env, ...more } });
    return expectRunReport(JSON.parse(stdout));
  };

  it.each([
    { name: 'one retry without a flag', words: ['-m', 'busy/x,s/y'], targets: ['busy/x', 'busy/x', 's/y'] },
    {
      name: 'none with --retries 0',
      words: ['--retries', '0', '-m', 'busy/x,s/y'],
      targets: ['busy/x', 's/y'],
    },
    {
      name: '--retries 2 times',
      words: ['--retries', '2', '-m', 'busy/x,s/y'],
      targets: ['busy/x', 'busy/x', 'busy/x', 's/y'],
    },
    {
      name: 'against the retries of the DSN',
      words: ['--retries', '0', '-m', 'r/x,s/y'],
      more: { LLM_R: 'mock://?fault=503*&retries=2' },
      targets: ['r/x', 's/y'],
    },
    {
      name: 'the first only with --no-failover',
      words: ['--no-failover', '--retries', '0', '-m', 'busy/x,s/y'],
      targets: ['busy/x'],
    },
    {
      name: '--max-attempts at most',
      words: ['--max-attempts', '1', '-m', 'busy/x,s/y'],
      targets: ['busy/x'],
    },
    { name: 'nobody after a permanent error', words: ['-m', 'wrong/x,s/y'], targets: ['wrong/x'] },
    {
      name: 'the next with --advance-on-permanent',
      words: ['--advance-on-permanent', '-m', 'wrong/x,s/y'],
      targets: ['wrong/x', 's/y'],
    },
  ])('asks $name', async ({ words, targets, more }) => {
    const report = await asked(words, more as Record<string, string> | undefined);
    expect(report.attempts.map(({ target }) => target)).toEqual(targets);
    expect(report.text).toBe(targets.at(-1) === 's/y' ? 'spare' : '');
  });
});

const head = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
};

describe.concurrent('a timer, with a real server that falls silent', () => {
  it.each([
    { flag: '--first-token-timeout', behave: () => {}, reason: 'first-token' },
    { flag: '--first-token-timeout', behave: head, reason: 'first-token' },
    {
      flag: '--first-token-timeout',
      behave: (response: ServerResponse) => {
        head(response);
        setInterval(() => response.write(': ping\n\n'), 30).unref();
      },
      reason: 'first-token',
    },
    {
      flag: '--idle-timeout',
      behave: (response: ServerResponse) => {
        head(response);
        response.write(token('one'));
      },
      reason: 'idle',
    },
    {
      flag: '--attempt-timeout',
      behave: (response: ServerResponse) => {
        head(response);
        setInterval(() => response.write(token('x')), 30).unref();
      },
      reason: 'attempt',
    },
    { flag: '--timeout', behave: () => {}, reason: 'deadline' },
  ])('$flag ends the attempt ($reason)', async ({ flag, behave, reason }) => {
    let gone = (): void => {};
    const aborted = new Promise<void>((resolve) => (gone = resolve));
    const server = await upstream((_request, response) => {
      response.on('close', gone);
      behave(response);
    });
    const run = { env: { LLM_X: `openai+http://KEY@${server.host}/v1`, LLM_S: 'mock://?reply=spare' } };
    try {
      const { stdout, code } = await runCli(['run', '--json', flag, '250ms', '-m', 'x/y,s/z', 'hi'], run);
      const report = expectRunReport(JSON.parse(stdout));
      expect(report.attempts[0]).toMatchObject({ target: 'x/y', reason });
      expect(report.attempts[0]?.durationMs).toBeGreaterThanOrEqual(200);
      // The deadline is the whole chain's; every other timer lets the next target answer, and asks the silent one once.
      expect(code).toBe(reason === 'deadline' ? 6 : 0);
      expect(report.text).toBe(reason === 'deadline' ? '' : 'spare');
      expect(server.requests()).toBe(1);
      await aborted;
    } finally {
      server.close();
    }
  });

  it('--stream shows text in a pipe before the answer is whole, no flag does not', async () => {
    const stalling = { LLM_X: 'mock://?reply=one%20two&fault=stall:1*' };
    const words = ['--idle-timeout', '200ms', '-m', 'x/y', 'hi'];
    const live = await runCli(['run', '--stream', ...words], { env: stalling });
    expect(live).toMatchObject({ code: 7, stdout: 'one\n' });
    const whole = await runCli(['run', ...words], { env: stalling });
    expect(whole).toMatchObject({ code: 5, stdout: '' });
  });
});

describe('help', () => {
  it('has these flags; whoever adds one adds a test of its effect', async () => {
    const { stdout } = await runCli(['run', '--help']);
    expect(stdout.match(/^ {2}(-\w, )?--[\w-]+/gm)?.map((flag) => flag.trim())).toEqual([
      '-m, --model',
      '-s, --system',
      '-o, --option',
      '--max-tokens',
      '--temperature',
      '--stream',
      '--no-stream',
      '--no-stdin',
      '-u, --usage',
      '-v, --verbose',
      '--sanitize',
      '--timeout',
      '--attempt-timeout',
      '--first-token-timeout',
      '--idle-timeout',
      '--retries',
      '--max-attempts',
      '--advance-on-permanent',
      '--no-failover',
      '--hedge',
      '--inject',
      '--expect',
      '--format',
      '--json',
      '--color',
      '--config',
      '--env-file',
      '--alias',
      '--health-store',
      '-q, --quiet',
      '-h, --help',
    ]);
  });
});

describe('--hedge', () => {
  it('asks the next target beside a slow one, tells so, and hangs up on the loser', async () => {
    let left = 0;
    const slow = await upstream((_, response) => {
      response.writeHead(200).flushHeaders();
      response.on('close', () => (left += 1));
    });
    const quick = await upstream((_, response) => {
      response.writeHead(200);
      response.end(`${token('quick')}data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n`);
    });
    const env = { LLM_A: `openai://k@${slow.host}`, LLM_B: `openai://k@${quick.host}` };
    const words = ['run', '-m', 'a/x,b/x', '--hedge', '200ms', '--json', 'hi'];
    const { code, stdout, stderr } = await runCli(words, { env });
    expect(code).toBe(0);
    expect(stderr).toBe('⚠ a/x: the first token is late → b/x is asked beside it\n');
    const run = JSON.parse(stdout);
    expect(run).toMatchObject({ text: 'quick', servedBy: 'b/x', failover: true });
    expect(run.attempts).toMatchObject([
      { target: 'a/x', outcome: 'abandoned', reason: 'hedge', hedge: false, next: null },
      { target: 'b/x', outcome: 'ok', hedge: true },
    ]);
    expect(left).toBe(1);
    slow.close();
    quick.close();
  });
});

describe('--inject', () => {
  it('makes a target fail, so that the rest of the chain is seen to answer', async () => {
    const server = await upstream((_, response) => response.writeHead(500).end());
    const env = { LLM_A: `openai://k@${server.host}`, LLM_B: 'mock://?reply=spare' };
    const words = ['run', '-m', 'a/x,b/x', '--inject', 'a/x=503', 'hi'];
    const { code, stdout, stderr } = await runCli(words, { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'spare\n' });
    expect(stderr).toContain('⚠ a/x: server-error (injected, 503');
    expect(server.requests()).toBe(0);
    server.close();
  });

  it.each([
    { words: ['--inject', 'nope/x=503'], says: 'not in the chain' },
    { words: ['--inject', 'b/x=5033'], says: 'in its script, step 1' },
    { words: ['--inject', 'b/x'], says: 'target=fault' },
    { words: ['--inject', 'b/x=503', '--inject', 'b/x=429'], says: 'twice' },
  ])('that is wrong is wrong usage: $words', async ({ words, says }) => {
    const env = { LLM_B: 'mock://?reply=spare' };
    const { code, stdout, stderr } = await runCli(['run', '-m', 'b/x', ...words, 'hi'], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });
});

describe('a limit that the API knows by another name', () => {
  it('is asked for by that, which -v tells', async () => {
    const api = await startOpenAiFake();
    const env = { LLM_X: `groq+http://sk-fake-0123456789abcdefghij@127.0.0.1:${api.port}/v1` };
    const words = ['-v', '-m', 'x/o4-mini', '--max-tokens', '5', 'hi'];
    const told = await runCli(['run', ...words], { env });
    expect(told).toMatchObject({ code: 0 });
    expect(told.stderr).toMatch(
      /^1\. x\/o4-mini {2}ok, HTTP 200, .*asked again with max_completion_tokens: max_tokens is not supported\n$/,
    );
    const silent = await runCli(['run', '--json', ...words.slice(1)], { env });
    expect(silent).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(silent.stdout).attempts).toMatchObject([
      { outcome: 'ok', httpStatus: 200, message: expect.stringMatching(/^asked again with/) },
    ]);
    await api.close();
  });
});
