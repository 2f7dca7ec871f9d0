import { describe, expect, it } from 'vitest';
import { ProviderError } from '../../../src/core/errors.js';
import {
  asProviderError,
  classifyNetworkError,
  type NetworkPhase,
} from '../../../src/providers/http/network-errors.js';
import type { HttpProxy } from '../../../src/providers/http/proxy.js';

const withCode = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`connect ${code} 10.0.0.1:443 sk-secret`), { code, ...more });

describe('a network error', () => {
  it.each([
    [
      'unreachable',
      [
        'ECONNREFUSED',
        'ENOTFOUND',
        'EAI_AGAIN',
        'EAI_FAIL',
        'EHOSTUNREACH',
        'ENETUNREACH',
        'ENOENT',
        'ENOTDIR',
        'ELOOP',
        'EACCES',
      ],
    ],
    [
      'network',
      [
        'ECONNRESET',
        'EPIPE',
        'ECONNABORTED',
        'UND_ERR_SOCKET',
        'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
        'HPE_INVALID_EOF_STATE',
        'Z_DATA_ERROR',
      ],
    ],
    ['timeout', ['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']],
    [
      'misconfigured',
      [
        'DEPTH_ZERO_SELF_SIGNED_CERT',
        'SELF_SIGNED_CERT_IN_CHAIN',
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        'UNABLE_TO_GET_CRL',
        'CERT_HAS_EXPIRED',
        'CERT_REVOKED',
        'ERR_TLS_CERT_ALTNAME_INVALID',
        'ERR_SSL_WRONG_VERSION_NUMBER',
        'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
        'EPROTO',
        'HPE_INVALID_CONSTANT',
      ],
    ],
  ])('is %s by its code, which is kept', (kind, codes) => {
    for (const code of codes) {
      const error = classifyNetworkError(withCode(code));
      expect(error, code).toMatchObject({ kind, rawCode: code });
      expect(JSON.stringify([error, error?.stack, error?.cause])).not.toMatch(/secret|10\.0\.0\.1/);
    }
  });

  it.each([
    {
      name: 'in a cause',
      error: new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }),
      rawCode: 'ECONNREFUSED',
    },
    {
      name: 'in a cause of a cause',
      error: new Error('x', { cause: new Error('y', { cause: withCode('EPIPE') }) }),
      rawCode: 'EPIPE',
    },
    {
      name: 'among several addresses',
      error: new AggregateError([withCode('ETIMEDOUT'), withCode('ENETUNREACH')]),
      rawCode: 'ENETUNREACH',
    },
    {
      name: 'of several addresses that all timed out',
      error: new AggregateError([withCode('ETIMEDOUT'), withCode('ETIMEDOUT')]),
      rawCode: 'ETIMEDOUT',
    },
    {
      name: 'behind a code that says nothing',
      error: withCode('ERR_X', { cause: withCode('ECONNRESET') }),
      rawCode: 'ECONNRESET',
    },
    { name: 'as fetch’s word for a cut body', error: new TypeError('terminated'), rawCode: 'terminated' },
    {
      name: 'as fetch’s word with its cause',
      error: new TypeError('terminated', { cause: withCode('UND_ERR_SOCKET') }),
      rawCode: 'UND_ERR_SOCKET',
    },
  ])('is found $name', ({ error, rawCode }) => {
    expect(classifyNetworkError(error)?.rawCode).toBe(rawCode);
  });

  it.each<{ code: string; phase: NetworkPhase; plain?: boolean; kind: string; hint: string | null }>([
    { code: 'ECONNRESET', phase: 'tls', kind: 'network', hint: '+http ' },
    { code: 'UND_ERR_SOCKET', phase: 'headers', plain: true, kind: 'network', hint: '+https' },
    { code: 'UND_ERR_SOCKET', phase: 'headers', kind: 'network', hint: null },
    { code: 'UND_ERR_SOCKET', phase: 'body', plain: true, kind: 'network', hint: null },
    { code: 'HPE_INVALID_CHUNK_SIZE', phase: 'body', kind: 'network', hint: null },
    { code: 'ERR_SSL_BAD_RECORD_MAC', phase: 'body', kind: 'network', hint: null },
    { code: 'ETIMEDOUT', phase: 'body', kind: 'network', hint: null },
    { code: 'ETIMEDOUT', phase: 'connect', kind: 'timeout', hint: null },
  ])('$code in phase $phase is $kind, hint $hint', ({ code, phase, plain = false, kind, hint }) => {
    const error = classifyNetworkError(withCode(code), { phase, plain });
    expect(error?.kind).toBe(kind);
    expect(error?.phase).toBe(kind === 'timeout' ? 'connect' : null);
    if (hint === null) expect(error?.hint).toBeNull();
    else expect(error?.hint).toContain(hint);
  });

  it('is unreachable where the system refuses for a reason of its own, which names no address', () => {
    const error = classifyNetworkError(withCode('ENAMETOOLONG', { syscall: 'connect' }));
    expect(error).toMatchObject({ kind: 'unreachable', rawCode: 'ENAMETOOLONG' });
    expect(error?.message).not.toContain('10.0.0.1');
  });

  const proxy: HttpProxy = {
    hostname: 'proxy.corp',
    port: 3128,
    tls: true,
    authorization: 'Basic secret',
    source: 'the variable HTTPS_PROXY',
  };
  it.each<{ code: string; phase: NetworkPhase; says: string; hint: RegExp }>([
    {
      code: 'ECONNREFUSED',
      phase: 'connect',
      says: 'refused the connection',
      hint: /port right\? It is named/,
    },
    {
      code: 'ENOTFOUND',
      phase: 'connect',
      says: 'its host name is unknown',
      hint: /spelled right\? It is named/,
    },
    {
      code: 'ERR_SSL_WRONG_VERSION_NUMBER',
      phase: 'tls',
      says: 'does not speak TLS',
      hint: /http:\/\/ in its URL/,
    },
    { code: 'ECONNRESET', phase: 'tls', says: 'closed the connection', hint: /http:\/\/ in its URL/ },
    { code: 'ECONNRESET', phase: 'headers', says: 'closed the connection', hint: /^the proxy is named by/ },
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT', phase: 'tls', says: 'no trusted authority', hint: /ca_file=/ },
  ])('names the proxy, and where that comes from, when it was at the other end: $code in $phase', (told) => {
    const { code, phase, says, hint } = told;
    const error = classifyNetworkError(withCode(code), { phase, proxy });
    expect(error?.message).toMatch(/^the proxy proxy\.corp:3128 /);
    expect(error?.message).toContain(says);
    expect(error?.hint).toMatch(hint);
    expect(error?.hint).toContain('the variable HTTPS_PROXY');
    expect(error?.hint).not.toMatch(/\+http|secret/);
  });

  const alert = (words: string) => ({
    code: 'EPROTO',
    message: `write EPROTO 80CC:error:0A00045C:SSL routines:ssl3_read_bytes:${words}:rec_layer_s3.c:1601`,
  });
  const certificate = /wants a client certificate/;
  const old = /version of TLS that is too old/;
  it.each<{ code: string; message?: string; certified?: boolean; says: RegExp; hint: RegExp }>([
    {
      code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      says: certificate,
      hint: /has no client certificate to show.*proxy/,
    },
    {
      ...alert('tlsv13 alert certificate required'),
      says: certificate,
      hint: /no client certificate to show/,
    },
    { code: 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', says: certificate, hint: /no client certificate to show/ },
    {
      code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      certified: true,
      says: certificate,
      hint: /no client certificate to show/,
    },
    // OpenSSL 3.2 and later
    { code: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', says: /encryption in common/, hint: /ciphers/ },
    { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', says: old, hint: /1\.2 or later/ },
    { code: 'ERR_SSL_UNSUPPORTED_PROTOCOL', says: old, hint: /1\.2 or later/ },
  ])('of TLS says what the server wants: $code $says', ({ code, message, certified = false, says, hint }) => {
    const thrown = Object.assign(new Error(message ?? 'x'), { code });
    const error = classifyNetworkError(thrown, { phase: 'tls', certified });
    expect(error).toMatchObject({ kind: 'misconfigured', rawCode: code });
    expect(error?.message).toMatch(says);
    expect(error?.hint).toMatch(hint);
  });
});

describe('any other error', () => {
  const loop = new Error('loop');
  loop.cause = loop;

  it.each([
    { name: 'a mistake in the code', error: new TypeError('x is not a function') },
    { name: 'an error with an unknown code', error: withCode('ERR_INVALID_ARG_TYPE') },
    { name: 'a code that every object has', error: withCode('constructor') },
    { name: 'an abort', error: new DOMException('aborted', 'AbortError') },
    { name: 'an error that causes itself', error: loop },
    { name: 'a word', error: 'ECONNREFUSED' },
    { name: 'nothing', error: undefined },
    {
      name: 'an error that was classified already',
      error: new ProviderError({ kind: 'auth', message: 'no' }),
    },
  ])('stays as it is: $name', ({ error }) => {
    expect(asProviderError(error)).toBe(error);
  });
});
