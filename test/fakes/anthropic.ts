import { framePayloads, recordedJson, recordedLines } from '../support/replay.js';
import {
  type FakeApi,
  type FakeReply,
  type FakeRequest,
  type Fields,
  fieldsOf,
  firstComplaint,
  jsonReply,
  startFake,
} from './loopback.js';

export interface AnthropicFakeOptions {
  readonly key?: string;
  /** Known models, with the most `max_tokens` each gives. */
  readonly models?: Readonly<Record<string, number>>;
  /** The recordings that answer. */
  readonly stream?: string;
  readonly whole?: string;
}

const versions = new Set(['2023-01-01', '2023-06-01']);

/** The body keys of POST /v1/messages; any other is refused. */
const bodyKeys = new Set([
  'model',
  'messages',
  'max_tokens',
  'cache_control',
  'container',
  'inference_geo',
  'metadata',
  'output_config',
  'service_tier',
  'stop_sequences',
  'stream',
  'system',
  'temperature',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
]);

/** A strict stand-in for api.anthropic.com: base URL `${url}/v1`. */
export function startAnthropic(options: AnthropicFakeOptions = {}): Promise<FakeApi> {
  const {
    key = 'sk-ant-fake-key',
    models = {
      'claude-opus-4-7': 128_000,
      'claude-opus-4-20250514': 32_000,
      'claude-sonnet-4-5': 64_000,
      'claude-3-haiku-20240307': 4_096,
    },
    stream = 'anthropic/anthropic-text.chunks.txt',
    whole = 'anthropic/anthropic-text.json',
  } = options;
  return startFake((request) => {
    const refused = refusal(request, key, models);
    if (refused !== null) return refused;
    const headers = { 'request-id': 'req_011CSHoEeqs5C35K2UUqR7Fy' };
    if (fieldsOf(request.body)?.stream !== true) return jsonReply(200, recordedJson(whole), headers);
    const parts = framePayloads(recordedLines(stream), { dialect: 'anthropic' });
    return { status: 200, contentType: 'text/event-stream; charset=utf-8', headers, parts };
  });
}

/** What is answered at once: a list, or why there is no message. */
function refusal(
  request: FakeRequest,
  key: string,
  models: Readonly<Record<string, number>>,
): FakeReply | null {
  const isList = /^\/v1\/models(?:\/|$)/.test(request.path);
  if (request.path !== '/v1/messages' && !isList) return failure(404, 'not_found_error', 'Not Found');
  if (request.method !== (isList ? 'GET' : 'POST'))
    return failure(405, 'invalid_request_error', 'Method Not Allowed');
  if (request.headers['x-api-key'] === undefined) {
    return failure(401, 'authentication_error', 'x-api-key header is required');
  }
  if (request.headers['x-api-key'] !== key) return failure(401, 'authentication_error', 'invalid x-api-key');
  if (isList) return listing(request, Object.keys(models));
  const complaint = headerComplaint(request) ?? bodyComplaint(fieldsOf(request.body), models);
  if (complaint !== null) return failure(400, 'invalid_request_error', complaint);
  const model = String(fieldsOf(request.body)?.model);
  if (models[model] === undefined) return failure(404, 'not_found_error', `model: ${model}`);
  return null;
}

/** GET /v1/models and /v1/models/{id}. */
function listing({ path, headers }: FakeRequest, models: readonly string[]): FakeReply {
  if (!versions.has(String(headers['anthropic-version']))) {
    return failure(400, 'invalid_request_error', 'anthropic-version: header is required');
  }
  const entry = (id: string) => ({ type: 'model', id, display_name: id });
  if (path === '/v1/models') return jsonReply(200, { data: models.map(entry), has_more: false });
  const id = decodeURIComponent(path.slice('/v1/models/'.length));
  return models.includes(id) ? jsonReply(200, entry(id)) : failure(404, 'not_found_error', `model: ${id}`);
}

function failure(status: number, type: string, message: string): FakeReply {
  const id = 'req_011CSHoEeqs5C35K2UUqR7Fz';
  return jsonReply(status, { type: 'error', error: { type, message }, request_id: id }, { 'request-id': id });
}

function headerComplaint({ headers }: FakeRequest): string | null {
  const version = headers['anthropic-version'];
  if (version === undefined) return 'anthropic-version: header is required';
  if (!versions.has(String(version))) return `anthropic-version: "${version}" is not a valid version`;
  if (!String(headers['content-type']).startsWith('application/json'))
    return 'content-type: must be application/json';
  return null;
}

function bodyComplaint(body: Fields | null, models: Readonly<Record<string, number>>): string | null {
  if (body === null) return 'The request body is not valid JSON';
  return firstComplaint([
    () => {
      const unknown = Object.keys(body).find((name) => !bodyKeys.has(name));
      return unknown === undefined ? null : `${unknown}: Extra inputs are not permitted`;
    },
    () => (typeof body.model === 'string' && body.model !== '' ? null : 'model: Field required'),
    () => maxTokensComplaint(body, models),
    () => messagesComplaint(body.messages),
    () => (body.system === '' ? 'system: text content blocks must be non-empty' : null),
    () => samplingComplaint(body),
    () => rangeComplaint(body, 'temperature'),
    () => rangeComplaint(body, 'top_p'),
    () => stopComplaint(body.stop_sequences),
    () =>
      body.stream === undefined || typeof body.stream === 'boolean'
        ? null
        : 'stream: Input should be a valid boolean',
  ]);
}

function maxTokensComplaint(body: Fields, models: Readonly<Record<string, number>>): string | null {
  const asked = body.max_tokens;
  if (asked === undefined) return 'max_tokens: Field required';
  if (!Number.isInteger(asked)) return 'max_tokens: Input should be a valid integer';
  if (Number(asked) < 1) return 'max_tokens: Input should be greater than or equal to 1';
  const most = models[String(body.model)];
  if (most !== undefined && Number(asked) > most) {
    return `max_tokens: ${asked} > ${most}, which is the maximum allowed number of output tokens for ${body.model}`;
  }
  const budget = fieldsOf(body.thinking)?.budget_tokens;
  if (budget !== undefined && Number(budget) >= Number(asked)) {
    return '`max_tokens` must be greater than `thinking.budget_tokens`';
  }
  return null;
}

function messagesComplaint(messages: unknown): string | null {
  if (!Array.isArray(messages)) return 'messages: Field required';
  if (messages.length === 0) return 'messages: at least one message is required';
  for (const [index, value] of messages.entries()) {
    const message = fieldsOf(value);
    if (message === null) return `messages.${index}: Input should be an object`;
    const extra = Object.keys(message).find((name) => name !== 'role' && name !== 'content');
    if (extra !== undefined) return `messages.${index}.${extra}: Extra inputs are not permitted`;
    if (message.role === 'system') {
      return 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter';
    }
    if (message.role !== 'user' && message.role !== 'assistant') {
      return `messages.${index}.role: Input should be 'user' or 'assistant'`;
    }
    if (message.content === '')
      return `messages.${index}: ${message.role} messages must have non-empty content`;
  }
  return fieldsOf(messages[0])?.role === 'user' ? null : 'messages: first message must use the "user" role';
}

function rangeComplaint(body: Fields, name: 'temperature' | 'top_p'): string | null {
  const value = body[name];
  if (value === undefined) return null;
  return typeof value === 'number' && value >= 0 && value <= 1 ? null : `${name}: range: 0..1`;
}

/** Since Opus 4.1 and Sonnet 4.5 one of the two is taken, since Opus 4.7 none. */
function samplingComplaint({ model, temperature, top_p }: Fields): string | null {
  const given = Object.entries({ temperature, top_p }).filter(([, value]) => value !== undefined);
  if (model === 'claude-opus-4-7' && given.length > 0)
    return `\`${given[0]?.[0]}\` is deprecated for this model.`;
  if (model === 'claude-sonnet-4-5' && given.length > 1)
    return '`temperature` and `top_p` cannot both be specified for this model. Please use only one.';
  return null;
}

function stopComplaint(stop: unknown): string | null {
  if (stop === undefined) return null;
  if (!Array.isArray(stop)) return 'stop_sequences: Input should be a valid list';
  const blank = stop.some((sequence) => typeof sequence !== 'string' || sequence.trim() === '');
  return blank ? 'stop_sequences: each stop sequence must contain non-whitespace' : null;
}
