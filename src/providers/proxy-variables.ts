import { proxySecrets } from '../core/dsn/secrets.js';
import type { EnvLookup } from '../core/ports.js';

/** As curl has them, by the protocol that is asked for; where both cases are set, the lower one counts. */
export const proxyVariables = {
  'http:': ['http_proxy', 'HTTP_PROXY'],
  'https:': ['https_proxy', 'HTTPS_PROXY'],
} as const;

/** Null for what is no URL. As for curl, a proxy without a scheme is an http one. */
export function proxyUrl(text: string): URL | null {
  const absolute = text.includes('://') ? text : `http://${text}`;
  return URL.canParse(absolute) ? new URL(absolute) : null;
}

/** The passwords of the environment's proxies: a proxy may repeat what it was sent. */
export function environmentProxySecrets(envLookup: EnvLookup): readonly string[] {
  return Object.values(proxyVariables)
    .flat()
    .flatMap((variable) => {
      const text = envLookup(variable) ?? '';
      // most have none, and a URL takes longer to read than an @ to find
      const url = text.includes('@') ? proxyUrl(text) : null;
      return url === null ? [] : proxySecrets(url).filter((secret) => secret !== '');
    });
}
