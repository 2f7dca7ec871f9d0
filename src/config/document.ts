import { ConfigError } from '../core/errors.js';

/** A parsed file that knows where things stand in it. */
export interface ConfigDocument {
  readonly value: unknown;
  /**
   * The line, from 1, of a key of the file or of what stands directly below one, by the keys that lead there; undefined where it
   * stands deeper, and perhaps below a key that no configuration has.
   */
  lineOf(keys: readonly string[]): number | undefined;
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
