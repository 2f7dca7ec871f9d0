import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory, private, and those above it. Level by level: Node's own recursive mkdir never ends where a file system
 * answers ENOENT to a mkdir, as /proc does. Throws the system's error.
 */
export function makeDirectory(path: string): void {
  const parent = dirname(path);
  if (existsSync(path) || parent === path) return;
  makeDirectory(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // somebody else has just made it
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
