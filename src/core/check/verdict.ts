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

/** The state of everything together. */
export function overallState(checks: readonly CheckResult[], chains: readonly ChainVerdict[]): HealthState {
  if (checks.some(({ required, status }) => required && status === 'fail')) return 'down';
  if (chains.some(({ state }) => state === 'down')) return 'down';
  const isWhole =
    checks.every(({ status }) => status !== 'fail') && chains.every(({ state }) => state === 'up');
  return isWhole ? 'up' : 'degraded';
}

/** Whether the verdict is negative. Warnings of checks that are not required say nothing of the whole. */
export function isNegative(
  { checks, chains }: { readonly checks: readonly CheckResult[]; readonly chains: readonly ChainVerdict[] },
  failOn: FailOn,
): boolean {
  const state = overallState(checks, chains);
  if (state === 'down') return true;
  if (failOn === 'down') return false;
  if (state === 'degraded') return true;
  return failOn === 'warn' && checks.some(({ required, status }) => required && status === 'warn');
}
