import { readFile } from 'node:fs/promises';
import { parse } from 'dotenv';
import { ConfigError, type Warning } from '../core/errors.js';

export interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

/** Reads a dotenv file. Throws a `ConfigError` when it cannot be read; values are never told. */
export async function readEnvFile(path: string): Promise<EnvFile> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError(
      'env-file',
      `the environment file ${path} cannot be read (${code})`,
      'check the path given to --env-file',
    );
  }
  return { values: parse(text), warnings: hashWarnings(path, text) };
}

/** A `#` inside an unquoted value starts a comment: a key that holds one is silently cut there. */
function hashWarnings(path: string, text: string): Warning[] {
  const warnings: Warning[] = [];
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const cut = /^\s*(?:export\s+)?([\w.-]+)\s*[=:]\s*([^\s"'`#][^#]*?)#/.exec(line);
    if (cut === null || /\s$/.test(cut[2] ?? '')) continue;
    warnings.push({
      code: 'env-file-hash',
      message: `${path}:${index + 1}: the value of ${cut[1]} is cut at a #: put it in quotes if the # belongs to it`,
    });
  }
  return warnings;
}
