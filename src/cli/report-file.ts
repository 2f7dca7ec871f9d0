import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a reader of a pipe may take none of it, in milliseconds. */
const readerPatienceMs = 5_000;
const readerPauseMs = 20;

/** The code of what will be in the way of writing the file, as far as that can be told beforehand; null for nothing. */
export function whyNotWritable(file: string): string | null {
  return whyNot(file, (known) => (isReplaced(file, known) ? directoryOf(placeOf(file, known)) : file));
}

/** The same for adding to its end. */
export function whyNotAppendable(file: string): string | null {
  return whyNot(file, (known) => (known === null ? directoryOf(placeOf(file, known)) : file));
}

/** With the slash a file in its place is refused. */
function directoryOf(path: string): string {
  return `${dirname(path)}/`;
}

function whyNot(file: string, touched: (known: Stats | null) => string): string | null {
  try {
    const known = statsOf(file);
    if (known?.isDirectory() === true) return 'EISDIR';
    accessSync(touched(known), constants.W_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unwritable';
  }
}

/** One name for all paths to a file that is replaced; null for what is written to. Throws where it cannot be written. */
export function replacedPlace(file: string): string | null {
  const known = statsOf(file);
  return isReplaced(file, known) ? placeOf(file, known) : null;
}

/**
 * Puts the text in the file's place as a whole: who reads it finds the old one or the new one. Where a link leads elsewhere, it
 * still does. A device or a pipe is written to. Throws the system's errors.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  const known = statsOf(file);
  if (!isReplaced(file, known)) return writeInto(file, text, constants.O_TRUNC);
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

/** Adds the text to the file's end. Throws the system's errors. */
export function appendToFile(file: string, text: string): Promise<void> {
  return writeInto(file, text, constants.O_APPEND);
}

/** A pipe that nobody reads is an error (`ENXIO`), and so is a reader that takes nothing for long (`EAGAIN`). */
async function writeInto(file: string, text: string, how: number): Promise<void> {
  // Windows does not know the flag, nor such pipes
  const { O_WRONLY, O_CREAT, O_NONBLOCK = 0 } = constants;
  const descriptor = openSync(file, O_WRONLY | O_CREAT | O_NONBLOCK | how, 0o666);
  try {
    const bytes = Buffer.from(text);
    let leftMs = readerPatienceMs;
    for (let done = 0; done < bytes.length; ) {
      try {
        done += writeSync(descriptor, bytes, done);
        leftMs = readerPatienceMs;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || leftMs <= 0) throw error;
        await pause(readerPauseMs);
        leftMs -= readerPauseMs;
      }
    }
  } finally {
    closeSync(descriptor);
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

/** Where a link leads, though nothing is there yet. */
function placeOf(file: string, known: Stats | null): string {
  if (known !== null) return realpathSync(file);
  const place = join(realpathSync(dirname(file)), basename(file));
  const target = linkAt(place);
  return target === null ? place : placeOf(resolve(dirname(place), target), null);
}

/** Null for what is no link. */
function linkAt(place: string): string | null {
  try {
    return readlinkSync(place);
  } catch {
    return null;
  }
}
