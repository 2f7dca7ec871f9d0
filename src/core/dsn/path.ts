import { refuseKeyAsHost, severalHosts } from './host.js';
import type { DsnText, Span } from './text.js';

/** The longest path a socket may have: the 108 bytes of Linux's `sun_path` less the final NUL (unix(7)). */
const maxSocketPathBytes = 107;

/**
 * Reads the base path, still percent-encoded: empty and `.` segments go, other characters than a URL's are
 * encoded. Null without a path, '' for a bare `/`.
 */
export function readBasePath(
  source: DsnText,
  span: Span,
  { hasHost }: { readonly hasHost: boolean },
): string | null {
  if (span.text === '') return null;
  const second = span.text.indexOf('://');
  if (second >= 0) throw severalHosts(source, span.at + second, 'the path');
  const odd = span.text.search(/[\s\\]/);
  if (odd >= 0) {
    throw pathError(
      source,
      span.at + odd,
      'white space or a backslash',
      'Write "/" between segments; a space is %20, a backslash %5C.',
    );
  }
  // openai:///KEY: one slash too many, and the key would be shown as the path
  const first = /[^/]+/.exec(span.text);
  if (!hasHost && first !== null) {
    refuseKeyAsHost(source, { text: first[0], at: span.at + first.index }, 'the path');
  }

  let base = '';
  let at = 0;
  for (const segment of span.text.split('/')) {
    base += readSegment(source, { text: segment, at: span.at + at });
    at += segment.length + 1;
  }
  return base;
}

function readSegment(source: DsnText, span: Span): string {
  const decoded = source.decode(span, 'the path');
  // servers differ in when they decode: an escaped ".." may climb as well as a plain one
  if (decoded.split(/[/\\]/).includes('..')) {
    throw pathError(source, span.at, 'a ".." segment', 'Write the path without it.');
  }
  if (decoded === '' || decoded === '.') return '';
  const path = span.text
    .replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@%]/gu, encodeURIComponent)
    .replace(/%[0-9a-f]{2}/gi, (encoded) => encoded.toUpperCase());
  return `/${path}`;
}

function pathError(source: DsnText, at: number, what: string, mend: string): Error {
  return source.error({ code: 'dsn-path', what, part: 'the path', at, mend });
}

/** Reads the host of a `+unix` DSN: a socket's absolute path, percent-encoded; its case is kept. */
export function readSocketPath(source: DsnText, span: Span): string {
  const path = source.decode(span, 'the socket');
  const bytes = new TextEncoder().encode(path).length;
  if (path.startsWith('/') && bytes <= maxSocketPathBytes && !/[:\s]/.test(span.text)) return path;
  const tooLong = bytes > maxSocketPathBytes;
  throw source.error({
    code: 'dsn-socket',
    what: tooLong ? `more than ${maxSocketPathBytes} bytes` : 'no absolute path, percent-encoded',
    part: 'the socket',
    at: span.at,
    mend: tooLong
      ? 'The system takes no longer path: move the socket.'
      : 'Write its path in place of the host, "/" as %2F and ":" as %3A: openai+unix://KEY@%2Frun%2Fllama.sock/v1.',
  });
}
