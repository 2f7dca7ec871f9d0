import type { NetworkRow } from './network-row.js';

const untrusted: NetworkRow = {
  kind: 'misconfigured',
  says: 'has a certificate that no trusted authority has signed',
  hint: 'name the authority’s PEM file with ca_file=, if this is the server you mean',
};
const noTls: NetworkRow = {
  kind: 'misconfigured',
  says: 'does not speak TLS on this port',
  hint: 'write +http after the scheme if the server has no TLS, or correct the port',
  proxyHint: 'write http:// in its URL if the proxy has no TLS, or correct the port',
};
/** What a server with TLS means by bytes that are no HTTP. */
export const speaksTls: NetworkRow = {
  kind: 'misconfigured',
  says: 'speaks TLS on this port, not plain HTTP',
  hint: 'write +https after the scheme',
  proxyHint: 'write https:// in its URL',
};
/** Where a client certificate is wanted. */
export const certificateHint =
  'this program has no client certificate to show: put a proxy before the server that has one (nginx, stunnel…), and name that in the DSN';
const wantsCertificate: NetworkRow = {
  kind: 'misconfigured',
  says: 'wants a client certificate',
  hint: certificateHint,
};
const oldTls: NetworkRow = {
  kind: 'misconfigured',
  says: 'speaks only a version of TLS that is too old (before 1.2)',
  hint: 'bring its TLS up to 1.2 or later, or put a proxy before it that speaks both',
};
const nothingInCommon: NetworkRow = {
  kind: 'misconfigured',
  says: 'and this program have no way of encryption in common',
  hint: 'let the server offer the usual ciphers of TLS 1.2 or 1.3, or put a proxy before it that speaks both',
};

/** Sources: Node's `errors` and `tls` pages, OpenSSL's `X509_V_ERR_…` names. */
const rows: Readonly<Record<string, NetworkRow>> = {
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

/**
 * Alerts of TLS (RFC 8446 section 6.2), by OpenSSL's names for them, which begin otherwise from version to version. Who shows no certificate
 * is told so by TLS 1.3 alone, and after the handshake; Go sends `bad_certificate` before that.
 */
const alerts: readonly { readonly words: RegExp; readonly row: NetworkRow }[] = [
  { words: /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE)/, row: wantsCertificate },
  { words: /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/, row: oldTls },
];
const handshakeFailure = /ALERT_HANDSHAKE_FAILURE/;

const family =
  /^(?:ERR_(?:TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|ERROR_IN_|INVALID_(?:CA|PURPOSE)$|PATH_LENGTH_|HOSTNAME_MISMATCH$|EPROTO$)/;

export interface TlsTrouble {
  readonly code: string;
  /** OpenSSL's own words: `EPROTO` has its reason there alone. */
  readonly message: string;
  /** The server had shown its certificate: what it refuses after that is ours, or that there is none. */
  readonly certified: boolean;
}

/** Null for a code that is none of TLS. */
export function tlsRow({ code, message, certified }: TlsTrouble): NetworkRow | null {
  if (Object.hasOwn(rows, code)) return rows[code] ?? null;
  if (!family.test(code)) return null;
  const said = code === 'EPROTO' ? message.toUpperCase().replaceAll(' ', '_') : code;
  const alert = alerts.find(({ words }) => words.test(said));
  if (alert !== undefined) return alert.row;
  if (handshakeFailure.test(said)) return certified ? wantsCertificate : nothingInCommon;
  return { kind: 'misconfigured', says: 'and this program cannot agree on TLS' };
}
