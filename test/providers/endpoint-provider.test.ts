import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { openCredential } from '../../src/config/credentials.js';
import { parseDsn } from '../../src/core/dsn.js';
import { ConfigError, ProviderError } from '../../src/core/errors.js';
import type { ModelEvent, ModelRequest, Provider } from '../../src/core/ports.js';
import { anthropic } from '../../src/providers/anthropic.js';
import type { Dialect } from '../../src/providers/dialect.js';
import { endpointFactory } from '../../src/providers/endpoint-provider.js';
import { google } from '../../src/providers/google.js';
import { ollama } from '../../src/providers/ollama.js';
import { openaiChat } from '../../src/providers/openai-chat.js';
import { openaiResponses } from '../../src/providers/openai-responses.js';
import { type Preset, presets } from '../../src/providers/presets.js';
import { jsonReply, startFake } from '../fakes/loopback.js';
import { startOpenAiFake } from '../fakes/openai.js';
import { startKin } from '../fakes/openai-kin.js';
import { frameRecording, type ReplayOptions, recordedLines, serveReplay } from '../support/replay.js';
import { decode, modelContext, modelRequest, replyOf } from '../support/replies.js';
import { closedAfter, rawServer } from './http/network-rig.js';

const key = 'sk-fake-0123456789abcdefghij';
const rows: readonly Preset[] = presets;
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function providerFor(
  text: string,
  env: Readonly<Record<string, string>> = {},
  dialect: Dialect = openaiChat,
): Provider {
  const envLookup = (name: string) => env[name];
  const dsn = parseDsn('LLM_X', text, {
    traits: (scheme) => rows.filter(({ name }) => name === scheme).map(({ local }) => ({ local }))[0],
    names: () => rows.map(({ name }) => name),
  });
  const preset = rows.find(({ name }) => name === dsn.scheme);
  if (preset === undefined) throw new Error(`no preset for ${dsn.scheme}`);
  return endpointFactory(preset, async () => dialect)('x', dsn, {
    envLookup,
    openCredential: (of, usual) => openCredential(of, usual, envLookup),
  });
}

async function eventsOf(
  provider: Provider,
  parts: Partial<ModelRequest> & { model?: string } = {},
): Promise<ModelEvent[]> {
  const { model = 'gpt-4.1-nano', ...request } = parts;
  const events: ModelEvent[] = [];
  for await (const event of provider.model(model).stream(modelRequest(request), modelContext()))
    events.push(event);
  return events;
}

async function failureOf(run: Promise<unknown>): Promise<ProviderError> {
  const outcome = await run.then(
    () => null,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ProviderError);
  return outcome as ProviderError;
}

async function fake(options: Parameters<typeof startOpenAiFake>[0] = {}) {
  const server = await startOpenAiFake({ key, ...options });
  closing.push(server.close);
  return server;
}

async function kin(name: Parameters<typeof startKin>[0]) {
  const server = await startKin(name);
  closing.push(server.close);
  return { ...server, host: new URL(server.url).host };
}

async function replay(options: ReplayOptions) {
  const server = await serveReplay(options);
  closing.push(server.close);
  return server;
}

const dialects: Readonly<Record<string, Dialect>> = { openai: openaiChat, anthropic, google };

const recording = 'openai/openai-text.chunks.txt';
const recorded = () =>
  replyOf(
    decode(
      openaiChat,
      recordedLines(recording).map((line) => JSON.parse(line)),
    ),
  );

it('a server that is not there is told with its place', async () => {
  const { hint, kind } = await failureOf(eventsOf(providerFor('ollama://127.0.0.1:9')));
  expect({ kind, hint }).toEqual({
    kind: 'unreachable',
    hint: 'http://127.0.0.1:9/api (LLM_X): is it running, and is the port right?',
  });
});

it.each(['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'])(
  'the password of the proxy in %s is a secret as well',
  (variable) => {
    for (const [proxy, sent] of [
      ['http://me:pr0xy%40Passw0rd@127.0.0.1:3128', 'me:pr0xy@Passw0rd'],
      ['me:pr0xy%40Passw0rd@127.0.0.1:3128', 'me:pr0xy@Passw0rd'],
      ['http://pr0xy%40Passw0rd@127.0.0.1:3128', 'pr0xy@Passw0rd:'],
    ] as const) {
      const provider = providerFor(`openai://${key}@gw.example/v1`, { [variable]: proxy });
      const told = `${proxy} ${sent} ${Buffer.from(sent).toString('base64')} ${key}`;
      expect(provider.scrub?.(told)).not.toMatch(/passw0rd|cGFzc3cwcmQ|UGFzc3cwcm|QYXNzdzByZ|fake/i);
    }
  },
);

describe('functions of a provider', () => {
  it('may be handed around without it', async () => {
    const { scrub, warnings, credential, unavailable, prepare } = providerFor(`openai://${key}@gateway.corp`);
    expect(scrub?.(`<${key}>`)).toBe('<[redacted]>');
    expect([warnings?.(), unavailable?.()]).toEqual([[], null]);
    expect(credential?.()).toEqual({ source: 'LLM_X', fingerprint: '…ghij' });
    expect(await prepare?.({ signal: new AbortController().signal })).toBeNull();
  });
});

describe('a limit that the API knows by another name', () => {
  const budgets = (requests: readonly { readonly body: unknown }[]) =>
    requests.map(({ body }) => {
      const parsed = typeof body === 'string' ? JSON.parse(body) : body;
      return [parsed.max_tokens ?? null, parsed.max_completion_tokens ?? null];
    });
  const options = { maxTokens: 16 };

  it.each([{ whole: false }, { whole: true }])(
    'is asked for by that, in the same attempt: %o',
    async ({ whole }) => {
      const server = await fake();
      const provider = providerFor(`groq+http://${key}@127.0.0.1:${server.port}/v1`);
      const events = await eventsOf(provider, { model: 'o4-mini', options, whole });
      expect(budgets(server.requests)).toEqual([
        [16, null],
        [null, 16],
      ]);
      expect(events.slice(0, 3)).toMatchObject([
        { type: 'response', httpStatus: 400, refusal: { kind: 'bad-request' } },
        { type: 'reworded', note: 'asked again with max_completion_tokens: max_tokens is not supported' },
        { type: 'response', httpStatus: 200, requestId: 'req_2' },
      ]);
      expect(events.at(-1)).toMatchObject({ type: 'finish', finishReason: 'stop' });
    },
  );

  it('is asked for by the older one, too', async () => {
    const server = await kin('older');
    const events = await eventsOf(providerFor(`openai://${key}@${server.host}`), { options, whole: true });
    expect(budgets(server.requests)).toEqual([
      [null, 16],
      [16, null],
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'finish' });
  });

  it('is asked for twice at most', async () => {
    const server = await startFake(() =>
      jsonReply(400, { error: { message: 'max_tokens and max_completion_tokens are not supported' } }),
    );
    closing.push(server.close);
    const provider = providerFor(`vllm://${new URL(server.url).host}`);
    const error = await failureOf(eventsOf(provider, { options }));
    expect(error).toMatchObject({ kind: 'bad-request', httpStatus: 400 });
    expect(budgets(server.requests)).toEqual([
      [16, null],
      [null, 16],
    ]);
  });

  it('is not asked for again once the attempt is over', async () => {
    const server = await fake();
    const provider = providerFor(`groq+http://${key}@127.0.0.1:${server.port}/v1`);
    const ending = new AbortController();
    const request = modelRequest({ options });
    const context = { ...modelContext(), signal: ending.signal };
    const reading = async () => {
      for await (const event of provider.model('o4-mini').stream(request, context))
        if (event.type === 'reworded') ending.abort(new Error('enough'));
    };
    await expect(reading()).rejects.toThrow('enough');
    expect(server.requests).toHaveLength(1);
  });
});

describe('against an API that checks every request', () => {
  it.each([{ whole: false }, { whole: true }])(
    'chat completions answer, whole: $whole',
    async ({ whole }) => {
      const server = await fake();
      const provider = providerFor(`openai://${key}@127.0.0.1:${server.port}`);
      const options = { maxTokens: 100, temperature: 0.5, topP: 1, stop: ['END'], seed: 1, json: true };
      const events = await eventsOf(provider, { whole, system: 'Be brief.', options });
      expect(events[0]).toEqual({ type: 'response', httpStatus: 200, requestId: 'req_1' });
      expect(events.at(-1)).toMatchObject({ type: 'finish', finishReason: 'stop' });
      expect(replyOf(events).text).toMatch(/^\*\*Holiday Name:/);
      expect(server.requests[0]?.headers).toMatchObject({
        'user-agent': expect.stringMatching(/^majordomo\/\d/),
        authorization: `Bearer ${key}`,
      });
    },
  );

  it.each([{ whole: false }, { whole: true }])('responses answer, whole: $whole', async ({ whole }) => {
    const server = await fake();
    const provider = providerFor(`openai-responses://${key}@127.0.0.1:${server.port}`, {}, openaiResponses);
    const reply = replyOf(
      await eventsOf(provider, {
        whole,
        system: 'Answer in JSON.',
        options: { maxTokens: 100, seed: 1, json: true },
      }),
    );
    expect(reply).toMatchObject({
      text: expect.stringMatching(/Here are/),
      reasoning: '',
      finishReason: 'stop',
      warnings: ['unsupported-option'],
    });
  });

  it('a reasoning model takes the limit by its newer name', async () => {
    const server = await fake();
    const provider = providerFor(`openai://${key}@127.0.0.1:${server.port}`);
    expect(
      replyOf(await eventsOf(provider, { model: 'o4-mini', options: { maxTokens: 100 } })).finishReason,
    ).toBe('stop');
    const refused = await failureOf(eventsOf(provider, { model: 'o4-mini', body: { stop: 'END' } }));
    expect(refused).toMatchObject({ kind: 'bad-request', rawCode: 'unsupported_parameter', httpStatus: 400 });
  });

  it.each([
    {
      name: 'a wrong key',
      dsn: 'openai://sk-wrong-key-0123456789@',
      model: 'gpt-4.1-nano',
      path: '',
      kind: 'auth',
    },
    {
      name: 'an unknown model',
      dsn: `openai://${key}@`,
      model: 'gpt-none',
      path: '',
      kind: 'model-not-found',
    },
    {
      name: 'a wrong base path',
      dsn: `openai://${key}@`,
      model: 'gpt-4.1-nano',
      path: '/v2',
      kind: 'misconfigured',
    },
  ])('$name is $kind', async ({ dsn, model, path, kind }) => {
    const server = await fake();
    const failure = await failureOf(
      eventsOf(providerFor(`${dsn}127.0.0.1:${server.port}${path}`), { model }),
    );
    expect(failure).toMatchObject({ kind, requestId: 'req_1' });
    expect(`${failure.stack}${JSON.stringify(failure)}`).not.toContain('sk-');
  });

  it.each(['', '&api_version=2024-10-21', '&api_version=2025-04-01-preview'])(
    "Azure's deployments answer with a limit, and the version in the DSN is %j",
    async (version) => {
      const { host } = await kin('azure');
      const provider = providerFor(`azure+http://k@${host}?deployment=d${version}`);
      const events = await eventsOf(provider, { whole: true, options: { maxTokens: 100 } });
      expect(replyOf(events).finishReason).toBe('stop');
    },
  );

  it('LM Studio answers a wish for JSON, which it is not sent', async () => {
    const { host } = await kin('lmstudio');
    const events = await eventsOf(providerFor(`lmstudio://${host}`), {
      whole: true,
      options: { json: true },
    });
    expect(replyOf(events)).toMatchObject({ finishReason: 'stop', warnings: ['unsupported-option'] });
  });

  it.each([
    { model: 'grok-4', warnings: ['unsupported-option'] },
    { model: 'grok-code-fast-1', warnings: ['unsupported-option'] },
    { model: 'grok-4-fast-non-reasoning', warnings: [] },
  ])('$model of xAI answers although stop sequences were asked for', async ({ model, warnings }) => {
    const { host } = await kin('xai');
    const provider = providerFor(`xai+http://k@${host}`);
    const events = await eventsOf(provider, { model, whole: true, options: { stop: ['END'] } });
    expect(replyOf(events)).toMatchObject({ finishReason: 'stop', warnings });
    const refused = await failureOf(
      eventsOf(provider, { model: 'grok-4', whole: true, body: { stop: ['END'] } }),
    );
    expect(refused).toMatchObject({ kind: 'bad-request', httpStatus: 400 });
  });

  it('adds headers and query of the DSN, which win', async () => {
    const server = await fake();
    const provider = providerFor(
      `openai://${key}@127.0.0.1:${server.port}?header.X-Team=red&header.User-Agent=mine&query.a=1%262&query.b=c`,
    );
    await eventsOf(provider);
    expect(server.requests[0]).toMatchObject({
      path: '/v1/chat/completions?a=1%262&b=c',
      headers: { 'x-team': 'red', 'user-agent': 'mine' },
    });
  });

  it('uses one connection for requests that follow each other', async () => {
    const server = await fake();
    const provider = providerFor(`openai://${key}@127.0.0.1:${server.port}`);
    for (let count = 0; count < 3; count += 1) await eventsOf(provider);
    expect([server.requests.length, server.connections()]).toEqual([3, 1]);
  });
});

describe('a recording over real sockets', () => {
  const bytes = new TextEncoder().encode(frameRecording(recording, { dialect: 'openai' }).join(''));
  const fixed = [1, 2, 5, 6, 7, 250, 333, 334, 335, 1_000, 1_999, bytes.length - 1];
  const random = Array.from({ length: 12 }, () => Math.floor(Math.random() * bytes.length));
  it.each([...fixed, ...random])('reads the same, cut at byte %i', async (at) => {
    const server = await replay({ body: bytes, framing: 'sse', splitAt: [at, at + 1, at + 2] });
    expect(replyOf(await eventsOf(providerFor(`openai://k@127.0.0.1:${server.port}`)))).toEqual(recorded());
  });

  it('reads the same byte by byte', async () => {
    const lines = recordedLines('xai/xai-text.chunks.txt');
    const server = await replay({
      frames: frameRecording('xai/xai-text.chunks.txt', { dialect: 'openai' }),
      splitAt: 'every',
    });
    const reply = replyOf(await eventsOf(providerFor(`xai://k@127.0.0.1:${server.port}`)));
    expect(reply).toEqual(
      replyOf(
        decode(
          openaiChat,
          lines.map((line) => JSON.parse(line)),
        ),
      ),
    );
    expect(reply).toMatchObject({ text: 'Hello', usage: { outputTokens: 291 } });
  });

  it('gives one event for a chunk of many tokens', async () => {
    const server = await replay({ body: bytes, framing: 'sse' });
    const events = await eventsOf(providerFor(`openai://k@127.0.0.1:${server.port}`));
    expect(events.filter(({ type }) => type === 'text-delta').length).toBeLessThan(20);
  });
});

const chunk = (delta: unknown, rest: Record<string, unknown> = {}) =>
  `data: ${JSON.stringify({ model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...rest }] })}\n\n`;
const stop = chunk({}, { finish_reason: 'stop' });
const usage = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } })}\n\n`;

describe('what servers do to a stream', () => {
  it.each([
    {
      name: 'no [DONE]',
      frames: [chunk({ content: 'a' }), stop, usage],
      reply: { text: 'a', finishReason: 'stop', usage: { outputTokens: 1 } },
    },
    {
      name: 'no [DONE] and no hanging up',
      holdOpen: true,
      frames: [chunk({ content: 'a' }), stop, usage],
      reply: { text: 'a', finishReason: 'stop', usage: { outputTokens: 1 } },
    },
    {
      name: 'no usage, no [DONE] and no hanging up',
      holdOpen: true,
      frames: [chunk({ content: 'a' }), stop],
      reply: { text: 'a', finishReason: 'stop', usage: null },
    },
    {
      name: '[DONE] and no hanging up',
      holdOpen: true,
      frames: [chunk({ content: 'a' }), stop, 'data: [DONE]\n\n'],
      reply: { text: 'a', finishReason: 'stop', usage: null },
    },
    {
      name: 'no blank line at the end',
      frames: [chunk({ content: 'a' }), stop.trimEnd()],
      reply: { text: 'a', finishReason: 'stop' },
    },
    {
      name: 'a clean end without a finish reason',
      frames: [chunk({ content: 'a' })],
      reply: { text: 'a', finishReason: null },
    },
    {
      name: '[DONE] without a finish reason',
      frames: [chunk({ content: 'a' }), 'data: [DONE]\n\n'],
      reply: { text: 'a', finishReason: null },
    },
    {
      name: 'broken JSON in the middle',
      frames: [
        chunk({ content: 'a' }),
        'data: {"choices":[{"delta":{"content":"ZZ\n\n',
        chunk({ content: 'b' }),
        stop,
      ],
      reply: { text: 'ab', finishReason: 'stop', malformed: 1 },
    },
    {
      name: 'comments and a BOM',
      frames: ['\ufeff: OPENROUTER PROCESSING\n\n', chunk({ content: 'a' }), ': ping\n\n', stop],
      reply: { text: 'a', finishReason: 'stop' },
    },
    {
      name: 'a wrong content type',
      headers: { 'content-type': 'text/html' },
      frames: [chunk({ content: 'a' }), stop],
      reply: { text: 'a', finishReason: 'stop' },
    },
    {
      name: 'a whole reply in place of a stream',
      body: JSON.stringify({
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }],
      }),
      reply: { text: 'a', finishReason: 'stop' },
    },
    {
      name: 'a stream in place of a whole reply',
      whole: true,
      frames: [chunk({ content: 'a' }), stop],
      reply: { text: 'a', finishReason: 'stop' },
    },
    {
      name: 'half a whole reply',
      whole: true,
      body: '{"choices":[{"message":{"content":"a"',
      reply: { text: '', finishReason: null },
    },
    { name: 'an empty body', body: '', reply: { text: '', finishReason: null } },
    {
      name: 'an event of 1 MB',
      frames: [chunk({ content: 'x'.repeat(1_000_000) }), stop],
      reply: { text: 'x'.repeat(1_000_000), finishReason: 'stop' },
    },
  ])('$name', async ({ reply, whole = false, ...served }) => {
    const server = await replay(served as ReplayOptions);
    expect(
      replyOf(await eventsOf(providerFor(`openai://k@127.0.0.1:${server.port}`), { whole })),
    ).toMatchObject(reply);
  });

  const lines = ['{"message":{"content":"a"}}\n', '{"message":{"content":"b"},"done":true}\n'];
  it.each([
    { name: 'to its end', frames: lines, reply: { text: 'ab', finishReason: 'stop' } },
    { name: 'and breaks off', frames: [lines[0], '{"message":{"con'], reply: { finishReason: null } },
    { name: 'and breaks off at once', frames: ['{"message":{"con'], reply: { text: '', finishReason: null } },
  ])(
    'lines in place of a whole reply: an Ollama that streams all the same $name',
    async ({ frames, reply }) => {
      const server = await replay({ frames } as ReplayOptions);
      const provider = providerFor(`ollama://127.0.0.1:${server.port}`, {}, ollama);
      expect(replyOf(await eventsOf(provider, { whole: true }))).toMatchObject(reply);
    },
  );

  it.each([
    {
      name: 'an error after some text',
      frames: [
        chunk({ content: 'a' }),
        'data: {"error":{"message":"slow down","code":"rate_limit_exceeded"}}\n\n',
        chunk({ content: 'b' }),
      ],
      kind: 'rate-limit',
      text: 'a',
    },
    {
      name: "Gemini's raw error between events",
      frames: [
        chunk({ content: 'a' }),
        '{\n  "error": {\n    "code": 503,\n    "message": "The model is overloaded.",\n    "status": "UNAVAILABLE"\n  }\n}\n',
      ],
      kind: 'overloaded',
      text: 'a',
    },
    {
      name: 'a JSON error in place of a stream',
      body: '{"error":{"message":"no funds","code":"insufficient_quota"}}',
      kind: 'quota',
      text: '',
    },
    {
      name: 'a JSON error of several lines',
      body: JSON.stringify([{ error: { code: 429, message: 'x', status: 'RESOURCE_EXHAUSTED' } }], null, 2),
      kind: 'rate-limit',
      text: '',
    },
    {
      name: 'an error in a whole reply',
      whole: true,
      body: '{"code":"The service is currently unavailable","error":"The service is currently unavailable"}',
      kind: 'overloaded',
      text: '',
    },
    { name: 'a login page', body: '<!doctype html><title>Sign in</title>', kind: 'misconfigured', text: '' },
    { name: 'plain text', body: 'It works!', kind: 'misconfigured', text: '' },
    {
      name: 'JSON of something else',
      body: '{"detail":"hello from another server"}',
      kind: 'misconfigured',
      text: '',
    },
  ])('$name is $kind', async ({ kind, text, whole = false, ...served }) => {
    const server = await replay(served as ReplayOptions);
    const events: ModelEvent[] = [];
    const stream = providerFor(`openai://k@127.0.0.1:${server.port}`)
      .model('m')
      .stream(modelRequest({ whole }), modelContext());
    const failure = await failureOf(
      (async () => {
        for await (const event of stream) events.push(event);
      })(),
    );
    expect(failure).toMatchObject({ kind, httpStatus: 200 });
    expect(replyOf(events).text).toBe(text);
  });

  it.each([
    { status: 503, body: '{"error":{"message":"The server is overloaded"}}', kind: 'overloaded' },
    { status: 502, body: '<html><title>502 Bad Gateway</title></html>', kind: 'server-error' },
    { status: 302, body: '', kind: 'misconfigured' },
    { status: 404, body: '', kind: 'misconfigured' },
  ])('HTTP $status is $kind', async ({ status, body, kind }) => {
    const server = await replay({
      status,
      body,
      headers: { location: 'http://127.0.0.1:1/x', 'retry-after': '3' },
    });
    expect(await failureOf(eventsOf(providerFor(`openai://k@127.0.0.1:${server.port}`)))).toMatchObject({
      kind,
      httpStatus: status,
    });
    expect(server.requests).toHaveLength(1);
  });

  const long = `\u001b]52;c;x\u0007No\u202e. ${'long '.repeat(2_000)}\nsecond line`;
  it.each([
    { name: 'a refusal', dialect: 'openai', reply: { refusal: long } },
    {
      name: 'an explanation',
      dialect: 'anthropic',
      reply: { stop_reason: 'refusal', stop_details: { explanation: long } },
    },
    { name: 'a finish message', dialect: 'google', reply: { finishReason: 'SAFETY', finishMessage: long } },
  ])('$name is told in one short line without control characters', async ({ dialect, reply }) => {
    const bodies: Record<string, unknown> = {
      openai: {
        choices: [{ message: { role: 'assistant', content: null, ...reply }, finish_reason: 'stop' }],
      },
      anthropic: { type: 'message', role: 'assistant', content: [], ...reply },
      google: { candidates: [reply] },
    };
    const server = await replay({ body: JSON.stringify(bodies[dialect]) });
    const provider = providerFor(`${dialect}://k@127.0.0.1:${server.port}`, {}, dialects[dialect]);
    const failure = await failureOf(eventsOf(provider, { whole: true }));
    expect(failure.kind).toBe('content-filter');
    expect(failure.message).toMatch(/^[^\p{Cc}\p{Cf}]{20,400}$/u);
  });

  it.each([
    { name: 'an error', after: 'data: {"error":{"message":"late"}}\n\n' },
    { name: 'an event named error', after: 'event: error\ndata: {"message":"late"}\n\n' },
  ])('$name after the finish reason takes nothing of the answer away', async ({ after }) => {
    const server = await replay({ frames: [chunk({ content: 'a' }), stop, after] });
    const reply = replyOf(await eventsOf(providerFor(`openai://k@127.0.0.1:${server.port}`)));
    expect(reply).toMatchObject({ text: 'a', finishReason: 'stop' });
  });

  it('an event named error before the finish reason is an error, whatever its shape', async () => {
    const frames = [chunk({ content: 'a' }), 'event: error\ndata: {"detail":"broke"}\n\n', stop];
    const server = await replay({ frames });
    const failure = await failureOf(eventsOf(providerFor(`openai://k@127.0.0.1:${server.port}`)));
    expect(failure.kind).toBe('server-error');
  });

  it('comments after the finish reason do not hold the answer up', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk({ content: 'a' }) + stop);
      const comments = setInterval(() => response.write(': still here\n\n'), 100);
      response.on('close', () => clearInterval(comments));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    expect(replyOf(await eventsOf(providerFor(`openai://k@127.0.0.1:${port}`)))).toMatchObject({
      text: 'a',
      finishReason: 'stop',
    });
  });

  it('the usage is not waited for once the request is aborted, and the answer is whole all the same', async () => {
    const server = await replay({ frames: [chunk({ content: 'a' }), stop], holdOpen: true });
    const ending = new AbortController();
    const model = providerFor(`openai://k@127.0.0.1:${server.port}`).model('m');
    const events: ModelEvent[] = [];
    for await (const event of model.stream(modelRequest(), { ...modelContext(), signal: ending.signal })) {
      events.push(event);
      if (event.type === 'finishing') ending.abort(new Error('the time is up'));
    }
    expect(replyOf(events)).toMatchObject({ text: 'a', finishReason: 'stop', usage: null });
  });

  it('an error whose body never ends is told by its status', async () => {
    const server = await replay({ status: 503, body: '{"error":{"message":"The ser', holdOpen: true });
    const failure = await failureOf(eventsOf(providerFor(`openai://k@127.0.0.1:${server.port}`)));
    expect(failure).toMatchObject({ kind: 'server-error', httpStatus: 503 });
  });

  const unfinished = '{"error":{"message":"The ser';
  it.each([
    { how: 'by length', head: 'content-length: 5000', body: unfinished },
    {
      how: 'in chunks',
      head: 'transfer-encoding: chunked',
      body: `${unfinished.length.toString(16)}\r\n${unfinished}\r\n`,
    },
    { how: 'to the end of the connection', head: 'x: y', body: unfinished },
    {
      how: 'compressed',
      head: 'content-length: 5000\r\ncontent-encoding: gzip',
      body: gzipSync(unfinished.repeat(50)).subarray(0, 30),
    },
    { how: 'and not begun', head: 'content-length: 5000', body: '' },
  ])('an error whose body is held open, sent $how, leaves no connection behind', async ({ head, body }) => {
    const server = await rawServer((socket) => {
      socket.write(`HTTP/1.1 503 Service Unavailable\r\n${head}\r\n\r\n`);
      socket.write(body);
    });
    const timers = new Set<() => void>();
    const context = modelContext();
    const clock = {
      ...context.clock,
      setTimer: (delayMs: number, callback: () => void) => {
        const cancel = context.clock.setTimer(delayMs / 10, () => {
          timers.delete(cancel);
          callback();
        });
        timers.add(cancel);
        return () => {
          timers.delete(cancel);
          cancel();
        };
      },
    };
    const provider = providerFor(`openai://k@127.0.0.1:${server.port}`);
    const events = provider
      .model('m')
      .stream(modelRequest(), { ...context, clock })
      [Symbol.asyncIterator]();
    const refused = { type: 'response', httpStatus: 503, refusal: { httpStatus: 503 } };
    expect((await events.next()).value).toMatchObject(refused);
    expect(await failureOf(events.next())).toMatchObject({ httpStatus: 503 });
    expect(await closedAfter(server.sockets[0] as Socket)).toBeLessThan(200);
    expect(server.sockets).toHaveLength(1);
    expect(timers.size).toBe(0);
  });

  it('an error in an encoding that nobody reads is told by its status', async () => {
    const server = await replay({ status: 429, body: 'x', headers: { 'content-encoding': 'zstd-x' } });
    const failure = await failureOf(eventsOf(providerFor(`openai://k@127.0.0.1:${server.port}`)));
    expect(failure).toMatchObject({ kind: 'rate-limit', httpStatus: 429 });
  });

  it('hangs up when the signal says so, with its reason', async () => {
    const server = await replay({ frames: [chunk({ content: 'a' })], holdOpen: true });
    const controller = new AbortController();
    const reason = new Error('enough');
    const seen: ModelEvent[] = [];
    const run = (async () => {
      for await (const event of providerFor(`openai://k@127.0.0.1:${server.port}`)
        .model('m')
        .stream(modelRequest(), modelContext(controller.signal))) {
        seen.push(event);
        if (event.type === 'text-delta') controller.abort(reason);
      }
    })();
    await expect(run).rejects.toBe(reason);
    expect(replyOf(seen).text).toBe('a');
  });
});

describe('the credential', () => {
  it.each([
    {
      name: 'inline',
      dsn: 'openai://sk-inline-0123456789abcdef@',
      env: {},
      source: 'LLM_X',
      fingerprint: '…cdef',
    },
    {
      name: 'usual variable',
      dsn: 'openai://',
      env: { OPENAI_API_KEY: 'sk-usual-0123456789abcdefgh' },
      source: 'OPENAI_API_KEY',
      fingerprint: '…efgh',
    },
    {
      name: 'key_env',
      dsn: 'openai://?key_env=MY_KEY',
      env: { MY_KEY: 'short', OPENAI_API_KEY: 'x' },
      source: 'MY_KEY',
      fingerprint: null,
    },
  ])('is shown by its place: $name', ({ dsn, env, source, fingerprint }) => {
    expect(providerFor(dsn, env as unknown as Record<string, string>).credential?.()).toEqual({
      source,
      fingerprint,
    });
  });

  const signal = new AbortController().signal;
  it.each([
    { dsn: 'openai://', env: {}, message: /OPENAI_API_KEY.*LLM_X: openai:\/\/KEY@/ },
    { dsn: 'gemini://', env: {}, message: /GEMINI_API_KEY or GOOGLE_API_KEY/ },
    {
      dsn: 'openai://gw.example/v1',
      env: {},
      message: /^no key: set OPENAI_API_KEY, or put it into LLM_X before the host: openai:\/\/KEY@HOST$/,
    },
    {
      // a DSN with a key would leave the address behind, and ask the public API
      dsn: 'openai://',
      env: { OPENAI_BASE_URL: 'https://gw.example/v1' },
      message: /^no key: set OPENAI_API_KEY$/,
    },
    { dsn: 'openai://?key_env=MY_KEY', env: { OPENAI_API_KEY: 'x' }, message: /MY_KEY.*key_env/ },
  ])('says what to set when it is absent: $dsn', async ({ dsn, env, message }) => {
    const unavailable = await providerFor(dsn, env as unknown as Record<string, string>).prepare?.({
      signal,
    });
    expect(unavailable).toEqual({ reason: 'no-credential', message: expect.stringMatching(message) });
  });

  it.each([
    'openai://k@',
    'ollama://',
    'vllm://box',
    'openai://h.example?header.Authorization=Bearer%20x',
    'gemini://h.example?query.key=x',
  ])('is there, or not needed: %s', async (dsn) => {
    expect(await providerFor(dsn).prepare?.({ signal })).toBeNull();
  });

  it.each([
    { dsn: 'azure://k1@127.0.0.1', header: 'api-key', value: 'k1' },
    { dsn: 'groq://k1@127.0.0.1', header: 'authorization', value: 'Bearer k1' },
    { dsn: 'llamacpp://127.0.0.1', header: 'authorization', value: undefined },
    { dsn: 'llamacpp://k1@127.0.0.1', header: 'authorization', value: 'Bearer k1' },
  ])('travels in the header of the API: $dsn', async ({ dsn, header, value }) => {
    const server = await replay({ frames: [chunk({ content: 'a' }), stop] });
    await eventsOf(providerFor(`${dsn}:${server.port}`));
    expect(server.requests[0]?.headers[header]).toBe(value);
  });

  it('of a variable does not travel over plain http to another machine', async () => {
    const env = { OPENAI_API_KEY: 'sk-usual-0123456789', OPENAI_BASE_URL: 'http://gw.example/v1' };
    const refused = await providerFor('openai://', env)
      .prepare?.({ signal })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigError);
    expect(JSON.stringify(refused)).not.toContain('sk-usual');
    expect(await providerFor('openai://?insecure=1', env).prepare?.({ signal })).toBeNull();
  });

  it.each([
    { name: 'of a DSN', dsn: 'openai://k1@gw.example/sk-path-0123456789abcdef/v1', env: {} },
    {
      name: 'of a variable',
      dsn: 'openai://',
      env: { OPENAI_BASE_URL: 'https://gw.example/sk-path-0123456789abcdef/v1' },
    },
  ])('that stands in the path $name is not shown', ({ dsn, env }) => {
    const provider = providerFor(dsn, env as unknown as Record<string, string>);
    expect(provider.endpoint).toBe('https://gw.example/[redacted]/v1');
    expect(provider.scrub?.('Cannot POST /sk-path-0123456789abcdef/v1')).toBe('Cannot POST /[redacted]/v1');
  });

  it.each([
    {
      name: 'by a variable',
      dsn: 'openai://',
      env: { OPENAI_BASE_URL: 'http://gw.example/v1' },
      hint: /https:\/\/ in OPENAI_BASE_URL/,
    },
    { name: 'by the DSN', dsn: 'openai+http://gw.example', env: {}, hint: /openai\+https:\/\// },
  ])('that would travel so is told before anything is sent: named $name', ({ dsn, env, hint }) => {
    const known = { OPENAI_API_KEY: 'sk-usual-0123456789', ...env };
    const unavailable = providerFor(dsn, known as unknown as Record<string, string>).unavailable?.();
    expect(unavailable).toMatchObject({
      message: expect.stringContaining('over plain http'),
      hint: expect.stringMatching(hint),
    });
  });

  it('that a server on plain http may not want is told with a scheme that wants none', () => {
    const unavailable = providerFor('openai://127.0.0.1:8000/v1').unavailable?.();
    expect(unavailable?.hint).toContain('vllm://HOST:PORT');
  });

  it('of a variable is not sent beside one that the DSN brings', async () => {
    const env = { GEMINI_API_KEY: 'usual-key-0123456789abcdef' };
    for (const brought of ['query.key', 'header.x-goog-api-key']) {
      const { source, fingerprint } =
        providerFor(`gemini://h.example?${brought}=x`, env).credential?.() ?? {};
      expect([source, fingerprint]).toEqual([`LLM_X (${brought})`, null]);
    }
  });

  it.each([
    { dsn: 'openai://k1@', variable: 'OPENAI_BASE_URL', host: 'api.openai.com' },
    { dsn: 'openai://?key_env=MY_KEY', variable: 'OPENAI_BASE_URL', host: 'api.openai.com' },
    {
      dsn: 'openai://?header.Authorization=Bearer%20x',
      variable: 'OPENAI_BASE_URL',
      host: 'api.openai.com',
    },
    { dsn: 'openai://?header.API-Key=x', variable: 'OPENAI_BASE_URL', host: 'api.openai.com' },
    { dsn: 'openai://?query.key=x', variable: 'OPENAI_BASE_URL', host: 'api.openai.com' },
    { dsn: 'anthropic://?header.x-api-key=x', variable: 'ANTHROPIC_BASE_URL', host: 'api.anthropic.com' },
    { dsn: 'openai://', variable: 'OPENAI_BASE_URL', host: 'gw.example' },
    { dsn: 'openai://?header.X-Team=a&query.trace=1', variable: 'OPENAI_BASE_URL', host: 'gw.example' },
  ])("that the DSN brings does not go to the host of the usual key's base URL: $dsn", (row) => {
    const { dsn, variable, host } = row;
    const { endpoint } = providerFor(dsn, { [variable]: 'https://gw.example/v1' });
    expect(new URL(endpoint ?? '').host).toBe(host);
  });

  it('is found by a later request when it was not there at first', async () => {
    const env: Record<string, string> = {};
    const provider = providerFor('openai://', env);
    expect(await provider.prepare?.({ signal })).toMatchObject({ reason: 'no-credential' });
    env.OPENAI_API_KEY = 'sk-late-0123456789';
    expect(await provider.prepare?.({ signal })).toBeNull();
  });

  it("of a local server's maker is not sent to local servers", async () => {
    const env = { OLLAMA_API_KEY: 'ollama-cloud-key-0123456789' };
    expect(providerFor('ollama://m1.lan', env).credential?.()).toBeNull();
    expect(providerFor('ollama+https://ollama.com', env).credential?.()).toMatchObject({
      source: 'OLLAMA_API_KEY',
    });
  });

  const canary = 'sk-canary-0123456789abcdef+/=';
  const forms = [
    canary,
    encodeURIComponent(canary),
    Buffer.from(canary).toString('base64'),
    canary.replace('canary', '\\u0063anary'),
  ];
  it.each(
    forms.flatMap((form) => [
      {
        where: 'in the body of a 401',
        served: { status: 401, body: `{"error":{"message":"wrong key ${form}"}}` },
      },
      { where: 'in a page', served: { status: 502, body: `<html><title>${form}</title>` } },
      {
        where: 'in an error inside the stream',
        served: {
          frames: [chunk({ content: 'a' }), `data: {"error":{"message":"${'x'.repeat(280)} ${form}"}}\n\n`],
        },
      },
      {
        where: 'in a refusal',
        served: { frames: [chunk({ refusal: 'REFUSED' }).replace('REFUSED', form), stop] },
      },
      { where: 'in plain text', served: { body: `bad key ${form}` } },
    ]),
  )('is not told when a server echoes it $where', async ({ served }) => {
    const server = await replay({ ...served, headers: { 'x-request-id': canary } });
    const provider = providerFor(`openai://${encodeURIComponent(canary)}@127.0.0.1:${server.port}`);
    const failure = await failureOf(eventsOf(provider));
    const told = `${failure.stack}\n${JSON.stringify(failure)}\n${failure.requestId}\n${failure.rawCode}`;
    for (const form of [...forms, 'sk-ca', 'anary']) expect(told).not.toContain(form.slice(0, 12));
  });
});

describe('what tells one endpoint from another', () => {
  const keyOf = (dsn: string, env: Record<string, string> = {}) => providerFor(dsn, env).healthKey;

  it('is a hash that does not change', () => {
    expect(keyOf('openai://k1@h.example')).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf('openai://k1@h.example')).toBe(keyOf('openai://k1@H.example:443/v1/?timeout=3s'));
  });

  it.each([
    ['another key', 'openai://k2@h.example', {}],
    ['another host', 'openai://k1@i.example', {}],
    ['another port', 'openai://k1@h.example:8443', {}],
    ['another path', 'openai://k1@h.example/v2', {}],
    ['another scheme', 'groq://k1@h.example/v1', {}],
    ['no key', 'openai://h.example', {}],
    ['another deployment', 'openai://k1@h.example?deployment=d', {}],
    ['a key of its own in a header', 'openai://h.example?header.Authorization=Bearer%20a', {}],
  ])('differs for %s', (_, dsn, env) => {
    expect(keyOf(dsn, env)).not.toBe(keyOf('openai://k1@h.example'));
  });

  it('differs for another key in the usual variable', () => {
    expect(keyOf('openai://', { OPENAI_API_KEY: 'a' })).not.toBe(keyOf('openai://', { OPENAI_API_KEY: 'b' }));
    expect(keyOf('openai://', { OPENAI_API_KEY: 'a' })).toBe(keyOf('openai://a@'));
  });
});

describe('what a provider says of itself', () => {
  it('is name, scheme, dialect, endpoint, model, tuning and price', () => {
    expect(
      providerFor('groq://k@?model=m1&models=m1,m2&timeout=3s&retries=0&max_tokens=5&price_in=1.5'),
    ).toMatchObject({
      name: 'x',
      scheme: 'groq',
      dialect: 'openai',
      endpoint: 'https://api.groq.com/openai/v1',
      defaultModel: 'm1',
      models: ['m1', 'm2'],
      tuning: { attemptTimeoutMs: 3_000, retries: 0, maxTokens: 5 },
      price: { input: 1.5, output: null },
    });
  });
});
