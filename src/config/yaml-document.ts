import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { ConfigError } from '../core/errors.js';
import { knownKeys } from './config-keys.js';
import { type ConfigDocument, keyTwice } from './document.js';

/** YAML 1.2, its core schema: no tags of one's own, no more than one document, and no alias that grows without bound. */
export function yamlDocument(path: string, text: string): ConfigDocument {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    customTags: [],
    logLevel: 'error',
    stringKeys: true,
    // it compares each key with each other; what is twice is found below
    uniqueKeys: false,
  });
  const [mistake] = [...document.errors, ...document.warnings];
  if (mistake !== undefined) {
    const { line, col } = counter.linePos(mistake.pos[0]);
    throw new ConfigError(
      'config-yaml',
      `${path}:${line}: this is not YAML${mistake.code === 'MULTIPLE_DOCS' ? ' of one document' : ''} (column ${col})`,
      hintFor(mistake.code),
    );
  }
  const lines = new Map<string, number>();
  const lineOf = (node: Node): number => counter.linePos(node.range?.[0] ?? 0).line;
  const addLines = (node: unknown, above: readonly string[]): void => {
    const add = (name: string, place: Node, below: unknown): void => {
      if (hasLine(above)) lines.set([...above, name].reduce(memberOf, ''), lineOf(place));
      addLines(below, [...above.slice(0, 1), name]);
    };
    if (isMap(node)) {
      const names = new Set<string>();
      for (const { key, value } of node.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (names.has(name)) throw keyTwice(path, lineOf(key));
        names.add(name);
        add(name, key, value);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) add(String(index), item as Node, item);
    }
  };
  addLines(document.contents, []);
  try {
    // A file of comments is null, and sets nothing.
    return { value: document.toJS({ maxAliasCount: 100 }) ?? {}, lineOf: lineLookup(lines) };
  } catch {
    throw new ConfigError(
      'config-yaml',
      `${path}: an alias (*) names nothing, or there are too many`,
      'write the values out',
    );
  }
}

function hintFor(code: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a configuration is one document: leave out what follows ---';
  if (code === 'TAB_AS_INDENT') return 'indent with spaces, YAML takes no tabs';
  if (code === 'TAG_RESOLVE_FAILED') return 'leave out the tag (!…)';
  const lines = code === 'BLOCK_AS_IMPLICIT_KEY' ? ' of this line and the next' : '';
  return `check the indentation${lines}, and put quotes around a value with ": " or " #" in it`;
}

/**
 * Whether the lines of what stands below these keys are kept: those of the file itself, and of its known keys. Anything else
 * is a mistake that the key above it tells, and pointers to all that somebody put under one long key would fill the memory.
 */
function hasLine(above: readonly string[]): boolean {
  const [top] = above;
  return top === undefined || (above.length === 1 && knownKeys['']?.includes(top) === true);
}

/** The pointer to a member of what `pointer` points at. */
function memberOf(pointer: string, key: string): string {
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** What tells the lines of keys by their JSON pointers (RFC 6901): `/chain/timeout`. */
function lineLookup(lines: ReadonlyMap<string, number>): ConfigDocument['lineOf'] {
  return (keys) => lines.get(keys.reduce(memberOf, ''));
}
