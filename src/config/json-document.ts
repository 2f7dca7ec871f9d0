import { type JSONPath, visit } from 'jsonc-parser';
import { ConfigError } from '../core/errors.js';
import { type ConfigDocument, hasLine, keyTwice, lineLookup, memberOf } from './document.js';
import { type JsonIndex, jsonIndex, keysIn } from './json-index.js';

/** JSON without comments, and without two keys of one name, of which `JSON.parse` would take the last one. */
export function jsonDocument(path: string, text: string): ConfigDocument {
  const known = flawless(text);
  if (known === null) return parsed(path, text);
  const { value, index } = known;
  let whole: ConfigDocument | null = null;
  return {
    value,
    lineOf(keys) {
      const line = index.lineOf(keys);
      if (line !== undefined) return line;
      whole ??= parsed(path, text);
      return whole.lineOf(keys);
    },
  };
}

/** Most files are, and it takes the engine's own parser to see that; null for one that has to be looked at closely. */
function flawless(text: string): { readonly value: unknown; readonly index: JsonIndex } | null {
  try {
    const value: unknown = JSON.parse(text);
    const index = jsonIndex(text);
    return index.keys === keysIn(value) ? { value, index } : null;
  } catch {
    return null;
  }
}

/** By a parser that knows where things stand. */
function parsed(path: string, text: string): ConfigDocument {
  const lines = new Map<string, number>();
  // of the objects that are open, the innermost last
  const names: Set<string>[] = [];
  // from 0, as the parser counts
  let mistake: Mistake | null = null;
  let secondLine: number | null = null;
  const element = (
    _offset: number,
    _length: number,
    line: number,
    _column: number,
    at: () => JSONPath,
  ): void => {
    const steps = at();
    if (typeof steps.at(-1) === 'number' && hasLine(steps.slice(0, -1)))
      lines.set(pointerTo(steps), line + 1);
  };
  const visitor = {
    onObjectProperty(
      name: string,
      _offset: number,
      _length: number,
      line: number,
      _column: number,
      at: () => JSONPath,
    ) {
      const known = names.at(-1);
      if (known?.has(name)) secondLine ??= line + 1;
      known?.add(name);
      const above = at();
      if (hasLine(above)) lines.set(memberOf(pointerTo(above), name), line + 1);
    },
    onObjectBegin: (...place: Parameters<typeof element>) => {
      names.push(new Set());
      element(...place);
    },
    onObjectEnd: () => void names.pop(),
    onArrayBegin: element,
    onLiteralValue: (_value: unknown, ...place: Parameters<typeof element>) => element(...place),
    onError(_code: number, offset: number, _length: number, line: number, column: number) {
      mistake ??= { line, column, starts: text.charAt(offset) };
    },
  };
  try {
    visit(text, visitor, { disallowComments: true });
    if (mistake !== null) throw notJson(path, mistake);
    if (secondLine !== null) throw keyTwice(path, secondLine);
    return { value: JSON.parse(text), lineOf: lineLookup(lines) };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    // nested too deeply for the parser
    throw notJson(path, null);
  }
}

function pointerTo(steps: JSONPath): string {
  return steps.reduce<string>((pointer, step) => memberOf(pointer, String(step)), '');
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
function notJson(path: string, mistake: Mistake | null): ConfigError {
  const line = mistake === null ? null : mistake.line + 1;
  const place = line === null ? '' : `:${line}`;
  const where = mistake === null ? '' : ` (column ${mistake.column + 1})`;
  return new ConfigError(
    'config-json',
    `${path}${place}: this is not JSON${where}`,
    mends[mistake?.starts ?? ''] ?? 'check for a missing comma or quote, before this place too',
  );
}
