import type { ChainRequest } from '../chain/parts.js';
import type { Expectation } from '../expectation.js';
import type { Clock } from '../ports.js';
import { reaches } from './level.js';
import { passageOf } from './passage.js';
import type { PriceOf, Purse } from './purse.js';
import type { CheckResult, CheckStatus, Generated } from './result.js';

/** One step of a drill: the first targets of a chain fail, and somebody behind them has to answer. */
export interface DrillStep {
  /** The targets that were made to fail, in order. */
  readonly failed: readonly string[];
  /** `fail`: nobody answered, or not as expected; `skip`: nobody was asked. */
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
}

/**
 * Who would answer, as far as the checks know: nobody is asked. As in a run a target that fails for good (a wrong key, for example)
 * ends the chain unless `advanceOnPermanent` is set; one that fails otherwise, or has no credential, is passed over.
 */
export function foreseenDrill(
  targets: readonly string[],
  results: ReadonlyMap<string, CheckResult>,
  { advanceOnPermanent = false }: { readonly advanceOnPermanent?: boolean | undefined } = {},
): readonly DrillStep[] {
  return prefixes(targets).map((failed) => {
    const rest = targets.slice(failed.length);
    const passages = rest.map((target) => passageOf(results.get(target), advanceOnPermanent));
    const at = passages.findIndex((passage) => passage !== 'goes-on');
    const last = rest[at];
    if (last === undefined || passages[at] === 'ends')
      return { ...nobody(failed), message: causesOf(rest, { results, last }) };
    const result = results.get(last);
    const doubt = result === undefined ? null : doubtOf(result);
    const durationMs = result?.durationMs ?? 0;
    return { ...nobody(failed), status: 'pass', answeredBy: last, message: doubt, durationMs };
  });
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
  {
    results,
    last,
  }: { readonly results: ReadonlyMap<string, CheckResult>; readonly last: string | undefined },
): string {
  const [first = ''] = rest;
  const told = [...new Set([first, last ?? first])].map((target) => {
    const { kind = null, message = null } = results.get(target) ?? {};
    const why = [kind, message ?? (kind === null ? 'not checked' : null)].filter((word) => word !== null);
    return `${target}: ${why.join(': ')}${target === last ? ', which ends the chain' : ''}`;
  });
  return told.join('; ');
}

/** It only warns, and is below the level that was asked for. */
function doubtOf({ status, level, levelReached, message }: CheckResult): string | null {
  const isProven = status === 'pass' || reaches(levelReached, level);
  return isProven ? null : `not proven: ${message ?? `no more than ${levelReached}`}`;
}
