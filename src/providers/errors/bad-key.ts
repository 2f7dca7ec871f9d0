import type { ProviderError } from '../../core/errors.js';
import type { Preset } from '../presets.js';
import { readableText } from './text.js';

const thing =
  '(api[ _-]?key|subscription key|access token|token|credentials?|authentication|authorization( header)?|bearer)';
const flaw = '(invalid|incorrect|expired|missing|malformed|revoked|wrong|unknown|unrecognized|bad|no)';
const laterFlaw =
  '(invalid|incorrect|expired|missing|malformed|revoked|unknown|required|not valid|not found|not provided|not recognized|failed)';

/** What an API says of a key that is right, but may not do this. */
const mayNot = /scope|permission|insufficient|not allowed|forbidden|restricted/i;
const isBad = new RegExp(
  `\\b${flaw}\\b.{0,40}\\b${thing}\\b|\\b${thing}\\b.{0,60}\\b${laterFlaw}\\b|did(n't| not) provide an api key|(un|not )authenticated`,
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

/** The message of a refusal that has no words but a `WWW-Authenticate` header. */
export const wantsCredential = 'HTTP 401 without a message, but with WWW-Authenticate';

/** A whole refusal that says nothing but that it is one. */
const justRefused =
  /^(HTTP 401 with a web page instead of an answer of the API: )?(error: ?)?(http )?(401:? ?)?unauthori[sz]ed[.!]?$/i;

/** A server of one's own has no scopes: what it refuses without a reason it refuses for the key. */
function isJustRefused({ httpStatus, message, rawCode }: ProviderError): boolean {
  if (httpStatus !== 401) return false;
  const text = readableText(message).trim();
  const isWordless = text.startsWith('HTTP 401 without a message');
  return text === wantsCredential || justRefused.test(isWordless ? (rawCode ?? '') : text);
}

/**
 * Whether an error of kind `auth` says that the key is invalid, missing or expired. A key that may generate and not list is
 * refused, too, and is no bad one.
 */
export function saysKeyIsBad(error: ProviderError, { local }: Pick<Preset, 'local'>): boolean {
  const { message, rawCode } = error;
  const text = readableText(message);
  if (local && isJustRefused(error)) return true;
  if (rawCode !== null && badWords.has(rawCode.toLowerCase())) return !/scope|permission/i.test(text);
  return !mayNot.test(text) && isBad.test(text);
}
