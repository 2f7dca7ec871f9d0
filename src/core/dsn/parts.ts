import { type DsnText, type Span, subspan } from './text.js';

/** A DSN cut at its delimiters; nothing is decoded yet. */
interface DsnParts {
  readonly scheme: Span;
  /** Null without an `@`. */
  readonly credential: Span | null;
  /** Host and port, or the encoded path of a socket. */
  readonly host: Span;
  readonly path: Span;
  /** Without its `?`. */
  readonly query: Span;
}

const escapes = 'In a key write "/" as %2F, "?" as %3F, "#" as %23; in a path or an option write "@" as %40.';

/**
 * Cuts `scheme://[credential@]host[/path][?query]`. The first `/`, `?` or `#` ends the authority, and the last `@`
 * before it ends the credential. An `@` after it means that one of these characters stands raw in the key.
 */
export function cutDsn(source: DsnText): DsnParts {
  const { body } = source;
  const mark = body.text.indexOf('://');
  if (mark < 0 || !/^[A-Za-z0-9.+-]*$/.test(body.text.slice(0, mark))) {
    throw source.error({
      code: 'dsn-no-scheme',
      what: 'no scheme',
      part: 'the DSN',
      at: body.at,
      mend: 'Start with a scheme and "://", as in openai://KEY@host/v1.',
    });
  }
  const rest = subspan(body, mark + 3);
  const delimiter = rest.text.search(/[/?#]/);
  const authorityEnd = delimiter < 0 ? rest.text.length : delimiter;
  const split = rest.text.lastIndexOf('@', authorityEnd);
  checkTail(source, rest, { authorityEnd, hasCredential: split >= 0 });

  const question = rest.text.indexOf('?', authorityEnd);
  const pathEnd = question < 0 ? rest.text.length : question;
  return {
    scheme: subspan(body, 0, mark),
    credential: split < 0 ? null : subspan(rest, 0, split),
    host: subspan(rest, split + 1, authorityEnd),
    path: subspan(rest, authorityEnd, pathEnd),
    query: subspan(rest, pathEnd + 1),
  };
}

function checkTail(
  source: DsnText,
  rest: Span,
  { authorityEnd, hasCredential }: { readonly authorityEnd: number; readonly hasCredential: boolean },
): void {
  const stray = rest.text.indexOf('@', authorityEnd);
  if (stray >= 0) {
    throw source.error({
      code: 'dsn-raw-delimiter',
      what: hasCredential ? 'a raw "@"' : `a raw "${rest.text.charAt(authorityEnd)}" before an "@"`,
      part: hasCredential ? 'the path or the options' : 'the credential',
      at: rest.at + (hasCredential ? stray : authorityEnd),
      mend: escapes,
    });
  }
  const hash = rest.text.indexOf('#', authorityEnd);
  if (hash >= 0) {
    throw source.error({
      code: 'dsn-fragment',
      what: 'a fragment',
      part: 'the DSN',
      at: rest.at + hash,
      mend: 'A DSN has none: write a literal "#" as %23.',
    });
  }
}
