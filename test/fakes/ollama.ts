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

export interface OllamaFakeOptions {
  /** With a key the fake is the cloud: it wants `Authorization: Bearer`. */
  readonly key?: string | null;
  readonly models?: readonly string[];
  /** The files that answer. */
  readonly stream?: string;
  readonly whole?: string;
}

const optionTypes: Readonly<Record<string, 'integer' | 'float32' | 'boolean' | 'array'>> = {
  num_ctx: 'integer',
  num_predict: 'integer',
  seed: 'integer',
  top_k: 'integer',
  temperature: 'float32',
  top_p: 'float32',
  min_p: 'float32',
  use_mmap: 'boolean',
  stop: 'array',
};

/**
 * A strict stand-in for an Ollama server: base URL `${url}/api`. Like the real one it passes over body keys
 * that it does not know, and answers NDJSON unless `stream` is false.
 */
export function startOllama(options: OllamaFakeOptions = {}): Promise<FakeApi> {
  const {
    key = null,
    models = ['qwen3:0.6b'],
    stream = 'ollama/ollama-text.chunks.txt',
    whole = 'ollama/ollama-text.json',
  } = options;
  return startFake((request) => {
    const refused = refusal(request, key, models);
    if (refused !== null) return refused;
    if (fieldsOf(request.body)?.stream === false) return jsonReply(200, recordedJson(whole));
    const parts = framePayloads(recordedLines(stream), { dialect: 'ollama' });
    return { status: 200, contentType: 'application/x-ndjson', parts };
  });
}

/** What is answered at once: the list, or why there is no answer of a model. */
function refusal(request: FakeRequest, key: string | null, models: readonly string[]): FakeReply | null {
  const isList = request.path === '/api/tags';
  if (request.path !== '/api/chat' && !isList)
    return { status: 404, contentType: 'text/plain', parts: ['404 page not found'] };
  if (request.method !== (isList ? 'GET' : 'POST'))
    return { status: 405, contentType: 'text/plain', parts: ['405 method not allowed'] };
  const authorization = request.headers.authorization;
  if (key === null && authorization !== undefined)
    return jsonReply(400, { error: 'a local server wants no key' });
  if (key !== null && authorization !== `Bearer ${key}`) return jsonReply(401, { error: 'unauthorized' });
  if (isList) return jsonReply(200, { models: models.map((name) => ({ name, model: name })) });
  const body = fieldsOf(request.body);
  if (body === null) return jsonReply(400, { error: 'missing request body' });
  const complaint = bodyComplaint(body);
  if (complaint !== null) return jsonReply(400, { error: complaint });
  return models.includes(String(body.model))
    ? null
    : jsonReply(404, { error: `model '${body.model}' not found` });
}

function bodyComplaint(body: Fields): string | null {
  return firstComplaint([
    () => (typeof body.model === 'string' && body.model !== '' ? null : 'model is required'),
    () =>
      body.stream === undefined || typeof body.stream === 'boolean'
        ? null
        : unmarshal(body.stream, 'stream', 'bool'),
    () => messagesComplaint(body.messages),
    () => {
      const { format } = body;
      const good = format === undefined || format === 'json' || fieldsOf(format) !== null;
      return good ? null : `invalid format: ${JSON.stringify(format)}; expected "json" or a JSON schema`;
    },
    () => optionsComplaint(body.options),
  ]);
}

function messagesComplaint(messages: unknown): string | null {
  if (!Array.isArray(messages)) return unmarshal(messages, 'messages', '[]api.Message');
  for (const value of messages) {
    const message = fieldsOf(value);
    if (typeof message?.content !== 'string')
      return unmarshal(message?.content, 'messages.content', 'string');
    if (!['system', 'user', 'assistant', 'tool'].includes(String(message.role)))
      return `invalid role: ${message.role}`;
  }
  return null;
}

function optionsComplaint(value: unknown): string | null {
  if (value === undefined) return null;
  const options = fieldsOf(value);
  if (options === null) return unmarshal(value, 'options', 'map[string]interface {}');
  for (const [name, given] of Object.entries(options)) {
    const wanted = optionTypes[name];
    if (wanted === undefined) continue;
    const actual = Array.isArray(given) ? 'array' : typeof given;
    if (actual !== (wanted === 'integer' || wanted === 'float32' ? 'number' : wanted)) {
      return `option "${name}" must be of type ${wanted}`;
    }
  }
  return null;
}

function unmarshal(value: unknown, field: string, type: string): string {
  return `json: cannot unmarshal ${typeof value} into Go struct field ChatRequest.${field} of type ${type}`;
}
