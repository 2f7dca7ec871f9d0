import { seenText } from './control-filter.js';
import { isPrintableAscii } from './printable-ascii.js';

/** What stands where a secret stood. */
export const redacted = '[redacted]';

/** Shorter secrets are left alone: they would tear ordinary text apart and protect nothing. */
const minimumLength = 4;

/**
 * From this length on a secret with digits in it is found in either case: `URL` folds hosts, and servers fold what they quote. A
 * word may be a secret, too (a title in a header), and must not tear ordinary text apart.
 */
const caselessLength = 8;

/**
 * A longer secret is looked for in pieces of at most this many characters: an engine refuses patterns that are too
 * long, with an error that repeats them.
 */
const pieceLength = 1024;

/**
 * Returns a function that replaces the secrets in a text by `[redacted]`.
 *
 * A secret is found as it is, percent- and form-encoded (hex digits of either case, everything or only some of it
 * encoded), escaped as in JSON or HTML, and in base64 and base64url at any alignment, so also inside `Basic user:secret`.
 * Letters may be of the other case, but not in base64, and not of a secret of fewer than 8 characters or without digits.
 * Longer secrets are replaced before shorter ones; those of fewer than 4 characters are ignored.
 *
 * What a reader does not see may stand inside a secret: of a text with one the text as it is seen is returned, scrubbed.
 */
export function scrubber(secrets: readonly string[]): (text: string) => string {
  // Made when first needed: of the many DSNs of an environment one run asks but a few.
  let all: readonly string[] | null = null;
  let plain: readonly PlainForms[] | null = null;
  let patterns: readonly RegExp[] | null = null;
  const scrub = (text: string): string => {
    all ??= piecesOf(secrets);
    // no form of a secret is shorter than itself
    if (all.every((piece) => text.length < piece.length)) return text;
    if (!/[%\\&]/.test(text)) {
      plain ??= all.map(plainForms);
      if (!holdsAny(text, plain)) return text;
    }
    patterns ??= all.flatMap(patternsFor);
    return patterns.reduce((scrubbed, pattern) => scrubbed.replace(pattern, redacted), text);
  };
  return (text) => {
    const scrubbed = scrub(text);
    const seen = seenText(scrubbed);
    if (seen === scrubbed) return scrubbed;
    const again = scrub(seen);
    return again === seen ? scrubbed : again;
  };
}

/** What is looked for, the longest first. */
function piecesOf(secrets: readonly string[]): string[] {
  const distinct = new Set(secrets.flatMap((secret) => [secret, secret.trim()]));
  return [...distinct]
    .filter((secret) => secret.length >= minimumLength)
    .sort((a, b) => b.length - a.length)
    .flatMap(pieces);
}

function isCaseless(piece: string): boolean {
  return piece.length >= caselessLength && /\d/.test(piece);
}

function patternsFor(piece: string): RegExp[] {
  return [
    new RegExp(encodedText(piece), isCaseless(piece) ? 'gi' : 'g'),
    new RegExp(encodedBase64(piece).join('|'), 'g'),
  ];
}

/** The forms of a secret in a text without escapes of any kind: looking for them is cheaper than making its pattern. */
interface PlainForms {
  readonly text: string;
  /** Null where the case counts. */
  readonly folded: string | null;
  readonly base64: readonly string[];
}

function plainForms(piece: string): PlainForms {
  const base64 = base64Pieces(piece).map(({ known }) => known);
  return { text: piece, folded: isCaseless(piece) ? piece.toLowerCase() : null, base64 };
}

function holdsAny(text: string, forms: readonly PlainForms[]): boolean {
  const folded = text.toLowerCase();
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return forms.some(
    (form) =>
      // of spaces in a form some may be a plus and others not: their text is looked for in the pattern's way
      form.text.includes(' ') ||
      text.includes(form.text) ||
      (form.folded !== null && folded.includes(form.folded)) ||
      form.base64.some((known) => standard.includes(known)),
  );
}

/** The last 4 characters of a key, as `…abcd`, to tell two keys apart; null for a key of fewer than 20. */
export function fingerprint(key: string): string | null {
  if (key.length < 20) return null;
  if (isPrintableAscii(key)) return `…${key.slice(-4)}`;
  const characters = [...key];
  return characters.length >= 20 ? `…${characters.slice(-4).join('')}` : null;
}

/** Pieces of near-equal length, so that the last one is not too short to be looked for. */
function pieces(secret: string): string[] {
  const count = Math.ceil(secret.length / pieceLength);
  const size = Math.ceil(secret.length / count);
  return Array.from({ length: count }, (_, index) => secret.slice(index * size, (index + 1) * size));
}

/** A pattern for a text of which each character may be raw, percent-encoded or escaped as in JSON. */
function encodedText(text: string): string {
  // a run of backslashes is one unit: JSON doubles them, and "one or two" repeated would be ambiguous
  return text.replace(/\\+|[^\\]/gu, (unit) =>
    unit.startsWith('\\') ? `(?:\\\\{${unit.length},}|(?:%5[cC]){${unit.length}})` : encodedCharacter(unit),
  );
}

const jsonEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '/': '/',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
};

const htmlNames: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

function htmlForms(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const name = htmlNames[character];
  return `&(?:${name === undefined ? '' : `${name}|`}#0*${code}|#[xX]0*${hex(code, 0)});`;
}

function encodedCharacter(character: string): string {
  const percent = Array.from(new TextEncoder().encode(character), (byte) => `%${hex(byte, 2)}`).join('');
  let json = '';
  for (let index = 0; index < character.length; index++) {
    json += `\\\\u${hex(character.charCodeAt(index), 4)}`;
  }
  const forms = [percent, json];
  const short = jsonEscapes[character];
  if (short !== undefined) forms.push(`\\\\${short}`);
  if (character === ' ') forms.push('\\+');
  // letters and digits are nowhere escaped in HTML
  if (!/[\p{L}\p{N}]/u.test(character)) forms.push(htmlForms(character));
  forms.push(literal(character));
  return `(?:${forms.join('|')})`;
}

/**
 * Patterns for the base64 of the bytes at each of the three alignments. Characters that also hold bits of a
 * neighbouring byte cannot be known; they stand for at most 4 bits of the secret each and are taken away with it.
 */
function encodedBase64(text: string): string[] {
  return base64Pieces(text).map(({ before, known, shared }) => {
    const body = known.replace(/[+/]/g, (character) =>
      character === '+' ? '(?:[+-]|%2[bB])' : '(?:[/_]|\\\\/|%2[fF])',
    );
    const edge = '[A-Za-z0-9+/_-]?';
    return `${before > 0 ? edge : ''}${body}${shared ? edge : ''}(?:=|%3[dD]){0,2}`;
  });
}

/** The base64 of the bytes at each alignment: the characters that hold nothing but bits of theirs. */
function base64Pieces(text: string): { before: number; known: string; shared: boolean }[] {
  // pieces are short enough to be arguments
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return [0, 1, 2].map((before) => {
    const binary = '\0'.repeat(before) + bytes;
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((binary.length * 8) / 6);
    const known = btoa(binary).slice(first, last);
    return { before, known, shared: (binary.length * 8) % 6 !== 0 };
  });
}

/** The hexadecimal digits of a number as a pattern for either case. */
function hex(value: number, digits: number): string {
  return value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
