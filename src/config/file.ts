import { parseDuration } from '../core/duration.js';
import { ConfigError } from '../core/errors.js';
import type { HealthConfig } from '../core/health.js';
import { shownPath } from '../core/shown.js';
import type { Source } from '../core/source.js';
import type { ChainConfig } from '../core/tuning.js';
import { chainKeys, healthKeys } from './config-keys.js';
import { type ConfigDocument, placeIn } from './document.js';
import { parseDocument } from './parse-document.js';
import { readFault, readText } from './read-text.js';
import { schemaProblem } from './schema-problem.js';

/** No configuration needs as much; a clone could bring one that takes minutes to be understood. */
const mostBytes = 256 * 1024;

/** Whose file it is: a project's comes with a clone and may do less. */
export type ConfigOwner = 'user' | 'project';

/** A configuration file, read and checked. */
export interface FileConfig {
  readonly path: string;
  readonly owner: ConfigOwner;
  readonly aliases: Readonly<Record<string, string>>;
  readonly model: string | null;
  readonly chain: ChainConfig;
  readonly health: Partial<HealthConfig>;
  /** Which health store to use; may be a URL with a password. */
  readonly healthStore: string | null;
  /** DSNs by provider name; secrets. */
  readonly providers: Readonly<Record<string, string>>;
  /** Directories, as they are written in the file. */
  readonly trustedProjects: readonly string[];
  /** Where a key stands, by the keys that lead to it: `majordomo.yaml:7`. */
  sourceOf(...keys: readonly string[]): Source;
}

/** What the schema has made sure of. */
interface Checked {
  readonly aliases?: Record<string, string> | null;
  readonly model?: string | null;
  readonly chain?: Record<string, unknown> | null;
  readonly health?: (Record<string, unknown> & { readonly store?: string | null }) | null;
  readonly providers?: Record<string, string> | null;
  readonly trustedProjects?: string[] | null;
}

export interface ConfigPlace {
  /** How the file is named to people; its path by default. */
  readonly shownAs?: string;
  /** The user by default. */
  readonly owner?: ConfigOwner;
}

/**
 * Reads a configuration file, YAML if it is named so and JSON otherwise. Throws a `ConfigError` that names the file, the line and
 * the key; values are not told.
 */
export async function readConfigFile(path: string, place: ConfigPlace = {}): Promise<FileConfig> {
  let text: string;
  try {
    text = await readText(path, { mostBytes });
  } catch (error) {
    const { code, hint } = readFault(error);
    throw new ConfigError(
      'config-file',
      `the configuration file ${place.shownAs ?? shownPath(path)} cannot be read (${code})`,
      hint,
    );
  }
  if (text.includes('\0')) {
    throw new ConfigError(
      'config-file',
      `the configuration file ${place.shownAs ?? shownPath(path)} is not text in UTF-8`,
      'save it as UTF-8: some editors on Windows write UTF-16',
    );
  }
  return parseConfig(path, text, place);
}

/** {@link readConfigFile} of a text already read. */
export async function parseConfig(path: string, text: string, place: ConfigPlace = {}): Promise<FileConfig> {
  const { shownAs = shownPath(path), owner = 'user' } = place;
  const document = await parseDocument(shownAs, text);
  const { default: validate } = await import('./generated/validate-config.js');
  if (!validate(document.value)) throw schemaProblem(shownAs, document, validate.errors?.[0]);
  const file = document.value as Checked;
  if (owner === 'project') refuseForeign(shownAs, document, file);
  const { store = null, ...tuning } = file.health ?? {};
  const kind = `${owner}-file` as const;
  const wrong = (keys: readonly string[]): ConfigError =>
    new ConfigError(
      'config-key',
      `${placeIn(shownAs, document, keys)}: ${keys.join('.')} must be at least 1ms and at most 24 days`,
    );
  return {
    path,
    owner,
    aliases: file.aliases ?? {},
    model: file.model ?? null,
    chain: settings(file.chain ?? {}, { keys: chainKeys, at: 'chain', wrong }),
    health: settings(tuning, { keys: healthKeys, at: 'health', wrong }),
    healthStore: store,
    providers: file.providers ?? {},
    trustedProjects: file.trustedProjects ?? [],
    sourceOf: (...keys) => {
      let key: string | null = null;
      return {
        __proto__: shownWhole,
        kind,
        // of hundreds of names a run shows a few, and a place takes longer to find than to read what stands there
        get key() {
          key ??= placeIn(shownAs, document, keys);
          return key;
        },
      };
    },
  };
}

/** `console.log` shows an accessor as such, and not what it says. */
const shownWhole = {
  [Symbol.for('nodejs.util.inspect.custom')](this: Source): Source {
    return { ...this };
  },
};

/** What a cloned repository must not do: say where prompts go, and with which keys. */
function refuseForeign(path: string, document: ConfigDocument, file: Checked): void {
  const foreign = [
    { keys: ['providers'], is: file.providers != null },
    { keys: ['trustedProjects'], is: file.trustedProjects != null },
    { keys: ['health', 'store'], is: file.health?.store != null },
  ];
  for (const { keys, is } of foreign) {
    if (!is) continue;
    throw new ConfigError(
      'config-project',
      `${placeIn(path, document, keys)}: ${keys.join('.')} is not for the file of a project`,
      'put it into the environment or your own configuration file; a clone must not decide where your prompts go',
    );
  }
}

interface SettingsOptions {
  readonly keys: Readonly<Record<string, string>>;
  readonly at: string;
  readonly wrong: (keys: readonly string[]) => ConfigError;
}

function settings(value: Record<string, unknown>, { keys, at, wrong }: SettingsOptions): object {
  const read: Record<string, unknown> = {};
  for (const [key, to] of Object.entries(keys)) {
    const given = value[key];
    if (given === undefined || given === null) continue;
    read[to] = setting(key, given);
    if (read[to] === undefined) throw wrong([at, key]);
  }
  return read;
}

/** Undefined for a duration that is out of range. */
function setting(key: string, value: unknown): unknown {
  if (typeof value === 'string') return parseDuration(value) || undefined;
  // In a file 0 means none; in the library's configuration 0 means "not set" and a negative number none.
  return key === 'retries' && value === 0 ? -1 : value;
}
