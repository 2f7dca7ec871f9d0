import type { ProviderError } from '../../core/errors.js';
import type { Preset } from '../presets.js';
import { readableText } from './text.js';
import { keyWords } from './words.js';

const thing =
  '(api[ _-]?keys?|subscription key|access token|token|credentials?|username|bearer|auth(entication)?|authorization header)';
const flaw = '(invalid|incorrect|expired|missing|malformed|revoked|wrong|unknown|unrecognized|bad|no)';
const laterFlaw =
  '(invalid|incorrect|expired|missing|malformed|revoked|unknown|required|not valid|not found|not provided|not recognized|fail(s|ed)?|error)';
const end = '(leaked|blocked|disabled|deactivated|suspended|deleted|inactive)';

/** What an API says of a key that is right, but may not do this. */
const mayNot =
  /\bscopes?\b|permission|insufficient|not allowed|not authorized to|no authorization to|forbidden|restricted|not accessible|\blacks?\b/i;
const isBad = new RegExp(
  [
    `\\b${flaw}\\b.{0,40}\\b${thing}\\b`,
    `\\b${thing}\\b.{0,60}\\b${laterFlaw}\\b`,
    `\\b(key|token|account|organi[sz]ation)( (is|was|has|been|currently|reported|as))* ${end}\\b`,
    '\\b(invalid|missing) authorization\\b|\\bauthorization (is )?(required|missing|invalid|expired)\\b',
    "did(n't| not) provide an api key",
    '(un|not )authenticated',
    'unregistered callers', // Google, of a request without a key
    'no such user|user not found', // DeepSeek, OpenRouter
  ].join('|'),
  'i',
);
const words: ReadonlySet<string> = new Set(keyWords.map((word) => word.toLowerCase()));

/** The message of a refusal that has no words but a `WWW-Authenticate` header. */
export const wantsCredential = 'HTTP 401 without a message, but with WWW-Authenticate';

/** A whole refusal that says nothing but that it is one. */
const justRefused =
  /^(HTTP 401 with a web page instead of an answer of the API: )?(error: ?)?(http )?(401:? ?)?unauthori[sz]ed[.!]?$/i;

function isJustRefused(text: string, word: string): boolean {
  const isWordless = text.startsWith('HTTP 401 without a message');
  return text === wantsCredential || justRefused.test(isWordless ? word : text);
}

/**
 * Whether an error of kind `auth` says that the key is invalid, missing or expired. A key that may generate and not list is
 * refused, too, and is no bad one: APIs speak of scopes and permissions then. Where keys have no scopes, a refusal with HTTP 401
 * and no word but "Unauthorized", or with none but the wish for a credential, is how a server says so.
 */
export function saysKeyIsBad(error: ProviderError, { scopedKeys }: Pick<Preset, 'scopedKeys'>): boolean {
  const { httpStatus, message, rawCode } = error;
  const text = readableText(message).trim();
  const word = rawCode?.toLowerCase() ?? '';
  if (words.has(word)) return !/\bscopes?\b/i.test(text);
  if (mayNot.test(text)) return false;
  if (httpStatus === 400 || (httpStatus === 401 && scopedKeys !== true && isJustRefused(text, word)))
    return true;
  return word.includes('authentica') || isBad.test(text);
}
