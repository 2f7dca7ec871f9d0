import { withoutKeys } from './dsn/keys.js';
import { isPrintableAscii } from './printable-ascii.js';
import { redacted } from './secrets.js';

const longest = 80;

/**
 * Whether a text may be a DSN, or hold one, where names are expected. It may have a key in it: nothing of it is
 * repeated, for where the key ends is not known either.
 */
export function mayHoldDsn(text: string): boolean {
  return text.includes('://');
}

/**
 * A text on one line with every character visible, however long it is: without what could redraw a terminal or turn the
 * direction of a line (controls, formats, lone surrogates, line ends).
 */
export function visible(text: string): string {
  return isPrintableAscii(text) ? text : text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '�');
}

/**
 * A name or a spec that somebody gave, as it may stand in a message: at most 80 characters, all of them visible, and no
 * key or DSN that stands in the wrong place.
 */
export function shown(given: string): string {
  if (mayHoldDsn(given)) return redacted;
  // keys longer than this are of no scheme, and a text may be of any length
  const text = withoutKeys(given.slice(0, 2000));
  // a character takes at most two units, so that this much is enough to cut from
  const start = [...text.slice(0, 2 * longest + 2)];
  const cut = start.length > longest ? `${start.slice(0, longest - 1).join('')}…` : text;
  return visible(cut);
}

/** What somebody gave, whole and as it is, unless a key or a DSN was put in its place. */
export function unlessKey(given: string): string {
  return mayHoldDsn(given) ? redacted : withoutKeys(given);
}

/** The path of a file that somebody named, whole, unless a key or a DSN was put in its place. */
export function shownPath(path: string): string {
  return visible(unlessKey(path));
}
