import { ConfigError } from '../core/errors.js';

/**
 * The server as it may be shown: no user, no password, no database. Throws a `ConfigError` without the URL in it where that is none.
 */
export function redisPlace(url: string): string {
  let parsed: URL | null = null;
  try {
    parsed = new URL(url);
  } catch {
    // its message would repeat the password
  }
  // The URL's parser ends user and password at the first of these, and takes the rest of a password for host or path.
  if (/^[^@/]*:\/\/[^@/?#]*[/?#].*@/.test(url)) {
    throw new ConfigError(
      'health-store-url',
      'the password of the health store has a /, ? or # in it',
      'write %2F, %3F or %23 in its place',
    );
  }
  if (parsed === null || !isRedisUrl(parsed)) {
    throw new ConfigError(
      'health-store-url',
      'the health store is no URL of a Redis server',
      'write redis://[user:password@]host[:port][/database], or rediss:// for TLS',
    );
  }
  return `${parsed.protocol}//${parsed.host}`;
}

function isRedisUrl({ protocol, hostname, pathname, username, password }: URL): boolean {
  if (!/^rediss?:$/.test(protocol) || hostname === '' || !/^(\/\d*)?$/.test(pathname)) return false;
  try {
    decodeURIComponent(`${username}${password}`);
    return true;
  } catch {
    return false;
  }
}
