import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, token, type Upstream, upstream } from '../support/cli.js';

const canary = 'sk-canary/7Qz+Wm4x Kp9v"Lr2t';
const pieces = [
  canary,
  encodeURIComponent(canary),
  'canary',
  '7Qz',
  'Kp9v',
  'Lr2t',
  Buffer.from(canary).toString('base64').slice(0, 12),
];

type Echo = (response: ServerResponse, key: string) => void;

const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

const torn = (key: string, by: string): string => [...key].join(by);

/** Servers that tell the key they were sent, wherever a server can. */
const echoes: Readonly<Record<string, Echo>> = {
  message: (response, key) =>
    json(response, 401, {
      error: { message: `Incorrect API key provided: ${key}`, code: 'invalid_api_key' },
    }),
  'code and type': (response, key) =>
    json(response, 400, { error: { message: 'no', code: key, type: key, param: key } }),
  'the other case': (response, key) =>
    json(response, 401, { error: { message: `bad ${key.toLowerCase()}`, code: key.toUpperCase() } }),
  'two colours': (response, key) =>
    json(response, 401, { error: { message: `bad \u001b[31m${torn(key, '\u001b[0m')}` } }),
  'pieces that nobody sees to be pieces': (response, key) =>
    json(response, 401, { error: { message: `bad ${torn(torn(key, '\u00ad'), '\u0007')}` } }),
  'percent-encoded': (response, key) =>
    json(response, 403, { error: { message: `bad ${encodeURIComponent(key)}` } }),
  base64: (response, key) => json(response, 500, { error: { message: Buffer.from(key).toString('base64') } }),
  'a string': (response, key) => json(response, 503, { error: key }),
  'a web page': (response, key) =>
    response.writeHead(502, { 'content-type': 'text/html' }).end(`<html><title>${key}</title>${key}</html>`),
  'plain text': (response, key) => response.writeHead(500).end(`boom ${key}\n at x (${key})`),
  'request id': (response, key) =>
    json(response, 500, { error: { message: 'x' } }, { 'x-request-id': encodeURIComponent(key) }),
  redirect: (response, key) =>
    response.writeHead(302, { location: `http://elsewhere/?key=${encodeURIComponent(key)}` }).end(),
  'an error inside the stream': (response, key) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(token('hel'));
    response.end(`data: ${JSON.stringify({ error: { message: `died with ${key}`, code: key } })}\n\n`);
  },
  'a cut stream': (response, key) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': encodeURIComponent(key) });
    response.end(`: ${key}\n\nevent: ${key}\ndata: {"broken ${key}\n\n`);
  },
  'model and finish reason': (response, key) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const choices = [{ index: 0, delta: { content: 'ok' }, finish_reason: key }];
    response.end(`data: ${JSON.stringify({ model: key, choices })}\n\ndata: [DONE]\n\n`);
  },
};

let server: Upstream;
let echo: Echo;

function keyOf({ headers }: IncomingMessage): string {
  const key =
    headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization?.replace(/^Bearer /, '') ?? '';
  return String(key);
}

beforeAll(async () => {
  server = await upstream((request, response) => echo(response, keyOf(request)));
});
afterAll(() => server.close());

function expectNoCanary(result: { stdout: string; stderr: string }): void {
  for (const piece of pieces) {
    expect(result.stdout.toLowerCase()).not.toContain(piece.toLowerCase());
    expect(result.stderr.toLowerCase()).not.toContain(piece.toLowerCase());
  }
}

describe.each(Object.keys(echoes))('a server that tells the key in %s', (name) => {
  it.each(['openai', 'openai-responses', 'anthropic', 'google+http', 'ollama'])(
    'is not believed by %s',
    async (scheme) => {
      echo = echoes[name] as Echo;
      const env = { LLM_X: `${scheme}://${encodeURIComponent(canary)}@${server.host}/v1?retries=0` };
      const runs = await Promise.all([
        runCli(['run', '-v', '-u', '-m', 'x/y', 'hi'], { env }),
        runCli(['run', '--format', 'ndjson', '-m', 'x/y', 'hi'], { env }),
      ]);
      for (const run of runs) expectNoCanary(run);
      // Each run really got an answer of that server and did not stop before it.
      const report = JSON.parse((runs[1]?.stdout ?? '').trimEnd().split('\n').at(-1) ?? '{}');
      expect(report.attempts).toHaveLength(1);
      expect(report.attempts[0].httpStatus).not.toBeNull();
    },
  );
});

it.each(['http_proxy', 'HTTP_PROXY'])(
  'a proxy in %s that tells its password is not believed',
  async (variable) => {
    const proxy = await upstream((request, response) => {
      const sent = String(request.headers['proxy-authorization']);
      const pair = Buffer.from(sent.replace('Basic ', ''), 'base64').toString();
      json(response, 400, { error: { message: `${pair}, ${sent}` } });
    });
    const env = {
      LLM_X: `openai+http://sk-some-key@gw.example.test/v1?insecure=1`,
      [variable]: `http://me:${encodeURIComponent(canary)}@${proxy.host}`,
    };
    for (const words of [
      ['run', '-v', '-m', 'x/y', 'hi'],
      ['health', '--json', 'x'],
    ]) {
      const run = await runCli(words, { env });
      expectNoCanary(run);
      expect(run.stdout + run.stderr).toContain('me:[redacted], Basic bWU6[redacted]');
    }
    await proxy.close();
  },
);

const reports = ['junit', 'tap', 'github', 'json'].map((report) => `--report=${report}=-`);

describe('an answer that is not as expected is shown without the key', () => {
  it.each(['\u0007', '\u001b[31m', '\u202e', '\u200b', '\u00ad'])('with %j in it', async (unseen) => {
    echo = (response, key) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(
        `${token(torn(key, unseen))}data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`,
      );
    };
    const env = { LLM_X: `vllm://${encodeURIComponent(canary)}@${server.host}/v1` };
    for (const how of ['--format=plain', '--format=pretty', '--json', ...reports]) {
      const words = ['health', how, '--probe', '--expect', 'contains:zzz', 'x/y'];
      const run = await runCli(words, { env });
      expectNoCanary(run);
      expect(run.stdout).toContain('redacted');
      expect(run.stdout).not.toContain(unseen);
    }
  });
});

describe('a DSN that cannot be used', () => {
  it.each([
    { name: 'key as host', dsn: 'openai://sk-canary7QzWm4xKp9vLr2t' },
    { name: 'slash in the key', dsn: 'openai://sk-canary/7Qz@h/v1' },
    { name: 'bad escape', dsn: 'openai://sk-canary%zz7Qz@h' },
    { name: 'key as option', dsn: 'openai://h?sk-canary7Qz=1' },
    { name: 'key as scheme', dsn: 'sk-canary7Qz://h' },
    { name: 'unknown option with a secret', dsn: 'openai://h?tmeout=canary7Qz' },
    { name: 'plain http', dsn: 'openai+http://sk-canary7QzKp9vLr2t@example.test' },
    { name: 'a proxy with a password', dsn: 'openai://k@127.0.0.1:9?proxy=http://u:canary7Qz@127.0.0.1:9' },
    { name: 'a header', dsn: 'openai+http://127.0.0.1:9?header.X-Key=canary7Qz' },
    {
      name: 'a command that fails',
      dsn: 'openai+http://127.0.0.1:9?key_cmd=sh%20-c%20%22echo%20canary7Qz;echo%20canary7Qz%20%3E%262;exit%203%22',
    },
  ])('does not show its secret: $name', async ({ dsn }) => {
    const run = await runCli(['run', '-v', '--format', 'json', '-m', 'x/y', 'hi'], { env: { LLM_X: dsn } });
    expectNoCanary(run);
    expect(run.code).toBeGreaterThan(0);
  });
});

describe('a DSN in place of a spec or a name', () => {
  const dsn = "openai://it's,sk-canary7QzWm4xKp9vLr2t@h/m,";

  it.each([
    { name: 'a model', words: ['-m', dsn], env: {}, code: 2 },
    { name: 'a variable with the model', words: [], env: { MAJORDOMO_MODEL: dsn }, code: 2 },
    { name: "an alias's variable", words: ['-m', 'd'], env: { MAJORDOMO_ALIAS_D: dsn }, code: 3 },
    { name: "an alias's flag", words: ['-m', 'd', '--alias', `d=${dsn}`], env: {}, code: 2 },
    { name: 'an alias without a name', words: ['-m', 'd', '--alias', dsn], env: {}, code: 2 },
    { name: 'the name of an alias', words: ['-m', 'd', '--alias', `${dsn}=a/x`], env: {}, code: 2 },
    { name: 'a mistyped option', words: [`--modle=${dsn}`], env: {}, code: 2 },
    { name: 'a number', words: ['--retries', dsn], env: {}, code: 2 },
  ])('is not shown: $name', async ({ words, env, code }) => {
    for (const format of ['plain', 'json', 'ndjson']) {
      const run = await runCli(['run', '--format', format, '-v', ...words, '--no-stdin', 'hi'], { env });
      expectNoCanary(run);
      expect(run.code).toBe(code);
    }
  });

  it('is not shown as a command', async () => {
    const run = await runCli([dsn, 'hi']);
    expectNoCanary(run);
    expect(run.code).toBe(2);
  });
});

describe('a key in the wrong place is shown by no report:', () => {
  const key = 'sk-proj-canary4aBcDeFgHiJkLmNoPqRsTuV1234567890';
  const asks = [
    ['resolve'],
    ['resolve', 'x'],
    ['resolve', 'x/y'],
    ['providers'],
    ['providers', 'x'],
    ['providers', '--all'],
  ];
  const everywhere = (words: readonly string[] = []) => asks.map((ask) => [...ask, ...words]);
  const models = ['providers', '--models', '--timeout', '500ms'];
  const missing = `/none/${key}`;

  it.each([
    { name: 'a spec', asks: [['resolve', key]], env: {} },
    {
      name: 'a DSN as a spec',
      asks: [
        ['resolve', `openai://${key}@h/m`],
        ['resolve', `x/openai://canary7Qz@h`],
      ],
      env: {},
    },
    {
      name: 'a model',
      asks: [
        ['resolve', `x/${key}`],
        ['resolve', `nobody/${key}`],
      ],
      env: {},
    },
    {
      name: 'a provider',
      asks: [
        ['resolve', `${key}/m`],
        ['providers', key],
        ['resolve', `x/y,${key}`],
      ],
      env: {},
    },
    {
      name: "an alias's spec",
      asks: everywhere(['--alias', `a=x/${key}`]),
      env: { MAJORDOMO_ALIAS_X: `x/${key}` },
    },
    {
      name: "an alias's name",
      asks: everywhere(['--alias', `${key}=x/y`]),
      env: {},
    },
    {
      name: 'the default model',
      asks: [...everywhere(), models],
      env: { LLM_X: `openai+http://127.0.0.1:9?model=${key}` },
    },
    { name: 'the host of Ollama', asks: [...everywhere(), models], env: { OLLAMA_HOST: key } },
    { name: 'a configuration file', asks: everywhere(['--config', key]), env: {} },
    {
      name: 'an environment file',
      asks: [
        ['resolve', '--diff', key],
        ['resolve', '--diff', `openai://canary7Qz@h`],
      ],
      env: {},
    },
    {
      name: 'a path',
      asks: [
        ['resolve', '--diff', missing],
        ['resolve', '--config', missing],
      ],
      env: {},
    },
  ])(
    '$name',
    async ({ asks: all, env }) => {
      for (const words of all) {
        for (const format of ['plain', 'pretty', 'json']) {
          const run = await runCli([...words, '--format', format], { env: { LLM_X: 'mock://', ...env } });
          expect(`${run.stdout}${run.stderr}`.toLowerCase()).not.toContain('canary');
          expect(run.code).not.toBe(70);
        }
      }
    },
    60_000,
  );
});
