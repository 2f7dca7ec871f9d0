import { ConfigError } from '../core/errors.js';
import type { ConfigDocument } from './document.js';

/** Reads JSON or, by the name of the file, YAML. Throws a `ConfigError` that tells the place and nothing of the text. */
export async function parseDocument(path: string, text: string): Promise<ConfigDocument> {
  if (/\.ya?ml$/i.test(path)) return (await import('./yaml-document.js')).yamlDocument(path, text);
  if (text.trim() === '')
    throw new ConfigError(
      'config-json',
      `${path}: the file is empty`,
      'an object without keys, {}, sets nothing',
    );
  return (await import('./json-document.js')).jsonDocument(path, text);
}
