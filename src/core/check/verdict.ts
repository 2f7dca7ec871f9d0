import type { Warning } from '../errors.js';
import { visible } from '../shown.js';
import type { DrillStep } from './drill.js';
import { isMissed, passageOf } from './passage.js';
import type { CheckResult } from './result.js';

export type HealthState = 'up' | 'degraded' | 'down';

/** How a chain stands, by the checks of its members. */
export interface ChainVerdict {
  readonly spec: string;
  /** Whether its state counts for the whole. */
  readonly required: boolean;
  /** `up`: its first target passes; `degraded`: a later one does; `down`: none. */
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

export function chainVerdict(
  { spec, targets, required }: Pick<ChainVerdict, 'spec' | 'targets' | 'required'>,
  results: ReadonlyMap<string, CheckResult>,
): ChainVerdict {
  const firstHealthy = targets.find((target) => isHealthy(results.get(target))) ?? null;
  const state = firstHealthy === null ? 'down' : firstHealthy === targets[0] ? 'up' : 'degraded';
  return { spec, required, state, firstHealthy, answeredBy: firstHealthy, targets, drill: null };
}

/** What could not be proven may be good: a chain would ask it. */
function isHealthy(result: CheckResult | undefined): boolean {
  return result?.status === 'pass' || result?.status === 'warn';
}

/** Why a chain with a healthy target would not answer: it ends before that one, or is refused. Null where it would. */
export function chainWarning(
  { spec, targets, firstHealthy }: ChainVerdict,
  at: {
    readonly results: ReadonlyMap<string, CheckResult>;
    readonly advanceOnPermanent: boolean;
    /** The target, if there is one, that cannot even be asked, whatever its answer would be. */
    readonly broken: string | undefined;
  },
): Warning | null {
  const { results, advanceOnPermanent, broken } = at;
  if (firstHealthy === null) return null;
  const named = visible(spec);
  if (broken !== undefined) {
    const message = `${named}: ${visible(broken)} cannot be used, for which a run refuses the whole chain`;
    return { code: 'chain-refused', message };
  }
  const before = targets.slice(0, targets.indexOf(firstHealthy));
  const end = before.find((target) => passageOf(results.get(target), advanceOnPermanent) === 'ends');
  const result = end === undefined ? undefined : results.get(end);
  if (end === undefined || result === undefined) return null;
  const what = isMissed(result)
    ? `${visible(end)} answers, though not as expected, which ends the chain: ${visible(firstHealthy)} is not asked`
    : `${visible(end)} fails with ${result.kind}, which ends the chain: ${visible(firstHealthy)} is not asked unless advanceOnPermanent is set`;
  return { code: 'chain-ends', message: `${named}: ${what}` };
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
