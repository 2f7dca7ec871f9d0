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
  const { jsonDocument } = await import('./json-document.js');
  try {
    return await jsonDocument(path, text);
  } catch (error) {
    throw notMeantAsJson(path, error);
  }
}

/** The name decides how a file is read: who named one otherwise may not have meant JSON. */
function notMeantAsJson(path: string, error: unknown): unknown {
  if (!(error instanceof ConfigError) || /\.json$/i.test(path)) return error;
  const hint = /(?:^|[/\\.])env\b[^/\\]*$/i.test(path)
    ? 'a file of variables is for --env-file'
    : 'YAML has to be named .yaml or .yml; every other file is read as JSON';
  return new ConfigError(error.code, error.message, hint);
}
