import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The code of what will be in the way of writing the file, as far as that can be told beforehand; null for nothing. */
export function whyNotWritable(file: string): string | null {
  try {
    const known = statsOf(file);
    if (known?.isDirectory() === true) return 'EISDIR';
    accessSync(isReplaced(file, known) ? dirname(placeOf(file, known)) : file, constants.W_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unwritable';
  }
}

/**
 * Puts the text in the file's place as a whole: who reads it finds the old one or the new one. Where a link leads elsewhere, it
 * still does. A device or a pipe is written to. Throws the system's errors.
 */
export function replaceFile(file: string, text: string): void {
  const known = statsOf(file);
  if (!isReplaced(file, known)) {
    writeFileSync(file, text);
    return;
  }
  const place = placeOf(file, known);
  // a name that nobody can have laid a link under
  const draft = join(dirname(place), `.${basename(place)}.${randomBytes(8).toString('hex')}.tmp`);
  try {
    writeFileSync(draft, text, { flag: 'wx', ...(known !== null && { mode: known.mode }) });
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Null for a file that is not there yet. */
function statsOf(file: string): Stats | null {
  return statSync(file, { throwIfNoEntry: false }) ?? null;
}

/** What is under /dev is never taken away, be it a link to a file that somebody redirects to. */
function isReplaced(file: string, known: Stats | null): boolean {
  return known === null || (known.isFile() && !file.startsWith('/dev/'));
}

function placeOf(file: string, known: Stats | null): string {
  return known === null ? file : realpathSync(file);
}
