import { describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../../src/core/classify.js';
import { scrubber } from '../../../src/core/secrets.js';
import type { Dialect } from '../../../src/providers/dialect.js';
import {
  classifyPayload,
  classifyResponse,
  requestIdOf,
} from '../../../src/providers/errors/classify-response.js';
import { isErrorPayload } from '../../../src/providers/errors/facts.js';
import type { AskedEndpoint } from '../../../src/providers/errors/hints.js';
import { type Preset, presets } from '../../../src/providers/presets.js';
import { recordedJson } from '../../support/replay.js';

const now = Date.UTC(2026, 10, 1, 12, 0, 0);

interface Case {
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
  readonly kind: ErrorKind;
  readonly preset?: string;
  readonly model?: string;
  readonly headers?: Record<string, string>;
  readonly message?: string | RegExp;
  /** Also sent as an error inside a stream, where only the payload can tell; its kind there if it differs. */
  readonly inStream?: ErrorKind | false;
}

function presetNamed(name: string): Preset {
  const found = presets.find((preset) => preset.name === name);
  if (found === undefined) throw new Error(`no preset ${name}`);
  return found;
}

function classified({
  status,
  body,
  preset = 'openai',
  model = 'some-model',
  headers = {},
  endpoint = null,
}: Omit<Case, 'kind'> & { readonly kind?: ErrorKind; readonly endpoint?: AskedEndpoint | null }) {
  const row = presetNamed(preset);
  return classifyResponse({
    dialect: row.dialect as Dialect['name'],
    preset: row,
    status,
    headers,
    bodyText: typeof body === 'string' ? body : JSON.stringify(body),
    model,
    endpoint,
    now,
  });
}

const openai = (code: string | null, message: string, type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
});
const anthropic = (type: string, message: string) => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_011',
});
const gemini = (code: number, status: string, message: string, details: unknown[] = []) => ({
  error: { code, message, status, details },
});
const unverified = (code: string | null) =>
  openai(
    code,
    'Your organization must be verified to stream this model. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.',
  );
const page = (title: string) =>
  `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;

const cases: readonly Case[] = [
  // auth
  {
    name: 'OpenAI: a wrong key',
    status: 401,
    body: openai('invalid_api_key', 'Incorrect API key provided: sk-pr***123.'),
    kind: 'auth',
  },
  {
    name: 'Anthropic: a wrong key',
    status: 401,
    body: anthropic('authentication_error', 'invalid x-api-key'),
    kind: 'auth',
    preset: 'anthropic',
  },
  {
    name: 'Gemini: a wrong key, with 400',
    status: 400,
    body: gemini(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
      },
    ]),
    kind: 'auth',
    preset: 'google',
  },
  {
    name: 'Gemini: an expired key, without details',
    status: 400,
    body: gemini(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.'),
    kind: 'auth',
    preset: 'google',
  },
  {
    name: 'Gemini: a leaked key',
    status: 403,
    body: gemini(
      403,
      'PERMISSION_DENIED',
      'Your API key was reported as leaked. Please use another API key.',
    ),
    kind: 'auth',
    preset: 'google',
  },
  {
    name: 'llama.cpp: no key',
    status: 401,
    body: { error: { code: 401, message: 'Invalid API Key', type: 'authentication_error' } },
    kind: 'auth',
    preset: 'llamacpp',
  },
  {
    name: 'Groq: a restricted organization',
    status: 400,
    body: openai('organization_restricted', 'Organization has been restricted.'),
    kind: 'auth',
    preset: 'groq',
  },
  {
    name: 'Azure: a wrong key',
    status: 401,
    body: { error: { code: '401', message: 'Access denied due to invalid subscription key.' } },
    kind: 'auth',
    preset: 'azure',
  },
  {
    name: 'xAI: a wrong key, with 400',
    status: 400,
    body: {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: xa***. You can obtain an API key from https://console.x.ai.',
    },
    kind: 'auth',
    preset: 'xai',
  },
  { name: 'a bare 401', status: 401, body: '', kind: 'auth', inStream: false, message: /HTTP 401/ },
  { name: 'a bare 403', status: 403, body: { detail: 'Forbidden' }, kind: 'auth', inStream: false },
  // bad request
  {
    name: 'OpenAI: a bad request',
    status: 400,
    body: openai(null, "'messages' must not be empty"),
    kind: 'bad-request',
  },
  {
    name: 'OpenAI: max_tokens sent to a reasoning model (recorded)',
    status: 400,
    body: recordedJson('openai/reasoning-model-legacy-parameter-error.json'),
    kind: 'bad-request',
    message: /^Unsupported parameter: 'max_tokens'/,
  },
  {
    name: 'Anthropic: a bad request',
    status: 400,
    body: anthropic('invalid_request_error', 'messages: roles must alternate'),
    kind: 'bad-request',
    preset: 'anthropic',
  },
  {
    name: 'Gemini: a bad request',
    status: 400,
    body: gemini(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received. Unknown name "x"'),
    kind: 'bad-request',
    preset: 'google',
  },
  {
    name: 'DeepSeek: 422',
    status: 422,
    body: openai(null, 'Failed to deserialize the JSON body into the target type'),
    kind: 'bad-request',
    preset: 'deepseek',
  },
  {
    name: 'Mistral: 422 with a list in message.detail',
    status: 422,
    body: {
      object: 'error',
      message: {
        detail: [
          { type: 'extra_forbidden', loc: ['body', 'seed'], msg: 'Extra inputs are not permitted', input: 1 },
        ],
      },
      type: 'invalid_request_error',
      param: null,
      code: null,
    },
    kind: 'bad-request',
    preset: 'mistral',
    message: 'body.seed: Extra inputs are not permitted',
  },
  {
    name: 'FastAPI: a list of what is wrong',
    status: 422,
    body: { detail: [{ loc: ['body', 'messages'], msg: 'field required', type: 'value_error.missing' }] },
    kind: 'bad-request',
    inStream: false,
    message: 'body.messages: field required',
  },
  {
    name: 'a request that mentions a quota in passing',
    status: 400,
    body: openai(
      null,
      "Invalid value: 'explain quota and rate limit exceeded, insufficient balance, billing'",
    ),
    kind: 'bad-request',
  },
  {
    name: 'a request that mentions an overloaded function',
    status: 400,
    body: openai(null, "tools[0].function.name: 'overloaded' does not match the pattern"),
    kind: 'bad-request',
    inStream: false,
  },
  {
    name: 'a named word beats the message',
    status: 400,
    body: openai(
      'unsupported_parameter',
      "'truncation' is unsupported; the maximum context length of the model does not exist",
    ),
    kind: 'bad-request',
  },
  {
    name: 'too large a max_tokens is no matter of context',
    status: 400,
    body: openai(
      null,
      'max_tokens is too large: 300000. This model supports at most 16384 completion tokens.',
    ),
    kind: 'bad-request',
  },
  {
    name: 'a missing tool of the model',
    status: 400,
    body: openai('tool_use_failed', 'The model called a tool that was not found in request.tools'),
    kind: 'bad-request',
    preset: 'groq',
  },
  // model not found
  {
    name: 'OpenAI: no such model',
    status: 404,
    body: openai('model_not_found', 'The model `gpt-x` does not exist or you do not have access to it.'),
    kind: 'model-not-found',
  },
  {
    name: 'OpenAI: no access to the model, with 403',
    status: 403,
    body: openai('model_not_found', 'Project `p` does not have access to model `gpt-x`'),
    kind: 'model-not-found',
  },
  {
    name: 'Anthropic: no such model',
    status: 404,
    body: anthropic('not_found_error', 'model: claude-x'),
    kind: 'model-not-found',
    preset: 'anthropic',
  },
  {
    name: 'Gemini: no such model',
    status: 404,
    body: gemini(
      404,
      'NOT_FOUND',
      'models/x is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list.',
    ),
    kind: 'model-not-found',
    preset: 'google',
  },
  {
    name: 'Gemini: a retired model',
    status: 404,
    body: gemini(
      404,
      'NOT_FOUND',
      'This model models/gemini-1.0-pro is no longer available. Please update your code.',
    ),
    kind: 'model-not-found',
    preset: 'google',
  },
  {
    name: 'Ollama: a model that was not pulled',
    status: 404,
    body: { error: "model 'qwen3' not found" },
    kind: 'model-not-found',
    preset: 'ollama',
  },
  {
    name: 'Ollama: the older wording',
    status: 404,
    body: { error: 'model "qwen3" not found, try pulling it first' },
    kind: 'model-not-found',
    preset: 'ollama',
  },
  {
    name: 'vLLM: no such model',
    status: 404,
    body: {
      object: 'error',
      message: 'The model `x` does not exist.',
      type: 'NotFoundError',
      param: null,
      code: 404,
    },
    kind: 'model-not-found',
    preset: 'vllm',
  },
  {
    name: 'Azure: no such deployment',
    status: 404,
    body: {
      error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' },
    },
    kind: 'model-not-found',
    preset: 'azure',
  },
  {
    name: 'Azure: a retired deployment',
    status: 410,
    body: { error: { code: '410', message: 'The model has been retired.' } },
    kind: 'model-not-found',
    preset: 'azure',
  },
  {
    name: 'Mistral: 400 invalid_model',
    status: 400,
    body: {
      object: 'error',
      message: 'Invalid model: mistral-x',
      type: 'invalid_model',
      param: null,
      code: '1500',
    },
    kind: 'model-not-found',
    preset: 'mistral',
  },
  {
    name: 'OpenRouter: no endpoints',
    status: 404,
    body: { error: { message: 'No endpoints found for some/model.', code: 404 } },
    kind: 'model-not-found',
    preset: 'openrouter',
  },
  {
    name: 'llama.cpp: its router',
    status: 400,
    body: { error: { code: 400, message: "model 'x' not found", type: 'invalid_request_error' } },
    kind: 'model-not-found',
    preset: 'llamacpp',
  },
  {
    name: 'Groq: a decommissioned model',
    status: 400,
    body: openai('model_decommissioned', 'The model `x` has been decommissioned and is no longer supported.'),
    kind: 'model-not-found',
    preset: 'groq',
  },
  {
    name: 'DeepSeek: Model Not Exist',
    status: 400,
    body: openai('invalid_request_error', 'Model Not Exist'),
    kind: 'model-not-found',
    preset: 'deepseek',
  },
  {
    name: 'xAI: no such model',
    status: 404,
    body: {
      code: 'Some requested entity was not found',
      error: 'The model grok-x does not exist or your team 1 does not have access to it.',
    },
    kind: 'model-not-found',
    preset: 'xai',
  },
  {
    name: 'Together: a model named without a verb',
    status: 404,
    model: 'meta/llama-x',
    body: {
      error: {
        message: 'Unable to access meta/llama-x. Please visit https://api.together.ai/models',
        type: 'invalid_request_error',
        code: null,
      },
    },
    kind: 'model-not-found',
    preset: 'together',
    inStream: false,
  },
  {
    name: 'Hugging Face: no provider for the model',
    status: 400,
    body: openai(
      'model_not_supported',
      "The requested model 'x' is not supported by any provider you have enabled.",
    ),
    kind: 'model-not-found',
    preset: 'huggingface',
  },
  {
    name: 'Perplexity: 400 with a numeric code',
    status: 400,
    body: {
      error: {
        message: "Invalid model 'x'. Permitted models can be found in the documentation.",
        type: 'invalid_model',
        code: 400,
      },
    },
    kind: 'model-not-found',
    preset: 'perplexity',
  },
  {
    name: 'DeepInfra: detail holds an object',
    status: 404,
    body: { detail: { error: 'Model is not available' } },
    kind: 'model-not-found',
    preset: 'deepinfra',
    inStream: false,
  },
  // misconfigured
  {
    name: 'OpenAI: a wrong path',
    status: 404,
    body: openai(null, 'Invalid URL (POST /v1/v1/chat/completions)'),
    kind: 'misconfigured',
  },
  {
    name: 'Groq: a wrong path',
    status: 404,
    body: openai(
      'unknown_url',
      'Unknown request URL: POST /v1/chat/completions. Please check the URL for typos',
    ),
    kind: 'misconfigured',
    preset: 'groq',
  },
  {
    name: 'llama.cpp: a wrong path',
    status: 404,
    body: { error: { code: 404, message: 'File Not Found', type: 'not_found_error' } },
    kind: 'misconfigured',
    preset: 'llamacpp',
  },
  {
    name: 'FastAPI: a wrong path',
    status: 404,
    body: { detail: 'Not Found' },
    kind: 'misconfigured',
    preset: 'vllm',
    inStream: false,
  },
  {
    name: 'Anthropic: a wrong path',
    status: 404,
    body: anthropic('not_found_error', 'Not Found'),
    kind: 'misconfigured',
    preset: 'anthropic',
  },
  {
    name: 'Azure: a wrong path',
    status: 404,
    body: { error: { code: '404', message: 'Resource not found' } },
    kind: 'misconfigured',
    preset: 'azure',
  },
  {
    name: 'a wrong path that holds the word models and the model',
    status: 404,
    model: 'some-model',
    body: { message: 'The path /v1/models/some-model was not found on this server' },
    kind: 'misconfigured',
    inStream: false,
  },
  { name: 'a 404 with an empty body', status: 404, body: '', kind: 'misconfigured', inStream: false },
  {
    name: 'a 404 with a web page',
    status: 404,
    body: page('404 Not Found'),
    kind: 'misconfigured',
    inStream: false,
    message: /web page.*404 Not Found/,
  },
  {
    name: 'a 404 in plain text',
    status: 404,
    body: '404 page not found',
    kind: 'misconfigured',
    inStream: false,
  },
  {
    name: 'LM Studio: a wrong path with HTTP 200',
    status: 200,
    body: { error: 'Unexpected endpoint or method. (POST /chat/completions)' },
    kind: 'misconfigured',
    preset: 'lmstudio',
  },
  {
    name: 'OpenAI: an unsupported country',
    status: 403,
    body: openai(
      'unsupported_country_region_territory',
      'Country, region, or territory not supported',
      'request_forbidden',
    ),
    kind: 'misconfigured',
  },
  {
    name: 'Gemini: an unsupported location',
    status: 400,
    body: gemini(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
    kind: 'misconfigured',
    preset: 'google',
  },
  {
    name: 'plain http on a TLS port',
    status: 400,
    body: '<html>\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>',
    kind: 'misconfigured',
    inStream: false,
  },
  {
    name: 'a login page with 200',
    status: 200,
    body: page('Sign in'),
    kind: 'misconfigured',
    inStream: false,
    message: /web page.*Sign in/,
  },
  {
    name: 'a web page with 403',
    status: 403,
    body: page('Attention Required! | Cloudflare'),
    kind: 'misconfigured',
    inStream: false,
  },
  ...[405, 406, 407, 411, 415, 421, 501].map((status) => ({
    name: `a bare ${status}`,
    status,
    body: '',
    kind: 'misconfigured' as const,
    inStream: false as const,
  })),
  // rate limit
  {
    name: 'OpenAI: a rate limit',
    status: 429,
    body: openai('rate_limit_exceeded', 'Rate limit reached for gpt-x', 'requests'),
    kind: 'rate-limit',
  },
  {
    name: 'OpenAI: slow_down with 503',
    status: 503,
    body: openai('slow_down', 'Slow down'),
    kind: 'rate-limit',
  },
  {
    name: 'Anthropic: a rate limit',
    status: 429,
    body: anthropic('rate_limit_error', 'This request would exceed your rate limit'),
    kind: 'rate-limit',
    preset: 'anthropic',
  },
  {
    name: 'Gemini: a limit a minute speaks of a quota (recorded)',
    status: 429,
    body: recordedJson('google/google-429-retry-info.json'),
    kind: 'rate-limit',
    preset: 'google',
  },
  {
    name: 'Gemini: in a list',
    status: 429,
    body: [gemini(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted')],
    kind: 'rate-limit',
    preset: 'google',
  },
  {
    name: 'OpenRouter: 402 with Retry-After',
    status: 402,
    headers: { 'retry-after': '3' },
    body: { error: { message: 'This request requires more credits, or fewer max_tokens.', code: 402 } },
    kind: 'rate-limit',
    preset: 'openrouter',
    inStream: 'quota',
  },
  {
    name: 'OpenRouter: the provider behind it has a limit',
    status: 429,
    body: {
      error: {
        message: 'Provider returned error',
        code: 429,
        metadata: { raw: 'x/y:free is temporarily rate-limited upstream', provider_name: 'Chutes' },
      },
    },
    kind: 'rate-limit',
    preset: 'openrouter',
    message: 'Provider returned error (Chutes: x/y:free is temporarily rate-limited upstream)',
  },
  {
    name: 'a gateway turns a limit into 500',
    status: 500,
    body: { error: { message: 'upstream says no', code: 429 } },
    kind: 'rate-limit',
  },
  {
    name: 'Cloudflare: a limit as a web page',
    status: 429,
    body: page('Access denied | Error 1015'),
    kind: 'rate-limit',
    inStream: false,
  },
  {
    name: 'Mistral: a limit without error key',
    status: 429,
    body: { message: 'Requests rate limit exceeded' },
    kind: 'rate-limit',
    preset: 'mistral',
    inStream: false,
  },
  // quota
  {
    name: 'OpenAI: no funds',
    status: 429,
    body: openai(
      'insufficient_quota',
      'You exceeded your current quota, please check your plan and billing details.',
      'insufficient_quota',
    ),
    kind: 'quota',
  },
  {
    name: 'OpenAI: a balance is used up',
    status: 429,
    body: openai('credit_balance_exhausted', 'no credit'),
    kind: 'quota',
  },
  {
    name: 'OpenAI: a spend limit',
    status: 429,
    body: openai('project_spend_limit_exceeded', 'limit'),
    kind: 'quota',
  },
  {
    name: "OpenAI: an organization's limit",
    status: 429,
    body: openai('organization_usage_limit_exceeded', 'limit'),
    kind: 'quota',
  },
  {
    name: 'Anthropic: no funds, with 400',
    status: 400,
    body: anthropic('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    kind: 'quota',
    preset: 'anthropic',
  },
  {
    name: 'Anthropic: a limit of its own, with 400',
    status: 400,
    body: anthropic(
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2026-12-01.',
    ),
    kind: 'quota',
    preset: 'anthropic',
  },
  {
    name: 'Anthropic: billing',
    status: 402,
    body: anthropic('billing_error', 'Payment required'),
    kind: 'quota',
    preset: 'anthropic',
  },
  {
    name: 'Gemini: prepayment credits',
    status: 429,
    body: gemini(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.'),
    kind: 'quota',
    preset: 'google',
  },
  {
    name: 'Gemini: a spending cap',
    status: 429,
    body: gemini(429, 'RESOURCE_EXHAUSTED', 'Your project has exceeded its monthly spending cap.'),
    kind: 'quota',
    preset: 'google',
  },
  {
    name: 'Gemini: a quota a day',
    status: 429,
    body: gemini(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota', [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12s' },
    ]),
    kind: 'quota',
    preset: 'google',
  },
  {
    name: 'OpenRouter: no credits',
    status: 402,
    body: { error: { message: 'Insufficient credits', code: 402 } },
    kind: 'quota',
    preset: 'openrouter',
  },
  {
    name: "OpenRouter: the key's own limit",
    status: 403,
    body: {
      error: {
        message: 'Key limit exceeded (total limit). Manage it at https://openrouter.ai/keys',
        code: 403,
      },
    },
    kind: 'quota',
    preset: 'openrouter',
  },
  {
    name: 'DeepSeek: no funds',
    status: 402,
    body: openai('invalid_request_error', 'Insufficient Balance', 'unknown_error'),
    kind: 'quota',
    preset: 'deepseek',
    inStream: false,
  },
  {
    name: 'xAI: no credits, with 403',
    status: 403,
    body: {
      code: 'The caller does not have permission',
      error: "Your newly created team doesn't have any credits yet.",
    },
    kind: 'quota',
    preset: 'xai',
  },
  {
    name: 'Fireworks: a suspended account',
    status: 412,
    body: {
      error: {
        message: 'Account x is suspended, possibly due to reaching the monthly spending limit',
        code: 'PRECONDITION_FAILED',
      },
    },
    kind: 'quota',
    preset: 'fireworks',
    inStream: false,
  },
  // overloaded
  {
    name: 'Anthropic: overloaded',
    status: 529,
    body: anthropic('overloaded_error', 'Overloaded'),
    kind: 'overloaded',
    preset: 'anthropic',
  },
  {
    name: 'Anthropic: a timeout',
    status: 504,
    body: anthropic('timeout_error', 'Request timed out'),
    kind: 'overloaded',
    preset: 'anthropic',
  },
  {
    name: 'OpenAI: overloaded',
    status: 503,
    body: openai('server_is_overloaded', 'The engine is overloaded'),
    kind: 'overloaded',
  },
  {
    name: 'Gemini: overloaded',
    status: 503,
    body: gemini(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    kind: 'overloaded',
    preset: 'google',
  },
  {
    name: 'Groq: 498',
    status: 498,
    body: openai('capacity_exceeded', 'flex capacity exceeded'),
    kind: 'overloaded',
    preset: 'groq',
  },
  {
    name: 'Ollama: busy',
    status: 503,
    body: { error: 'server busy, please try again.  maximum pending requests exceeded' },
    kind: 'overloaded',
    preset: 'ollama',
  },
  {
    name: 'llama.cpp: loads a model',
    status: 503,
    body: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    kind: 'overloaded',
    preset: 'llamacpp',
  },
  {
    name: 'xAI: HTTP 200 that says it is away',
    status: 200,
    body: { code: 'The service is currently unavailable', error: 'The service is currently unavailable' },
    kind: 'overloaded',
    preset: 'xai',
  },
  {
    name: 'Moonshot: overloaded, with 429',
    status: 429,
    body: openai(null, 'The engine is currently overloaded', 'engine_overloaded_error'),
    kind: 'overloaded',
    preset: 'moonshot',
  },
  {
    name: 'Hugging Face: loads a model',
    status: 503,
    body: { error: 'Model x is currently loading', estimated_time: 20 },
    kind: 'overloaded',
    preset: 'huggingface',
  },
  // server error
  {
    name: 'OpenAI: a server error',
    status: 500,
    body: openai(null, 'The server had an error while processing your request', 'server_error'),
    kind: 'server-error',
  },
  {
    name: 'Anthropic: a server error',
    status: 500,
    body: anthropic('api_error', 'Internal server error'),
    kind: 'server-error',
    preset: 'anthropic',
  },
  {
    name: 'a 502 with a web page',
    status: 502,
    body: page('502 Bad Gateway'),
    kind: 'server-error',
    inStream: false,
    message: /502 Bad Gateway/,
  },
  {
    name: 'a 504 with a web page',
    status: 504,
    body: page('504 Gateway Time-out'),
    kind: 'server-error',
    inStream: false,
  },
  {
    name: 'an html-message of a gateway',
    status: 500,
    body: { 'html-message': 'upstream\nfailed' },
    kind: 'server-error',
    inStream: false,
    message: 'upstream',
  },
  ...[408, 409, 425, 500, 502, 503, 520].map((status) => ({
    name: `a bare ${status}`,
    status,
    body: '',
    kind: 'server-error' as const,
    inStream: false as const,
  })),
  // context length
  {
    name: 'OpenAI: too long',
    status: 400,
    body: openai('context_length_exceeded', "This model's maximum context length is 8192 tokens."),
    kind: 'context-length',
  },
  {
    name: 'Anthropic: too long',
    status: 400,
    body: anthropic('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
    kind: 'context-length',
    preset: 'anthropic',
  },
  {
    name: 'Anthropic: with the answer too long',
    status: 400,
    body: anthropic(
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000',
    ),
    kind: 'context-length',
    preset: 'anthropic',
  },
  {
    name: 'Anthropic: too many bytes',
    status: 413,
    body: anthropic('request_too_large', 'Request exceeds the maximum size'),
    kind: 'context-length',
    preset: 'anthropic',
  },
  {
    name: 'Gemini: too long',
    status: 400,
    body: gemini(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ),
    kind: 'context-length',
    preset: 'google',
  },
  {
    name: 'llama.cpp: too long',
    status: 400,
    body: {
      error: {
        code: 400,
        message: 'the request exceeds the available context size. try increasing it',
        type: 'exceed_context_size_error',
      },
    },
    kind: 'context-length',
    preset: 'llamacpp',
  },
  {
    name: 'Ollama: too long',
    status: 400,
    body: { error: 'the input length exceeds the context length' },
    kind: 'context-length',
    preset: 'ollama',
  },
  {
    name: 'Groq: 413 with a rate limit word',
    status: 413,
    body: openai(
      'rate_limit_exceeded',
      'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 7000',
      'tokens',
    ),
    kind: 'context-length',
    preset: 'groq',
    inStream: 'rate-limit',
  },
  {
    name: 'Together: too long, with 403',
    status: 403,
    body: {
      error: {
        message: "Input is too long: this model's maximum context length is 8193 tokens",
        type: 'invalid_request_error',
      },
    },
    kind: 'context-length',
    preset: 'together',
  },
  {
    name: 'vLLM: too long',
    status: 400,
    body: {
      object: 'error',
      message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
      type: 'BadRequestError',
      code: 400,
    },
    kind: 'context-length',
    preset: 'vllm',
  },
  {
    name: 'xAI: too long',
    status: 400,
    body: {
      code: 'Client specified an invalid argument',
      error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    },
    kind: 'context-length',
    preset: 'xai',
  },
  {
    name: 'Mistral: too long',
    status: 400,
    body: {
      object: 'error',
      message:
        'Prompt contains 300000 tokens and 0 draft tokens, too large for model with 131072 maximum context length',
      type: 'invalid_request_prompt',
      code: '3051',
    },
    kind: 'context-length',
    preset: 'mistral',
  },
  {
    name: 'LM Studio: too long',
    status: 400,
    body: {
      error:
        'Trying to keep the first 7000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
    },
    kind: 'context-length',
    preset: 'lmstudio',
  },
  {
    name: 'Moonshot: too long',
    status: 400,
    body: openai(null, 'Invalid request: Your request exceeded model token limit: 8192'),
    kind: 'context-length',
    preset: 'moonshot',
  },
  {
    name: 'a 413 of a proxy',
    status: 413,
    body: page('413 Request Entity Too Large'),
    kind: 'context-length',
    inStream: false,
  },
  // content filter
  {
    name: 'Azure: filtered',
    status: 400,
    body: {
      error: {
        message: 'The response was filtered due to the prompt triggering the content management policy.',
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    },
    kind: 'content-filter',
    preset: 'azure',
  },
  {
    name: 'OpenAI’s word for a policy in the message of a gateway that speaks another protocol',
    status: 400,
    body: gemini(400, 'INVALID_ARGUMENT', 'content_policy_violation: the prompt was blocked'),
    kind: 'content-filter',
    preset: 'google',
  },
  {
    name: 'the same as Ollama words its errors',
    status: 400,
    body: { error: 'content_policy_violation: the prompt was blocked' },
    kind: 'content-filter',
    preset: 'ollama',
  },
  {
    name: 'OpenAI: a policy',
    status: 400,
    body: openai('content_policy_violation', 'Your request was rejected as a result of our safety system.'),
    kind: 'content-filter',
    message: 'Your request was rejected as a result of our safety system.',
  },
  {
    name: 'OpenAI: a flagged prompt',
    status: 400,
    body: openai(
      'invalid_prompt',
      'Invalid prompt: your prompt was flagged as potentially violating our usage policy.',
    ),
    kind: 'content-filter',
  },
  {
    name: 'Anthropic: blocked output',
    status: 400,
    body: anthropic('invalid_request_error', 'Output blocked by content filtering policy'),
    kind: 'content-filter',
    preset: 'anthropic',
  },
  {
    name: 'OpenRouter: moderation',
    status: 403,
    body: {
      error: {
        message: 'x requires moderation. Your input was flagged',
        code: 403,
        metadata: { reasons: ['violence'], flagged_input: 'text', provider_name: 'P' },
      },
    },
    kind: 'content-filter',
    preset: 'openrouter',
  },
  {
    name: 'DeepSeek: a content risk',
    status: 400,
    body: openai('invalid_request_error', 'Content Exists Risk'),
    kind: 'content-filter',
    preset: 'deepseek',
  },
  // shapes
  {
    name: 'an error of OpenAI from an Anthropic endpoint',
    status: 429,
    body: openai('insufficient_quota', 'no funds'),
    kind: 'quota',
    preset: 'anthropic',
  },
  {
    name: 'an error of Anthropic from an OpenAI endpoint',
    status: 529,
    body: anthropic('overloaded_error', 'Overloaded'),
    kind: 'overloaded',
  },
  {
    name: 'a message that is JSON itself',
    status: 400,
    body: {
      object: 'error',
      message:
        '{"detail":[{"type":"extra_forbidden","loc":["body","n"],"msg":"Extra inputs are not permitted"}]}',
      type: 'internal_error_proxy',
    },
    kind: 'bad-request',
    inStream: 'server-error',
    message: 'body.n: Extra inputs are not permitted',
  },
  {
    name: 'an error of the provider inside that of the gateway',
    status: 400,
    body: {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: {
          raw: JSON.stringify(openai('context_length_exceeded', 'too long')),
          provider_name: 'OpenAI',
        },
      },
    },
    kind: 'context-length',
    preset: 'openrouter',
    message: 'Provider returned error (OpenAI: too long)',
  },
  {
    name: 'error as a boolean beside a message',
    status: 500,
    body: { error: true, message: 'broken' },
    kind: 'server-error',
    message: 'broken',
  },
  {
    name: 'a sentence of xAI in place of a code',
    status: 400,
    body: {
      code: 'Client specified an invalid argument',
      error: "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
    },
    kind: 'context-length',
    preset: 'xai',
  },
  {
    name: "OpenAI's model for another endpoint",
    status: 404,
    body: {
      error: {
        message: 'This model is only supported in v1/responses and not in v1/chat/completions.',
        type: 'invalid_request_error',
        param: 'model',
        code: null,
      },
    },
    kind: 'model-not-found',
    inStream: 'bad-request',
  },
  {
    name: "OpenRouter's invalid model",
    status: 400,
    body: { error: { message: 'foo/bar is not a valid model ID', code: 400 } },
    kind: 'model-not-found',
    preset: 'openrouter',
  },
  {
    name: "Ollama's embedding model",
    status: 400,
    body: { error: '"nomic-embed-text" does not support chat' },
    kind: 'model-not-found',
    preset: 'ollama',
  },
  {
    name: "Azure's model of another kind",
    status: 400,
    body: openai(
      'OperationNotSupported',
      'The chatCompletion operation does not work with the specified model, x.',
    ),
    kind: 'model-not-found',
    preset: 'azure',
  },
  {
    name: "Gemini's name of no model",
    status: 400,
    body: gemini(400, 'INVALID_ARGUMENT', '* GenerateContentRequest.model: unexpected model name format'),
    kind: 'model-not-found',
    preset: 'google',
  },
  {
    name: "Anthropic's disabled organization",
    status: 400,
    body: anthropic('invalid_request_error', 'This organization has been disabled.'),
    kind: 'auth',
    preset: 'anthropic',
  },
  {
    name: 'Gemini out of capacity, without its words',
    status: 503,
    body: gemini(503, 'UNAVAILABLE', 'Please come back.'),
    kind: 'overloaded',
    preset: 'google',
  },
  {
    name: 'http to the TLS port of a Go server',
    status: 400,
    body: 'Client sent an HTTP request to an HTTPS server.\n',
    kind: 'misconfigured',
    inStream: false,
  },
  {
    name: 'a model that text-generation-inference finds too small',
    status: 422,
    body: {
      error:
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens',
      error_type: 'validation',
    },
    kind: 'context-length',
    preset: 'huggingface',
  },
  {
    name: 'a page that begins with a comment',
    status: 404,
    body: '<!-- served by the front door --><p>Nothing here</p>',
    kind: 'misconfigured',
    inStream: false,
  },
];

describe('the error of a response', () => {
  it.each(cases)('$name is $kind', (row) => {
    const error = classified(row);
    expect(error.kind).toBe(row.kind);
    expect(error.httpStatus).toBe(row.status);
    expect(error.message).not.toBe('');
    expect(error.message.length).toBeLessThanOrEqual(400);
    if (row.message !== undefined) expect(error.message).toMatch(row.message);
  });

  const inStream = cases.filter((row) => row.inStream !== false);
  it.each(inStream)('$name is the same inside a stream', (row) => {
    expect(isErrorPayload(row.body)).toBe(true);
    const preset = presetNamed(row.preset ?? 'openai');
    const error = classifyPayload({
      dialect: preset.dialect as Dialect['name'],
      preset,
      payload: row.body,
      status: 200,
      headers: {},
      model: row.model ?? 'some-model',
    });
    expect(error.kind).toBe(row.inStream ?? row.kind);
    expect(error.httpStatus).toBe(200);
  });

  it.each([
    { place: 'https://login.example.com/auth?token=abc', shown: 'https://login.example.com' },
    { place: '/elsewhere?token=abc', shown: 'another place' },
    { place: 'https://user:abc@h.example', shown: 'https://h.example' },
  ])('a redirect is misconfigured and shows no path and no query of $place', ({ place, shown }) => {
    const error = classified({
      name: '',
      status: 302,
      body: '',
      kind: 'misconfigured',
      headers: { location: place },
    });
    expect(error.kind).toBe('misconfigured');
    expect(error.message).toContain(`${shown}, not followed`);
    expect(error.message).not.toContain('abc');
  });

  it.each([
    {
      name: 'a Node stack trace',
      text: '\n\n  Error: it broke\n    at run (/srv/app.js:10:3)\n    at main (/srv/app.js:2:1)',
      line: 'Error: it broke',
    },
    {
      name: 'a Python traceback',
      text: 'Traceback (most recent call last):\n  File "/app/x.py", line 3, in f\n    raise ValueError\nValueError: no such thing',
      line: 'ValueError: no such thing',
    },
    { name: 'a heading', text: 'Error:\n- messages is missing', line: 'Error: - messages is missing' },
    { name: 'terminal escapes', text: '\u001b[31mred\u001b[0m\u202e text\u0007', line: 'red text' },
  ])('keeps the line that says something of $name', ({ text, line }) => {
    expect(
      classified({ name: '', status: 400, body: { error: { message: text } }, kind: 'bad-request' }).message,
    ).toBe(line);
  });

  it('cuts a long message without breaking a character', () => {
    const { message } = classified({
      name: '',
      status: 400,
      body: { error: { message: '🙂'.repeat(5_000) } },
      kind: 'bad-request',
    });
    expect(Array.from(message)).toHaveLength(300);
    expect(message).toMatch(/^🙂+…$/u);
  });

  it.each([
    null,
    5,
    'x',
    [],
    [[[[[[[[1]]]]]]]],
    {},
    { error: {} },
    { error: [] },
    { error: { message: { message: { message: {} } } } },
  ])('survives %j', (payload) => {
    expect(classifyPayload({ dialect: 'openai', payload }).kind).toBe('server-error');
  });
});

describe('the wish to be left alone', () => {
  const limited = (headers: Record<string, string>, body: unknown = openai('rate_limit_exceeded', 'limit')) =>
    classified({ name: '', status: 429, body, kind: 'rate-limit', headers }).retryAfterMs;

  it.each([
    { name: 'seconds', headers: { 'retry-after': '30' }, ms: 30_000 },
    { name: 'decimals', headers: { 'retry-after': '1.5' }, ms: 1_500 },
    { name: 'zero', headers: { 'retry-after': '0' }, ms: 0 },
    { name: 'sent twice', headers: { 'retry-after': '2, 2' }, ms: 2_000 },
    { name: 'a date', headers: { 'retry-after': new Date(now + 9_000).toUTCString() }, ms: 9_000 },
    {
      name: 'a date that is over',
      headers: { 'retry-after': new Date(now - 9_000).toUTCString() },
      ms: null,
    },
    { name: 'negative', headers: { 'retry-after': '-5' }, ms: null },
    { name: 'garbage', headers: { 'retry-after': 'soon' }, ms: null },
    { name: 'NaN', headers: { 'retry-after': 'NaN' }, ms: null },
    { name: 'Infinity', headers: { 'retry-after': 'Infinity' }, ms: null },
    { name: 'an exponent', headers: { 'retry-after': '1e9' }, ms: null },
    { name: 'days', headers: { 'retry-after': '259200' }, ms: 3_600_000 },
    { name: 'milliseconds', headers: { 'retry-after-ms': '250' }, ms: 250 },
    {
      name: 'milliseconds before seconds',
      headers: { 'retry-after-ms': '250', 'retry-after': '1' },
      ms: 250,
    },
    {
      name: 'garbage in milliseconds, then seconds',
      headers: { 'retry-after-ms': 'x', 'retry-after': '1' },
      ms: 1_000,
    },
    {
      name: 'reset of a limit that is used up',
      headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6s' },
      ms: 6_000,
    },
    {
      name: 'reset in minutes and seconds',
      headers: { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1m30s' },
      ms: 90_000,
    },
    {
      name: 'reset in milliseconds',
      headers: { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '12ms' },
      ms: 12,
    },
    {
      name: 'reset of a limit that is not used up',
      headers: { 'x-ratelimit-remaining-tokens': '10', 'x-ratelimit-reset-tokens': '12s' },
      ms: null,
    },
    { name: 'reset without what remains', headers: { 'x-ratelimit-reset-tokens': '12s' }, ms: null },
    {
      name: 'the later of two',
      headers: {
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '2s',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '9s',
      },
      ms: 9_000,
    },
    {
      name: "Anthropic's reset",
      headers: {
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': new Date(now + 20_000).toISOString(),
      },
      ms: 20_000,
    },
    {
      name: "OpenRouter's reset in epoch milliseconds",
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now + 4_000) },
      ms: 4_000,
    },
  ])('$name: $ms ms', ({ headers, ms }) => {
    expect(limited(headers as unknown as Record<string, string>)).toBe(ms);
  });

  it("is read from Gemini's body", () => {
    expect(limited({}, recordedJson('google/google-429-retry-info.json'))).toBe(34_400);
  });

  it.each([
    { kind: 'overloaded', status: 529, ms: 7_000 },
    { kind: 'server-error', status: 500, ms: 7_000 },
    { kind: 'auth', status: 401, ms: null },
    { kind: 'bad-request', status: 400, ms: null },
  ] as const)('counts for $kind: $ms', ({ kind, status, ms }) => {
    const error = classified({ name: '', status, body: {}, kind, headers: { 'retry-after': '7' } });
    expect([error.kind, error.retryAfterMs]).toEqual([kind, ms]);
  });

  it('takes reset times for nothing but a rate limit', () => {
    const headers = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6s' };
    expect(
      classified({ name: '', status: 500, body: {}, kind: 'server-error', headers }).retryAfterMs,
    ).toBeNull();
  });
});

describe('what else an error tells', () => {
  it.each([
    { headers: { 'x-request-id': 'req_1' }, id: 'req_1' },
    { headers: { 'request-id': 'req_2' }, id: 'req_2' },
    { headers: { 'apim-request-id': 'a-3' }, id: 'a-3' },
    { headers: { 'cf-ray': '8c-FRA' }, id: '8c-FRA' },
    { headers: { 'x-request-id': 'has spaces', 'cf-ray': 'r' }, id: 'r' },
    { headers: { 'x-request-id': 'x'.repeat(500) }, id: null },
    { headers: {}, id: null },
  ])('the request id of $headers is $id', ({ headers, id }) => {
    expect(requestIdOf(headers as unknown as Record<string, string>)).toBe(id);
  });

  it("finds the request id in Anthropic's body", () => {
    expect(
      classified({ name: '', status: 529, body: anthropic('overloaded_error', 'x'), kind: 'overloaded' })
        .requestId,
    ).toBe('req_011');
  });

  it.each([
    { kind: 'auth', status: 401, body: {}, preset: 'groq', hint: /GROQ_API_KEY/ },
    {
      kind: 'model-not-found',
      status: 404,
      body: { error: "model 'x' not found" },
      preset: 'ollama',
      hint: /ollama pull some-model/,
    },
    {
      kind: 'model-not-found',
      status: 400,
      body: { error: '"nomic-embed-text" does not support chat' },
      preset: 'ollama',
      hint: /^it is there, but does not chat: .*ollama list/,
    },
    {
      kind: 'model-not-found',
      status: 404,
      body: openai('model_not_found', 'x'),
      preset: 'openai',
      hint: /model list/,
    },
    { kind: 'misconfigured', status: 404, body: '', preset: 'openai', hint: /base URL/ },
    { kind: 'quota', status: 402, body: {}, preset: 'deepseek', hint: /billing/ },
    {
      kind: 'bad-request',
      status: 400,
      body: unverified('unsupported_value'),
      preset: 'openai',
      hint: /--no-stream/,
    },
    { kind: 'auth', status: 403, body: unverified(null), preset: 'openai-responses', hint: /--no-stream/ },
  ] as const)('the hint for $kind of $preset says what to do', ({ hint, ...row }) => {
    expect(classified({ name: '', ...row }).hint).toMatch(hint);
  });

  it.each([
    { preset: 'openai', basePath: '', hint: /not at http:\/\/gw\.corp \(LLM_W\): .*are at \/v1$/ },
    { preset: 'openai', basePath: '/v1/chat/completions', hint: /leave out \/chat\/completions/ },
    { preset: 'ollama', basePath: '/v1', hint: /Ollama is at \/api$/ },
    { preset: 'ollama', basePath: '/api', hint: /host, port and path$/ },
  ] as const)(
    'the hint for a wrong base URL of $preset tells it: "$basePath"',
    ({ preset, basePath, hint }) => {
      const endpoint = { place: `http://gw.corp${basePath} (LLM_W)`, basePath, keySource: null };
      expect(classified({ name: '', status: 404, body: 'page not found', preset, endpoint }).hint).toMatch(
        hint,
      );
    },
  );

  it('the hint for a wrong key says where the key is from, and where it went', () => {
    const endpoint = { place: 'http://gw.corp/v1 (LLM_W)', basePath: '/v1', keySource: 'OPENAI_API_KEY' };
    const { hint } = classified({ name: '', status: 401, body: {}, preset: 'openai', endpoint });
    expect(hint).toMatch(/from OPENAI_API_KEY; it must belong to http:\/\/gw\.corp\/v1 \(LLM_W\)/);
  });

  it.each([
    { server: 'nginx', body: page('400 The plain HTTP request was sent to HTTPS port') },
    { server: 'Go', body: 'Client sent an HTTP request to an HTTPS server.\n' },
    {
      server: 'Apache',
      body: "<html><head><title>400 Bad Request</title></head><body><p>Reason: You're speaking plain HTTP to an SSL-enabled server port.</p></body></html>",
    },
  ])('the hint for http to a TLS port of $server says how to write https', ({ body }) => {
    expect(classified({ name: '', kind: 'misconfigured', status: 400, body })).toMatchObject({
      kind: 'misconfigured',
      hint: 'write +https after the scheme',
    });
  });

  it("keeps the API's own word", () => {
    expect(
      classified({ name: '', status: 429, body: openai('insufficient_quota', 'x'), kind: 'quota' }).rawCode,
    ).toBe('insufficient_quota');
  });

  it("keeps the API's word that decided, and else its first", () => {
    const words = (type: string) => ({ error: { message: 'x', type, code: 'invalid_request_error' } });
    const rawCode = (type: string) =>
      classified({ name: '', status: 401, body: words(type), kind: 'auth' }).rawCode;
    expect(rawCode('authentication_error')).toBe('authentication_error');
    expect(rawCode('some_error')).toBe('invalid_request_error');
  });
});

describe('a key that a server echoes', () => {
  const key = 'sk-canary-1234567890-abcdefghij/+=';
  const scrub = scrubber([key]);
  const forms = {
    raw: key,
    percent: encodeURIComponent(key),
    base64: Buffer.from(key).toString('base64'),
    'basic auth': Buffer.from(`user:${key}`).toString('base64'),
    escaped: [...key]
      .map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  };
  const rows = Object.entries(forms).flatMap(([form, text]) => {
    const json = text.replaceAll('\\u', '@@').replaceAll('@@', form === 'escaped' ? '\\u' : '\\\\u');
    return [
      { name: `${form}, in a message`, body: `{"error":{"message":"wrong key ${json}","code":"x ${json}"}}` },
      {
        name: `${form}, where the message is cut`,
        body: `{"error":{"message":"${'a'.repeat(285)} ${json}"}}`,
      },
      { name: `${form}, in a page`, body: `<html><title>bad ${text} key</title></html>` },
      { name: `${form}, in plain text`, body: `bad key ${text}` },
      {
        name: `${form}, deep inside`,
        body: `{"error":{"message":"x","metadata":{"raw":"told ${json}"}},"request_id":"${json}"}`,
      },
    ];
  });

  it.each(rows)('is not told: $name', ({ body }) => {
    const error = classifyResponse({
      dialect: 'openai',
      status: 401,
      headers: { 'x-request-id': key },
      bodyText: body,
      scrub,
    });
    const told = [
      error.message,
      error.hint,
      error.rawCode,
      error.requestId,
      error.stack,
      JSON.stringify(error),
    ].join('\n');
    expect(told).not.toContain('canary');
    expect(told).not.toContain('sk-');
    for (const text of Object.values(forms)) expect(told).not.toContain(text.slice(0, 12));
  });
});
