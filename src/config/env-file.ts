import { parse } from 'dotenv';
import { ConfigError, type Warning } from '../core/errors.js';
import { isProviderVariable } from '../core/provider-names.js';
import { shown, shownPath } from '../core/shown.js';
import { readFault, readText } from './read-text.js';

const mostBytes = 4 * 1024 * 1024;

export interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

/** Reads a dotenv file. Throws a `ConfigError` when it cannot be read; values are never told. */
export async function readEnvFile(file: string): Promise<EnvFile> {
  const path = shownPath(file);
  let text: string;
  try {
    text = await readText(file, { mostBytes });
  } catch (error) {
    const { code, hint } = readFault(error);
    throw new ConfigError('env-file', `the environment file ${path} cannot be read (${code})`, hint);
  }
  if (text.includes('\0')) {
    throw new ConfigError(
      'env-file',
      `the environment file ${path} is not text in UTF-8`,
      'save it as UTF-8: some editors on Windows write UTF-16',
    );
  }
  return read(path, text.replace(/\r\n?/g, '\n'));
}

/** More are not told one by one: a file with so many is no dotenv file. */
const mostWarnings = 20;

function read(path: string, text: string): EnvFile {
  const values: Record<string, string> = {};
  const warnings: Warning[] = [];
  for (const { line, found } of lines(text)) {
    if (found === null) {
      const message = `${path}:${line}: this line sets no variable: it was left out`;
      warnings.push({ code: 'env-file-line', message });
      continue;
    }
    Object.assign(values, parse(found[0]));
    if (isCut(found)) {
      const message = `${path}:${line}: the value of ${shown(found[1] ?? '')} is cut at a #: ${mend(found[1])}`;
      warnings.push({ code: 'env-file-hash', message });
    }
  }
  const more = warnings.length - mostWarnings;
  if (more <= 0) return { values, warnings };
  const rest = { code: 'env-file-line', message: `${path}: there are ${more} more lines like these` };
  return { values, warnings: [...warnings.slice(0, mostWarnings), rest] };
}

/** A DSN has no raw "#", in quotes or not. */
function mend(name = ''): string {
  return isProviderVariable(name)
    ? 'write a # that belongs to the DSN as %23'
    : 'put it in quotes if the # belongs to it';
}

/** The grammar of dotenv, with the comment: name, value, the space after it, comment. */
const assignment =
  /(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\n]+)?(\s*)(#.*)?$/my;

/**
 * Assignments, over however many lines each, and lines that are none (a name with a space in it, say, or a value that lost
 * its name), which dotenv passes over. Dotenv itself looks for the next one from each blank line anew, which in a file of
 * blank lines takes minutes.
 */
function* lines(text: string): Generator<{ readonly line: number; readonly found: RegExpExecArray | null }> {
  const word = /\S/g;
  const end = /[\n\u2028\u2029]|$/g;
  let line = 1;
  let counted = 0;
  for (let at = 0; ; ) {
    word.lastIndex = at;
    const start = word.exec(text)?.index;
    if (start === undefined) return;
    for (; counted < start; counted += 1) if (text[counted] === '\n') line += 1;
    assignment.lastIndex = start;
    const found = assignment.exec(text);
    if (found !== null) yield { line, found };
    else if (text[start] !== '#') yield { line, found: null };
    end.lastIndex = start;
    at = found === null ? (end.exec(text)?.index ?? text.length) : start + found[0].length;
  }
}

/** Whether a `#` inside an unquoted value starts a comment: a key that holds one is silently cut there. */
function isCut({ 2: value = '', 3: space, 4: comment }: RegExpExecArray): boolean {
  const quoted = /^\s*(['"`])[\s\S]*\1$/.test(value);
  return comment !== undefined && space === '' && !quoted && !/\s$/.test(value);
}
