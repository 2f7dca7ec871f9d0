import type { ErrorRow } from './row.js';

/** Words for nothing but a key that is bad, or whose account is. */
export const keyWords: readonly string[] = [
  'invalid_api_key', // OpenAI, Groq, Together
  'incorrect_api_key',
  'incorrect_api_key_error', // Moonshot
  'wrong_api_key', // Cerebras
  'expired_api_key',
  'no_api_key',
  'token_expired',
  'ACCESS_TOKEN_EXPIRED', // Google, as all of https://cloud.google.com/apis/design/errors#error_info from here
  'API_KEY_INVALID',
  'API_KEY_SERVICE_BLOCKED',
  'API_KEY_HTTP_REFERRER_BLOCKED',
  'API_KEY_IP_ADDRESS_BLOCKED',
  'API_KEY_ANDROID_APP_BLOCKED',
  'API_KEY_IOS_APP_BLOCKED',
  'CONSUMER_SUSPENDED',
  'organization_restricted', // Groq
  'organization_deactivated',
  'account_deactivated', // OpenAI
  'account_suspended',
  'invalid_organization',
  'mismatched_organization',
  'mismatched_project',
  'invalid_project',
];

/** An API's own words. They beat whatever the message says. */
export const namedWords: readonly ErrorRow[] = [
  {
    kind: 'quota',
    words: [
      'insufficient_quota', // OpenAI, Azure, Perplexity
      'credit_balance_exhausted',
      '*_spend_limit_exceeded',
      'organization_usage_limit_exceeded',
      'billing_error', // Anthropic
      'billing_not_active',
      'billing_hard_limit_reached',
      'insufficient_balance',
      'insufficient_credits',
      'insufficient_funds',
      'exceeded_current_quota_error', // Moonshot
      'credit_limit', // Together
      'blocked_api_access', // Groq: a spend limit was reached
      'payment_required',
      'quota_exceeded',
      'arrearage',
    ],
  },
  { kind: 'quota', statuses: [0, 429], when: 'daily-quota' },
  {
    kind: 'overloaded',
    words: [
      'engine_overloaded_error', // Moonshot sends it with 429
      'overloaded_error', // Anthropic
      'server_is_overloaded', // OpenAI
      'server_overloaded',
      'model_overloaded',
      'overloaded', // text-generation-inference
      'engine_overloaded',
      'capacity_exceeded', // Groq
      'no_capacity',
      'service_tier_capacity_exceeded', // Mistral
      'unavailable_error', // llama.cpp, while it loads a model
      'model_loading',
    ],
  },
  {
    kind: 'rate-limit',
    words: [
      'rate_limit_exceeded', // OpenAI, Groq
      'rate_limit_error', // Anthropic
      'rate_limit_reached_error', // Moonshot
      'rate_limit_reached', // GitHub
      'rate_limited', // Mistral
      'rate_limit',
      'too_many_requests',
      'user_rate_limit_exceeded',
      'slow_down', // OpenAI
      'throttling_exception',
    ],
  },
  {
    kind: 'misconfigured',
    words: [
      'unsupported_country_region_territory', // OpenAI
      'unknown_url', // Groq
      'SERVICE_DISABLED', // Google: the API is not enabled in the key's project
    ],
  },
  {
    kind: 'auth',
    words: [
      ...keyWords,
      'authentication_error', // Anthropic, DeepSeek, llama.cpp
      'invalid_authentication',
      'invalid_authentication_error', // Moonshot
    ],
  },
  {
    kind: 'model-not-found',
    words: [
      'model_not_found', // OpenAI and Groq, with 404 or 403
      'DeploymentNotFound', // Azure
      'DeploymentNotReady',
      'invalid_model', // Mistral, Perplexity
      'model_decommissioned', // Groq
      'model_deprecated',
      'model_not_available', // Together
      'model_not_supported', // Hugging Face
      'model_not_exist',
      'unknown_model', // GitHub
      'unavailable_model',
    ],
  },
  {
    kind: 'context-length',
    words: [
      'context_length_exceeded', // OpenAI, Groq, Cerebras
      'exceed_context_size_error', // llama.cpp
      'context_window_exceeded',
      'model_max_prompt_tokens_exceeded',
      'tokens_limit_reached',
      'request_too_large', // Anthropic
      'string_above_max_length',
      'prompt_too_long',
    ],
  },
  {
    kind: 'content-filter',
    words: [
      'content_filter', // Azure, Moonshot
      'content_policy_violation', // OpenAI
      'ResponsibleAIPolicyViolation', // Azure's inner error
      'content_filtered',
      'moderation_blocked',
      'data_inspection_failed',
    ],
  },
  { kind: 'content-filter', statuses: [0, 400, 403], when: 'flagged-input' },
  {
    kind: 'bad-request',
    words: [
      'unsupported_parameter', // OpenAI
      'unsupported_value',
      'unknown_parameter',
      'missing_required_parameter',
      'invalid_type',
      'integer_above_max_value',
      'integer_below_min_value',
      'decimal_above_max_value',
      'decimal_below_min_value',
      'json_validate_failed', // Groq
      'wrong_api_format',
    ],
  },
];
