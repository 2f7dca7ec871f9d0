import type { Dialect } from './dialect.js';

/** One row: an API that people know by name. Name and scheme are the same word. */
export interface Preset {
  readonly name: string;
  readonly dialect: Dialect['name'] | 'mock';
  /** Scheme, host and base path used where a DSN names none. */
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
}
