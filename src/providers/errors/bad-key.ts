import type { ProviderError } from '../../core/errors.js';
import { readableText } from './text.js';

const thing =
  '(api[ _-]?key|subscription key|access token|token|credentials?|authentication|authorization( header)?|bearer)';
const flaw = '(invalid|incorrect|expired|missing|malformed|revoked|wrong|unknown|unrecognized|bad|no)';
const laterFlaw =
  '(invalid|incorrect|expired|missing|malformed|revoked|unknown|required|not valid|not found|not provided|not recognized|failed)';

/** What an API says of a key that is right, but may not do this. */
const mayNot = /scope|permission|insufficient|not allowed|forbidden|restricted/i;
const isBad = new RegExp(
  `\\b${flaw}\\b.{0,40}\\b${thing}\\b|\\b${thing}\\b.{0,60}\\b${laterFlaw}\\b|did(n't| not) provide an api key|unauthenticated`,
  'i',
);

/** Words of an API for nothing but a bad key. */
const badWords: ReadonlySet<string> = new Set([
  'invalid_api_key',
  'incorrect_api_key',
  'incorrect_api_key_error',
  'authentication_error',
  'invalid_authentication',
  'invalid_authentication_error',
  'api_key_invalid',
  'access_token_expired',
  'token_expired',
  'no_api_key',
]);

/**
 * Whether an error of kind `auth` says that the key is invalid, missing or expired. A key that may generate and not list is
 * refused, too, and is no bad one.
 */
export function saysKeyIsBad({ message, rawCode }: ProviderError): boolean {
  const text = readableText(message);
  if (rawCode !== null && badWords.has(rawCode.toLowerCase())) return !/scope|permission/i.test(text);
  return !mayNot.test(text) && isBad.test(text);
}
