import { withoutKeys } from '../../core/dsn/keys.js';
import { mayHoldDsn } from '../../core/shown.js';

/** One word that may stand at the cursor. */
export interface Candidate {
  /** The whole word, what has been typed of it included. */
  readonly text: string;
  /** Shown beside it by shells that do; may hold anything. */
  readonly about: string;
}

/** What every shell takes for itself, quoted or not, and nobody for a flag. */
const inert = /^[\p{L}\p{N}_][\p{L}\p{N}_.:/@+,=-]*$/u;

/**
 * Whether a value may be offered. Names come from files, variables and servers, and a shell may put one on the command
 * line as it is: one that would have to be quoted is left out, as is one that looks like a key.
 */
export function isOfferable(value: string): boolean {
  return inert.test(value) && withoutKeys(value) === value && !mayHoldDsn(value);
}
