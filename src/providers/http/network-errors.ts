import type { ErrorKind, TimeoutPhase } from '../../core/classify.js';
import { ProviderError } from '../../core/errors.js';

/** Where a request was when it failed: opening the connection, waiting for headers, reading the body. */
export type NetworkPhase = 'connect' | 'tls' | 'headers' | 'body';

export interface NetworkContext {
  /** Default `headers`. */
  readonly phase?: NetworkPhase;
  /** Who was at the other end; default `server`. */
  readonly peer?: 'server' | 'proxy';
  /** The request was sent without TLS: a silent close may mean that the server wants it. */
  readonly plain?: boolean;
}

interface Row {
  readonly kind: ErrorKind;
  /** What happened, to be read after "the server" or "the proxy". */
  readonly says: string;
  readonly hint?: string;
  readonly timeout?: TimeoutPhase;
}

const untrusted: Row = {
  kind: 'misconfigured',
  says: 'has a certificate that no trusted authority has signed',
  hint: 'name the authority’s PEM file with ca_file=, if this is the server you mean',
};
const noTls: Row = {
  kind: 'misconfigured',
  says: 'does not speak TLS on this port',
  hint: 'write +http after the scheme if the server has no TLS, or correct the port',
};
const speaksTls: Row = {
  kind: 'misconfigured',
  says: 'speaks TLS on this port, not plain HTTP',
  hint: 'write +https after the scheme',
};
const notHttp: Row = {
  kind: 'misconfigured',
  says: 'does not speak HTTP on this port',
  hint: 'are the host and the port those of the API?',
};
const noRoute: Row = { kind: 'unreachable', says: 'cannot be reached: there is no route to it' };
const noSocket: Row = {
  kind: 'unreachable',
  says: 'cannot be reached: its socket does not exist',
  hint: 'is it running, and is the path right?',
};
const notAllowed: Row = { kind: 'unreachable', says: 'cannot be reached: the system does not allow it' };
const noName: Row = {
  kind: 'unreachable',
  says: 'cannot be reached: its host name is unknown',
  hint: 'is the host name spelled right?',
};
const closed: Row = { kind: 'network', says: 'closed the connection' };
const cut: Row = { kind: 'network', says: 'cut its answer short' };
const garbled: Row = { kind: 'network', says: 'sent a garbled answer' };
const connectTimeout: Row = {
  kind: 'timeout',
  says: 'did not take the connection in time',
  timeout: 'connect',
};

/**
 * System, TLS and undici error codes that have a meaning of their own. Sources: Node's `errors` and `tls` pages,
 * OpenSSL's `X509_V_ERR_…` names, undici's `lib/core/errors.js`.
 */
const rows: Readonly<Record<string, Row>> = {
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
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  CERT_HAS_EXPIRED: {
    kind: 'misconfigured',
    says: 'has a certificate that has expired',
    hint: 'the server needs a new certificate, or this machine’s clock is wrong',
  },
  CERT_NOT_YET_VALID: {
    kind: 'misconfigured',
    says: 'has a certificate that is not valid yet',
    hint: 'is this machine’s clock right?',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    kind: 'misconfigured',
    says: 'has a certificate for another host name',
    hint: 'use the host name that the certificate was made for',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_HTTP_REQUEST: noTls,
};

/** Families of codes, asked when no row has the code itself. */
const families: readonly { readonly codes: RegExp; readonly row: Row }[] = [
  {
    codes: /^EAI_/,
    row: { kind: 'unreachable', says: 'cannot be reached: the name service does not answer' },
  },
  {
    codes:
      /^(?:ERR_(?:TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|ERROR_IN_|INVALID_(?:CA|PURPOSE)$|PATH_LENGTH_|HOSTNAME_MISMATCH$|EPROTO$)/,
    row: { kind: 'misconfigured', says: 'and this program cannot agree on TLS' },
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
  const { phase = 'headers', peer = 'server' } = context;
  const found = findRow(error);
  if (!found) return null;
  const { code } = found;
  const row = inPhase(found.row, phase);
  return new ProviderError({
    kind: row.kind,
    message: `the ${peer} ${row.says}${row === closed ? whenClosed[phase] : ''}`,
    phase: row.timeout ?? null,
    rawCode: code,
    hint: row.hint ?? (row === closed ? schemeHint(phase, context.plain ?? false) : null),
  });
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
function inPhase(row: Row, phase: NetworkPhase): Row {
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
  readonly row: Row;
}

function findRow(error: unknown): Found | null {
  const found: Found[] = [];
  collect(error, found, maxDepth);
  // Of several addresses tried, one that timed out says less than one that answered.
  return found.find(({ row }) => row !== connectTimeout) ?? found[0] ?? null;
}

function collect(error: unknown, found: Found[], depth: number): void {
  if (typeof error !== 'object' || error === null || depth === 0) return;
  const { cause, errors, message, data, syscall } = error as Record<string, unknown>;
  const code = codeOf(error as Record<string, unknown>);
  if (code !== null) {
    const row = Object.hasOwn(rows, code) ? rows[code] : families.find(({ codes }) => codes.test(code))?.row;
    // undici keeps the bytes that are not HTTP in `data`; a TLS alert record begins with these two
    const isTlsAlert = row === notHttp && typeof data === 'string' && data.startsWith('\x15\x03');
    // whatever else the system refuses: its own words name addresses and paths
    const known = row ?? (typeof syscall === 'string' ? noRoute : undefined);
    if (known) found.push({ code, row: isTlsAlert ? speaksTls : known });
  }
  if (Array.isArray(errors)) for (const inner of errors.slice(0, maxDepth)) collect(inner, found, depth - 1);
  collect(cause, found, depth - 1);
  // fetch's word for a body that broke off; its cause, if it has one, says more
  if (found.length === 0 && error instanceof TypeError && message === 'terminated') {
    found.push({ code: 'terminated', row: cut });
  }
}

/** undici's parser errors have their code in the message only, whatever its documentation says. */
function codeOf({ code, name, message }: Record<string, unknown>): string | null {
  if (typeof code === 'string') return code;
  if (name !== 'HTTPParserError') return null;
  return String(message).includes('Invalid EOF state') ? 'HPE_INVALID_EOF_STATE' : 'HPE_INVALID';
}
