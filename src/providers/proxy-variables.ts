import { proxySecrets } from '../core/dsn/secrets.js';
import type { EnvLookup } from '../core/ports.js';

/** By the protocol that is asked for, as curl has them: the lower case before the upper one, and what is for every scheme after both. */
const everyScheme = ['all_proxy', 'ALL_PROXY'] as const;
export const proxyVariables = {
  'http:': ['http_proxy', 'HTTP_PROXY', ...everyScheme],
  'https:': ['https_proxy', 'HTTPS_PROXY', ...everyScheme],
} as const;

const allVariables: readonly string[] = [...new Set(Object.values(proxyVariables).flat())];

/** Null for what is no URL. As for curl, a proxy without a scheme is an http one. */
export function proxyUrl(text: string): URL | null {
  const absolute = text.includes('://') ? text : `http://${text}`;
  return URL.canParse(absolute) ? new URL(absolute) : null;
}

/** The passwords of the environment's proxies: a proxy may repeat what it was sent. */
export function environmentProxySecrets(envLookup: EnvLookup): readonly string[] {
  const secrets: string[] = [];
  for (const variable of allVariables) {
    const text = envLookup(variable);
    // most have none, and a URL takes longer to read than an @ to find
    const url = text?.includes('@') === true ? proxyUrl(text) : null;
    if (url !== null) secrets.push(...proxySecrets(url).filter((secret) => secret !== ''));
  }
  return secrets;
}
