import type { ErrorKind, TimeoutPhase } from '../../core/classify.js';

/** What a code of the system, of TLS or of undici means. */
export interface NetworkRow {
  readonly kind: ErrorKind;
  /** What happened, to be read after "the server" or "the proxy". */
  readonly says: string;
  readonly hint?: string;
  /** The same where a proxy was at the other end, and that makes a difference. */
  readonly proxyHint?: string;
  readonly timeout?: TimeoutPhase;
}
