// How each of the five protocols is asked, streams an answer and words an error. One row a dialect.

const sse = (payload, event) => `${event ? `event: ${event}\n` : ''}data: ${JSON.stringify(payload)}\n\n`;
const line = (payload) => `${JSON.stringify(payload)}\n`;
const bearer = (headers, key) => headers.authorization === `Bearer ${key}`;
const openaiError = ({ message, code, type = 'invalid_request_error' }) => ({
  error: { message, type, param: null, code },
});
const isText = (value) => typeof value === 'string' && value !== '';

/** Whether a list of messages ends with the user's; an answer begun by somebody else must not be continued. */
const endsWithUser = (messages) => Array.isArray(messages) && messages.at(-1)?.role === 'user';

const openai = {
  dialect: 'openai',
  basePath: '/v1',
  framing: 'text/event-stream',
  accepts: ({ method, path, headers, body }, key) =>
    method === 'POST' &&
    path === '/v1/chat/completions' &&
    bearer(headers, key) &&
    isText(body.model) &&
    body.stream === true &&
    endsWithUser(body.messages),
  begin: (model) => [sse({ id: 'c', model, choices: [{ index: 0, delta: { role: 'assistant' } }] })],
  token: (text, model) => sse({ id: 'c', model, choices: [{ index: 0, delta: { content: text } }] }),
  finish: (model, usage) => [
    sse({ id: 'c', model, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    sse({
      id: 'c',
      model,
      choices: [],
      usage: {
        prompt_tokens: usage.input,
        completion_tokens: usage.output,
        total_tokens: usage.input + usage.output,
      },
    }),
  ],
  done: ['data: [DONE]\n\n'],
  broken: 'data: {"choices":[{"delta":{"content":"GARBLED\n\n',
  errors: {
    429: openaiError({ message: 'Rate limit reached', code: 'rate_limit_exceeded', type: 'requests' }),
    500: openaiError({ message: 'The server had an error', code: null, type: 'server_error' }),
    503: openaiError({ message: 'The engine is overloaded', code: null, type: 'server_error' }),
    context: openaiError({ message: 'maximum context length is 10 tokens', code: 'context_length_exceeded' }),
    policy: openaiError({ message: 'rejected by our safety system', code: 'content_policy_violation' }),
    prefill: openaiError({ message: 'the last message must be from the user', code: 'invalid_value' }),
  },
};

const responses = {
  ...openai,
  dialect: 'openai-responses',
  accepts: ({ method, path, headers, body }, key) =>
    method === 'POST' &&
    path === '/v1/responses' &&
    bearer(headers, key) &&
    isText(body.model) &&
    body.stream === true &&
    (isText(body.input) || endsWithUser(body.input)),
  begin: (model) => [
    typed({ type: 'response.created', response: { id: 'r', status: 'in_progress', model, output: [] } }),
    typed({
      type: 'response.output_item.added',
      output_index: 0,
      item: { type: 'message', id: 'i', content: [] },
    }),
  ],
  token: (text) =>
    typed({
      type: 'response.output_text.delta',
      item_id: 'i',
      output_index: 0,
      content_index: 0,
      delta: text,
    }),
  finish: (model, usage) => [
    typed({
      type: 'response.completed',
      response: {
        id: 'r',
        status: 'completed',
        model,
        output: [],
        usage: {
          input_tokens: usage.input,
          output_tokens: usage.output,
          total_tokens: usage.input + usage.output,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens_details: { reasoning_tokens: 0 },
        },
      },
    }),
  ],
  done: [],
  broken:
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"GARBLED\n\n',
};

function typed(payload) {
  return sse(payload, payload.type);
}

const anthropicError = (type, message) => ({ type: 'error', error: { type, message }, request_id: 'req_1' });

const anthropic = {
  dialect: 'anthropic',
  basePath: '/v1',
  framing: 'text/event-stream',
  accepts: ({ method, path, headers, body }, key) =>
    method === 'POST' &&
    path === '/v1/messages' &&
    headers['x-api-key'] === key &&
    headers['anthropic-version'] === '2023-06-01' &&
    isText(body.model) &&
    body.max_tokens > 0 &&
    body.stream === true &&
    endsWithUser(body.messages),
  begin: (model) => [
    typed({
      type: 'message_start',
      message: {
        id: 'm',
        model,
        role: 'assistant',
        content: [],
        usage: { input_tokens: 7, output_tokens: 1 },
      },
    }),
    typed({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    typed({ type: 'ping' }),
  ],
  token: (text) => typed({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  finish: (_, usage) => [
    typed({ type: 'content_block_stop', index: 0 }),
    typed({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { input_tokens: usage.input, output_tokens: usage.output },
    }),
    typed({ type: 'message_stop' }),
  ],
  done: [],
  broken: 'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"GARBLED\n\n',
  errors: {
    429: anthropicError('rate_limit_error', 'too many requests'),
    500: anthropicError('api_error', 'Internal server error'),
    503: anthropicError('api_error', 'Service unavailable'),
    context: anthropicError('invalid_request_error', 'prompt is too long: 20 tokens > 10 maximum'),
    policy: anthropicError('invalid_request_error', 'Output blocked by content filtering policy'),
    prefill: anthropicError('invalid_request_error', 'the conversation must end with a user message'),
  },
};

const googleError = (code, status, message) => ({ error: { code, status, message } });

const google = {
  dialect: 'google',
  basePath: '/v1beta',
  framing: 'text/event-stream',
  accepts: ({ method, path, query, headers, body }, key) =>
    method === 'POST' &&
    /^\/v1beta\/models\/[^/]+:streamGenerateContent$/.test(path) &&
    query.get('alt') === 'sse' &&
    headers['x-goog-api-key'] === key &&
    endsWithUser(body.contents),
  begin: () => [],
  token: (text, modelVersion) =>
    sse({ candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }], modelVersion }),
  finish: (modelVersion, usage) => [
    sse({
      candidates: [{ content: { role: 'model', parts: [{ text: '' }] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: usage.input,
        candidatesTokenCount: usage.output,
        totalTokenCount: usage.input + usage.output,
      },
      modelVersion,
    }),
  ],
  done: [],
  broken: 'data: {"candidates":[{"content":{"parts":[{"text":"GARBLED\n\n',
  errors: {
    429: googleError(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted'),
    500: googleError(500, 'INTERNAL', 'An internal error has occurred'),
    503: googleError(503, 'UNAVAILABLE', 'The model is overloaded'),
    context: googleError(400, 'INVALID_ARGUMENT', 'The input token count (20) exceeds the maximum of 10'),
    policy: null,
    prefill: googleError(400, 'INVALID_ARGUMENT', 'the last content must be from the user'),
  },
  // Gemini refuses a prompt with HTTP 200
  refusal: { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 7 } },
};

const ollama = {
  dialect: 'ollama',
  basePath: '/api',
  framing: 'application/x-ndjson',
  accepts: ({ method, path, body }) =>
    method === 'POST' &&
    path === '/api/chat' &&
    isText(body.model) &&
    body.stream !== false &&
    endsWithUser(body.messages),
  begin: () => [],
  token: (text, model) => line({ model, message: { role: 'assistant', content: text }, done: false }),
  finish: (model, usage) => [
    line({
      model,
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: 'stop',
      prompt_eval_count: usage.input,
      eval_count: usage.output,
    }),
  ],
  done: [],
  broken: '{"message":{"content":"GARBLED\n',
  errors: {
    429: { error: 'too many requests' },
    500: { error: 'model runner has unexpectedly stopped' },
    503: { error: 'server busy, please try again' },
    context: { error: 'the input length exceeds the context length' },
    policy: { error: { message: 'rejected by our safety system', code: 'content_policy_violation' } },
    prefill: { error: 'the last message must be from the user' },
  },
};

export const wires = [openai, responses, anthropic, google, ollama];
