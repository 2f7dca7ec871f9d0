import type { CheckResult } from './result.js';

/** One step of a drill: the first targets of a chain fail, and somebody behind them has to answer. */
export interface DrillStep {
  /** The targets that were made to fail, in order. */
  readonly failed: readonly string[];
  /** Who answered; null for nobody. */
  readonly answeredBy: string | null;
  /** How long that took, in milliseconds. */
  readonly durationMs: number;
  /** In US dollars; null where it is not known. Only who answers is asked. */
  readonly usd: number | null;
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
    return { failed, answeredBy: survivor ?? null, durationMs, usd: 0 };
  });
}

/** The first one, the first two, and so on, but never all. */
export function prefixes(targets: readonly string[]): readonly (readonly string[])[] {
  return targets.slice(1).map((_, index) => targets.slice(0, index + 1));
}
