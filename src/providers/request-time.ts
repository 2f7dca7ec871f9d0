import type { TimeoutPhase } from '../core/classify.js';
import { formatDuration } from '../core/duration.js';
import { ProviderError } from '../core/errors.js';
import type { ModelContext } from '../core/ports.js';

interface Timed {
  /** Aborted when the request has to end: its time is over, its context wants no more, or it is over anyway. */
  readonly signal: AbortSignal;
  /** To be called when the head of the response is there. */
  readonly onHead: () => void;
}

const words = {
  'first-token': 'no answer',
  attempt: 'no whole answer',
} as const satisfies Partial<Record<TimeoutPhase, string>>;

/**
 * Makes a request that asks no model within the times of its context; nothing of it is left when the promise settles. Rejects with what
 * `work` throws, the signal's reason, or a `ProviderError` of kind `timeout`.
 */
export async function inTime<T>(context: ModelContext, work: (timed: Timed) => Promise<T>): Promise<T> {
  const { clock, attemptTimeoutMs, firstTokenTimeoutMs } = context;
  const ending = new AbortController();
  const expire = (phase: keyof typeof words, ms: number | undefined): (() => void) => {
    if (ms === undefined) return () => {};
    const message = `${words[phase]} within ${formatDuration(ms)}`;
    return clock.setTimer(ms, () => ending.abort(new ProviderError({ kind: 'timeout', phase, message })));
  };
  const stops = [expire('attempt', attemptTimeoutMs), expire('first-token', firstTokenTimeoutMs)] as const;
  try {
    return await work({ signal: AbortSignal.any([context.signal, ending.signal]), onHead: stops[1] });
  } finally {
    for (const stop of stops) stop();
    ending.abort(new Error('the request is over'));
  }
}
