import type { CheckResult, CheckStatus, Generated } from './result.js';

/** One step of a drill: the first targets of a chain fail, and somebody behind them has to answer. */
export interface DrillStep {
  /** The targets that were made to fail, in order. */
  readonly failed: readonly string[];
  /** `fail`: nobody answered; `skip`: nobody was asked. */
  readonly status: Extract<CheckStatus, 'pass' | 'fail' | 'skip'>;
  /** Who answered; null for nobody. */
  readonly answeredBy: string | null;
  /** Why nobody was asked, or nobody answered; null where that goes without saying. */
  readonly message: string | null;
  /** How long that took, in milliseconds. */
  readonly durationMs: number;
  /** What the step cost, in US dollars; null where that is not known, or nobody answered. What was made to fail costs nothing. */
  readonly usd: number | null;
  /** What models were really asked for, request by request. */
  readonly generated: readonly Generated[];
}

/** Who would answer, as far as the checks know: nobody is asked. */
export function foreseenDrill(
  targets: readonly string[],
  results: ReadonlyMap<string, CheckResult>,
): readonly DrillStep[] {
  return prefixes(targets).map((failed) => {
    const survivor = targets.slice(failed.length).find((target) => {
      const status = results.get(target)?.status;
      return status === 'pass' || status === 'warn';
    });
    const durationMs = survivor === undefined ? 0 : (results.get(survivor)?.durationMs ?? 0);
    const status = survivor === undefined ? 'fail' : 'pass';
    return { failed, status, answeredBy: survivor ?? null, message: null, durationMs, usd: 0, generated: [] };
  });
}

/** The first one, the first two, and so on, but never all. */
export function prefixes(targets: readonly string[]): readonly (readonly string[])[] {
  return targets.slice(1).map((_, index) => targets.slice(0, index + 1));
}
