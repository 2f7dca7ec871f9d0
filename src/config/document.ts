import { ConfigError } from '../core/errors.js';
import { knownKeys } from './config-keys.js';

/** A parsed file that knows where things stand in it. */
export interface ConfigDocument {
  readonly value: unknown;
  /** The line of a key, by the keys that lead to it, from 1; undefined for one that {@link hasLine} says no to. */
  lineOf(keys: readonly string[]): number | undefined;
}

/**
 * Whether the lines of what stands below these keys are kept: those of the file itself, and of its known keys. Anything else
 * is a mistake that the key above it tells, and pointers to all that somebody put under one long key would fill the memory.
 */
export function hasLine(above: readonly (string | number)[]): boolean {
  const [top] = above;
  return top === undefined || (above.length === 1 && knownKeys['']?.includes(String(top)) === true);
}

/** The pointer to a member of what `pointer` points at. */
export function memberOf(pointer: string, key: string): string {
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** What tells the lines of keys by their JSON pointers (RFC 6901): `/chain/timeout`. */
export function lineLookup(lines: ReadonlyMap<string, number>): ConfigDocument['lineOf'] {
  return (keys) => lines.get(keys.reduce(memberOf, ''));
}

/** The keys on the way to what a pointer points at. */
export function keysOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The file and the line of a key, or of the closest key above it that has a line of its own. */
export function placeIn(path: string, document: ConfigDocument, keys: readonly string[]): string {
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const line = document.lineOf(keys.slice(0, depth));
    if (line !== undefined) return `${path}:${line}`;
  }
  return path;
}

/** Two keys of one name: which of them counts is nothing to guess about. */
export function keyTwice(path: string, line: number): ConfigError {
  return new ConfigError(
    'config-key',
    `${path}:${line}: a key stands here for the second time`,
    'keep one of them',
  );
}
