import type { ConfigDocument } from './document.js';
import { jsonLines } from './json-lines.js';

/** JSON without comments, and without two keys of one name. Rejects with a `ConfigError` that tells the place. */
export async function jsonDocument(path: string, text: string): Promise<ConfigDocument> {
  const document = flawless(text) ?? (await doubted(path, text));
  return { ...document, lineOf: jsonLines(text) };
}

type Value = Pick<ConfigDocument, 'value'>;

/** Most files are, and it takes the engine's own parser to see that; null for one that has to be looked at closely. */
function flawless(text: string): Value | null {
  try {
    const value: unknown = JSON.parse(text);
    // a string may look like a key, but no key like anything else
    const mostKeys = text.match(/"\s*:/g)?.length ?? 0;
    return keysIn(value) === mostKeys ? { value } : null;
  } catch {
    return null;
  }
}

/** As many as the text has, but that one which stands in an object twice counts once. */
function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value);
  return members.reduce<number>(
    (sum, member) => sum + keysIn(member),
    Array.isArray(value) ? 0 : members.length,
  );
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
