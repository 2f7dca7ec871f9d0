import type { ErrorKind, TimeoutPhase } from '../classify.js';
import { UsageError } from '../errors.js';
import type { Provider, Usage } from '../ports.js';

/**
 * What may be spent, by everybody who shares it. It counts what is spent; what a request cost that nobody knows the price of may
 * be anything.
 */
export class Purse {
  readonly limitUsd: number;
  #leftUsd: number;
  /** Requests whose price is not known yet. */
  #open = 0;
  #isUnknown = false;

  /** Throws a `UsageError` for a limit that is none. */
  constructor(limitUsd: number) {
    if (typeof limitUsd !== 'number' || !(limitUsd >= 0))
      throw new UsageError('purse', 'limitUsd must be a number of US dollars, 0 or more');
    this.limitUsd = limitUsd;
    this.#leftUsd = limitUsd;
  }

  /** Why somebody was not asked. */
  get refusal(): string {
    const limit = `the cost limit of $${this.limitUsd}`;
    return this.#isUnknown
      ? `not asked: what was asked before has no known price, so ${limit} may be reached`
      : `not asked: ${limit} is reached`;
  }

  /** What to do about that. */
  get hint(): string {
    return this.#isUnknown ? 'price_in and price_out in a DSN tell the price' : 'allow more with --max-cost';
  }

  /** Somebody is being asked. Until it is known what that costs nobody else may be. */
  open(): void {
    this.#open += 1;
  }

  /** What that has cost, in US dollars; null where nobody knows. */
  take(usd: number | null): void {
    this.#open -= 1;
    this.#isUnknown ||= usd === null;
    this.#leftUsd -= usd ?? Number.POSITIVE_INFINITY;
  }

  /** Whether the next one may not be asked. One that costs nothing always may. */
  isEmpty(isFree = false): boolean {
    return !isFree && (this.#leftUsd <= 0 || this.#open > 0);
  }
}

export type PriceOf = (asked: {
  readonly endpoint: string | null;
  readonly model: string;
  readonly usage: Usage | null;
}) => Promise<number | null>;

const oneOfEach: Usage = { inputTokens: 1, outputTokens: 1, reasoningTokens: null, cachedInputTokens: null };

/** Whether a model is known to cost nothing, by its DSN or else by what is known of prices. */
export async function isFree(at: {
  readonly price?: Provider['price'];
  readonly endpoint?: string | null;
  readonly model: string;
  readonly priceOf?: PriceOf | undefined;
}): Promise<boolean> {
  const { price, endpoint = null, model, priceOf } = at;
  if (price?.input != null && price.output != null) return price.input === 0 && price.output === 0;
  return (await priceOf?.({ endpoint, model, usage: oneOfEach })) === 0;
}

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
