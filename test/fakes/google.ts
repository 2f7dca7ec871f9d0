import { framePayloads, recordedJson, recordedLines } from '../support/replay.js';
import {
  type FakeApi,
  type FakeReply,
  type FakeRequest,
  fieldsOf,
  jsonReply,
  startFake,
} from './loopback.js';

export interface GoogleFakeOptions {
  readonly key?: string;
  /** Resource names: `models/gemini-3-pro-preview`. */
  readonly models?: readonly string[];
  /** The recordings that answer. */
  readonly stream?: string;
  readonly whole?: string;
}

/** The fields of a protocol buffer: a type to check, another message, or a list of it. */
type Shape = {
  readonly [field: string]: 'string' | 'number' | 'boolean' | 'any' | Shape | readonly [Shape | 'string'];
};

const part: Shape = {
  text: 'string',
  thought: 'boolean',
  inlineData: 'any',
  functionCall: 'any',
  functionResponse: 'any',
};
const content: Shape = { role: 'string', parts: [part] };

/** GenerateContentRequest; any other field is refused. */
const requestShape: Shape = {
  contents: [content],
  systemInstruction: content,
  tools: 'any',
  toolConfig: 'any',
  safetySettings: 'any',
  cachedContent: 'string',
  generationConfig: {
    candidateCount: 'number',
    stopSequences: ['string'],
    maxOutputTokens: 'number',
    temperature: 'number',
    topP: 'number',
    topK: 'number',
    seed: 'number',
    presencePenalty: 'number',
    frequencyPenalty: 'number',
    responseMimeType: 'string',
    responseSchema: 'any',
    responseJsonSchema: 'any',
    thinkingConfig: 'any',
  },
};

/** A strict stand-in for generativelanguage.googleapis.com: base URL `${url}/v1beta`. */
export function startGoogle(options: GoogleFakeOptions = {}): Promise<FakeApi> {
  const {
    key = 'AIzaFakeKey',
    models = ['models/gemini-3-pro-preview', 'tunedModels/mine'],
    stream = 'google/google-text.chunks.txt',
    whole = 'google/google-text.json',
  } = options;
  return startFake((request) => {
    if (request.method === 'GET' && /^\/v1beta\/models(?:\/|$)/.test(request.path)) {
      return keyRefusal(request, key) ?? listing(request.path, models);
    }
    const asked = /^\/v1beta\/(?<name>[^:]+):(?<method>generateContent|streamGenerateContent)$/.exec(
      request.path,
    )?.groups;
    if (asked === undefined || request.method !== 'POST') {
      return {
        status: 404,
        contentType: 'text/html; charset=UTF-8',
        parts: ['<!DOCTYPE html><title>Error 404</title>'],
      };
    }
    const refused = refusal(request, { key, models, name: asked.name ?? '' });
    if (refused !== null) return refused;
    if (asked.method === 'generateContent') return jsonReply(200, recordedJson(whole));
    const lines = recordedLines(stream);
    // Without `alt=sse` the API streams one JSON array.
    if (request.query.get('alt') !== 'sse')
      return jsonReply(
        200,
        lines.map((line) => JSON.parse(line)),
      );
    return {
      status: 200,
      contentType: 'text/event-stream',
      parts: framePayloads(lines, { dialect: 'google', lineEnd: '\r\n' }),
    };
  });
}

interface Asked {
  readonly key: string;
  readonly models: readonly string[];
  readonly name: string;
}

/** GET /v1beta/models and /v1beta/models/{id}. */
function listing(path: string, models: readonly string[]): FakeReply {
  const entry = (name: string) => ({ name, supportedGenerationMethods: ['generateContent', 'countTokens'] });
  if (path === '/v1beta/models') return jsonReply(200, { models: models.map(entry) });
  const name = path.slice('/v1beta/'.length);
  return models.includes(name)
    ? jsonReply(200, entry(name))
    : failure(404, 'NOT_FOUND', `${name} is not found for API version v1beta.`);
}

function refusal(request: FakeRequest, { key, models, name }: Asked): FakeReply | null {
  const refused = keyRefusal(request, key);
  if (refused !== null) return refused;
  const complaints = bodyComplaints(request.body);
  if (complaints.length > 0) return failure(400, 'INVALID_ARGUMENT', complaints.join('\n'));
  if (models.includes(name)) return null;
  const message = `${name} is not found for API version v1beta, or is not supported for generateContent.`;
  return failure(404, 'NOT_FOUND', message);
}

function keyRefusal(request: FakeRequest, key: string): FakeReply | null {
  const given = request.headers['x-goog-api-key'];
  if (given === undefined) {
    return failure(
      403,
      'PERMISSION_DENIED',
      "Method doesn't allow unregistered callers (callers without established identity).",
    );
  }
  if (given !== key) {
    return failure(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
      },
    ]);
  }
  return null;
}

function failure(code: number, status: string, message: string, details?: readonly unknown[]): FakeReply {
  return jsonReply(code, { error: { code, message, status, ...(details === undefined ? {} : { details }) } });
}

function bodyComplaints(value: unknown): string[] {
  const body = fieldsOf(value);
  if (body === null) return ['Invalid JSON payload received. Expected an object'];
  const shape = shapeComplaints(body, requestShape, '');
  if (shape.length > 0) return shape;
  const contents = (body.contents ?? []) as readonly { role?: string; parts?: readonly unknown[] }[];
  if (contents.length === 0) return ['* GenerateContentRequest.contents: contents is not specified'];
  if (contents.some(({ role }) => role !== undefined && role !== 'user' && role !== 'model')) {
    return ['Please use a valid role: user, model.'];
  }
  if (contents.some(({ parts }) => (parts ?? []).length === 0)) {
    return ['* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.'];
  }
  if (contents[0]?.role === 'model') return ['Please ensure that the first turn is a user turn.'];
  return rangeComplaints(fieldsOf(body.generationConfig) ?? {});
}

function rangeComplaints(config: Readonly<Record<string, unknown>>): string[] {
  const complaints: string[] = [];
  const { temperature, maxOutputTokens, stopSequences, responseMimeType } = config;
  if (typeof temperature === 'number' && (temperature < 0 || temperature > 2)) {
    complaints.push(
      '* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].',
    );
  }
  if (typeof maxOutputTokens === 'number' && maxOutputTokens < 1) {
    complaints.push(
      '* GenerateContentRequest.generation_config.max_output_tokens: max_output_tokens must be positive.',
    );
  }
  if (Array.isArray(stopSequences) && stopSequences.length > 5)
    complaints.push('* At most 5 stop sequences are allowed.');
  if (
    responseMimeType !== undefined &&
    !['text/plain', 'application/json'].includes(String(responseMimeType))
  ) {
    complaints.push(
      '* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`',
    );
  }
  return complaints;
}

function shapeComplaints(value: Readonly<Record<string, unknown>>, shape: Shape, at: string): string[] {
  const where = at === '' ? '' : ` at '${at}'`;
  return Object.entries(value).flatMap(([name, field]) => {
    const wanted = shape[name];
    const path = at === '' ? name : `${at}.${name}`;
    if (wanted === undefined) {
      return [`Invalid JSON payload received. Unknown name "${name}"${where}: Cannot find field.`];
    }
    if (wanted === 'any') return [];
    if (typeof wanted === 'string') return typeof field === wanted ? [] : [`Invalid value at '${path}'`];
    if (!Array.isArray(wanted)) return messageComplaints(field, wanted as Shape, path);
    if (!Array.isArray(field)) return [`Invalid value at '${path}'`];
    return field.flatMap((item, index) =>
      wanted[0] === 'string'
        ? typeof item === 'string'
          ? []
          : [`Invalid value at '${path}[${index}]'`]
        : messageComplaints(item, wanted[0] as Shape, `${path}[${index}]`),
    );
  });
}

function messageComplaints(value: unknown, shape: Shape, at: string): string[] {
  const fields = fieldsOf(value);
  return fields === null ? [`Invalid value at '${at}'`] : shapeComplaints(fields, shape, at);
}
