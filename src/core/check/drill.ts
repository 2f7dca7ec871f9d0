import type { ChainRequest } from '../chain/parts.js';
import type { Chain } from '../chain.js';
import type { Expectation } from '../expectation.js';
import type { Clock } from '../ports.js';
import { type ChainEnd, foresee, usedUp } from './foresight.js';
import { isMissed, isProven } from './passage.js';
import type { PriceOf, Purse } from './purse.js';
import type { CheckResult, CheckStatus, Generated } from './result.js';

/** One step of a drill: the first targets of a chain fail, and somebody behind them has to answer. */
export interface DrillStep {
  /** The targets that were made to fail, in order. */
  readonly failed: readonly string[];
  /** `fail`: nobody answered, or not as expected; `skip`: nobody was asked, or it was broken off. */
  readonly status: Extract<CheckStatus, 'pass' | 'fail' | 'skip'>;
  /** Who answered; null for nobody. */
  readonly answeredBy: string | null;
  /** Why nobody was asked, nobody answered, or that somebody would is not proven; null where that goes without saying. */
  readonly message: string | null;
  /** How long that took, in milliseconds. */
  readonly durationMs: number;
  /** What the step cost, in US dollars; null where that is not known, or nobody answered. What was made to fail costs nothing. */
  readonly usd: number | null;
  /** What models were really asked for, request by request. */
  readonly generated: readonly Generated[];
}

/** How a chain is drilled that is really asked. */
export interface DrillOptions {
  readonly request: ChainRequest;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long one step may take, in milliseconds. */
  readonly timeoutMs: number;
  /** When no further step is begun, and the one that runs is ended: milliseconds of the monotonic clock. Default: never. */
  readonly endsMs?: number | undefined;
  readonly priceOf: PriceOf;
  /** What may be spent, here and by whoever shares it: once it is empty no step is made any more. */
  readonly purse?: Purse | undefined;
  /** What is expected of each answer. */
  readonly expectations?: readonly Expectation[] | undefined;
  /** Told of each step as soon as it is done, and of the one that was broken off when the signal is aborted. */
  readonly onStep?: ((step: DrillStep) => void) | undefined;
}

/**
 * Who would answer, as far as the checks know: nobody is asked. A run is thought through with its retries and `maxAttempts`; as there,
 * a target that fails for good (a wrong key, for example) ends the chain unless `advanceOnPermanent` is set.
 */
export async function foreseenDrill(
  chain: Chain,
  results: ReadonlyMap<string, CheckResult>,
): Promise<readonly DrillStep[]> {
  const steps: DrillStep[] = [];
  for (const failed of prefixes(chain.targets.map(({ target }) => target)))
    steps.push(await foreseenStep(chain, { results, failed }));
  return steps;
}

async function foreseenStep(
  chain: Chain,
  at: { readonly results: ReadonlyMap<string, CheckResult>; readonly failed: readonly string[] },
): Promise<DrillStep> {
  const { results, failed } = at;
  const { answeredBy, end } = await foresee(chain, results, failed);
  const result = answeredBy === null ? undefined : results.get(answeredBy);
  const rest = chain.targets.slice(failed.length).map(({ target }) => target);
  if (end?.by === 'attempts') return { ...nobody(failed), message: usedUp(chain, end) };
  if (result === undefined) return { ...nobody(failed), message: causesOf(rest, { results, end }) };
  if (isMissed(result))
    return { ...nobody(failed), answeredBy, message: `${result.message}; expected: ${result.expected}` };
  const { durationMs } = result;
  return { ...nobody(failed), status: 'pass', answeredBy, message: whyUnproven(result), durationMs };
}

/** Of a chain that is refused as a whole nobody answers. */
export function refusedDrill(targets: readonly string[], message: string): readonly DrillStep[] {
  return prefixes(targets).map((failed) => ({ ...nobody(failed), message }));
}

/** The first one, the first two, and so on, but never all. */
export function prefixes(targets: readonly string[]): readonly (readonly string[])[] {
  return targets.slice(1).map((_, index) => targets.slice(0, index + 1));
}

function nobody(failed: readonly string[]): DrillStep {
  return { failed, status: 'fail', answeredBy: null, message: null, durationMs: 0, usd: 0, generated: [] };
}

/** The first cause, and what ended the chain if that is another one. */
function causesOf(
  rest: readonly string[],
  { results, end }: { readonly results: ReadonlyMap<string, CheckResult>; readonly end: ChainEnd | null },
): string {
  const [first = ''] = rest;
  const told = [...new Set([first, end?.last ?? first])].map((target) => {
    const { kind = null, message = null } = results.get(target) ?? {};
    const why = [kind, message ?? (kind === null ? 'not checked' : null)].filter((word) => word !== null);
    return `${target}: ${why.join(': ')}${target === end?.last ? ', which ends the chain' : ''}`;
  });
  return told.join('; ');
}

/** Nothing is wrong with it, but not enough of it is proven for an answer. */
function whyUnproven(result: CheckResult): string | null {
  const { levelReached, message } = result;
  if (isProven(result)) return null;
  return `not proven: ${message ?? `no more than ${levelReached ?? 'its name'} was checked`}`;
}
