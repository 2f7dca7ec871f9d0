import { parse } from 'dotenv';
import { ConfigError, type Warning } from '../core/errors.js';
import { readText } from './read-text.js';

const mostBytes = 4 * 1024 * 1024;

export interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

/** Reads a dotenv file. Throws a `ConfigError` when it cannot be read; values are never told. */
export async function readEnvFile(path: string): Promise<EnvFile> {
  let text: string;
  try {
    text = await readText(path, { mostBytes });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ConfigError(
      'env-file',
      `the environment file ${path} cannot be read (${code})`,
      'check its path and its permissions',
    );
  }
  if (text.includes('\0')) {
    throw new ConfigError(
      'env-file',
      `the environment file ${path} is not text in UTF-8`,
      'save it as UTF-8: some editors on Windows write UTF-16',
    );
  }
  return { values: parse(text), warnings: [...hashWarnings(path, text), ...strayWarnings(path, text)] };
}

/** A line that sets nothing is passed over by dotenv: a name with a space in it, say, or a value that lost its name. */
function strayWarnings(path: string, text: string): Warning[] {
  const lines = text.replace(/\r\n?/g, '\n');
  // what is an assignment, over however many lines, leaves its line ends alone
  const rest = lines.replace(line, (all) => all.replace(/[^\n]/g, ''));
  return rest.split('\n').flatMap((remains, index) => {
    const said = remains.trim();
    if (said === '' || said.startsWith('#')) return [];
    return [
      { code: 'env-file-line', message: `${path}:${index + 1}: this line sets no variable: it was left out` },
    ];
  });
}

/** The grammar of dotenv, with the comment: name, value, the space after it, comment. */
const line =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\n]+)?(\s*)(#.*)?$/gm;

/** A `#` inside an unquoted value starts a comment: a key that holds one is silently cut there. */
function hashWarnings(path: string, text: string): Warning[] {
  const lines = text.replace(/\r\n?/g, '\n');
  const warnings: Warning[] = [];
  for (const { 0: all, 1: name, 2: value = '', 3: space, 4: comment, index } of lines.matchAll(line)) {
    const quoted = /^\s*(['"`])[\s\S]*\1$/.test(value);
    if (comment === undefined || space !== '' || quoted || /\s$/.test(value)) continue;
    const start = index + all.length - all.trimStart().length;
    warnings.push({
      code: 'env-file-hash',
      message: `${path}:${lines.slice(0, start).split('\n').length}: the value of ${name} is cut at a #: put it in quotes if the # belongs to it`,
    });
  }
  return warnings;
}
