/**
 * What a key looks like, so that one in the wrong place is refused instead of being sent to a name server or shown.
 * The prefixes are those that the providers give their keys, in lower case as the text that they are looked for in:
 * patterns that fold cases take ten times as long to compile.
 */
const anyPrefix =
  'sk-|gsk_|aiza|xai-|hf_|pplx-|nvapi-|gh[opsu]_|github_pat_|csk-|r8_|key-|tgp_v1_|fw_|glpat-|aq\\.ab|eyj[a-z0-9_-]{16}';
const keyPrefix = new RegExp(`^(?:${anyPrefix})`);
const keyPrefixInside = new RegExp(anyPrefix);
/** From this length on to fold a copy takes longer. */
const longText = 4096;

function startsAsKey(text: string): boolean {
  return keyPrefix.test(text.toLowerCase());
}

/** Names of headers and query parameters that carry a credential. */
const credentialName = /auth|key|token|secret|passw|cookie|credential|session|signature|^sig$|^code$/i;

/**
 * Whether what stands in place of a host is rather a key: a known prefix, or one label of 16 characters or more that
 * mixes letters and digits. A port says that it is a host; so do dots, unless prefix and length speak for a key.
 */
export function looksLikeKey(host: string): boolean {
  if (/^[^:]+:\d{1,5}$/.test(host)) return false;
  const text = host.replace(/^:+|:$/g, '');
  const labels = text.split('.');
  const single = labels.length === 1;
  const long = labels.some((label) => label.length >= 16 && /\p{L}/u.test(label) && /\d/.test(label));
  return startsAsKey(text) ? single || long : single && long;
}

/** Whether what stands in place of a variable's name is rather a key. `HF_TOKEN` is a name, `hf_…` is a key. */
export function looksLikeKeyNotVariable(name: string): boolean {
  if (!/[a-z]/.test(name) || !/\d/.test(name)) return false;
  return startsAsKey(name) || (name.length >= 16 && !name.includes('_'));
}

/** Whether a header or a query parameter carries a credential, by its name or by its value. */
export function carriesCredential(name: string, value: string): boolean {
  return credentialName.test(name) || /^(?:bearer|basic) /i.test(value) || startsAsKey(value);
}

const shortestKey = 16;

/** Whether a text may hold a key, be it in a word of its own or not: where it does not, nobody has to look for one. */
export function mayHoldKey(text: string): boolean {
  if (text.length < shortestKey) return false;
  if (text.length >= longText) return new RegExp(anyPrefix, 'i').test(text);
  return keyPrefixInside.test(text.toLowerCase());
}

/** Whether a text is a key beyond doubt: a known prefix, and as long as keys are. */
function isKey(text: string): boolean {
  return text.length >= shortestKey && startsAsKey(text) && looksLikeKey(text);
}

/** The segments of a path that are keys: some gateways take one there, and some people put one there by mistake. */
export function keysInPath(path: string): readonly string[] {
  return mayHoldKey(path) ? path.split('/').filter(isKey) : [];
}

/** What separates words in a command line, a spec or a message. */
const word = /[^\s"'`,;=()<>|]+/g;

/**
 * A text that somebody typed, as it may be repeated: what looks like a key in it, or follows a scheme as in a DSN, is
 * taken out. For words that may stand in the wrong place: nobody shows a key on purpose.
 */
export function withoutKeys(text: string): string {
  if (!mayHoldKey(text) && !text.includes('://')) return text;
  return text.replace(word, (token) => {
    const scheme = token.indexOf('://');
    return scheme >= 0 ? `${token.slice(0, scheme)}://[redacted]` : withoutKey(token);
  });
}

/** The same for a text that may have addresses in it: only what looks like a key is taken out. */
export function withoutKeyWords(text: string): string {
  return mayHoldKey(text) ? text.replace(word, withoutKey) : text;
}

function withoutKey(token: string): string {
  return keysInPath(token.replace(/^-+/, '')).length > 0 ? '[redacted]' : token;
}
