import type { TimeoutPhase } from '../classify.js';
import { formatDuration } from '../duration.js';
import { ProviderError } from '../errors.js';
import type { Clock, ModelEvent } from '../ports.js';
import { isDeadline } from './verdict.js';

/** The waits of one attempt, in milliseconds. */
export interface AttemptTimeouts {
  readonly connectTimeoutMs: number;
  readonly firstTokenTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly attemptTimeoutMs: number;
}

interface WatchOptions {
  readonly timeouts: AttemptTimeouts;
  readonly clock: Clock;
  /** Whether a whole reply was asked for: then nothing comes before all of it. */
  readonly whole: boolean;
  /** Ends the attempt from outside: cancelled, or the chain's deadline. */
  readonly signal: AbortSignal;
}

/** How long a model has to finish an answer that is whole, once its time is up. */
const finishingMs = 50;

const timeoutWords = {
  connect: 'no connection',
  'first-token': 'no first token',
  idle: 'the stream fell silent: nothing more',
  attempt: 'no whole answer',
} as const satisfies Record<TimeoutPhase, string>;

/** The error for a wait that ran out. */
function timeoutError(phase: TimeoutPhase, afterMs: number): ProviderError {
  return new ProviderError({
    kind: 'timeout',
    phase,
    message: `${timeoutWords[phase]} within ${formatDuration(afterMs)}`,
  });
}

/** The timers of one attempt, and the signal that they, or somebody outside, end it by. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #controller = new AbortController();
  readonly #cancels: (() => void)[] = [];
  #cancelFirstToken: () => void;
  #lastProgressMs: number;
  #idleArmed = false;
  #paused = false;
  #finishing = false;
  /** Until when a model may finish although its time is up. */
  #finishEndsMs: number | null = null;

  constructor(options: WatchOptions) {
    const { clock, signal, timeouts } = options;
    this.#options = options;
    this.#lastProgressMs = clock.monotonic();
    const onAbort = (): void => this.#controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    this.#cancels.push(() => signal.removeEventListener('abort', onAbort));
    this.#cancels.push(
      clock.setTimer(timeouts.attemptTimeoutMs, () => this.#expire('attempt', timeouts.attemptTimeoutMs)),
    );
    this.#cancelFirstToken = clock.setTimer(timeouts.firstTokenTimeoutMs, () =>
      this.#expire('first-token', timeouts.firstTokenTimeoutMs),
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * The iterator's next step, or the signal's reason as soon as it is aborted. An answer that is whole already is not lost to
   * a time that is up: the model, which sees its signal aborted, has a moment to finish it.
   */
  next(iterator: AsyncIterator<ModelEvent>): Promise<IteratorResult<ModelEvent>> {
    const { signal } = this.#controller;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(signal.reason);
      const onAbort = (): void => {
        if (this.#mayFinish()) this.#onFinishTime(giveUp);
        else giveUp();
      };
      if (signal.aborted) {
        onAbort();
        // where it was given up the model is not asked for more
        if (!this.#mayFinish()) return;
      } else signal.addEventListener('abort', onAbort, { once: true });
      iterator.next().then(
        (step) => {
          signal.removeEventListener('abort', onAbort);
          resolve(step);
        },
        (error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      );
    });
  }

  #mayFinish(): boolean {
    return this.#finishing && isTimeUp(this.#controller.signal.reason);
  }

  /** However many more events come, the moment is the same. */
  #onFinishTime(callback: () => void): void {
    const { clock } = this.#options;
    this.#finishEndsMs ??= clock.monotonic() + finishingMs;
    this.#cancels.push(clock.setTimer(Math.max(0, this.#finishEndsMs - clock.monotonic()), callback));
  }

  /** The first token is there (or, for a whole reply, its headers). */
  onContent(): void {
    this.#cancelFirstToken();
    this.onProgress();
    if (this.#idleArmed || this.#options.whole) return;
    this.#idleArmed = true;
    this.#armIdle(this.#options.timeouts.idleTimeoutMs);
  }

  onProgress(): void {
    this.#lastProgressMs = this.#options.clock.monotonic();
  }

  /** The answer is whole; its usage may follow. */
  onFinishing(): void {
    this.#finishing = true;
  }

  /** The consumer has the word: its slowness is not the server's silence. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.onProgress();
  }

  stop(): void {
    this.#cancelFirstToken();
    for (const cancel of this.#cancels) cancel();
    this.#controller.abort(new Error('the attempt is over'));
  }

  /** Re-armed only when it fires, so that a token costs a look at the clock and no timer. */
  #armIdle(delayMs: number): void {
    const { clock, timeouts } = this.#options;
    const cancel = clock.setTimer(delayMs, () => {
      this.#cancels.splice(this.#cancels.indexOf(cancel), 1);
      const sinceMs = this.#paused ? 0 : clock.monotonic() - this.#lastProgressMs;
      const leftMs = timeouts.idleTimeoutMs - sinceMs;
      if (leftMs <= 0) this.#expire('idle', timeouts.idleTimeoutMs);
      else this.#armIdle(Math.max(1, Math.ceil(leftMs)));
    });
    this.#cancels.push(cancel);
  }

  #expire(phase: TimeoutPhase, afterMs: number): void {
    this.#controller.abort(timeoutError(phase, afterMs));
  }
}

/** Whether a wait ended it, and not somebody who wants no more. */
function isTimeUp(reason: unknown): boolean {
  return isDeadline(reason) || (reason instanceof ProviderError && reason.kind === 'timeout');
}
