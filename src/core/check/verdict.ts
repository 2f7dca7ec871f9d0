import type { Chain } from '../chain.js';
import type { Warning } from '../errors.js';
import { visible } from '../shown.js';
import type { DrillStep } from './drill.js';
import { type Foresight, usedUp } from './foresight.js';
import type { CheckResult } from './result.js';

export type HealthState = 'up' | 'degraded' | 'down';

/** How a chain stands, by the checks of its members. */
export interface ChainVerdict {
  readonly spec: string;
  /** Whether its state counts for the whole. */
  readonly required: boolean;
  /**
   * `up`: its first target passes; `degraded`: a later one does; `down`: none does, or none that a run gets to before its attempts are
   * used up. One that was not asked for want of money counts as if it might, where none passes.
   */
  readonly state: HealthState;
  readonly firstHealthy: string | null;
  /** Who would answer a run, as far as the checks tell; null also where the chain ends before its healthy target, or is refused. */
  readonly answeredBy: string | null;
  readonly targets: readonly string[];
  /** Who answers without the first target, the first two, and so on; null where it was not drilled. */
  readonly drill: readonly DrillStep[] | null;
}

/** Everything that a verdict depends on. */
export interface Judged {
  readonly checks: readonly CheckResult[];
  readonly chains: readonly ChainVerdict[];
  /** What is odd about the chains. */
  readonly warnings: readonly Warning[];
}

/** `foresight` is what would come of a run; null where the chain is refused as a whole. */
export function chainVerdict(
  { spec, targets, required }: Pick<ChainVerdict, 'spec' | 'targets' | 'required'>,
  {
    results,
    foresight,
  }: { readonly results: ReadonlyMap<string, CheckResult>; readonly foresight: Foresight | null },
): ChainVerdict {
  const firstHealthy = targets.find((target) => isHealthy(results.get(target))) ?? null;
  const best = firstHealthy ?? targets.find((target) => results.get(target)?.unasked) ?? null;
  const isOutOfReach = firstHealthy !== null && foresight !== null && isStuck(foresight);
  const state = best === null || isOutOfReach ? 'down' : best === targets[0] ? 'up' : 'degraded';
  const answers = foresight?.answeredBy ?? null;
  const answeredBy = answers !== null && isHealthy(results.get(answers)) ? answers : null;
  return { spec, required, state, firstHealthy, answeredBy, targets, drill: null };
}

/** Nobody answers, and no failure ends the chain: it gives up on the way. */
function isStuck({ answeredBy, end }: Foresight): boolean {
  return answeredBy === null && end?.by !== 'failure';
}

/** What could not be proven may be good: a chain would ask it. */
function isHealthy(result: CheckResult | undefined): boolean {
  return result?.status === 'pass' || result?.status === 'warn';
}

/** Why a chain with a healthy target would not answer: it ends before that one, or is refused. Null where it would. */
export function chainWarning(
  { spec, firstHealthy, answeredBy }: ChainVerdict,
  at: {
    readonly results: ReadonlyMap<string, CheckResult>;
    /** Null where it is refused. */
    readonly foreseen: { readonly chain: Chain; readonly foresight: Foresight } | null;
    /** The target, if there is one, that cannot even be asked, whatever its answer would be. */
    readonly broken: string | undefined;
  },
): Warning | null {
  const { results, foreseen, broken } = at;
  if (firstHealthy === null) return null;
  const named = visible(spec);
  if (broken !== undefined) {
    const message = `${named}: ${visible(broken)} cannot be used, for which a run refuses the whole chain`;
    return { code: 'chain-refused', message };
  }
  if (answeredBy !== null || foreseen === null) return null;
  const { end } = foreseen.foresight;
  if (end?.by === 'attempts')
    return { code: 'attempts-used-up', message: `${named}: ${visible(usedUp(foreseen.chain, end))}` };
  return {
    code: 'chain-ends',
    message: `${named}: ${whatEnds(foreseen.foresight, { results, firstHealthy })}`,
  };
}

function whatEnds(
  { answeredBy, end }: Foresight,
  {
    results,
    firstHealthy,
  }: { readonly results: ReadonlyMap<string, CheckResult>; readonly firstHealthy: string },
): string {
  const behind = `which ends the chain: ${visible(firstHealthy)} is not asked`;
  if (answeredBy !== null) return `${visible(answeredBy)} answers, though not as expected, ${behind}`;
  if (end === null) return `${visible(firstHealthy)} is not asked, since other failures open its circuit`;
  const kind = results.get(end.last)?.kind;
  return `${visible(end.last)} fails with ${kind}, ${behind} unless advanceOnPermanent is set`;
}

/** From which state on the whole is said to have failed. */
export type FailOn = 'down' | 'degraded' | 'warn';

/** The state of everything together. A member of a chain that answers is none of its troubles. */
export function overallState({ checks, chains }: Pick<Judged, 'checks' | 'chains'>): HealthState {
  if (checks.some(({ required, status }) => required && status === 'fail')) return 'down';
  const states = new Set(chains.filter(({ required }) => required).map(({ state }) => state));
  return states.has('down') ? 'down' : states.has('degraded') ? 'degraded' : 'up';
}

/**
 * Whether the verdict is negative: by what is down (the default) and by a drill that failed; with `degraded` by a chain that is
 * degraded, too; with `warn` by anything that is not proven or odd. What was not checked for want of time or money is told by
 * `cutShort` alone.
 */
export function isNegative(judged: Judged, failOn: FailOn = 'down'): boolean {
  const { checks, chains, warnings } = judged;
  const state = overallState(judged);
  if (state === 'down' || (state === 'degraded' && failOn !== 'down')) return true;
  if (chains.some(({ required, drill }) => required && hasFailed(drill))) return true;
  if (failOn !== 'warn') return false;
  return (
    warnings.length > 0 ||
    checks.some(({ status }) => status === 'warn' || status === 'fail') ||
    chains.some(({ drill }) => hasFailed(drill))
  );
}

/** A step in which nobody was asked has proven nothing, either way. */
function hasFailed(drill: ChainVerdict['drill']): boolean {
  return drill?.some(({ status }) => status === 'fail') ?? false;
}
