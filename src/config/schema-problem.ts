import { ConfigError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { knownKeys } from './config-keys.js';
import { type ConfigDocument, keysOf, placeIn } from './document.js';
import type { SchemaError } from './generated/validate-config.js';

/** The first mistake of a file, in words: file, line, key, what it must be. The value is not told. */
export function schemaProblem(
  path: string,
  document: ConfigDocument,
  error: SchemaError | undefined,
): ConfigError {
  const { instancePath = '', schemaPath = '', keyword = '', params = {} } = error ?? {};
  const keys = keysOf(instancePath);
  if (keyword === 'additionalProperties') {
    const key = String(params.additionalProperty);
    return problem(path, document, [...keys, key], 'is no known key', {
      hint: unknownKeyHint(key, keys[0] ?? '', document),
    });
  }
  const [, definition = ''] = /definitions\/(\w+)/.exec(schemaPath) ?? [];
  const types = [params.type].flat().filter((type) => type !== 'null');
  const type = String(types[0]);
  const { what, hint = null } = wanted[definition] ?? {
    what: `must be ${typeWords[type] ?? 'different'}`,
    hint: typeHint(type, path),
  };
  return problem(path, document, keys, what, { hint: textHint(keys, type) ?? hint });
}

function unknownKeyHint(key: string, parent: string, { value }: ConfigDocument): string {
  const known = knownKeys[parent] ?? knownKeys[''] ?? [];
  const near = didYouMean(key, known);
  if (near !== '' || parent !== '') return near || `known: ${known.join(', ')}`;
  const home = Object.keys(knownKeys).find((other) => other !== '' && knownKeys[other]?.includes(key));
  if (home !== undefined) return `it belongs below ${home}`;
  // what should stand below an empty key stands beside it
  const empty = Object.entries(value ?? {}).find(([name, below]) => below === null && known.includes(name));
  if (empty !== undefined) return `indent it if it belongs to ${empty[0]}`;
  return `known: ${known.join(', ')}`;
}

function typeHint(type: string, path: string): string | null {
  if (type === 'array') return 'write a list, even of one';
  if (type !== 'object') return null;
  return /\.ya?ml$/i.test(path)
    ? 'write name: value, a line each, indented, with a space after the ":"'
    : 'write { "name": "value" }';
}

const typeWords: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a string',
};

const targets = 'write targets with commas between: "m1/qwen3,openai/gpt-x"';
const texts: Readonly<Record<string, string>> = {
  aliases: targets,
  model: targets,
  providers: 'write a DSN: "ollama://m1.lan"',
  trustedProjects: 'write directories: "~/src/ours"',
};

/** What a text looks like that should stand there; null where none should. */
function textHint([top = '', ...below]: readonly string[], type: string): string | null {
  const isText = type === 'string' || type === 'undefined';
  return isText && (below.length === 1 || top === 'model') ? (texts[top] ?? null) : null;
}

const text = { what: 'must be a string that is not empty' };
const wanted: Readonly<Record<string, { readonly what: string; readonly hint?: string }>> = {
  text,
  optionalText: text,
  duration: { what: 'must be a duration with a unit', hint: 'for example "30s" or "500ms"' },
  count: { what: 'must be a whole number from 1' },
  retries: { what: 'must be a whole number from 0' },
  flag: { what: 'must be true or false' },
};

function problem(
  path: string,
  document: ConfigDocument,
  keys: readonly string[],
  what: string,
  { hint }: { readonly hint: string | null },
): ConfigError {
  return new ConfigError('config-key', `${placeIn(path, document, keys)}: ${keyShown(keys)} ${what}`, hint);
}

/** The way to a key. What is no plain name is not repeated: it may be a DSN where its name belongs. */
function keyShown(keys: readonly string[]): string {
  if (keys.length === 0) return 'the file';
  const key = keys.join('.');
  if (/^[$\p{L}\p{N}_.-]{1,100}$/u.test(key)) return key;
  const [top = ''] = keys;
  return `a key${keys.length > 1 && (knownKeys[''] ?? []).includes(top) ? ` of ${top}` : ''}`;
}
