import type { ConfigDocument } from './document.js';
import { jsonLines } from './json-lines.js';

/** JSON without comments, and without two keys of one name. Rejects with a `ConfigError` that tells the place. */
export async function jsonDocument(path: string, text: string): Promise<ConfigDocument> {
  const { value } = flawless(text) ?? (await doubted(path, text));
  return { value, lineOf: jsonLines(text, value) };
}

type Value = Pick<ConfigDocument, 'value'>;

/** Most files are, and it takes the engine's own parser to see that; null for one that has to be looked at closely. */
function flawless(text: string): Value | null {
  try {
    const value: unknown = JSON.parse(text);
    return keysIn(value) === mostKeysIn(text) ? { value } : null;
  } catch {
    return null;
  }
}

/** No fewer than the text has: a string may look like a key, but no key like anything else. */
function mostKeysIn(text: string): number {
  const end = /"\s*:/g;
  let count = 0;
  while (end.test(text)) count += 1;
  return count;
}

/** As many as the text has, but that one which stands in an object twice counts once. */
function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, element) => sum + keysIn(element), 0);
  const keys = Object.keys(value);
  return keys.reduce((sum, key) => {
    const member: unknown = value[key as keyof typeof value];
    return typeof member === 'object' ? sum + keysIn(member) : sum;
  }, keys.length);
}

async function doubted(path: string, text: string): Promise<Value> {
  const { jsonMistake, notJson } = await import('./json-mistake.js');
  const mistake = jsonMistake(path, text);
  if (mistake !== null) throw mistake;
  try {
    return { value: JSON.parse(text) };
  } catch {
    throw notJson(path);
  }
}
