/** The wire protocols there are. */
export type DialectName = 'openai' | 'openai-responses' | 'anthropic' | 'google' | 'ollama';

/** What only a good key gets. */
export interface KeyCheck {
  /** Below the base path; where it begins with `//`, below the base path without the `/v1` at its end. */
  readonly path: string;
  /** The field that its answer has: other JSON is somebody else's. */
  readonly field: string;
}

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
  /** What is asked to prove a key, where the list of models does not prove it. */
  readonly keyCheck?: KeyCheck;
  /**
   * Set where a key may be one that generates and does not list, so that a 401 without a reason says nothing of it. All others
   * answer so to a bad key.
   */
  readonly scopedKeys?: true;
  /** The path of the list of models where it is not below the default base path. */
  readonly modelsPath?: string;
  /** Suffixes of an id, as in `MODEL:nitro`, that only route the request: every model takes them, and no list has them. */
  readonly routings?: readonly string[];
  /** Set where an alias is answered with the model that it stands for, and stands in no list itself. */
  readonly resolvesAliases?: true;
  /** Set where the API has no list of models: that it is not there says nothing of the address. */
  readonly listless?: true;
  /** Set where an id may end in who is to serve it: `MODEL:together`. Lists tell who does in `providers`, if they do. */
  readonly routesByProvider?: true;
  /** The base path of a DSN that names a host, where it differs from the one of `baseUrl`. */
  readonly defaultBasePath?: string;
}
