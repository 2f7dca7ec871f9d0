import type { ErrorKind, TimeoutPhase } from '../classify.js';
import { UsageError } from '../errors.js';
import type { Usage } from '../ports.js';

/**
 * What may be spent, by everybody who shares it. It counts what is spent; what a request cost that nobody knows the price of may
 * be anything.
 */
export class Purse {
  readonly limitUsd: number;
  #leftUsd: number;
  /** Requests whose price is not known yet. */
  #open = 0;
  #wasRefused = false;

  /** Throws a `UsageError` for a limit that is none. */
  constructor(limitUsd: number) {
    if (typeof limitUsd !== 'number' || !(limitUsd >= 0))
      throw new UsageError('purse', 'limitUsd must be a number of US dollars, 0 or more');
    this.limitUsd = limitUsd;
    this.#leftUsd = limitUsd;
  }

  /** Somebody was not asked, since there was nothing left. */
  get wasRefused(): boolean {
    return this.#wasRefused;
  }

  /** Why somebody was not asked. */
  get refusal(): string {
    return `not asked: the cost limit of $${this.limitUsd} is reached, or a price is not known`;
  }

  /** Somebody is being asked. Until it is known what that costs nobody else may be. */
  open(): void {
    this.#open += 1;
  }

  /** What that has cost, in US dollars; null where nobody knows. */
  take(usd: number | null): void {
    this.#open -= 1;
    this.#leftUsd -= usd ?? Number.POSITIVE_INFINITY;
  }

  isEmpty(): boolean {
    if (this.#leftUsd > 0 && this.#open === 0) return false;
    this.#wasRefused = true;
    return true;
  }
}

export type PriceOf = (asked: {
  readonly endpoint: string | null;
  readonly model: string;
  readonly usage: Usage | null;
}) => Promise<number | null>;

/** How a request failed, as far as its price depends on it. */
interface FailedRequest {
  readonly kind: ErrorKind;
  readonly phase: TimeoutPhase | string | null;
  readonly httpStatus: number | null;
}

/** Whether it got as far as a server that could have answered it. */
export function wasSent({ kind, phase, httpStatus }: FailedRequest): boolean {
  if (httpStatus !== null) return true;
  return kind !== 'unreachable' && kind !== 'misconfigured' && !(kind === 'timeout' && phase === 'connect');
}

/** What never got there costs nothing, and what an API refuses it does not bill. Of what broke off nobody knows. */
export function isUnbilled(failed: FailedRequest): boolean {
  return !wasSent(failed) || (failed.httpStatus ?? 0) >= 400;
}
