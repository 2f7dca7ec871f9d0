import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { frameRecording, recordedJson, type SeenRequest, splitBytes } from '../support/replay.js';

export interface OpenAiFakeOptions {
  /** The only key that is let in. */
  readonly key?: string;
  readonly models?: readonly string[];
  /** Models that refuse `max_tokens`, `temperature`, `top_p` and `stop` as the reasoning models do. */
  readonly reasoningModels?: readonly string[];
  readonly splitAt?: readonly number[] | 'every';
}

export interface OpenAiFake {
  /** With `/v1` at its end. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  readonly connections: () => number;
  close(): Promise<void>;
}

class Refused extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

function refuse(
  status: number,
  message: string,
  { code = null, param = null }: { code?: string | null; param?: string | null } = {},
): never {
  throw new Refused(status, { error: { message, type: 'invalid_request_error', param, code } });
}

type Check = (value: unknown) => boolean;

const isString: Check = (value) => typeof value === 'string';
const isBoolean: Check = (value) => typeof value === 'boolean';
const isInteger: Check = (value) => Number.isInteger(value);
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 1;
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const between =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high;
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(value as object).every(([key, inner]) => fields[key]?.(inner) === true);
const listOf =
  (check: Check, { least = 1, most = Number.POSITIVE_INFINITY } = {}): Check =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(check);
const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));

/** The body of POST /chat/completions; https://platform.openai.com/docs/api-reference/chat/create. */
const chatBody: Readonly<Record<string, Check>> = {
  model: isString,
  messages: listOf(
    shape({
      role: oneOf('system', 'developer', 'user', 'assistant', 'tool'),
      content: isString,
      name: isString,
    }),
  ),
  stream: isBoolean,
  stream_options: shape({ include_usage: isBoolean, include_obfuscation: isBoolean }),
  max_tokens: isCount,
  max_completion_tokens: isCount,
  temperature: between(0, 2),
  top_p: between(0, 1),
  stop: either(isString, listOf(isString, { most: 4 })),
  seed: isInteger,
  n: between(1, 128),
  response_format: shape({ type: oneOf('text', 'json_object', 'json_schema'), json_schema: isObject }),
  reasoning_effort: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh'),
  frequency_penalty: between(-2, 2),
  presence_penalty: between(-2, 2),
  logprobs: isBoolean,
  top_logprobs: between(0, 20),
  logit_bias: isObject,
  metadata: isObject,
  modalities: listOf(isString),
  parallel_tool_calls: isBoolean,
  service_tier: isString,
  store: isBoolean,
  tool_choice: either(isString, isObject),
  tools: listOf(isObject),
  user: isString,
  verbosity: oneOf('low', 'medium', 'high'),
};

/** The body of POST /responses; https://platform.openai.com/docs/api-reference/responses/create. */
const responsesBody: Readonly<Record<string, Check>> = {
  model: isString,
  input: either(
    isString,
    listOf(
      shape({
        role: oneOf('system', 'developer', 'user', 'assistant'),
        content: isString,
        type: oneOf('message'),
      }),
    ),
  ),
  instructions: isString,
  stream: isBoolean,
  stream_options: shape({ include_obfuscation: isBoolean }),
  max_output_tokens: (value) => Number.isInteger(value) && (value as number) >= 16,
  temperature: between(0, 2),
  top_p: between(0, 1),
  text: shape({ format: shape({ type: oneOf('text', 'json_object', 'json_schema') }), verbosity: isString }),
  store: isBoolean,
  reasoning: isObject,
  metadata: isObject,
  include: listOf(isString),
  tools: listOf(isObject),
  tool_choice: either(isString, isObject),
  parallel_tool_calls: isBoolean,
  previous_response_id: isString,
  service_tier: isString,
  truncation: oneOf('auto', 'disabled'),
  user: isString,
  background: isBoolean,
};

function checkBody(
  body: Record<string, unknown>,
  fields: Readonly<Record<string, Check>>,
  required: readonly string[],
): void {
  for (const param of required) {
    if (body[param] === undefined) {
      refuse(400, `Missing required parameter: '${param}'.`, { code: 'missing_required_parameter', param });
    }
  }
  for (const [param, value] of Object.entries(body)) {
    const check = fields[param];
    if (check === undefined)
      refuse(400, `Unknown parameter: '${param}'.`, { code: 'unknown_parameter', param });
    if (!check(value)) refuse(400, `Invalid value for '${param}'.`, { code: 'invalid_value', param });
  }
}

/** The word is looked for in the input alone, whatever stands in the instructions. */
function checkResponses(body: Record<string, unknown>): void {
  checkBody(body, responsesBody, ['model', 'input']);
  const { text } = body as { text?: { format?: { type?: unknown } } };
  if (text?.format?.type === 'json_object' && !/json/i.test(JSON.stringify(body.input))) {
    const message =
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.";
    refuse(400, message, { param: 'input' });
  }
}

function checkChat(body: Record<string, unknown>, reasoning: boolean): void {
  checkBody(body, chatBody, ['model', 'messages']);
  if (body.stream_options !== undefined && body.stream !== true) {
    refuse(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", {
      param: 'stream_options',
    });
  }
  if (body.max_tokens !== undefined && body.max_completion_tokens !== undefined) {
    refuse(400, "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", {
      code: 'invalid_parameter_combination',
    });
  }
  if (!reasoning) return;
  if (body.max_tokens !== undefined)
    throw new Refused(400, recordedJson('openai/reasoning-model-legacy-parameter-error.json'));
  for (const param of ['temperature', 'top_p']) {
    if (body[param] !== undefined && body[param] !== 1) {
      refuse(400, `Unsupported value: '${param}' does not support ${body[param]} with this model.`, {
        code: 'unsupported_value',
        param,
      });
    }
  }
  if (body.stop !== undefined) {
    refuse(400, "Unsupported parameter: 'stop' is not supported with this model.", {
      code: 'unsupported_parameter',
      param: 'stop',
    });
  }
}

/** A loopback server that checks every request as OpenAI's API does, and answers with recordings. */
export async function startOpenAiFake(options: OpenAiFakeOptions = {}): Promise<OpenAiFake> {
  const {
    key = 'sk-fake-0123456789abcdefghij',
    models = ['gpt-4.1-nano'],
    reasoningModels = ['o4-mini'],
    splitAt = [],
  } = options;
  const known = [...models, ...reasoningModels];
  const requests: SeenRequest[] = [];
  let connections = 0;

  function route(seen: SeenRequest): { stream: boolean; name: string } | { json: unknown } {
    const url = new URL(seen.path, 'http://fake');
    if (seen.headers.authorization === undefined) refuse(401, "You didn't provide an API key.");
    if (seen.headers.authorization !== `Bearer ${key}`) {
      refuse(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });
    }
    if (seen.method === 'GET' && url.pathname === '/v1/models') {
      return {
        json: { object: 'list', data: known.map((id) => ({ id, object: 'model', owned_by: 'openai' })) },
      };
    }
    const isChat = url.pathname === '/v1/chat/completions';
    if (!isChat && url.pathname !== '/v1/responses')
      refuse(404, `Invalid URL (${seen.method} ${url.pathname})`);
    if (seen.method !== 'POST')
      refuse(405, `Not allowed to ${seen.method} on ${url.pathname}`, { code: 'method_not_supported' });
    if (seen.headers['content-type'] !== 'application/json')
      refuse(415, 'Unsupported content type.', { code: 'unsupported_content_type' });
    const body = bodyOf(seen.body);
    const model = String(body.model);
    if (isChat) checkChat(body, reasoningModels.includes(model));
    else checkResponses(body);
    if (!known.includes(model)) {
      refuse(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
        code: 'model_not_found',
      });
    }
    return {
      stream: body.stream === true,
      name: isChat ? 'openai/openai-text' : 'openai-responses/openai-phase',
    };
  }

  function answer(seen: SeenRequest, response: ServerResponse): void {
    response.setHeader('x-request-id', `req_${requests.length}`);
    try {
      const found = route(seen);
      if ('json' in found) sendJson(response, 200, found.json);
      else if (!found.stream) sendJson(response, 200, recordedJson(`${found.name}.json`));
      else {
        const dialect = found.name.startsWith('openai/') ? 'openai' : 'openai-responses';
        const text = frameRecording(`${found.name}.chunks.txt`, { dialect }).join('');
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
        for (const part of splitBytes(new TextEncoder().encode(text), splitAt)) response.write(part);
        response.end();
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      sendJson(response, error.status, error.body);
    }
  }

  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      requests.push(seen);
      answer(seen, response);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function bodyOf(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body)) return body as Record<string, unknown>;
  } catch {
    // told below
  }
  return refuse(400, 'We could not parse the JSON body of your request.');
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
