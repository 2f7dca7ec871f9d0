import type { ErrorRow } from './row.js';
import { namedWords } from './words.js';

const clientErrors = [0, 400, 403, 404, 413, 422] as const;

/** Rows whose status alone says what every word in the body would only blur. */
const statusFirst: readonly ErrorRow[] = [
  // Groq: 413 `rate_limit_exceeded` of type `tokens`; Anthropic `request_too_large`; GitHub `tokens_limit_reached`
  { kind: 'context-length', statuses: [413] },
  { kind: 'misconfigured', statuses: [407] },
];

const notThere =
  "(is |was |are |has been |have been |does |do )?(not found|not exist|doesn't exist|not available|no longer available|not a valid model|decommissioned|deprecated|retired|shut down)";

/**
 * Messages of APIs that have no word for what they say. Each is held to the statuses it was seen with, so that
 * a request whose text merely mentions a quota is not taken for one.
 */
const messages: readonly ErrorRow[] = [
  {
    kind: 'quota',
    statuses: [0, 400, 402, 403, 429],
    // Anthropic's 400; Gemini's 429; xAI's 403 and 429; Azure's 403; OpenRouter's 403
    message:
      /credit balance is too low|reached your specified api usage limits|prepayment credits|spending cap|doesn'?t have any credits|used all available credits|monthly spending limit|out of call volume quota|key limit exceeded|exceeded your monthly included credits/i,
  },
  // Fireworks suspends accounts with 412
  { kind: 'quota', statuses: [412], message: /spending limit|past invoices|suspended/i },
  // OpenRouter: 402 with Retry-After is a limit that passes
  { kind: 'rate-limit', statuses: [402], when: 'has-retry-after' },
  {
    kind: 'overloaded',
    statuses: [0, 500, 503],
    message:
      /overloaded|server (is )?busy|over capacity|no capacity|currently unavailable|temporarily unavailable|service unavailable|loading model|is (currently |still )?loading/i,
  },
  { kind: 'rate-limit', statuses: [0, 503], message: /rate limit|too many requests|slow down/i },
  // Gemini and xAI answer a wrong key with 400; Google reports leaked ones with 403
  {
    kind: 'auth',
    statuses: [0, 400],
    message:
      /api key (not valid|expired|not found|is invalid|is missing)|(incorrect|invalid|missing) api key|pass a valid api key|organization has been disabled/i,
  },
  {
    kind: 'context-length',
    statuses: [...clientErrors, 500],
    message: new RegExp(
      [
        'maximum (context|prompt|model) length', // OpenAI, DeepSeek, vLLM, xAI, Mistral
        'prompt is too long', // Anthropic
        'input is too long',
        'exceeds? (the )?(available |maximum |model.s )?context (length|limit|window|size)', // llama.cpp, Ollama, Anthropic
        'context (length|limit|window|size) (was |is |has been )?exceeded',
        'longer than the (maximum |model.s )?(context|model)', // vLLM
        'greater than the context length', // LM Studio
        'context the overflows|context overflow', // LM Studio
        'input token count .{0,80}exceeds', // Gemini
        'exceeded model token limit', // Moonshot
        'reduce (the|your) (length|prompt|input)', // OpenAI, Cerebras
        'inputs. must have less than', // text-generation-inference
        'tokens.{0,30}\\+.{0,10}max_new_tokens.{0,10} must be', // the same, and Together
        'too many (input )?tokens',
      ].join('|'),
      'i',
    ),
  },
  {
    kind: 'content-filter',
    statuses: [0, 400, 403],
    message:
      /blocked by content filtering|content exists risk|content violates usage guidelines|flagged as potentially violating|content management policy|content[_ ]policy[_ ]violation|requires moderation|(input|prompt) was flagged|rejected (by|as a result of) (the|our) safety system/i,
  },
  {
    kind: 'misconfigured',
    statuses: [0, 400, 403, 404],
    message:
      /location is not supported|free tier is not available in your country|unsupported (country|region)|api version not supported|plain http request was sent to https port|client sent an http request to an https server|no required ssl certificate was sent/i,
  },
  // A path that the server does not know. LM Studio says so with HTTP 200.
  {
    kind: 'misconfigured',
    statuses: [0, 400, 404],
    message:
      /^(invalid url|unknown request url|unexpected endpoint or method|no route|no handler|cannot (get|post) \/)|^(file |resource |page )?not found\.?$|page not found|requested url|\b(path|route|url|uri)\b.{0,160}(not found|does not exist)/i,
  },
  // DeepSeek's "Model Not Exist", llama.cpp's router, Groq's retired models: close to the word `model`, because
  // messages of a 400 speak of many things
  {
    kind: 'model-not-found',
    statuses: [0, 400, 403, 422],
    message: new RegExp(
      [
        `\\bmodels?:? +(\\S{1,160} +)?${notThere}`,
        '\\b(unknown|invalid|no such) model:? +[\'"`]?[\\w./:@-]{1,160}[\'"`]?(\\.|,|$)',
        'model .{0,160}? is not supported by any provider', // Hugging Face
        'no models? loaded', // LM Studio
        'is not a valid model\\b', // OpenRouter
        'does not support (chat|generate)', // Ollama
        'does not work with the specified model', // Azure
        'unexpected model name format', // Gemini
      ].join('|'),
      'i',
    ),
  },
  // Ollama, Gemini, xAI, vLLM, Azure…
  {
    kind: 'model-not-found',
    statuses: [404],
    message: new RegExp(
      [
        `\\b(models?|deployment)\\b.{0,160}?${notThere}`,
        '^model: ', // Anthropic
        'not found the model', // Moonshot
        'no endpoints found', // OpenRouter
        'not found for account', // NVIDIA
      ].join('|'),
      'i',
    ),
  },
  { kind: 'model-not-found', statuses: [404], when: 'names-the-model' },
  // OpenAI: "This model is only supported in v1/responses…" with `param: "model"`
  { kind: 'model-not-found', statuses: [404], when: 'blames-the-model' },
];

/** What is left is decided by the status. */
const statusLast: readonly ErrorRow[] = [
  { kind: 'auth', statuses: [401, 403] },
  { kind: 'quota', statuses: [402] },
  { kind: 'misconfigured', statuses: [404, 405, 406, 411, 415, 421, 426, 451, 501, 505] },
  { kind: 'server-error', statuses: [408, 409, 425] },
  { kind: 'model-not-found', statuses: [410] },
  { kind: 'rate-limit', statuses: [429] },
  { kind: 'overloaded', statuses: [498, 529] },
  // Gemini
  { kind: 'overloaded', statuses: [503], words: ['UNAVAILABLE'] },
  // Anthropic: 504 `timeout_error`
  { kind: 'overloaded', statuses: [504], words: ['timeout_error'] },
];

/**
 * The HTTP status that goes with an API's general words: inside a stream, where there is no other, an error is
 * judged as if it had come with it.
 */
export const impliedStatuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  bad_request: 400,
  bad_request_error: 400,
  invalid_prompt: 400,
  invalid_value: 400,
  UNAUTHENTICATED: 401,
  unauthorized: 401,
  PERMISSION_DENIED: 403,
  permission_error: 403,
  not_found_error: 404,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  requests: 429,
  tokens: 429,
  server_error: 500,
  api_error: 500,
  internal_error: 500,
  internal_server_error: 500,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  service_unavailable: 503,
  service_unavailable_error: 503,
  DEADLINE_EXCEEDED: 504,
  timeout_error: 504,
};

/**
 * Every error an API sends, in the order that decides: its own words first (quota before rate limit, rate limit
 * before server errors, then key, model, and the caller's fault), then known messages, then the status.
 */
export const errorRows: readonly ErrorRow[] = [...statusFirst, ...namedWords, ...messages, ...statusLast];
