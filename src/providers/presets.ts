/** The wire protocols there are. */
export type DialectName = 'openai' | 'openai-responses' | 'anthropic' | 'google' | 'ollama';

/** One row: an API that people know by name. Name and scheme are the same word. */
export interface Preset {
  readonly name: string;
  readonly dialect: DialectName | 'mock';
  /** Scheme, host and base path used where a DSN names none; empty where there is no default host. */
  readonly baseUrl: string;
  /** The variables that usually hold the key, first set wins. */
  readonly keyVariables: readonly string[];
  /** The variables that usually hold the base URL. */
  readonly baseUrlVariables: readonly string[];
  /** A server one runs oneself: http by default, no credential needed. */
  readonly local: boolean;
  /** The header that carries the key where it is not the dialect's own: `api-key`. */
  readonly keyHeader?: string;
  /** The body key for the token limit where it is not `max_tokens`. */
  readonly maxTokensKey?: string;
  /** The dated versions of the deployment form from which on `maxTokensKey` is known: older ones take `max_tokens`. */
  readonly maxTokensKeySince?: string;
  /** The body key for the seed where it is not `seed`; null where there is none. */
  readonly seedKey?: string | null;
  /** False where the API has no mode for JSON without a schema. */
  readonly jsonMode?: boolean;
  /** `always`: usage comes unasked, and `stream_options` is refused. */
  readonly streamUsage?: 'always';
  /** Set where the base URL's variable holds the server's root, to which the default base path is appended. */
  readonly baseUrlIsRoot?: true;
  /** The base path where the DSN has `deployment` or `api_version`: Azure's form with the deployment in the path. */
  readonly deploymentBasePath?: string;
  /**
   * What is asked to prove a key, where the list of models does not prove it: below the base path, or from the server's
   * root where it begins with `//`.
   */
  readonly keyPath?: string;
  /** The path of the list of models where it is not below the default base path. */
  readonly modelsPath?: string;
  /** Suffixes of an id, as in `MODEL:nitro`, that only route the request: every model takes them, and no list has them. */
  readonly routings?: readonly string[];
  /** Set where an id may end in who is to serve it: `MODEL:together`. Lists tell who does in `providers`, if they do. */
  readonly routesByProvider?: true;
  /** The base path of a DSN that names a host, where it differs from the one of `baseUrl`. */
  readonly defaultBasePath?: string;
}

/**
 * The table. Base URLs and variables are those of the providers' own documentation and SDKs; a key that is sent
 * in another header than the dialect's, or an option that has another name, stands in its row.
 */
export const presets = [
  {
    name: 'openai',
    dialect: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    keyVariables: ['OPENAI_API_KEY'],
    baseUrlVariables: ['OPENAI_BASE_URL'],
    local: false,
    maxTokensKey: 'max_completion_tokens',
  },
  {
    name: 'openai-responses',
    dialect: 'openai-responses',
    baseUrl: 'https://api.openai.com/v1',
    keyVariables: ['OPENAI_API_KEY'],
    baseUrlVariables: ['OPENAI_BASE_URL'],
    local: false,
  },
  {
    name: 'anthropic',
    dialect: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    keyVariables: ['ANTHROPIC_API_KEY'],
    baseUrlVariables: ['ANTHROPIC_BASE_URL'],
    baseUrlIsRoot: true,
    local: false,
  },
  {
    name: 'google',
    dialect: 'google',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    baseUrlVariables: ['GOOGLE_GEMINI_BASE_URL'],
    baseUrlIsRoot: true,
    local: false,
  },
  {
    name: 'gemini',
    dialect: 'google',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    baseUrlVariables: ['GOOGLE_GEMINI_BASE_URL'],
    baseUrlIsRoot: true,
    local: false,
  },
  {
    name: 'ollama',
    dialect: 'ollama',
    baseUrl: 'http://127.0.0.1:11434/api',
    keyVariables: ['OLLAMA_API_KEY'],
    baseUrlVariables: ['OLLAMA_HOST'],
    baseUrlIsRoot: true,
    local: true,
  },
  {
    name: 'openrouter',
    dialect: 'openai',
    baseUrl: 'https://openrouter.ai/api/v1',
    // the list of models is public
    keyPath: '/key',
    keyVariables: ['OPENROUTER_API_KEY'],
    baseUrlVariables: [],
    local: false,
    // https://openrouter.ai/docs/guides/routing/model-variants; `:free`, `:thinking` and the like are listed models
    routings: ['nitro', 'floor', 'exacto', 'online'],
  },
  {
    name: 'groq',
    dialect: 'openai',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariables: ['GROQ_API_KEY'],
    baseUrlVariables: [],
    local: false,
  },
  {
    // its API refuses keys that it does not know, `stream_options` among them, and sends usage unasked
    name: 'mistral',
    dialect: 'openai',
    baseUrl: 'https://api.mistral.ai/v1',
    keyVariables: ['MISTRAL_API_KEY'],
    baseUrlVariables: [],
    local: false,
    seedKey: 'random_seed',
    streamUsage: 'always',
  },
  {
    // its documentation knows no seed
    name: 'deepseek',
    dialect: 'openai',
    baseUrl: 'https://api.deepseek.com/v1',
    keyPath: '//user/balance',
    keyVariables: ['DEEPSEEK_API_KEY'],
    baseUrlVariables: [],
    local: false,
    seedKey: null,
  },
  {
    name: 'xai',
    dialect: 'openai',
    baseUrl: 'https://api.x.ai/v1',
    keyVariables: ['XAI_API_KEY'],
    baseUrlVariables: [],
    local: false,
  },
  {
    name: 'together',
    dialect: 'openai',
    baseUrl: 'https://api.together.xyz/v1',
    keyVariables: ['TOGETHER_API_KEY'],
    baseUrlVariables: [],
    local: false,
  },
  {
    name: 'fireworks',
    dialect: 'openai',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyVariables: ['FIREWORKS_API_KEY'],
    baseUrlVariables: [],
    local: false,
  },
  {
    name: 'cerebras',
    dialect: 'openai',
    baseUrl: 'https://api.cerebras.ai/v1',
    keyVariables: ['CEREBRAS_API_KEY'],
    baseUrlVariables: [],
    local: false,
    maxTokensKey: 'max_completion_tokens',
  },
  {
    name: 'perplexity',
    dialect: 'openai',
    baseUrl: 'https://api.perplexity.ai',
    keyVariables: ['PERPLEXITY_API_KEY', 'PPLX_API_KEY'],
    baseUrlVariables: [],
    local: false,
    jsonMode: false,
  },
  {
    name: 'nvidia',
    dialect: 'openai',
    baseUrl: 'https://integrate.api.nvidia.com/v1',
    keyVariables: ['NVIDIA_API_KEY'],
    baseUrlVariables: [],
    local: false,
  },
  {
    name: 'huggingface',
    dialect: 'openai',
    baseUrl: 'https://router.huggingface.co/v1',
    keyVariables: ['HF_TOKEN', 'HUGGINGFACE_API_KEY'],
    baseUrlVariables: [],
    local: false,
    // https://huggingface.co/docs/inference-providers
    routings: ['fastest', 'cheapest', 'preferred'],
    routesByProvider: true,
  },
  {
    name: 'github',
    dialect: 'openai',
    baseUrl: 'https://models.github.ai/inference',
    modelsPath: '/catalog/models',
    keyVariables: ['GITHUB_TOKEN'],
    baseUrlVariables: [],
    local: false,
  },
  {
    // a resource has a host of its own: https://RESOURCE.openai.azure.com
    name: 'azure',
    dialect: 'openai',
    baseUrl: '',
    keyVariables: ['AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'],
    baseUrlVariables: ['AZURE_OPENAI_ENDPOINT'],
    baseUrlIsRoot: true,
    local: false,
    keyHeader: 'api-key',
    maxTokensKey: 'max_completion_tokens',
    maxTokensKeySince: '2024-12-01',
    defaultBasePath: '/openai/v1',
    deploymentBasePath: '/openai',
  },
  {
    name: 'moonshot',
    dialect: 'openai',
    baseUrl: 'https://api.moonshot.ai/v1',
    keyVariables: ['MOONSHOT_API_KEY'],
    baseUrlVariables: [],
    local: false,
  },
  {
    name: 'sambanova',
    dialect: 'openai',
    baseUrl: 'https://api.sambanova.ai/v1',
    keyVariables: ['SAMBANOVA_API_KEY'],
    baseUrlVariables: [],
    local: false,
  },
  {
    name: 'deepinfra',
    dialect: 'openai',
    baseUrl: 'https://api.deepinfra.com/v1/openai',
    keyVariables: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN'],
    baseUrlVariables: [],
    local: false,
  },
  {
    // its list of models and its health are open to all, whatever the key
    name: 'llamacpp',
    dialect: 'openai',
    keyPath: '//props',
    baseUrl: 'http://127.0.0.1:8080/v1',
    keyVariables: [],
    baseUrlVariables: [],
    local: true,
  },
  {
    name: 'vllm',
    dialect: 'openai',
    baseUrl: 'http://127.0.0.1:8000/v1',
    keyVariables: [],
    baseUrlVariables: [],
    local: true,
  },
  {
    // it refuses `json_object`: "'response_format.type' must be 'json_schema' or 'text'"
    name: 'lmstudio',
    dialect: 'openai',
    baseUrl: 'http://127.0.0.1:1234/v1',
    keyVariables: [],
    baseUrlVariables: [],
    local: true,
    jsonMode: false,
  },
  {
    name: 'localai',
    dialect: 'openai',
    baseUrl: 'http://127.0.0.1:8080/v1',
    keyVariables: [],
    baseUrlVariables: [],
    local: true,
  },
] as const satisfies readonly Preset[];
