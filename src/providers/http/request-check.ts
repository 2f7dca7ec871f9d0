import { ProviderError } from '../../core/errors.js';

/** RFC 9110 sections 5.6.2 and 5.5: a name is a token, a value has no control character but the tab, one byte each. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const requestTarget = /^\/[\x21-\x7e]*$/;

/** Headers that describe the connection or the framing, which are the transport's own business. */
const ownHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The headers with names in lower case, of two that differ in case only the later. Throws a `ProviderError` of kind
 * `misconfigured` for what cannot be sent. Names of headers are told; values and names that are none never are.
 */
export function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name)) {
      throw misconfigured(
        'a header has a name that HTTP does not allow',
        'header names are letters, digits and -',
      );
    }
    const key = name.toLowerCase();
    if (ownHeaders.has(key)) {
      throw misconfigured(
        `the header ${key} cannot be set: the connection decides it`,
        'leave that header out',
      );
    }
    if (!fieldValue.test(value)) {
      throw misconfigured(
        `the value of the header ${key} has a character that HTTP does not allow there`,
        'is there a line break, or a letter outside Latin-1, in the key or the option?',
      );
    }
    checked.set(key, value);
  }
  return Object.fromEntries(checked);
}

/** Throws a `ProviderError` of kind `misconfigured` for a path that cannot stand in a request line. */
export function checkPath(path: string): void {
  if (requestTarget.test(path)) return;
  throw misconfigured(
    'the path of the request has a character that HTTP does not allow',
    'percent-encode it',
  );
}

function misconfigured(message: string, hint: string): ProviderError {
  return new ProviderError({ kind: 'misconfigured', message, hint });
}
