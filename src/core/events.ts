import type { ErrorClass, ErrorKind } from './classify.js';
import type { Warning } from './errors.js';
import type { FinishReason, Usage } from './ports.js';

/** One request to one target, or the decision not to make it. Times: `…AtMs` epoch, others durations, in milliseconds. */
export interface Attempt {
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  /** `abandoned`: lost to a hedge. */
  readonly outcome: 'ok' | 'skipped' | 'abandoned' | ErrorKind;
  /** Why it was skipped (`circuit-open`, `no-credential`), left (`hedge`), or which timer ended it (`connect`, `deadline`…). */
  readonly reason: string | null;
  readonly class: ErrorClass | null;
  readonly httpStatus: number | null;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;
  readonly message: string | null;
  readonly hedge: boolean;
  readonly injected: boolean;
  readonly next: 'retry' | 'advance' | 'stop' | null;
}

/** A whole answer, and how it came about. */
export interface Answer {
  readonly spec: string;
  readonly text: string;
  /** What the model told of its thinking, or null. */
  readonly reasoning: string | null;
  /** The target that answered: `openai/gpt-x`. */
  readonly servedBy: string;
  /** The model as the server names it. */
  readonly servedModel: string | null;
  /** Whether another target than the first answered. */
  readonly failover: boolean;
  readonly finishReason: FinishReason;
  readonly rawFinishReason: string | null;
  readonly usage: Usage | null;
  /** In US dollars, from the prices in the DSN; null where they are not known. */
  readonly costUsd: number | null;
  /** From the start of the chain to the first token of the answer. */
  readonly firstTokenMs: number | null;
  readonly durationMs: number;
  readonly attempts: readonly Attempt[];
  readonly warnings: readonly Warning[];
}

/**
 * What happens while a chain runs, in order. `attempt` numbers attempts from 1; a failed `attempt-end` voids
 * the deltas of its attempt. Each skipped target is an `attempt-end` of its own, without an `attempt-start`.
 * `chain-end` is the last event; when it holds an error, the iteration then throws that error. A request with nothing to
 * ask throws a `UsageError` before any event. A bug of a provider ends the iteration with `chain-end` alone.
 */
export type ChainEvent =
  | {
      readonly type: 'attempt-start';
      readonly attempt: number;
      readonly target: string;
      readonly atMs: number;
      /** The target whose first token is late, when this one is asked beside it. */
      readonly beside: string | null;
    }
  | { readonly type: 'text-delta'; readonly attempt: number; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly attempt: number; readonly text: string }
  | {
      readonly type: 'attempt-end';
      readonly attempt: number;
      readonly record: Attempt;
      /** The target asked next, when `record.next` is `advance` or `retry`. */
      readonly nextTarget: string | null;
      /** How long the chain waits before it asks again. */
      readonly waitMs: number;
      readonly hint: string | null;
    }
  | { readonly type: 'warning'; readonly warning: Warning }
  | { readonly type: 'chain-end'; readonly answer: Answer | null; readonly error: Error | null };
