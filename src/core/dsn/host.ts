import { looksLikeKey } from './keys.js';
import { type DsnText, type Span, subspan } from './text.js';

interface HostAndPort {
  /** Lower-cased, IDNA, IPv6 without brackets; null when the DSN names no host. */
  readonly host: string | null;
  readonly port: number | null;
}

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

export function isIpv4(host: string): boolean {
  return ipv4.test(host);
}

/** Reads `host[":"port]`, `[ipv6][":"port]` or nothing. */
export function readHost(source: DsnText, span: Span): HostAndPort {
  if (span.text === '') return { host: null, port: null };
  checkOneEndpoint(source, span);

  const bracket = span.text.startsWith('[') ? span.text.indexOf(']') : -1;
  if (bracket >= 0) {
    const host = readIpv6(source, subspan(span, 1, bracket));
    return { host, port: readPort(source, subspan(span, bracket + 1)) };
  }
  const colon = span.text.indexOf(':');
  if (/^[0-9a-f.%]*:[0-9a-f.%]*:[0-9a-f:.%]*$/i.test(span.text)) {
    throw hostError(
      source,
      span,
      'more than one ":"',
      'Write an IPv6 address in brackets, as in [::1]:8080.',
    );
  }
  refuseKeyAsHost(source, span, 'the host');
  const host = readName(source, subspan(span, 0, colon < 0 ? undefined : colon));
  return { host, port: colon < 0 ? null : readPort(source, subspan(span, colon)) };
}

/** Whether the host can only be this machine. `host` as {@link readHost} gives it. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/\.$/, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    (name.startsWith('127.') && isIpv4(name)) ||
    name === '::1' ||
    // 127.0.0.0/8 mapped into IPv6, as `URL` writes it
    /^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(name)
  );
}

/** Refuses a key that stands where something to be shown belongs. */
export function refuseKeyAsHost(source: DsnText, span: Span, part: string): void {
  if (!looksLikeKey(span.text)) return;
  throw source.error({
    code: 'dsn-key-as-host',
    what: 'what looks like a key',
    part,
    at: span.at,
    mend: 'Write a key before an "@", as in openai://KEY@ or openai://KEY@host; give a host that only looks like one its port.',
  });
}

function checkOneEndpoint(source: DsnText, span: Span): void {
  const comma = span.text.indexOf(',');
  if (comma < 0) return;
  throw severalHosts(source, span.at + comma, 'the host');
}

export function severalHosts(source: DsnText, at: number, part: string): Error {
  return source.error({
    code: 'dsn-several-hosts',
    what: 'more than one endpoint',
    part,
    at,
    mend: 'A DSN names one: set two variables, and chain the two providers as in a/model,b/model.',
  });
}

/** `span` starts with the colon; it is empty when an IPv6 address ends the authority. */
function readPort(source: DsnText, span: Span): number | null {
  if (span.text === '') return null;
  const port = /^:[1-9]\d{0,4}$/.test(span.text) ? Number(span.text.slice(1)) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw source.error({
    code: 'dsn-port',
    what: 'no number from 1 to 65535',
    part: 'the port',
    at: span.at + (span.text.startsWith(':') ? 1 : 0),
    mend: 'Write host:8080, or leave ":" and port out; a credential stands before an "@".',
  });
}

function readIpv6(source: DsnText, span: Span): string {
  const zone = span.text.indexOf('%');
  if (zone >= 0) {
    throw source.error({
      code: 'dsn-host',
      what: 'an IPv6 zone id',
      part: 'the host',
      at: span.at + zone,
      mend: 'Zones are not supported: use an address without one, or a name.',
    });
  }
  const host = /^[0-9a-f:.]+$/i.test(span.text) ? normalisedByUrl(`[${span.text}]`) : undefined;
  if (host !== undefined) return host.slice(1, -1);
  throw hostError(source, span, 'what is not an IPv6 address', 'Write it as in [::1]:8080.');
}

const longestLabel = 63;
const longestName = 253;

/** A label that does not begin with a letter may be a number to `URL`, and one with `--` may be punycode. */
const plainLabels = /^[a-z](?:-?[a-z0-9])*(?:\.[a-z](?:-?[a-z0-9])*)*$/;

/** Whether it is a host name that `URL` would give back as it is: most are, and it takes `URL` a hundred times as long to find out. */
export function isPlainName(host: string): boolean {
  return (
    plainLabels.test(host) &&
    host.length <= longestName &&
    host.split('.').every(({ length }) => length <= longestLabel)
  );
}

const plainCharacters = /^[\w.-]*$/;

/**
 * Reads a name or an IPv4 address. `URL` does the IDNA mapping, but takes much that nobody means: `2130706433`,
 * `0x7f.1`, escapes, tabs and `\`. So the characters are checked before, and the outcome afterwards.
 */
function readName(source: DsnText, span: Span): string {
  const odd = plainCharacters.test(span.text) ? -1 : span.text.search(/[^\p{L}\p{M}\p{N}._-]/u);
  if (odd >= 0) {
    const mend = 'Use letters, digits, "-" and "." without escapes; a key stands before an "@".';
    throw hostError(source, subspan(span, odd), 'a character that no host name has', mend);
  }
  if (span.text === '') {
    throw hostError(source, span, 'no name before the port', 'Write host:8080, or leave both out.');
  }
  const text = span.text.toLowerCase();
  if (isIpv4(text) || isPlainName(text)) return text;
  const name = normalisedByUrl(text);
  if (name !== undefined && !isIpv4(name) && isHostName(name)) return name;
  const mend = 'Write a host name, or an IPv4 address as four decimal numbers from 0 to 255.';
  throw hostError(source, span, 'what is neither a name nor an address', mend);
}

/** RFC 1123 with underscores, which container networks allow; a dot at the end is the root and may stay. */
function isHostName(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  return name.length <= 253 && labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label));
}

/** Undefined when `URL` refuses it; its error is dropped because it repeats the whole input. */
function normalisedByUrl(host: string): string | undefined {
  try {
    return new URL(`http://${host}/`).hostname;
  } catch {
    return undefined;
  }
}

function hostError(source: DsnText, { at }: Span, what: string, mend: string): Error {
  return source.error({ code: 'dsn-host', what, part: 'the host', at, mend });
}
