import { describe, expect, it } from 'vitest';
import { type CredentialProof, Registry } from '../../src/index.js';
import { type FakeReply, type FakeRequest, jsonReply, startFake } from '../fakes/loopback.js';
import { modelContext } from '../support/replies.js';

const key = 'sk-proof-0123456789abcdef';

interface Asked {
  readonly proof: CredentialProof | null;
  readonly error: unknown;
  readonly requests: readonly FakeRequest[];
}

/** `rest`: a base path with the key before the host, or a query that brings the key. */
async function prove(scheme: string, judge: (request: FakeRequest) => FakeReply, rest = ''): Promise<Asked> {
  const api = await startFake(judge);
  const place = api.url.replace('http://', '');
  const credential = rest.startsWith('?') ? '' : `${key}@`;
  const registry = new Registry({ env: { LLM_X: `${scheme}+http://${credential}${place}${rest}` } });
  try {
    const proof = (await registry.provider('x')?.proveCredential?.(modelContext())) ?? null;
    return { proof, error: null, requests: api.requests };
  } catch (error) {
    return { proof: null, error, requests: api.requests };
  } finally {
    await api.close();
  }
}

const list = { data: [{ id: 'a' }] };
const hasKey = ({ headers, query }: FakeRequest): boolean =>
  [headers.authorization, headers['x-api-key'], headers['x-goog-api-key'], headers['api-key']].some((value) =>
    String(value).endsWith(key),
  ) || query.get('key') === key;
const noKey = jsonReply(401, { error: { message: "You didn't provide an API key." } });

describe('a key is proven', () => {
  it.each([
    { scheme: 'openai', path: '/v1/models', reply: list },
    { scheme: 'openai-responses', path: '/v1/models', reply: list },
    { scheme: 'anthropic', path: '/v1/models', reply: list },
    { scheme: 'google', path: '/v1beta/models', reply: { models: [{ name: 'models/a' }] } },
    { scheme: 'ollama', path: '/api/tags', reply: { models: [] } },
    { scheme: 'azure', path: '/openai/v1/models', reply: list },
    { scheme: 'openrouter', path: '/api/v1/key', reply: { data: { label: 'mine' } } },
    { scheme: 'deepseek', path: '/user/balance', reply: { is_available: true } },
    { scheme: 'llamacpp', path: '/props', reply: { default_generation_settings: {} } },
  ])('at $scheme by $path, which refuses a request without it', async ({ scheme, path, reply }) => {
    const { proof, requests } = await prove(scheme, (request) => {
      if (request.path !== path) return jsonReply(404, { error: { message: 'Not Found' } });
      return hasKey(request) ? jsonReply(200, reply) : noKey;
    });
    expect(proof).toMatchObject({ proven: true, reason: null, httpStatus: 200 });
    expect(proof?.firstByteMs).toBeGreaterThan(0);
    expect(requests.map(hasKey)).toEqual([true, false]);
  });

  it.each([`?header.Authorization=Bearer+${key}`.replace('+', '%20'), `?query.key=${key}`])(
    'that the DSN itself brings: %s',
    async (query) => {
      const { proof, requests } = await prove(
        'openai',
        (request) => (hasKey(request) ? jsonReply(200, list) : noKey),
        query,
      );
      expect(proof).toMatchObject({ proven: true });
      expect(requests.map(hasKey)).toEqual([true, false]);
    },
  );

  it.each([
    { scheme: 'llamacpp', path: '/llama/v1', asked: '/llama/props' },
    { scheme: 'llamacpp', path: '/llama', asked: '/llama/props' },
    { scheme: 'deepseek', path: '/ds/v1', asked: '/ds/user/balance' },
    { scheme: 'openrouter', path: '/or/v1', asked: '/or/v1/key' },
  ])('where the DSN has the base path $path at $asked', async ({ scheme, path, asked }) => {
    const field = { llamacpp: 'default_generation_settings', deepseek: 'is_available', openrouter: 'data' };
    const { proof, requests } = await prove(
      scheme,
      (request) => (hasKey(request) ? jsonReply(200, { [field[scheme as keyof typeof field]]: {} }) : noKey),
      path,
    );
    expect(proof).toMatchObject({ proven: true });
    expect(requests.map((request) => request.path)).toEqual([asked, asked]);
  });

  const page = (status: number): FakeReply => ({
    status,
    contentType: 'text/html',
    parts: ['<html><title>Sign in</title></html>'],
  });
  const unsure: readonly { name: string; reply: FakeReply }[] = [
    { name: '404', reply: jsonReply(404, { error: { message: 'File Not Found' } }) },
    { name: '405', reply: jsonReply(405, { detail: 'Method Not Allowed' }) },
    { name: '400', reply: jsonReply(400, { error: 'model is required' }) },
    { name: '501', reply: jsonReply(501, { error: { message: 'This server does not support props' } }) },
    { name: '500', reply: jsonReply(500, { error: { message: 'no model loaded' } }) },
    {
      name: 'a redirect',
      reply: { status: 302, contentType: 'text/plain', headers: { location: '/login' }, parts: [] },
    },
    { name: 'a web page', reply: page(200) },
    { name: 'a web page of a firewall', reply: page(403) },
    { name: 'a refusal for want of a scope', reply: jsonReply(403, { message: 'Missing scopes: key.read' }) },
    { name: 'an empty object', reply: jsonReply(200, {}) },
    { name: 'JSON of something else', reply: jsonReply(200, { status: 'ok' }) },
    {
      name: 'nothing where the proof should be',
      reply: jsonReply(200, { data: null, is_available: null, default_generation_settings: null }),
    },
    { name: 'no object', reply: jsonReply(200, ['ok']) },
  ];
  it.each(
    ['llamacpp', 'deepseek', 'openrouter'].flatMap((scheme) => unsure.map((row) => ({ scheme, ...row }))),
  )('at $scheme by its list where the better way gets $name', async ({ scheme, reply }) => {
    const { proof, requests } = await prove(scheme, (request) => {
      if (!request.path.endsWith('/models')) return reply;
      return hasKey(request) ? jsonReply(200, list) : noKey;
    });
    expect(proof).toMatchObject({ proven: true });
    expect(requests).toHaveLength(3);
  });

  it.each<{ name: string; reply: FakeReply }>([
    {
      name: 'a redirect',
      reply: {
        status: 302,
        contentType: 'text/plain',
        headers: { location: 'https://login.corp/' },
        parts: [],
      },
    },
    { name: 'a web page', reply: page(200) },
    { name: 'a web page of a firewall', reply: page(403) },
    { name: '400', reply: jsonReply(400, { error: { message: 'No API key provided' } }) },
    { name: '404', reply: jsonReply(404, { detail: 'Not Found' }) },
    {
      name: '422',
      reply: jsonReply(422, { detail: [{ loc: ['header', 'authorization'], msg: 'field required' }] }),
    },
    { name: 'an empty list', reply: jsonReply(200, { data: [] }) },
  ])('by a list where a request without it gets $name', async ({ reply }) => {
    const { proof } = await prove('openai', (request) => (hasKey(request) ? jsonReply(200, list) : reply));
    expect(proof).toMatchObject({ proven: true, reason: null });
  });
});

describe('HTTP 200 is not always a yes', () => {
  it('and a key is proven by an error that comes without it', async () => {
    const { proof } = await prove('openai', (request) =>
      jsonReply(200, hasKey(request) ? list : { error: { message: 'Missing API key', code: 401 } }),
    );
    expect(proof).toMatchObject({ proven: true });
  });

  it('and a path that is unknown with it leaves the list', async () => {
    const { proof } = await prove('llamacpp', (request) => {
      if (request.path !== '/v1/models')
        return jsonReply(200, { error: 'Unexpected endpoint or method. (GET /props)' });
      return hasKey(request) ? jsonReply(200, list) : noKey;
    });
    expect(proof).toMatchObject({ proven: true });
  });

  it.each(['openrouter', 'deepseek', 'llamacpp'])('and %s may refuse the key with it', async (scheme) => {
    const { error } = await prove(scheme, () => jsonReply(200, { error: { message: 'Invalid API key' } }));
    expect(error).toMatchObject({ kind: 'auth', httpStatus: 200 });
  });
});

describe('a key is neither proven nor refused', () => {
  it.each<{ name: string; judge: (request: FakeRequest) => FakeReply; says: string }>([
    {
      name: 'the list is open to all',
      judge: () => jsonReply(200, list),
      says: 'answers without a key, too',
    },
    ...[429, 500, 503].map((status) => ({
      name: `a request without a key is answered with ${status}`,
      judge: (request: FakeRequest) =>
        hasKey(request) ? jsonReply(200, list) : jsonReply(status, { error: { message: 'busy' } }),
      says: 'could not be found out',
    })),
    {
      name: 'there is nothing in the list',
      judge: (request) => (hasKey(request) ? jsonReply(200, { data: [] }) : noKey),
      says: 'is empty',
    },
    {
      name: 'a refusal for want of a scope comes with HTTP 200',
      judge: () => jsonReply(200, { error: { message: 'Missing scopes: api.model.read', code: 403 } }),
      says: 'Missing scopes',
    },
    {
      name: 'a key may not list',
      judge: () =>
        jsonReply(403, {
          error: {
            message: 'You have insufficient permissions for this operation. Missing scopes: api.model.read.',
          },
        }),
      says: 'insufficient permissions',
    },
    { name: 'a refusal gives no reason', judge: () => jsonReply(401, {}), says: '401' },
    {
      name: 'a refusal is one of the whole place',
      judge: () => jsonReply(403, { message: 'Forbidden' }),
      says: 'Forbidden',
    },
  ])('where $name', async ({ judge, says }) => {
    const { proof } = await prove('openai', judge);
    expect(proof).toMatchObject({ proven: false, reason: expect.stringContaining(says) });
    expect(JSON.stringify(proof)).not.toContain(key);
  });
});

describe('a key is refused', () => {
  it.each([
    {
      name: 'OpenAI',
      scheme: 'openai',
      status: 401,
      body: { error: { message: `Incorrect API key provided: ${key}.`, code: 'invalid_api_key' } },
    },
    {
      name: 'Anthropic',
      scheme: 'anthropic',
      status: 401,
      body: { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } },
    },
    {
      name: 'Gemini',
      scheme: 'google',
      status: 400,
      body: {
        error: {
          code: 400,
          message: 'API key not valid. Please pass a valid API key.',
          status: 'INVALID_ARGUMENT',
        },
      },
    },
    {
      name: 'Gemini, expired',
      scheme: 'google',
      status: 400,
      body: {
        error: {
          code: 400,
          message: 'API key expired. Please renew the API key.',
          status: 'INVALID_ARGUMENT',
        },
      },
    },
    {
      name: 'llama.cpp',
      scheme: 'llamacpp',
      status: 401,
      body: { error: { message: 'Invalid API Key', type: 'authentication_error', code: 401 } },
    },
    {
      name: 'Azure',
      scheme: 'azure',
      status: 401,
      body: {
        error: {
          code: '401',
          message: 'Access denied due to invalid subscription key or wrong API endpoint.',
        },
      },
    },
    {
      name: 'OpenRouter',
      scheme: 'openrouter',
      status: 401,
      body: { error: { message: 'No auth credentials found', code: 401 } },
    },
    { name: 'a gateway', scheme: 'openai', status: 401, body: { detail: 'Authentication required' } },
  ])('by $name', async ({ scheme, status, body }) => {
    const { error, requests } = await prove(scheme, () => jsonReply(status, body));
    expect(error).toMatchObject({ kind: 'auth', httpStatus: status });
    expect(requests).toHaveLength(1);
    expect(JSON.stringify(error)).not.toContain(key);
  });
});

describe('what is no matter of the key ends the check as what it is', () => {
  it.each([
    {
      name: 'a busy server',
      reply: jsonReply(503, { error: { message: 'Loading model' } }),
      kind: 'overloaded',
    },
    { name: 'a limit', reply: jsonReply(429, { error: { message: 'slow down' } }), kind: 'rate-limit' },
    {
      name: 'an empty account',
      reply: jsonReply(402, { error: { message: 'Insufficient Balance' } }),
      kind: 'quota',
    },
    {
      name: 'a wrong path',
      reply: jsonReply(404, { error: { message: 'Invalid URL (GET /x/models)' } }),
      kind: 'misconfigured',
    },
    {
      name: 'a web page',
      reply: { status: 200, contentType: 'text/html', parts: ['<html>hello</html>'] },
      kind: 'misconfigured',
    },
    { name: "somebody else's JSON", reply: jsonReply(200, { hello: 'world' }), kind: 'misconfigured' },
  ])('$name', async ({ reply, kind }) => {
    const { error } = await prove('openai', () => reply);
    expect(error).toMatchObject({ kind });
  });
});
