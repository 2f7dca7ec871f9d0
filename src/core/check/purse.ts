import type { Usage } from '../ports.js';

/** Counts what is spent; what a request cost that nobody knows the price of may be anything. */
export class Purse {
  readonly limitUsd: number;
  #leftUsd: number;
  #wasRefused = false;

  constructor(limitUsd: number) {
    this.limitUsd = limitUsd;
    this.#leftUsd = limitUsd;
  }

  /** Somebody was not asked, since there was nothing left. */
  get wasRefused(): boolean {
    return this.#wasRefused;
  }

  take(usd: number | null): void {
    this.#leftUsd -= usd ?? Number.POSITIVE_INFINITY;
  }

  isEmpty(): boolean {
    if (this.#leftUsd > 0) return false;
    this.#wasRefused = true;
    return true;
  }
}

export type PriceOf = (asked: {
  readonly endpoint: string | null;
  readonly model: string;
  readonly usage: Usage | null;
}) => Promise<number | null>;
