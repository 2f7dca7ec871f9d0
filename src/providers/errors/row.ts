import type { ErrorKind } from '../../core/classify.js';

/**
 * One row of a table that is read from the top: the first row that matches decides. A row matches when every
 * condition it has is met.
 */
export interface ErrorRow {
  readonly kind: ErrorKind;
  /**
   * Effective HTTP statuses: the response's, or inside a stream the one that the payload's code or words stand
   * for. 0 stands for an error without any.
   */
  readonly statuses?: readonly number[];
  /** Any of the payload's words; compared without case and punctuation. A leading `*` matches any beginning. */
  readonly words?: readonly string[];
  /** The message for people, where the API gives no word for it. */
  readonly message?: RegExp;
  /** Further facts that only code can look at. */
  readonly when?:
    | 'has-retry-after'
    | 'daily-quota'
    | 'flagged-input'
    | 'names-the-model'
    | 'blames-the-model';
}
