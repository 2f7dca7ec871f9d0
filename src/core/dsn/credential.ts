import { isPrintableAscii } from '../printable-ascii.js';
import type { SchemeTraits } from './scheme.js';
import { beyondLatin1, type DsnText, type Span, subspan } from './text.js';

const part = 'the credential';

type Rule = NonNullable<SchemeTraits['credential']>;

/**
 * Reads what stands before the last `@`, percent-decoded: a key (`:key` and `key:` mean the same), or `id:secret`
 * for a scheme that wants both. Null without `@` or when it is empty and need not be there.
 */
export function readCredential(source: DsnText, span: Span | null, traits: SchemeTraits): string | null {
  if (span === null) return null;
  const rule = traits.credential ?? 'optional';
  checkSpace(source, span);
  if (span.text.includes('@')) {
    source.warn({
      code: 'dsn-at-in-credential',
      what: 'an "@"',
      part,
      at: span.at + span.text.indexOf('@'),
      mend: 'The last one was taken as the end of the key; write the others as %40.',
    });
  }
  if (/^(['"`]).*\1$/.test(span.text)) {
    source.warn({
      code: 'dsn-quotes-in-credential',
      what: 'quotes around the key',
      part,
      at: span.at,
      mend: 'They were taken as characters of the key; remove them if they are not.',
    });
  }
  if (span.text === '' || span.text === ':') {
    return emptyCredential(source, span, { rule, what: 'nothing before the "@"' });
  }
  const credential = rule === 'pair' ? readPair(source, span) : readKey(source, span, rule);
  if (traits.headerCredential === true && credential !== null) checkHeader(source, span, credential);
  return credential;
}

function readKey(source: DsnText, span: Span, rule: Rule): string | null {
  const from = span.text.startsWith(':') ? 1 : 0;
  const key = subspan(span, from, from === 0 && span.text.endsWith(':') ? -1 : undefined);
  const colon = key.text.indexOf(':');
  if (colon >= 0) {
    throw source.error({
      code: 'dsn-credential-colon',
      what: 'two values with a ":" between them',
      part,
      at: key.at + colon,
      mend: 'This scheme takes one key: write it alone, and a ":" that belongs to it as %3A.',
    });
  }
  const text = source.decode(key, part);
  // where no key is needed, quotes are left to whoever put them there
  if (text.trim() !== '' && (rule === 'optional' || !isBlank(text))) return text;
  return emptyCredential(source, span, { rule, what: 'nothing but space or quotes before the "@"' });
}

/** Whether nothing is there that could be a key: what a template leaves of an unset variable is a space, or quotes. */
function isBlank(text: string): boolean {
  return isPrintableAscii(text) ? /^[ "'`]*$/.test(text) : /^[\s\p{Cf}"'`“”‘’]*$/u.test(text);
}

/** The id of a pair holds no colon, not even an escaped one, so that its first colon divides it (as in RFC 7617). */
function readPair(source: DsnText, span: Span): string {
  const colon = span.text.indexOf(':');
  const id = source.decode(subspan(span, 0, Math.max(0, colon)), part);
  const secret = source.decode(subspan(span, colon + 1), part);
  if (colon < 0 || isBlank(id) || isBlank(secret) || id.includes(':')) {
    throw source.error({
      code: 'dsn-credential-pair',
      what: 'not an id and a secret with one ":" between them',
      part,
      at: span.at + Math.max(0, colon),
      mend: 'This scheme wants both: write id:secret before the "@".',
    });
  }
  return `${id}:${secret}`;
}

/** Before anything is sent: a key pasted from formatted text may have a dash or a letter that only looks right. */
function checkHeader(source: DsnText, span: Span, credential: string): void {
  if (!beyondLatin1(credential)) return;
  throw source.error({
    code: 'dsn-credential-character',
    what: 'a character that no header can carry',
    part,
    at: span.at + Math.max(0, span.text.search(/[^\0-\xff]/)),
    mend: 'Use Latin-1 characters only: copy the key again from where it was issued.',
  });
}

function emptyCredential(source: DsnText, span: Span, { rule, what }: { rule: Rule; what: string }): null {
  const fault = {
    code: 'dsn-empty-credential',
    what,
    part,
    at: span.at,
    mend: 'Is it an unset secret of the CI? Put the key there, or remove the "@" to use the usual variable.',
  } as const;
  if (rule !== 'optional') throw source.error(fault);
  source.warn(fault);
  return null;
}

function checkSpace(source: DsnText, span: Span): void {
  const space = span.text.search(/\s/);
  if (space < 0) return;
  throw source.error({
    code: 'dsn-space',
    what: 'white space',
    part,
    at: span.at + space,
    mend: 'Take it out, or write it as %20 if it belongs to the key.',
  });
}
