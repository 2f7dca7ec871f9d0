import type { Dsn } from '../core/dsn.js';

/** Headers by which a DSN may bring its own credential. */
const keyHeaders = new Set(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']);

export function isKeyHeader(name: string): boolean {
  return keyHeaders.has(name.toLowerCase());
}

/** The query's name for a key. */
export const keyParameter = 'key';

/** The keys that the DSN's own headers and query hold. */
export function broughtKeys({ options: { headers, query } }: Dsn): readonly string[] {
  const inHeaders = Object.entries(headers).filter(([name]) => isKeyHeader(name));
  return [
    ...inHeaders.map(([, value]) => value),
    ...(query[keyParameter] === undefined ? [] : [query[keyParameter]]),
  ];
}

/** The option that holds the first of them: `header.Authorization`, `query.key`; null for none. */
export function broughtKeyOption({ options: { headers, query } }: Dsn): string | null {
  const header = Object.keys(headers).find(isKeyHeader);
  if (header !== undefined) return `header.${header}`;
  return query[keyParameter] === undefined ? null : `query.${keyParameter}`;
}

/** Whether the DSN's own headers or query hold a credential. */
export function bringsKey(dsn: Dsn): boolean {
  return broughtKeyOption(dsn) !== null;
}
