import type { Dsn } from '../core/dsn.js';

/** Headers by which a DSN may bring its own credential. */
const keyHeaders = new Set(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']);

/** The keys that the DSN's own headers and query hold. */
export function broughtKeys({ options: { headers, query } }: Dsn): readonly string[] {
  const inHeaders = Object.entries(headers).filter(([name]) => keyHeaders.has(name.toLowerCase()));
  return [...inHeaders.map(([, value]) => value), ...(query.key === undefined ? [] : [query.key])];
}

/** Whether the DSN's own headers or query hold a credential. */
export function bringsKey(dsn: Dsn): boolean {
  return broughtKeys(dsn).length > 0;
}
