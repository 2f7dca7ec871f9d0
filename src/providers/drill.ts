import { ChainError } from '../core/chain/error.js';
import type { ChainRequest } from '../core/chain/parts.js';
import type { Chain } from '../core/chain.js';
import { type DrillStep, prefixes } from '../core/check/drill.js';
import type { PriceOf } from '../core/check/purse.js';
import type { Clock } from '../core/ports.js';
import { injectFaults } from './inject.js';

export interface DrillOptions {
  readonly request: ChainRequest;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long one step may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly priceOf: PriceOf;
}

/** What a target says that fails in a drill: its own failure, and not the request's. */
const fault = '503';

/** Lets the first target of a chain fail, then the first two, and so on, locally and unbilled; the rest is really asked. */
export async function drillChain(chain: Chain, options: DrillOptions): Promise<readonly DrillStep[]> {
  const { request, clock, signal, timeoutMs, priceOf } = options;
  const steps: DrillStep[] = [];
  for (const failed of prefixes(chain.targets.map(({ target }) => target))) {
    const drilled = injectFaults(chain, Object.fromEntries(failed.map((target) => [target, fault])));
    const sinceMs = clock.monotonic();
    try {
      const answer = await drilled.generate(request, { signal, timeoutMs, transientRetries: 0 });
      const survivor = chain.targets.find(({ target }) => target === answer.servedBy);
      const asked = {
        endpoint: survivor?.provider.endpoint ?? null,
        model: survivor?.model ?? '',
        usage: answer.usage,
      };
      const usd = answer.costUsd ?? (await priceOf(asked));
      steps.push({
        failed,
        answeredBy: answer.servedBy,
        durationMs: Math.round(clock.monotonic() - sinceMs),
        usd,
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ChainError)) throw error;
      steps.push({
        failed,
        answeredBy: null,
        durationMs: Math.round(clock.monotonic() - sinceMs),
        usd: null,
      });
    }
  }
  return steps;
}
