import { withoutKeys } from '../core/dsn/keys.js';
import { mayHoldDsn } from '../core/shown.js';

/**
 * Commander's own words without what they quote of the command line, where that may hold a key. A word that may be a
 * DSN, as in `--alias openai://KEY@`, is left out whole, up to the last quote of the message: its key may have quotes.
 */
export function usageMessage(message: string): string {
  const quoted = /(argument|value|unknown option|unknown command) '[\s\S]*:\/\/[\s\S]*'/;
  return withoutKeys(mayHoldDsn(message) ? message.replace(quoted, '$1') : message);
}
