import { describe, expect, it } from 'vitest';
import { type ModelFinding, Registry } from '../../src/index.js';
import { type FakeReply, type FakeRequest, jsonReply, startFake } from '../fakes/loopback.js';
import { modelContext } from '../support/replies.js';

const key = 'sk-find-0123456789abcdef';
const notFound = jsonReply(404, { error: { message: 'The model does not exist', code: 'model_not_found' } });

async function find(
  scheme: string,
  id: string,
  judge: (request: FakeRequest) => FakeReply,
): Promise<{
  readonly finding: ModelFinding | null;
  readonly error: unknown;
  readonly paths: readonly string[];
}> {
  const api = await startFake(judge);
  const registry = new Registry({
    env: { LLM_X: `${scheme}+http://${key}@${api.url.replace('http://', '')}` },
  });
  const outcome = await registry
    .provider('x')
    ?.findModel?.(id, modelContext())
    .then(
      (finding) => ({ finding, error: null }),
      (error: unknown) => ({ finding: null, error }),
    );
  await api.close();
  return { finding: null, error: null, ...outcome, paths: api.requests.map(({ path }) => path) };
}

/** A list of these, and by name only those that are `hidden`. */
const having =
  (listed: readonly string[], hidden: readonly string[] = []) =>
  ({ path }: FakeRequest): FakeReply => {
    if (path.endsWith('/tags')) return jsonReply(200, { models: listed.map((name) => ({ name })) });
    if (path.endsWith('v1beta/models')) {
      return jsonReply(200, { models: listed.map((name) => ({ name: `models/${name}` })) });
    }
    if (path.endsWith('/models')) return jsonReply(200, { data: listed.map((id) => ({ id })) });
    const id = decodeURIComponent(path.split('/models/')[1] ?? '');
    return hidden.includes(id) ? jsonReply(200, { id }) : notFound;
  };

describe('a model is found', () => {
  it.each([
    { scheme: 'openai', id: 'gpt-x', listed: ['a', 'gpt-x'], asked: 1 },
    { scheme: 'openai', id: 'gpt-hidden', listed: ['a'], hidden: ['gpt-hidden'], asked: 2 },
    {
      scheme: 'openrouter',
      id: 'anthropic/claude-x',
      listed: ['a'],
      hidden: ['anthropic/claude-x'],
      asked: 2,
    },
    { scheme: 'anthropic', id: 'claude-x', listed: ['claude-x'], asked: 1 },
    { scheme: 'anthropic', id: 'claude-old', listed: ['claude-x'], hidden: ['claude-old'], asked: 2 },
    { scheme: 'google', id: 'gemini-x', listed: ['gemini-x'], asked: 1 },
    { scheme: 'google', id: 'models/gemini-x', listed: ['gemini-x'], asked: 1 },
    { scheme: 'ollama', id: 'qwen3', listed: ['qwen3:latest'], asked: 1 },
    { scheme: 'ollama', id: 'hf.co/x/y:latest', listed: ['hf.co/x/y'], asked: 1 },
  ])('$id at $scheme among $listed', async ({ scheme, id, listed, hidden = [], asked }) => {
    const { finding, paths } = await find(scheme, id, having(listed, hidden));
    expect(finding).toEqual({ found: true, reason: null, nearest: [] });
    expect(paths).toHaveLength(asked);
  });
});

/** Only a list, and not found by name. */
const listOf =
  (...data: readonly unknown[]) =>
  ({ path }: FakeRequest): FakeReply =>
    path.endsWith('/models') ? jsonReply(200, { data }) : notFound;

describe('a name that is not the listed one is good', () => {
  const routed = { id: 'Qwen/Q', providers: [{ provider: 'together', status: 'live' }] };
  it.each<{ name: string; scheme: string; id: string; judge: (request: FakeRequest) => FakeReply }>([
    {
      name: 'for an alias in the list',
      scheme: 'mistral',
      id: 'mistral-large-latest',
      judge: listOf({ id: 'mistral-large-2411', aliases: ['mistral-large-latest'] }),
    },
    {
      name: 'for an alias that is answered with its model',
      scheme: 'anthropic',
      id: 'claude-x-latest',
      judge: (request) =>
        request.path.endsWith('/models')
          ? listOf({ type: 'model', id: 'claude-x-2026' })(request)
          : jsonReply(200, { type: 'model', id: 'claude-x-2026' }),
    },
    { name: 'with a way to route it', scheme: 'huggingface', id: 'Qwen/Q:fastest', judge: listOf(routed) },
    { name: 'with who serves it', scheme: 'huggingface', id: 'Qwen/Q:together', judge: listOf(routed) },
    {
      name: 'with who serves it, where the list does not tell',
      scheme: 'huggingface',
      id: 'Qwen/Q:together',
      judge: listOf({ id: 'Qwen/Q' }),
    },
  ])('$name: $id at $scheme', async ({ scheme, id, judge }) => {
    const { finding } = await find(scheme, id, judge);
    expect(finding).toEqual({ found: true, reason: null, nearest: [] });
  });

  it.each([
    { scheme: 'huggingface', id: 'Qwen/Q:groq', listed: routed },
    { scheme: 'huggingface', id: 'Qwen/Z:fastest', listed: routed },
    { scheme: 'openrouter', id: 'Qwen/Q:groq', listed: { id: 'Qwen/Q' } },
    { scheme: 'openrouter', id: 'Qwen/Q:thinking', listed: { id: 'Qwen/Q' } },
    { scheme: 'openai', id: 'Qwen/Q:nitro', listed: { id: 'Qwen/Q' } },
    { scheme: 'openai', id: 'Qwen', listed: { id: 'Qwen/Q' } },
    { scheme: 'ollama', id: 'qwen3', listed: { name: 'qwen3:8b' } },
  ])('but not $id at $scheme', async ({ scheme, id, listed }) => {
    const { finding } = await find(scheme, id, ({ path }) =>
      path.endsWith('/tags') || path.endsWith('/models')
        ? jsonReply(200, { data: [listed], models: [listed] })
        : notFound,
    );
    expect(finding?.found).toBe(false);
  });
});

describe('a model is not there', () => {
  it.each([
    { scheme: 'openai', id: 'gpt-4.1-mimi', listed: ['gpt-4.1-mini', 'o3'], near: ['gpt-4.1-mini'] },
    { scheme: 'ollama', id: 'qwen3:4b', listed: ['qwen3:8b', 'llama'], near: ['qwen3:8b'] },
    { scheme: 'google', id: 'gemini-2', listed: [], near: [] },
  ])('$id at $scheme, but $near', async ({ scheme, id, listed, near }) => {
    const { finding } = await find(scheme, id, having(listed));
    expect(finding).toEqual({ found: false, reason: null, nearest: near });
  });

  it('where the server knows no path for one model', async () => {
    const { finding } = await find('openai', 'x', ({ path }) =>
      path === '/v1/models' ? jsonReply(200, { data: [] }) : jsonReply(405, { detail: 'Method Not Allowed' }),
    );
    expect(finding?.found).toBe(false);
  });
});

describe('whether a model is there cannot be told', () => {
  it.each<{
    name: string;
    scheme: string;
    id: string;
    judge: (request: FakeRequest) => FakeReply;
    says: string;
  }>([
    { name: 'a deployment', scheme: 'azure', id: 'mine', judge: having(['gpt-x']), says: 'deployments' },
    {
      name: 'a deployment with the name of a model',
      scheme: 'azure',
      id: 'gpt-x',
      judge: having(['gpt-x']),
      says: 'deployments',
    },
    {
      name: 'a limit that comes with HTTP 200',
      scheme: 'openai',
      id: 'gpt-x',
      judge: ({ path }) =>
        jsonReply(
          200,
          path === '/v1/models' ? { data: [{ id: 'a' }] } : { error: { code: 'rate_limit_exceeded' } },
        ),
      says: 'gave no answer',
    },
    {
      name: 'a bare refusal after the list was given',
      scheme: 'mistral',
      id: 'gpt-x',
      judge: ({ path }) =>
        path === '/v1/models'
          ? jsonReply(200, { data: [{ id: 'a' }] })
          : jsonReply(401, { detail: 'Unauthorized' }),
      says: 'gave no answer',
    },
    {
      name: 'a list with more behind it, and no way to that',
      scheme: 'openai',
      id: 'gpt-x',
      judge: ({ path }) =>
        path === '/v1/models' ? jsonReply(200, { data: [{ id: 'a' }], has_more: true }) : notFound,
      says: 'not in the part of the list',
    },
    {
      name: 'a fine-tuned one',
      scheme: 'openai',
      id: 'ft:gpt-x:me',
      judge: having(['gpt-x']),
      says: 'fine-tuned',
    },
    {
      name: 'a key that may not list',
      scheme: 'openai',
      id: 'gpt-x',
      judge: () => jsonReply(403, { error: { message: `Missing scopes for ${key}` } }),
      says: 'Missing scopes',
    },
    {
      name: 'a server in trouble',
      scheme: 'openai',
      id: 'gpt-x',
      judge: ({ path }) => (path === '/v1/models' ? jsonReply(200, { data: [] }) : jsonReply(500, {})),
      says: 'gave no answer',
    },
    {
      name: 'a page for everything',
      scheme: 'openai',
      id: 'gpt-x',
      judge: ({ path }) =>
        path === '/v1/models'
          ? jsonReply(200, { data: [] })
          : { status: 200, contentType: 'text/html', parts: ['<html></html>'] },
      says: 'gave no answer',
    },
  ])('for $name', async ({ scheme, id, judge, says }) => {
    const { finding } = await find(scheme, id, judge);
    expect(finding).toMatchObject({ found: null, reason: expect.stringContaining(says) });
    expect(JSON.stringify(finding)).not.toContain(key);
  });

  it.each([200, 401])('ends in the refusal of a bad key for the name alone, with HTTP %s', async (status) => {
    const { error } = await find('openai', 'x', ({ path }) =>
      path === '/v1/models'
        ? jsonReply(200, { data: [] })
        : jsonReply(status, { error: { message: 'Invalid API key', code: 'invalid_api_key' } }),
    );
    expect(error).toMatchObject({ kind: 'auth', httpStatus: status });
  });

  it('ends in the error of a list that fails', async () => {
    const { error } = await find('openai', 'x', () => jsonReply(503, { error: { message: 'busy' } }));
    expect(error).toMatchObject({ kind: 'server-error' });
  });
});
