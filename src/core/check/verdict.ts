import type { CheckResult } from './result.js';

export type HealthState = 'up' | 'degraded' | 'down';

/** How a chain stands, by the checks of its members. */
export interface ChainVerdict {
  readonly spec: string;
  /** `up`: its first target passes; `degraded`: a later one does; `down`: none. */
  readonly state: HealthState;
  readonly firstHealthy: string | null;
  readonly targets: readonly string[];
}

export function chainVerdict(
  spec: string,
  targets: readonly string[],
  results: ReadonlyMap<string, CheckResult>,
): ChainVerdict {
  const firstHealthy = targets.find((target) => isHealthy(results.get(target))) ?? null;
  const state = firstHealthy === null ? 'down' : firstHealthy === targets[0] ? 'up' : 'degraded';
  return { spec, state, firstHealthy, targets };
}

/** What could not be proven may be good: a chain would ask it. */
function isHealthy(result: CheckResult | undefined): boolean {
  return result?.status === 'pass' || result?.status === 'warn';
}

/** From which state on the whole is said to have failed. */
export type FailOn = 'down' | 'degraded' | 'warn';

/** The state of everything together. A member of a chain that answers is none of its troubles. */
export function overallState(checks: readonly CheckResult[], chains: readonly ChainVerdict[]): HealthState {
  if (checks.some(({ required, status }) => required && status === 'fail')) return 'down';
  const states = new Set(chains.map(({ state }) => state));
  return states.has('down') ? 'down' : states.has('degraded') ? 'degraded' : 'up';
}

/** Whether the verdict is negative: by what is down, by a chain that is degraded, too, or by anything that is not proven. */
export function isNegative(
  { checks, chains }: { readonly checks: readonly CheckResult[]; readonly chains: readonly ChainVerdict[] },
  failOn: FailOn,
): boolean {
  const state = overallState(checks, chains);
  if (state === 'down' || (state === 'degraded' && failOn !== 'down')) return true;
  return failOn === 'warn' && checks.some(({ status }) => status === 'warn' || status === 'fail');
}
