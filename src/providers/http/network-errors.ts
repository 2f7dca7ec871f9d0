import { ProviderError } from '../../core/errors.js';
import type { NetworkRow } from './network-row.js';
import { type HttpProxy, proxyPlace } from './proxy.js';
import { speaksTls, type TlsTrouble, tlsRow } from './tls-errors.js';

/** Where a request was when it failed: opening the connection, waiting for headers, reading the body. */
export type NetworkPhase = 'connect' | 'tls' | 'headers' | 'body';

export interface NetworkContext {
  /** Default `headers`. */
  readonly phase?: NetworkPhase;
  /** Who was at the other end, if not the server. */
  readonly proxy?: HttpProxy | null;
  /** The other end had shown its certificate. */
  readonly certified?: boolean;
  /** The request was sent without TLS: a silent close may mean that the server wants it. */
  readonly plain?: boolean;
}

const notHttp: NetworkRow = {
  kind: 'misconfigured',
  says: 'does not speak HTTP on this port',
  hint: 'are the host and the port those of the API?',
};
const noRoute: NetworkRow = { kind: 'unreachable', says: 'cannot be reached: there is no route to it' };
const noSocket: NetworkRow = {
  kind: 'unreachable',
  says: 'cannot be reached: its socket does not exist',
  hint: 'is it running, and is the path right?',
};
const notAllowed: NetworkRow = {
  kind: 'unreachable',
  says: 'cannot be reached: the system does not allow it',
};
const noName: NetworkRow = {
  kind: 'unreachable',
  says: 'cannot be reached: its host name is unknown',
  hint: 'is the host name spelled right?',
};
const closed: NetworkRow = { kind: 'network', says: 'closed the connection' };
const cut: NetworkRow = { kind: 'network', says: 'cut its answer short' };
const garbled: NetworkRow = { kind: 'network', says: 'sent a garbled answer' };
const connectTimeout: NetworkRow = {
  kind: 'timeout',
  says: 'did not take the connection in time',
  timeout: 'connect',
};

/** System and undici error codes that have a meaning of their own. Sources: Node's `errors` page, undici's `lib/core/errors.js`. */
const rows: Readonly<Record<string, NetworkRow>> = {
  ECONNREFUSED: {
    kind: 'unreachable',
    says: 'refused the connection',
    hint: 'is it running, and is the port right?',
  },
  ENOTFOUND: noName,
  EAI_NONAME: noName,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  EHOSTDOWN: noRoute,
  ENETDOWN: noRoute,
  EADDRNOTAVAIL: noRoute,
  EAFNOSUPPORT: noRoute,
  ENOENT: noSocket,
  ENOTSOCK: noSocket,
  ENOTDIR: noSocket,
  ELOOP: noSocket,
  EACCES: notAllowed,
  EPERM: notAllowed,
  ETIMEDOUT: connectTimeout,
  UND_ERR_CONNECT_TIMEOUT: connectTimeout,
  UND_ERR_HEADERS_TIMEOUT: { kind: 'timeout', says: 'did not answer in time', timeout: 'first-token' },
  UND_ERR_BODY_TIMEOUT: { kind: 'timeout', says: 'stopped in the middle of its answer', timeout: 'idle' },
  ECONNRESET: closed,
  ECONNABORTED: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: cut,
  HPE_INVALID_EOF_STATE: cut,
  ERR_STREAM_PREMATURE_CLOSE: cut,
  UND_ERR_HEADERS_OVERFLOW: { kind: 'misconfigured', says: 'sent more headers than can be read' },
};

/** Families of codes, asked when no row has the code itself. */
const families: readonly { readonly codes: RegExp; readonly row: NetworkRow }[] = [
  {
    codes: /^EAI_/,
    row: { kind: 'unreachable', says: 'cannot be reached: the name service does not answer' },
  },
  {
    codes: /^HPE_/,
    row: notHttp,
  },
  // zlib and brotli
  { codes: /^(?:Z_|ERR__ERROR_|ERR_BROTLI)/, row: garbled },
];

/** How deep `cause` and `errors` are followed; errors may refer to themselves. */
const maxDepth = 8;

/**
 * Says what a network error of Node or undici means: a `ProviderError` with the system's code in `rawCode` and
 * nothing of the original (no cause, no address, no text of the server), or null when it is not one.
 */
export function classifyNetworkError(error: unknown, context: NetworkContext = {}): ProviderError | null {
  const { phase = 'headers', proxy = null, certified = false } = context;
  const found = findRow(error, certified);
  if (!found) return null;
  const { code } = found;
  const row = inPhase(found.row, phase);
  const who = proxy === null ? 'server' : `proxy ${proxyPlace(proxy)}`;
  const own = row.hint ?? (row === closed ? schemeHint(phase, context.plain ?? false) : null);
  return new ProviderError({
    kind: row.kind,
    message: `the ${who} ${row.says}${row === closed ? whenClosed[phase] : ''}`,
    phase: row.timeout ?? null,
    rawCode: code,
    hint: proxy === null ? own : hintOfProxy(row, { proxy, phase }),
  });
}

/** The DSN is not to blame for a proxy: it is told where that comes from. */
function hintOfProxy(
  row: NetworkRow,
  { proxy, phase }: { readonly proxy: HttpProxy; readonly phase: NetworkPhase },
): string {
  const { tls, source } = proxy;
  const other = tls ? 'if it has no TLS on this port, write http:// in its URL' : null;
  const own = row.proxyHint ?? row.hint ?? (row === closed && phase === 'tls' ? other : null);
  if (own === null) return `the proxy is named by ${source}`;
  return `${own}${own.endsWith('?') ? ' It' : '; it'} is named by ${source}`;
}

/** {@link classifyNetworkError}, or the error itself when it is none of the network's. */
export function asProviderError(error: unknown, context: NetworkContext = {}): unknown {
  return error instanceof ProviderError ? error : (classifyNetworkError(error, context) ?? error);
}

const whenClosed = {
  connect: ' at once',
  tls: ' during the TLS handshake',
  headers: ' without an answer',
  body: ' in the middle of its answer',
} as const satisfies Record<NetworkPhase, string>;

/** Once an answer has begun, TLS and HTTP were agreed on: whatever breaks then is the network's. */
function inPhase(row: NetworkRow, phase: NetworkPhase): NetworkRow {
  if (phase !== 'body') return row;
  if (row === connectTimeout) return closed;
  return row.kind === 'misconfigured' ? garbled : row;
}

/** For a server that may have no TLS where TLS was tried. */
export const plainHint = 'if the server has no TLS on this port, write +http after the scheme';

/** A server that gets the wrong one of http and https often just hangs up. */
function schemeHint(phase: NetworkPhase, plain: boolean): string | null {
  if (phase === 'tls') return plainHint;
  return phase === 'headers' && plain ? 'if the server wants TLS, write +https after the scheme' : null;
}

interface Found {
  readonly code: string;
  readonly row: NetworkRow;
}

function findRow(error: unknown, certified: boolean): Found | null {
  const found: Found[] = [];
  collect(error, { found, certified, depth: maxDepth });
  // Of several addresses tried, one that timed out says less than one that answered.
  return found.find(({ row }) => row !== connectTimeout) ?? found[0] ?? null;
}

function collect(
  error: unknown,
  at: { readonly found: Found[]; readonly certified: boolean; readonly depth: number },
): void {
  const { found, certified, depth } = at;
  if (typeof error !== 'object' || error === null || depth === 0) return;
  const { cause, errors, message, data, syscall } = error as Record<string, unknown>;
  const code = codeOf(error as Record<string, unknown>);
  if (code !== null) {
    const row = rowOf({ code, message: String(message), certified });
    // undici keeps the bytes that are not HTTP in `data`; a TLS alert record begins with these two
    const isTlsAlert = row === notHttp && typeof data === 'string' && data.startsWith('\x15\x03');
    // whatever else the system refuses: its own words name addresses and paths
    const known = row ?? (typeof syscall === 'string' ? noRoute : undefined);
    if (known) found.push({ code, row: isTlsAlert ? speaksTls : known });
  }
  const deeper = { ...at, depth: depth - 1 };
  if (Array.isArray(errors)) for (const inner of errors.slice(0, maxDepth)) collect(inner, deeper);
  collect(cause, deeper);
  // fetch's word for a body that broke off; its cause, if it has one, says more
  if (found.length === 0 && error instanceof TypeError && message === 'terminated') {
    found.push({ code: 'terminated', row: cut });
  }
}

function rowOf(trouble: TlsTrouble): NetworkRow | undefined {
  const { code } = trouble;
  if (Object.hasOwn(rows, code)) return rows[code];
  return tlsRow(trouble) ?? families.find(({ codes }) => codes.test(code))?.row;
}

/** undici's parser errors have their code in the message only, whatever its documentation says. */
function codeOf({ code, name, message }: Record<string, unknown>): string | null {
  if (typeof code === 'string') return code;
  if (name !== 'HTTPParserError') return null;
  return String(message).includes('Invalid EOF state') ? 'HPE_INVALID_EOF_STATE' : 'HPE_INVALID';
}
