import { redacted } from '../secrets.js';

/** The options of a DSN, percent-decoded and checked; null where the DSN does not say. */
export interface DsnOptions {
  /** The model that the bare provider name stands for. */
  readonly model: string | null;
  readonly models: readonly string[];
  readonly keyEnv: string | null;
  readonly keyFile: string | null;
  readonly keyCmd: string | null;
  /** One attempt; binds health checks too. */
  readonly attemptTimeoutMs: number | null;
  readonly connectTimeoutMs: number | null;
  readonly firstTokenTimeoutMs: number | null;
  readonly idleTimeoutMs: number | null;
  /** 0 means none. */
  readonly retries: number | null;
  readonly maxTokens: number | null;
  /** Names as written; those given twice, in whatever case, are joined with `, ` (RFC 9110, section 5.3). */
  readonly headers: Readonly<Record<string, string>>;
  /** The last value of each name; `Dsn.queryPairs()` has all of them. */
  readonly query: Readonly<Record<string, string>>;
  readonly apiVersion: string | null;
  readonly deployment: string | null;
  readonly org: string | null;
  readonly project: string | null;
  readonly region: string | null;
  /** An http or https URL, perhaps with user and password. */
  readonly proxy: string | null;
  readonly caFile: string | null;
  /** Whether a credential may travel over plain http to another machine. */
  readonly insecure: boolean;
  /** USD per million tokens. */
  readonly priceIn: number | null;
  readonly priceOut: number | null;
  /** Options that only the scheme knows, percent-decoded. */
  readonly extra: Readonly<Record<string, string>>;
}

export type WritableOptions = { -readonly [Key in keyof DsnOptions]: DsnOptions[Key] };

/** What a DSN without options says. */
export function defaultOptions(): WritableOptions {
  return {
    model: null,
    models: Object.freeze([]) as readonly string[],
    keyEnv: null,
    keyFile: null,
    keyCmd: null,
    attemptTimeoutMs: null,
    connectTimeoutMs: null,
    firstTokenTimeoutMs: null,
    idleTimeoutMs: null,
    retries: null,
    maxTokens: null,
    headers: Object.freeze({}),
    query: Object.freeze({}),
    apiVersion: null,
    deployment: null,
    org: null,
    project: null,
    region: null,
    proxy: null,
    caFile: null,
    insecure: false,
    priceIn: null,
    priceOut: null,
    extra: Object.freeze({}),
  };
}

/** What may hold a secret, or a piece of somebody's machine that is nobody's business. */
const hidden = [
  'keyFile',
  'keyCmd',
  'headers',
  'query',
  'proxy',
  'caFile',
  'extra',
] as const satisfies readonly (keyof DsnOptions)[];

type Hidden = (typeof hidden)[number];

/** The hidden options, readable but no properties of the object's own. */
class HiddenOptions implements Pick<DsnOptions, Hidden> {
  readonly #values: DsnOptions;

  constructor(values: DsnOptions) {
    this.#values = values;
  }

  get keyFile(): string | null {
    return this.#values.keyFile;
  }

  get keyCmd(): string | null {
    return this.#values.keyCmd;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#values.headers;
  }

  get query(): Readonly<Record<string, string>> {
    return this.#values.query;
  }

  get proxy(): string | null {
    return this.#values.proxy;
  }

  get caFile(): string | null {
    return this.#values.caFile;
  }

  get extra(): Readonly<Record<string, string>> {
    return this.#values.extra;
  }

  toJSON(): object {
    return redactedOptions(this.#values);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return redactedOptions(this.#values);
  }
}

let shownKeys: readonly (keyof DsnOptions)[] | null = null;

/**
 * Immutable options of which the hidden ones are accessors that are not the object's own: a spread, `JSON.stringify`,
 * `structuredClone` or `util.inspect` does not see their values.
 */
export function guardedOptions(values: DsnOptions): DsnOptions {
  shownKeys ??= (Object.keys(values) as (keyof DsnOptions)[]).filter(
    (key) => !hidden.includes(key as Hidden),
  );
  const options = new HiddenOptions(values) as unknown as Record<string, unknown>;
  for (const key of shownKeys) options[key] = values[key];
  return Object.freeze(options) as unknown as DsnOptions;
}

function redactedOptions(values: DsnOptions): Record<string, unknown> {
  const shown: Record<string, unknown> = { ...values };
  for (const key of hidden) {
    const value = values[key];
    if (typeof value === 'string') shown[key] = redacted;
    else if (value !== null)
      shown[key] = Object.fromEntries(Object.keys(value).map((name) => [name, redacted]));
  }
  return shown;
}
