import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Answer, type ErrorKind, type GenerateOptions, Registry } from '../src/index.js';
import { certificate, fullListener, listen, pemPath, rawServer } from './providers/http/network-rig.js';

/*
 * What real servers have been seen to do, done by servers on loopback byte for byte, and what a chain makes of it: an answer from
 * that server, or the kind of error and the answer of the next target.
 */

type Reply = string | Uint8Array | ((socket: Socket) => void);

interface Case {
  readonly name: string;
  readonly reply: Reply;
  readonly scheme?: 'openai' | 'anthropic' | 'google' | 'ollama' | 'openai-responses' | 'llamacpp';
  readonly options?: GenerateOptions;
}

const fallback = 'from the next target';

/** Asks the server, and a mock behind it. */
async function ask(dsn: string, options: GenerateOptions = {}): Promise<Answer> {
  const env: Record<string, string> = {
    LLM_BAD: dsn,
    LLM_GOOD: `mock://?reply=${encodeURIComponent(fallback)}`,
  };
  const registry = new Registry({ envLookup: (name) => env[name], chain: { transientRetries: -1 } });
  return registry.parse('bad/some-model,good/x').generate({ prompt: 'hi' }, { timeoutMs: 8000, ...options });
}

async function askServer({ reply, scheme = 'openai', options }: Case): Promise<Answer> {
  const { port } = await rawServer((socket) => {
    if (typeof reply === 'function') reply(socket);
    else socket.end(reply);
  });
  return ask(`${scheme}+http://sk-0123456789abcdef@127.0.0.1:${port}`, options);
}

const response = (status: string, type: string, body: string, headers = ''): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
const json = (status: string, body: unknown, headers = ''): string =>
  response(status, 'application/json', JSON.stringify(body), headers);
const page = (status: string): string =>
  response(
    status,
    'text/html',
    `<html>\r\n<head><title>${status}</title></head><body><h1>${status}</h1></body></html>`,
  );

const streamHead = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const httpChunk = (data: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(data as string);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
};
const lastChunk = '0\r\n\r\n';
/** A stream that the server ends as it should, whatever is in it. */
const stream = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat([Buffer.from(streamHead), ...parts.map(httpChunk), Buffer.from(lastChunk)]);

const event = (payload: unknown): string => `data: ${JSON.stringify(payload)}\n\n`;
const delta = (fields: unknown, finish: string | null = null): string =>
  event({ choices: [{ index: 0, delta: fields, finish_reason: finish }] });
const done = 'data: [DONE]\n\n';
const anthropicStart =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"m","model":"c","role":"assistant","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}\n\n';

/** Writes one part after the other. */
function slowly(parts: readonly (string | Uint8Array)[], everyMs: number) {
  return (socket: Socket): void => {
    socket.write(streamHead);
    const rest = [...parts];
    const timer = setInterval(() => {
      const part = rest.shift();
      if (part === undefined) clearInterval(timer);
      if (part === undefined) socket.end(lastChunk);
      else socket.write(httpChunk(part));
    }, everyMs);
    socket.once('close', () => clearInterval(timer));
  };
}

describe('an answer is read', () => {
  const cases: readonly (Case & { readonly text: string })[] = [
    {
      name: 'among null content, empty deltas and empty choices',
      reply: stream(
        delta({ role: 'assistant', content: null }),
        event({ choices: [] }),
        delta({}),
        delta({ content: 'a' }),
        delta({ content: 'b' }, 'stop'),
        done,
      ),
      text: 'ab',
    },
    {
      name: 'after reasoning that comes before the role',
      reply: stream(
        delta({ reasoning_content: 'hm' }),
        delta({ role: 'assistant', content: '' }),
        delta({ content: 'ab' }, 'stop'),
      ),
      text: 'ab',
    },
    {
      name: 'whose finish reason is on the last content',
      reply: stream(delta({ content: 'a' }), delta({ content: 'b' }, 'stop')),
      text: 'ab',
    },
    {
      name: 'that is one JSON body in place of a stream',
      reply: json('200 OK', {
        choices: [{ index: 0, message: { role: 'assistant', content: 'ab' }, finish_reason: 'stop' }],
      }),
      text: 'ab',
    },
    {
      name: 'with lines ended by CRLF',
      reply: stream((delta({ content: 'ab' }, 'stop') + done).replaceAll('\n', '\r\n')),
      text: 'ab',
    },
    {
      name: 'with lines ended by CR',
      reply: stream((delta({ content: 'ab' }, 'stop') + done).replaceAll('\n', '\r')),
      text: 'ab',
    },
    { name: 'after a BOM', reply: stream(`\ufeff${delta({ content: 'ab' }, 'stop')}`), text: 'ab' },
    {
      name: 'from events of several data lines',
      reply: stream(
        'data: {"choices": [{"index": 0,\ndata: "delta": {"content": "ab"},\ndata: "finish_reason": "stop"}]}\n\n',
      ),
      text: 'ab',
    },
    {
      name: 'from an event of a megabyte',
      reply: stream(delta({ content: 'x'.repeat(1_000_000) }, 'stop')),
      text: 'x'.repeat(1_000_000),
    },
    {
      name: 'whose characters are cut between chunks',
      reply: slowly(
        [...Buffer.from(delta({ content: 'é🙂日' }, 'stop'))].map((byte) => new Uint8Array([byte])),
        0,
      ),
      text: 'é🙂日',
    },
    {
      name: 'among comments and an event that is no JSON',
      reply: stream(
        ': PROCESSING\n\n',
        delta({ content: 'a' }),
        'data: {"choi\n\n',
        delta({ content: 'b' }, 'stop'),
      ),
      text: 'ab',
    },
  ];
  it.each(cases)('$name', async (given) => {
    const answer = await askServer(given);
    expect(answer.attempts.map(({ message }) => message)).toEqual([null]);
    expect(answer.text === given.text).toBe(true);
    expect(answer.servedBy).toBe('bad/some-model');
  });
});

describe('the next target answers, and the cause is told, after', () => {
  const cases: readonly (Case & {
    readonly kind: ErrorKind;
    readonly says?: string | RegExp;
    readonly status?: number;
  })[] = [
    { name: 'a cut stream that ends cleanly', reply: stream(delta({ content: 'a' })), kind: 'network' },
    {
      name: 'the same with [DONE] at its end',
      reply: stream(delta({ content: 'a' }), done),
      kind: 'network',
    },
    {
      name: 'the same from Gemini',
      scheme: 'google',
      reply: stream(event({ candidates: [{ content: { parts: [{ text: 'a' }] } }] })),
      kind: 'network',
    },
    {
      name: 'the same from Ollama',
      scheme: 'ollama',
      reply: stream('{"model":"m","message":{"role":"assistant","content":"a"},"done":false}\n'),
      kind: 'network',
    },
    {
      name: 'an error inside HTTP 200',
      reply: stream(
        delta({ content: 'a' }),
        event({ error: { code: 429, message: 'Rate limit exceeded', metadata: {} } }),
      ),
      kind: 'rate-limit',
    },
    {
      name: 'a web page with 502',
      reply: page('502 Bad Gateway'),
      kind: 'server-error',
      says: '502 Bad Gateway',
    },
    {
      name: 'a web page with 504',
      reply: page('504 Gateway Time-out'),
      kind: 'server-error',
      says: 'Time-out',
    },
    {
      name: 'an error that is a text',
      reply: json('500 Internal Server Error', { error: 'out of luck' }),
      kind: 'server-error',
      says: 'out of luck',
    },
    {
      name: 'an error under message alone',
      reply: json('503 Service Unavailable', { message: 'no healthy upstream' }),
      kind: 'server-error',
      says: 'no healthy upstream',
    },
    {
      name: 'an error under html-message',
      reply: json('502 Bad Gateway', { 'html-message': 'Bad gateway, dear' }),
      kind: 'server-error',
      says: 'Bad gateway, dear',
    },
    {
      name: 'a numeric code',
      reply: json('429 Too Many Requests', { error: { code: 429, message: 'slow down' } }),
      kind: 'rate-limit',
      says: 'slow down',
    },
    {
      name: 'a message with a stack trace',
      reply: json('500 Internal Server Error', {
        error: { message: 'CUDA error: out of memory\n  at forward (model.py:12)\n  at main (serve.py:3)' },
      }),
      kind: 'server-error',
      says: /CUDA error: out of memory$/,
    },
    {
      name: "an error in OpenAI's shape from an Anthropic endpoint",
      scheme: 'anthropic',
      reply: json('429 Too Many Requests', {
        error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded', param: null },
      }),
      kind: 'rate-limit',
      says: 'Rate limit reached',
    },
    {
      name: 'a server that loads its model',
      scheme: 'llamacpp',
      reply: json('503 Service Unavailable', {
        error: { code: 503, message: 'Loading model', type: 'unavailable_error' },
      }),
      kind: 'overloaded',
      says: 'Loading model',
    },
    {
      name: 'a busy server that sends nothing at all',
      reply: () => {},
      options: { firstTokenTimeoutMs: 150 },
      kind: 'timeout',
    },
    {
      name: 'a refusal whose explanation does not come',
      reply: (socket) =>
        socket.write('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 9\r\nContent-Length: 90\r\n\r\n{"err'),
      options: { firstTokenTimeoutMs: 150 },
      kind: 'rate-limit',
      status: 429,
    },
    {
      name: 'comments only, which are no token',
      reply: slowly(Array(60).fill(': OPENROUTER PROCESSING\n\n'), 25),
      options: { firstTokenTimeoutMs: 200 },
      kind: 'timeout',
    },
    {
      name: 'pings only, which are no token',
      scheme: 'anthropic',
      reply: slowly([anthropicStart, ...Array(60).fill('event: ping\ndata: {"type":"ping"}\n\n')], 25),
      options: { firstTokenTimeoutMs: 200 },
      kind: 'timeout',
    },
    {
      name: 'a stream that stops without an end',
      reply: (socket) =>
        socket.write(Buffer.concat([Buffer.from(streamHead), httpChunk(delta({ content: 'a' }))])),
      options: { idleTimeoutMs: 150 },
      kind: 'timeout',
    },
    {
      name: 'a connection that is cut in the middle of a chunk',
      reply: (socket) => {
        socket.write(`${streamHead}ff\r\ndata: {"cho`);
        setTimeout(() => socket.resetAndDestroy(), 20);
      },
      kind: 'network',
    },
    { name: 'a server that hangs up', reply: '', kind: 'network' },
    { name: 'a reset before any header', reply: (socket) => socket.resetAndDestroy(), kind: 'network' },
    { name: 'a server that is not HTTP', reply: 'SSH-2.0-OpenSSH_9.6\r\n', kind: 'misconfigured' },
  ];
  it.each(cases)('$name', async (given) => {
    const answer = await askServer(given);
    expect(answer.attempts[0]).toMatchObject({ outcome: given.kind, next: 'advance' });
    if (given.says !== undefined) expect(answer.attempts[0]?.message).toMatch(given.says);
    if (given.status !== undefined) expect(answer.attempts[0]?.httpStatus).toBe(given.status);
    expect(answer.text).toBe(fallback);
    expect(answer.servedBy).toBe('good/x');
  });

  it('a redirect, which takes no credential to another host', async () => {
    const other = await rawServer((socket) => socket.end(page('200 OK')));
    const answer = await askServer({
      name: 'redirect',
      reply: response(
        '307 Temporary Redirect',
        'text/plain',
        '',
        `Location: http://127.0.0.1:${other.port}/v1\r\n`,
      ),
    });
    expect(answer.attempts[0]).toMatchObject({ outcome: 'misconfigured' });
    expect(other.sockets).toEqual([]);
  });

  it.each([
    { name: 'a self-signed certificate', certificate: 'self-signed' },
    { name: 'a certificate for another host', certificate: 'other-host' },
    { name: 'an expired certificate', certificate: 'expired' },
  ])('$name', async ({ certificate: name }) => {
    const port = await listen(createHttpsServer(certificate(name)));
    const answer = await ask(
      `openai+https://k@localhost:${port}?ca_file=${encodeURIComponent(pemPath('ca'))}`,
    );
    expect(answer.attempts[0]).toMatchObject({ outcome: 'misconfigured', next: 'advance' });
    expect(answer.text).toBe(fallback);
  });

  it.each([
    // Node hangs up, nginx says what is wrong
    { name: 'that hangs up', reply: null, kind: 'network' },
    {
      name: 'that says so',
      reply: response(
        '400 Bad Request',
        'text/html',
        '<center>The plain HTTP request was sent to HTTPS port</center>',
      ),
      kind: 'misconfigured',
    },
  ])('plain HTTP to a TLS port $name', async ({ reply, kind }) => {
    const port =
      reply === null
        ? await listen(createHttpsServer(certificate('localhost')))
        : (await rawServer((socket) => socket.end(reply))).port;
    const answer = await ask(`openai+http://k@localhost:${port}`);
    expect(answer.attempts[0]).toMatchObject({ outcome: kind });
    expect(answer.text).toBe(fallback);
  });

  it('https to a port without TLS', async () => {
    const { port } = await rawServer((socket) => socket.end(page('400 Bad Request')));
    const answer = await ask(`openai+https://k@localhost:${port}`);
    expect(answer.attempts[0]).toMatchObject({ outcome: 'misconfigured' });
    expect(answer.text).toBe(fallback);
  });

  it.each([
    { name: 'a refused connection', host: '127.0.0.1:1', kind: 'unreachable' },
    { name: 'a name that nobody knows', host: 'nowhere.invalid', kind: 'unreachable' },
  ])('$name', async ({ host, kind }) => {
    const answer = await ask(`openai+https://k@${host}`);
    expect(answer.attempts[0]).toMatchObject({ outcome: kind });
    expect(answer.text).toBe(fallback);
  });

  it('a listener that takes no connection', async () => {
    const { port } = await fullListener();
    const answer = await ask(`openai+http://k@127.0.0.1:${port}`, { connectTimeoutMs: 200 });
    expect(answer.attempts[0]).toMatchObject({ outcome: 'timeout' });
    expect(answer.text).toBe(fallback);
  });

  it('a proxy that wants a password', async () => {
    const proxy = await rawServer((socket) =>
      socket.end(
        response('407 Proxy Authentication Required', 'text/html', 'no', 'Proxy-Authenticate: Basic\r\n'),
      ),
    );
    const answer = await ask(`openai+https://k@api.example?proxy=http%3A%2F%2F127.0.0.1%3A${proxy.port}`);
    expect(answer.attempts[0]).toMatchObject({ outcome: 'misconfigured' });
    expect(answer.attempts[0]?.message).toMatch(/proxy/);
    expect(answer.text).toBe(fallback);
  });
});

describe('an end to the chain is told as what it is, after', () => {
  it.each([
    { name: 'a web page with 413', reply: page('413 Request Entity Too Large'), kind: 'context-length' },
    {
      name: 'a refused request with several lines',
      reply: json('400 Bad Request', {
        error: { message: 'bad value\nfor temperature', type: 'invalid_request_error' },
      }),
      kind: 'bad-request',
    },
  ])('$name', async ({ name, reply, kind }) => {
    const outcome = await askServer({ name, reply }).then(
      ({ attempts }) => attempts[0]?.outcome,
      (error) => error.attempts[0]?.outcome,
    );
    expect(outcome).toBe(kind);
  });
});

describe('how long to wait', () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
  it.each([
    { name: 'in seconds', headers: 'Retry-After: 30\r\n', seconds: 30 },
    { name: 'as a date', headers: `Retry-After: ${inAnHour}\r\n`, seconds: 3600 },
    { name: 'in milliseconds', headers: 'retry-after-ms: 30000\r\n', seconds: 30 },
    { name: 'as a negative number', headers: 'Retry-After: -5\r\n', seconds: null },
    { name: 'as garbage', headers: 'Retry-After: soon\r\n', seconds: null },
    { name: 'in days, as an hour', headers: 'Retry-After: 864000\r\n', seconds: 3600 },
  ])('is read $name', async ({ headers, seconds }) => {
    const answer = await askServer({
      name: 'limited',
      reply: json('429 Too Many Requests', { error: { message: 'slow down' } }, headers),
    });
    const waitMs = answer.attempts[0]?.retryAfterMs ?? null;
    if (seconds === null) expect(waitMs).toBeNull();
    else expect(Math.abs((waitMs ?? 0) / 1000 - seconds)).toBeLessThan(5);
  });

  it("is read from Gemini's body", async () => {
    const answer = await askServer({
      name: 'limited',
      scheme: 'google',
      reply: json('429 Too Many Requests', {
        error: {
          code: 429,
          message: 'quota',
          status: 'RESOURCE_EXHAUSTED',
          details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '17s' }],
        },
      }),
    });
    expect(answer.attempts[0]).toMatchObject({ outcome: 'rate-limit', retryAfterMs: 17_000 });
  });
});
