import { visit } from 'jsonc-parser';
import { ConfigError } from '../core/errors.js';
import { keyTwice } from './document.js';

/**
 * Why a text is not JSON, or that a key stands in one object twice, of which `JSON.parse` would take the last one; null where
 * neither is so.
 */
export function jsonMistake(path: string, text: string): ConfigError | null {
  // of the objects that are open, the innermost last
  const names: Set<string>[] = [];
  // from 0, as the parser counts
  let mistake: Mistake | null = null;
  let secondLine: number | null = null;
  const visitor = {
    onObjectProperty(name: string, _offset: number, _length: number, line: number) {
      const known = names.at(-1);
      if (known?.has(name)) secondLine ??= line + 1;
      known?.add(name);
    },
    onObjectBegin: () => void names.push(new Set()),
    onObjectEnd: () => void names.pop(),
    onError(_code: number, offset: number, _length: number, line: number, column: number) {
      mistake ??= { line, column, starts: text.charAt(offset) };
    },
  };
  try {
    visit(text, visitor, { disallowComments: true });
  } catch {
    // nested too deeply for the parser
    return notJson(path);
  }
  if (mistake !== null) return notJson(path, mistake);
  return secondLine === null ? null : keyTwice(path, secondLine);
}

interface Mistake {
  readonly line: number;
  readonly column: number;
  /** The first character that is wrong. */
  readonly starts: string;
}

const mends: Readonly<Record<string, string>> = {
  '/': 'JSON has no comments: leave it out, or name the file .yaml and write #',
  '#': 'JSON has no comments: leave it out, or name the file .yaml',
  "'": 'JSON has double quotes only',
  '}': 'leave out the comma before it, or write what is missing there',
  ']': 'leave out the comma before it, or write what is missing there',
};

/** The parser's own message would quote what stands there, which may be a key. */
export function notJson(path: string, mistake: Mistake | null = null): ConfigError {
  const line = mistake === null ? null : mistake.line + 1;
  const place = line === null ? '' : `:${line}`;
  const where = mistake === null ? '' : ` (column ${mistake.column + 1})`;
  return new ConfigError(
    'config-json',
    `${path}${place}: this is not JSON${where}`,
    mends[mistake?.starts ?? ''] ?? 'check for a missing comma or quote, before this place too',
  );
}
