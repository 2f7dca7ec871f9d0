import type { DsnOptions } from './option-shape.js';
import type { QueryPair } from './options.js';

interface SecretHolders {
  readonly credential: string | null;
  readonly options: DsnOptions;
  readonly queryPairs: readonly QueryPair[];
}

/**
 * The values of a DSN that must never be shown, and the parts of them that a server may repeat by themselves:
 * both halves of a pair, the token after `Bearer`, what is inside `Basic`.
 */
export function secretsOf({ credential, options, queryPairs }: SecretHolders): readonly string[] {
  const secrets = credential === null ? [] : withHalves(credential);
  for (const value of Object.values(options.headers)) secrets.push(...withToken(value));
  for (const [, value] of queryPairs) secrets.push(value);
  if (options.proxy !== null) secrets.push(...proxySecrets(new URL(options.proxy)));
  return [...new Set(secrets)].filter((secret) => secret !== '');
}

function withHalves(credential: string): string[] {
  const colon = credential.indexOf(':');
  return colon < 0 ? [credential] : [credential, credential.slice(0, colon), credential.slice(colon + 1)];
}

function withToken(headerValue: string): string[] {
  // headers given twice were joined with a comma
  return [headerValue, ...headerValue.split(', ')].flatMap((value) => {
    const [, scheme = '', token = ''] = /^(\S+) +(\S.*)$/.exec(value) ?? [];
    if (scheme.toLowerCase() !== 'basic') return [value, token];
    const pair = decodeBase64(token.trim());
    return [value, token, ...(pair === undefined ? [] : [pair, pair.slice(pair.indexOf(':') + 1)])];
  });
}

/** The password of a proxy's URL, as it stands there and as it is sent. */
export function proxySecrets({ username, password }: URL): string[] {
  // a user without password is a token
  const secret = password === '' ? username : password;
  return [secret, attempt(() => decodeURIComponent(secret)) ?? secret];
}

function decodeBase64(text: string): string | undefined {
  const binary = attempt(() => atob(text));
  return binary && new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

/** Undefined where the engine throws; its error is dropped because it may repeat the secret. */
function attempt(decode: () => string): string | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
