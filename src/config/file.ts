import { parseDuration } from '../core/duration.js';
import { ConfigError } from '../core/errors.js';
import type { HealthConfig } from '../core/health.js';
import { didYouMean } from '../core/nearest.js';
import type { ChainConfig } from '../core/tuning.js';
import { readText } from './read-text.js';

/** A configuration file, read and checked. */
export interface FileConfig {
  readonly path: string;
  readonly aliases: Readonly<Record<string, string>>;
  readonly model: string | null;
  readonly chain: ChainConfig;
  readonly health: Partial<HealthConfig>;
  /** Which health store to use; may be a URL with a password. */
  readonly healthStore: string | null;
  /** DSNs by provider name; secrets. */
  readonly providers: Readonly<Record<string, string>>;
}

type Kind = 'duration' | 'count' | 'retries' | 'flag';

const chainKeys = {
  retries: { kind: 'retries', to: 'transientRetries' },
  advanceOnPermanent: { kind: 'flag', to: 'advanceOnPermanent' },
  maxAttempts: { kind: 'count', to: 'maxAttempts' },
  maxRetryAfter: { kind: 'duration', to: 'maxRetryAfterMs' },
  timeout: { kind: 'duration', to: 'timeoutMs' },
  attemptTimeout: { kind: 'duration', to: 'attemptTimeoutMs' },
  firstTokenTimeout: { kind: 'duration', to: 'firstTokenTimeoutMs' },
  idleTimeout: { kind: 'duration', to: 'idleTimeoutMs' },
  connectTimeout: { kind: 'duration', to: 'connectTimeoutMs' },
  hedge: { kind: 'duration', to: 'hedgeMs' },
} as const satisfies Record<string, { kind: Kind; to: keyof ChainConfig }>;

const healthKeys = {
  threshold: { kind: 'count', to: 'threshold' },
  cooldown: { kind: 'duration', to: 'cooldownMs' },
  maxCooldown: { kind: 'duration', to: 'maxCooldownMs' },
} as const satisfies Record<string, { kind: Kind; to: keyof HealthConfig }>;

const topKeys = ['aliases', 'model', 'chain', 'health', 'providers', 'trustedProjects', '$schema'];

/** Reads a JSON configuration file. Throws a `ConfigError` that names the file and the key; values are not told. */
export async function readConfigFile(path: string): Promise<FileConfig> {
  if (/\.ya?ml$/i.test(path)) {
    throw new ConfigError(
      'config-format',
      `${path}: this version reads configuration as JSON only`,
      'write it as JSON, in a .json file',
    );
  }
  let text: string;
  try {
    text = await readText(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError(
      'config-file',
      `the configuration file ${path} cannot be read (${code})`,
      'check the path given to --config',
    );
  }
  return parseConfig(path, text);
}

/** {@link readConfigFile} of a text already read. */
export function parseConfig(path: string, text: string): FileConfig {
  if (text.trim() === '') {
    throw new ConfigError(
      'config-json',
      `${path}: the file is empty`,
      'an object without keys, {}, sets nothing',
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(
      'config-json',
      `${path}: this is not JSON${positionIn(text, error)}`,
      'check for a missing comma or quote',
    );
  }
  const file = new Reader(path);
  const top = file.object(value, '');
  file.refuseUnknown(top, topKeys, '');
  const health = file.object(top.health ?? {}, 'health');
  const { store, ...tuning } = health;
  return {
    path,
    aliases: file.strings(top.aliases ?? {}, 'aliases'),
    model: top.model == null ? null : file.string(top.model, 'model'),
    chain: file.table(file.object(top.chain ?? {}, 'chain'), 'chain', chainKeys) as ChainConfig,
    health: file.table(tuning, 'health', healthKeys) as Partial<HealthConfig>,
    healthStore: store == null ? null : file.string(store, 'health.store'),
    providers: file.strings(top.providers ?? {}, 'providers'),
  };
}

/** V8 quotes the text around the mistake, which may be a key: only the place is told. */
function positionIn(text: string, error: unknown): string {
  const offset = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (offset === undefined) return '';
  const before = text.slice(0, Number(offset)).split('\n');
  return ` (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`;
}

class Reader {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  object(value: unknown, key: string): Record<string, unknown> {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
    throw this.#wrong(key, 'must be an object');
  }

  string(value: unknown, key: string): string {
    if (typeof value === 'string' && value !== '') return value;
    throw this.#wrong(key, 'must be a string that is not empty');
  }

  strings(value: unknown, key: string): Record<string, string> {
    const entries = Object.entries(this.object(value, key));
    return Object.fromEntries(entries.map(([name, text]) => [name, this.string(text, `${key}.${name}`)]));
  }

  refuseUnknown(value: Record<string, unknown>, known: readonly string[], at: string): void {
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      const near = didYouMean(key, known);
      throw this.#wrong(
        at === '' ? key : `${at}.${key}`,
        'is no known key',
        near === '' ? `known: ${known.join(', ')}` : near,
      );
    }
  }

  table(
    value: Record<string, unknown>,
    at: string,
    keys: Readonly<Record<string, { readonly kind: Kind; readonly to: string }>>,
  ): Record<string, unknown> {
    this.refuseUnknown(value, Object.keys(keys), at);
    const read: Record<string, unknown> = {};
    for (const [key, { kind, to }] of Object.entries(keys)) {
      if (value[key] === undefined || value[key] === null) continue;
      read[to] = this.#setting(value[key], `${at}.${key}`, kind);
    }
    return read;
  }

  #setting(value: unknown, key: string, kind: Kind): number | boolean {
    switch (kind) {
      case 'duration': {
        const ms = typeof value === 'string' ? parseDuration(value) : undefined;
        if (ms === undefined || ms <= 0)
          throw this.#wrong(key, 'must be a duration with a unit', 'for example "30s" or "500ms"');
        return ms;
      }
      case 'count':
        if (!Number.isSafeInteger(value) || (value as number) < 1)
          throw this.#wrong(key, 'must be a whole number from 1');
        return value as number;
      case 'retries':
        if (!Number.isSafeInteger(value) || (value as number) < 0)
          throw this.#wrong(key, 'must be a whole number from 0');
        // In a file 0 means none; in the library's configuration 0 means "not set" and a negative number none.
        return value === 0 ? -1 : (value as number);
      case 'flag':
        if (typeof value !== 'boolean') throw this.#wrong(key, 'must be true or false');
        return value;
    }
  }

  #wrong(key: string, what: string, hint: string | null = null): ConfigError {
    return new ConfigError('config-key', `${this.#path}: ${keyShown(key)} ${what}`, hint);
  }
}

/** The path of a key. What is no plain name is not repeated: it may be a DSN where its name belongs. */
function keyShown(key: string): string {
  if (key === '') return 'the file';
  if (/^[$\p{L}\p{N}_.-]{1,100}$/u.test(key)) return key;
  const [top = ''] = key.split('.', 1);
  return `a key${topKeys.includes(top) ? ` of ${top}` : ''}`;
}
