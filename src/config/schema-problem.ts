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
    const known = knownKeys[keys[0] ?? ''] ?? knownKeys[''] ?? [];
    return problem(path, document, [...keys, key], 'is no known key', {
      hint: didYouMean(key, known) || `known: ${known.join(', ')}`,
    });
  }
  const [, definition = ''] = /definitions\/(\w+)/.exec(schemaPath) ?? [];
  const types = [params.type].flat().filter((type) => type !== 'null');
  const { what, hint = null } = wanted[definition] ?? {
    what: `must be ${typeWords[String(types[0])] ?? 'different'}`,
  };
  return problem(path, document, keys, what, { hint });
}

const typeWords: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a string',
};

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
