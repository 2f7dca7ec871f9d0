import { describe, expect, it } from 'vitest';
import { Registry } from '../../src/index.js';
import { type FakeReply, type FakeRequest, jsonReply, startFake } from '../fakes/loopback.js';
import { rawServer } from './http/network-rig.js';

const key = 'sk-list-0123456789abcdef';

/** Lists the models of a provider behind a server that judges each request. */
async function list(
  scheme: string,
  judge: (request: FakeRequest, nth: number) => FakeReply,
  more: { readonly path?: string; readonly env?: Record<string, string>; readonly timeoutMs?: number } = {},
) {
  let nth = 0;
  const api = await startFake((request) => judge(request, nth++));
  const place = api.url.replace('http://', '');
  const env = { LLM_X: `${scheme}+http://${key}@${place}${more.path ?? ''}`, ...more.env };
  try {
    const registry = new Registry({ env });
    const [listing] = await registry.listModels(['x'], { timeoutMs: more.timeoutMs ?? 5000 });
    if (listing === undefined) throw new Error('no listing');
    return { ...listing, requests: api.requests };
  } finally {
    await api.close();
  }
}

const ids = (...all: string[]) => all.map((id) => ({ id, object: 'model' }));

describe('the list of models', () => {
  const cases = [
    {
      scheme: 'openai',
      path: '/v1/models',
      header: ['authorization', `Bearer ${key}`],
      reply: { object: 'list', data: ids('gpt-b', 'gpt-a') },
      models: ['gpt-b', 'gpt-a'],
    },
    {
      scheme: 'openai-responses',
      path: '/v1/models',
      header: ['authorization', `Bearer ${key}`],
      reply: { object: 'list', data: ids('gpt-a') },
      models: ['gpt-a'],
    },
    {
      scheme: 'together',
      path: '/v1/models',
      header: ['authorization', `Bearer ${key}`],
      reply: ids('Qwen/Qwen3-8B'),
      models: ['Qwen/Qwen3-8B'],
    },
    {
      scheme: 'llamacpp',
      path: '/v1/models',
      header: ['authorization', `Bearer ${key}`],
      reply: { models: [{ name: 'a.gguf' }], object: 'list', data: ids('a.gguf') },
      models: ['a.gguf'],
    },
    {
      scheme: 'anthropic',
      path: '/v1/models',
      header: ['x-api-key', key],
      reply: { data: [{ type: 'model', id: 'claude-x' }], has_more: false, last_id: 'claude-x' },
      models: ['claude-x'],
    },
    {
      scheme: 'google',
      path: '/v1beta/models',
      header: ['x-goog-api-key', key],
      reply: {
        models: [
          { name: 'models/gemini-x', supportedGenerationMethods: ['generateContent', 'countTokens'] },
          { name: 'models/embed-x', supportedGenerationMethods: ['embedContent'] },
          { name: 'tunedModels/mine' },
        ],
      },
      models: ['gemini-x', 'tunedModels/mine'],
    },
    {
      scheme: 'ollama',
      path: '/api/tags',
      header: ['authorization', `Bearer ${key}`],
      reply: { models: [{ name: 'qwen3:8b', model: 'qwen3:8b', size: 1 }] },
      models: ['qwen3:8b'],
    },
    {
      scheme: 'azure',
      path: '/openai/v1/models',
      header: ['api-key', key],
      reply: { data: ids('gpt-a') },
      models: ['gpt-a'],
    },
  ] as const;
  it.each(cases)('of $scheme is asked for with its key, and read', async (given) => {
    const { models, error, requests } = await list(given.scheme, (request) => {
      const [name, value] = given.header;
      const right = request.method === 'GET' && request.path === given.path && request.body === undefined;
      if (!right || request.headers[name] !== value)
        return jsonReply(404, { error: { message: 'wrong request' } });
      if (given.scheme === 'anthropic' && request.headers['anthropic-version'] !== '2023-06-01') {
        return jsonReply(400, {
          type: 'error',
          error: { type: 'invalid_request_error', message: 'no version' },
        });
      }
      return jsonReply(200, given.reply);
    });
    expect({ models, error }).toEqual({ models: given.models, error: null });
    expect(requests).toHaveLength(1);
  });

  it.each([
    {
      scheme: 'openai',
      cursor: 'after',
      page: (last: boolean, ...names: string[]) => ({
        data: ids(...names),
        has_more: !last,
        last_id: names.at(-1),
      }),
    },
    {
      scheme: 'anthropic',
      cursor: 'after_id',
      page: (last: boolean, ...names: string[]) => ({
        data: ids(...names),
        has_more: !last,
        last_id: names.at(-1),
      }),
    },
    {
      scheme: 'google',
      cursor: 'pageToken',
      page: (last: boolean, ...names: string[]) => ({
        models: names.map((name) => ({ name: `models/${name}` })),
        ...(last ? {} : { nextPageToken: names.at(-1) }),
      }),
    },
  ])('of $scheme is followed page by page, each model once', async ({ scheme, cursor, page }) => {
    const pages: Record<string, object> = {
      '': page(false, 'a', 'b&c'),
      'b&c': page(false, 'b&c', 'd'),
      d: page(true, 'e'),
    };
    const { models, error, requests } = await list(scheme, ({ query }) =>
      jsonReply(200, pages[query.get(cursor) ?? ''] ?? {}),
    );
    expect({ models, error }).toEqual({ models: ['a', 'b&c', 'd', 'e'], error: null });
    expect(requests).toHaveLength(3);
  });

  it('without end is given up, with what came', async () => {
    const { models, error, requests } = await list('google', () =>
      jsonReply(200, { models: [{ name: 'models/a' }], nextPageToken: 'again' }),
    );
    expect(models).toEqual(['a']);
    expect(error).toMatchObject({ kind: 'server-error', message: 'the list of models has no end' });
    expect(requests).toHaveLength(2);
  });

  it('of GitHub is beside its base path', async () => {
    const { models, requests } = await list('github', () => jsonReply(200, ids('openai/gpt-x')), {
      path: '/inference',
    });
    expect(models).toEqual(['openai/gpt-x']);
    expect(requests[0]).toMatchObject({ method: 'GET', path: '/catalog/models' });
  });

  it("takes the DSN's headers and query along, and Azure's version", async () => {
    const { requests } = await list('azure', () => jsonReply(200, { data: [] }), {
      path: '?api_version=2024-10-21&header.X-Team=a&query.tag=b',
    });
    expect(requests[0]).toMatchObject({ path: '/openai/models', headers: { 'x-team': 'a' } });
    expect(requests[0]?.query.toString()).toBe('api-version=2024-10-21&tag=b');
  });

  it.each([{}, [], '', 0, false, null])('is one beside the error %j, which says nothing', async (error) => {
    expect(await list('openai', () => jsonReply(200, { data: ids('a'), error }))).toMatchObject({
      models: ['a'],
      error: null,
    });
  });

  it.each([
    { scheme: 'openai', empty: { object: 'list', data: null } },
    { scheme: 'google', empty: {} },
    { scheme: 'ollama', empty: { models: null } },
  ])('of $scheme is empty as $empty', async ({ scheme, empty }) => {
    expect(await list(scheme, () => jsonReply(200, empty))).toMatchObject({ models: [], error: null });
  });

  it('takes no key for a model, should a server send it back', async () => {
    const { models } = await list('openai', () => jsonReply(200, { data: ids('a', `echo ${key}`) }));
    expect(JSON.stringify(models)).not.toContain(key);
    expect(models).toHaveLength(2);
  });

  it('leaves out what is no name', async () => {
    const odd = [{ id: 'a' }, { id: 7 }, null, 'b', {}, { id: '' }, { id: 'x'.repeat(600) }, { name: 'c' }];
    expect((await list('openai', () => jsonReply(200, { data: odd }))).models).toEqual(['a', 'b', 'c']);
  });
});

describe('a list of models that does not come', () => {
  const page = { status: 200, contentType: 'text/html', parts: ['<html><title>Sign in</title></html>'] };
  it.each<{ name: string; reply: FakeReply; kind: string; says: string | RegExp }>([
    {
      name: '401',
      reply: jsonReply(401, { error: { message: `Incorrect API key: ${key}`, code: 'invalid_api_key' } }),
      kind: 'auth',
      says: 'Incorrect API key',
    },
    {
      name: '429',
      reply: jsonReply(429, { error: { message: 'slow down' } }),
      kind: 'rate-limit',
      says: 'slow down',
    },
    { name: 'a web page', reply: page, kind: 'misconfigured', says: 'Sign in' },
    {
      name: "somebody else's JSON",
      reply: jsonReply(200, { hello: 'world' }),
      kind: 'misconfigured',
      says: 'no list of models',
    },
    {
      name: 'an error in HTTP 200',
      reply: jsonReply(200, { error: { message: 'out of order', code: 'server_error' } }),
      kind: 'server-error',
      says: 'out of order',
    },
    {
      name: 'no JSON',
      reply: { status: 200, contentType: 'text/plain', parts: ['hi'] },
      kind: 'misconfigured',
      says: 'no list of models',
    },
    {
      name: '404',
      reply: jsonReply(404, { error: { message: 'Invalid URL (GET /models)' } }),
      kind: 'misconfigured',
      says: 'Invalid URL',
    },
  ])('$name is told as $kind', async ({ reply, kind, says }) => {
    const { models, error } = await list('openai', () => reply);
    expect(models).toEqual([]);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(says) });
    expect(JSON.stringify(error)).not.toContain(key);
  });

  it('is none of Gemini where only other things are told', async () => {
    const { error } = await list('google', () => jsonReply(200, { status: 'ok' }));
    expect(error).toMatchObject({ kind: 'misconfigured', message: 'the server sent no list of models' });
  });

  it.each([
    { name: 'cut', text: '{"data":[{"id":"a"},', says: 'was cut, or is broken' },
    {
      name: 'too long',
      text: `{"data":[${'"€",'.repeat(3 * 1024 * 1024)}"a"]}`,
      says: 'is longer than 16 MB',
    },
  ])('is told to be $name', async ({ text, says }) => {
    const { error } = await list('openai', () => ({
      status: 200,
      contentType: 'application/json',
      parts: [text],
    }));
    expect(error).toMatchObject({
      kind: 'server-error',
      message: expect.stringContaining(says),
      hint: expect.stringContaining('health NAME/MODEL --probe'),
    });
  });

  it.each([400, 413, 422])('and is refused with %s is no matter of a prompt', async (status) => {
    const { error } = await list('openai', () => jsonReply(status, { error: { message: 'no' } }));
    expect(error).toMatchObject({
      kind: 'bad-request',
      message: `the list of models is refused (HTTP ${status}): no`,
      hint: expect.stringContaining('health NAME/MODEL --probe'),
    });
  });

  it('is waited for no longer than asked, and its connection goes', async () => {
    const server = await rawServer(() => {});
    const registry = new Registry({ env: { LLM_X: `openai+http://${key}@127.0.0.1:${server.port}` } });
    const [listing] = await registry.listModels(['x'], { timeoutMs: 120 });
    expect(listing?.error).toMatchObject({
      kind: 'timeout',
      message: 'no whole list of models within 120ms',
    });
    expect(listing?.durationMs).toBeGreaterThanOrEqual(119);
    const [socket] = server.sockets;
    if (socket?.destroyed === false) await new Promise((resolve) => socket.once('close', resolve));
  });
});
