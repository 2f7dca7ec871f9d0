import type { ErrorKind, TimeoutPhase } from '../classify.js';
import type { ExpectationResult } from '../expectation.js';
import type { FinishReason, Usage } from '../ports.js';
import type { Level } from './level.js';

/** `warn`: nothing is wrong, but not all of it could be proven. `skip`: there was nothing to check. */
export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

/** What came of checking one subject. Durations in milliseconds. */
export interface CheckResult {
  /** A provider or a target. */
  readonly subject: string;
  readonly provider: string;
  readonly required: boolean;
  readonly status: CheckStatus;
  /** The level that was wanted. */
  readonly level: Level;
  /** The highest that is proven; null for none. */
  readonly levelReached: Level | null;
  readonly kind: ErrorKind | null;
  readonly httpStatus: number | null;
  /** What else a run would go by after such a failure; absent where there is none. */
  readonly failure?:
    | { readonly phase: TimeoutPhase | null; readonly retryAfterMs: number | null }
    | undefined;
  /** Its model was not asked, since nothing may be spent any more: that says nothing of its health. */
  readonly unasked?: true | undefined;
  readonly message: string | null;
  /** What would have been right, where that can be said. */
  readonly expected: string | null;
  readonly hint: string | null;
  readonly durationMs: number;
  /** Whole days until the server's certificate ends. */
  readonly certificateDays: number | null;
  readonly phases: {
    readonly dnsMs: number | null;
    readonly connectMs: number | null;
    readonly tlsMs: number | null;
    readonly firstByteMs: number | null;
  };
  /** What models were asked for and wrote, request by request. */
  readonly generated: readonly Generated[];
  /** Null where it was checked once. */
  readonly repeats: { readonly passed: number; readonly total: number } | null;
  readonly expectations: readonly ExpectationResult[];
}

/** One paid request. */
export interface Generated {
  readonly text: string;
  readonly usage: Usage | null;
  /** Null where there is no answer. */
  readonly finishReason: FinishReason | null;
  /** Null where a price or the tokens are not known. */
  readonly costUsd: number | null;
  readonly firstTokenMs: number | null;
  readonly durationMs: number;
}
