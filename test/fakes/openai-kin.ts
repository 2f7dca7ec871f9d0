import { recordedJson } from '../support/replay.js';
import {
  type FakeApi,
  type FakeReply,
  type FakeRequest,
  fieldsOf,
  jsonReply,
  startFake,
} from './loopback.js';

/** What an API made after OpenAI's refuses although OpenAI takes it; null is an answer. */
type Judge = (request: FakeRequest) => FakeReply | null;

const kin = {
  /** Azure's deployment form: key in `api-key`, no limit by its newer name before the versions of December 2024. */
  azure: ({ path, query, headers, body }) => {
    const refuse = (status: number, code: string | null, message: string) =>
      jsonReply(status, { error: { message, type: 'invalid_request_error', param: null, code } });
    if (!/^\/openai\/deployments\/[^/]+\/chat\/completions$/.test(path))
      return refuse(404, '404', 'Resource not found');
    if (headers['api-key'] === undefined) return refuse(401, '401', 'Access denied');
    const version = query.get('api-version');
    if (version === null) return refuse(404, '404', 'Resource not found');
    if (version < '2024-12-01' && fieldsOf(body)?.max_completion_tokens !== undefined) {
      return refuse(400, null, 'Unrecognized request argument supplied: max_completion_tokens');
    }
    return null;
  },
  /** A server of before September 2024, which knows the limit of an answer by its first name only. */
  older: ({ body }) =>
    fieldsOf(body)?.max_completion_tokens === undefined
      ? null
      : jsonReply(400, {
          error: { message: 'Unrecognized request argument supplied: max_completion_tokens', param: null },
        }),
  /** LM Studio: JSON by a schema, or text. */
  lmstudio: ({ path, body }) => {
    if (path !== '/v1/chat/completions')
      return jsonReply(200, { error: `Unexpected endpoint or method. (POST ${path})` });
    const format = fieldsOf(fieldsOf(body)?.response_format);
    if (format === null || format.type === 'json_schema' || format.type === 'text') return null;
    return jsonReply(400, { error: "'response_format.type' must be 'json_schema' or 'text'" });
  },
  /** xAI: reasoning models that take no stop sequences. */
  xai: ({ path, body }) => {
    if (path !== '/v1/chat/completions') return jsonReply(404, { code: 'Not Found', error: 'Not Found' });
    const { model, stop } = fieldsOf(body) ?? {};
    if (stop === undefined || !['grok-4', 'grok-3-mini', 'grok-code-fast-1'].includes(String(model)))
      return null;
    const error = 'Argument not supported on this model: stop';
    return jsonReply(400, { code: 'Client specified an invalid argument', error });
  },
} as const satisfies Record<string, Judge>;

/** A strict stand-in for the API of that name; whoever is let in gets one whole answer. */
export function startKin(name: keyof typeof kin): Promise<FakeApi> {
  return startFake(
    (request) => kin[name](request) ?? jsonReply(200, recordedJson('openai/openai-text.json')),
  );
}
