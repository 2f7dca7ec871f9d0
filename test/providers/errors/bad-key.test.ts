import { describe, expect, it } from 'vitest';
import { saysKeyIsBad } from '../../../src/providers/errors/bad-key.js';
import { classifyResponse } from '../../../src/providers/errors/classify-response.js';
import { type Preset, presets } from '../../../src/providers/presets.js';

/** A refusal as it was seen: preset, status, body. */
type Refusal = readonly [preset: string, status: number, body: unknown];

const error = (fields: object): object => ({ error: fields });
const google = (code: number, message: string, reason?: string): object =>
  error({
    code,
    message,
    status: code === 400 ? 'INVALID_ARGUMENT' : 'PERMISSION_DENIED',
    details: reason === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }],
  });
const deepseek = (message: string): object =>
  error({ message, type: 'authentication_error', param: null, code: 'invalid_request_error' });
const openai = (message: string, code: string | null): object =>
  error({ message, type: 'invalid_request_error', param: null, code });

/** What is asked for a list of models, or for the key, with a key that is wrong, deleted, blocked or of a closed account. */
const bad: readonly Refusal[] = [
  ['openai', 401, openai('Incorrect API key provided: sk-abc.', 'invalid_api_key')],
  ['openai', 401, openai('The account associated with this API key is gone.', 'account_deactivated')],
  ['openai', 401, openai('No such organization: org-abc.', 'invalid_organization')],
  ['openai', 401, openai('OpenAI-Organization header should match.', 'mismatched_organization')],
  ['openai', 401, deepseek('Authentication Fails (no such user)')],
  ['openai', 401, error({ message: 'Authentication Error, No api key passed in.', type: 'auth_error' })],
  ['openai', 401, '<html><head><title>401 Authorization Required</title></head></html>'],
  ['openai-responses', 401, openai("You didn't provide an API key.", null)],
  ['anthropic', 401, error({ type: 'authentication_error', message: 'invalid x-api-key' })],
  ['anthropic', 401, error({ type: 'authentication_error', message: 'This key is none of ours.' })],
  [
    'anthropic',
    400,
    error({ type: 'invalid_request_error', message: 'This organization has been disabled.' }),
  ],
  ['anthropic', 403, error({ type: 'permission_error', message: 'This organization has been disabled.' })],
  ['google', 400, google(400, 'API key not valid. Please pass a valid API key.', 'API_KEY_INVALID')],
  ['google', 400, google(400, 'API key expired. Please renew the API key.')],
  ['google', 403, google(403, 'Your API key was reported as leaked. Please use another API key.')],
  [
    'google',
    403,
    google(403, "Permission denied: Consumer 'api_key:x' has been suspended.", 'CONSUMER_SUSPENDED'),
  ],
  ['google', 403, google(403, 'Requests to this API are blocked.', 'API_KEY_SERVICE_BLOCKED')],
  ['google', 403, google(403, 'Requests from referer <empty> are blocked.', 'API_KEY_HTTP_REFERRER_BLOCKED')],
  ['google', 403, google(403, 'The API key has an IP address restriction.', 'API_KEY_IP_ADDRESS_BLOCKED')],
  ['gemini', 403, google(403, "Method doesn't allow unregistered callers. Please use API Key.")],
  [
    'gemini',
    401,
    error({ code: 401, message: 'Request had a credential of no use.', status: 'UNAUTHENTICATED' }),
  ],
  ['ollama', 401, { error: 'unauthorized' }],
  ['openrouter', 401, error({ message: 'User not found.', code: 401 })],
  ['openrouter', 401, error({ message: 'No cookie auth credentials found', code: 401 })],
  ['groq', 401, openai('Invalid API Key', 'invalid_api_key')],
  ['groq', 400, openai('Organization has been restricted.', 'organization_restricted')],
  ['mistral', 401, { detail: 'Unauthorized' }],
  ['mistral', 401, { message: 'Unauthorized', request_id: 'c61f2f15feca7162' }],
  ['deepseek', 401, deepseek('Authentication Fails (no such user)')],
  ['deepseek', 401, deepseek('Authentication Fails (auth header format should be Bearer sk-...)')],
  ['deepseek', 401, deepseek('Authentication Fails, Your api key: ****abcd is invalid')],
  [
    'xai',
    400,
    { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: na***ys.' },
  ],
  [
    'xai',
    403,
    {
      code: 'The caller does not have permission to execute the specified operation',
      error: 'API key is currently blocked: Blocked due to API key leak',
    },
  ],
  ['together', 401, openai('Invalid API key provided.', 'invalid_api_key')],
  ['fireworks', 401, error({ type: 'UNAUTHORIZED', message: 'The API key you provided is invalid.' })],
  ['fireworks', 401, { fault: { faultstring: 'Invalid ApiKey', detail: { errorcode: 'oauth.v2' } } }],
  [
    'cerebras',
    401,
    { message: 'Wrong API Key', type: 'invalid_request_error', param: 'api_key', code: 'wrong_api_key' },
  ],
  ['perplexity', 401, '<html><head><title>401 Authorization Required</title></head></html>'],
  ['nvidia', 401, { status: 401, title: 'Unauthorized', detail: 'Authentication failed' }],
  ['huggingface', 401, { error: 'Invalid username or password.' }],
  ['github', 401, error({ code: 'unauthorized', message: 'Bad credentials', details: 'Bad credentials' })],
  ['azure', 401, error({ code: '401', message: 'Access denied due to invalid subscription key.' })],
  ['azure', 401, error({ code: 'Unauthorized', message: 'Access token is missing, or has expired.' })],
  ['moonshot', 401, error({ message: 'Invalid Authentication', type: 'invalid_authentication_error' })],
  ['moonshot', 401, error({ message: 'Incorrect API key provided', type: 'incorrect_api_key_error' })],
  ['sambanova', 401, openai('Invalid API key', null)],
  ['deepinfra', 401, { detail: { error: 'User authentication error' } }],
  ['deepinfra', 403, { detail: { error: 'Not authenticated' } }],
  ['llamacpp', 401, error({ code: 401, message: 'Invalid API Key', type: 'authentication_error' })],
  ['vllm', 401, { error: 'Unauthorized' }],
  ['lmstudio', 401, openai('Malformed LM Studio API token provided: sk-abc***', 'invalid_api_key')],
  ['localai', 401, error({ code: 401, message: 'An authentication key is required', type: '' })],
];

const scopes = 'You have insufficient permissions for this operation. Missing scopes: api.model.read.';

/** What is said of a key that may generate, for all we know. */
const open: readonly Refusal[] = [
  ['openai', 403, openai(scopes, null)],
  ['openai', 401, openai(scopes, null)],
  ['openai', 401, openai(scopes, 'invalid_api_key')],
  ['openai', 401, {}],
  ['openai', 401, { detail: 'Unauthorized' }],
  ['openai', 403, openai('Your API key has no authorization to list models', null)],
  ['openai', 403, { message: 'Forbidden' }],
  ['openai', 401, error({ message: 'key not allowed to access model', type: 'key_model_access_denied' })],
  ['anthropic', 403, error({ type: 'permission_error', message: 'Your API key does not have permission.' })],
  ['google', 403, google(403, 'The caller does not have permission')],
  ['google', 403, google(403, 'Request had insufficient authentication scopes.')],
  ['groq', 401, { detail: 'Not today' }],
  ['ollama', 401, error({})],
  ['vllm', 401, ''],
  ['mistral', 403, { message: 'You are not authorized to list models' }],
  ['xai', 403, { code: 'permission-denied', error: 'Access to the chat endpoint is denied.' }],
  [
    'huggingface',
    403,
    { error: 'This authentication method does not have sufficient permissions to call Inference Providers' },
  ],
  ['github', 401, error({ code: 'unauthorized', message: 'The `models` permission is required' })],
  ['github', 401, error({ code: 'unauthorized', message: 'Resource not accessible by integration' })],
  ['azure', 401, error({ code: 'PermissionDenied', message: 'The principal lacks the data action.' })],
  // it says so to clients that it does not like, too
  ['nvidia', 403, { status: 403, title: 'Forbidden', detail: 'Authorization failed' }],
  ['lmstudio', 403, openai('Permission denied to use plugin', 'permission_denied')],
];

function isBad([name, status, body]: Refusal): boolean {
  const preset = presets.find((one) => one.name === name) as Preset;
  const bodyText = typeof body === 'string' ? body : JSON.stringify(body);
  const { dialect } = preset;
  if (dialect === 'mock') throw new Error('the mock has no key');
  const refusal = classifyResponse({ dialect, preset, status, headers: {}, bodyText });
  expect(refusal).toMatchObject({ kind: 'auth', httpStatus: status });
  return saysKeyIsBad(refusal, preset);
}

const named = (refusals: readonly Refusal[]) =>
  refusals.map((refusal) => ({
    name: `${refusal[0]}: ${refusal[1]} ${JSON.stringify(refusal[2])}`,
    refusal,
  }));

describe('a refusal', () => {
  it.each(named(bad))('is one of the key: $name', ({ refusal }) => expect(isBad(refusal)).toBe(true));
  it.each(named(open))('is not one of the key: $name', ({ refusal }) => expect(isBad(refusal)).toBe(false));

  it('of a bad key is known of every preset', () => {
    const known = new Set(bad.map(([name]) => name));
    expect(presets.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });
});
