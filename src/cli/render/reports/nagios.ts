import type { HealthCheckReport } from '../../../core/check/health-check.js';
import { type FailOn, isNegative } from '../../../core/check/verdict.js';
import { nagiosUnknown, pluginText } from '../../exit-style.js';
import { healthRows } from '../health-lines.js';
import type { HealthReport } from '../health-report.js';
import { tabbed } from '../table.js';

/** What monitoring plugins exit with (https://nagios-plugins.org/doc/guidelines.html). */
export const nagiosCodes = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: nagiosUnknown } as const;

type NagiosWord = keyof typeof nagiosCodes;

/** Anything that is not proven, or odd, is a warning there. */
export function nagiosWord(found: HealthCheckReport, failOn: FailOn = 'down'): NagiosWord {
  if (isNegative(found, failOn === 'warn' ? 'degraded' : failOn)) return 'CRITICAL';
  if (found.cutShort) return 'UNKNOWN';
  return isNegative(found, 'warn') ? (failOn === 'warn' ? 'CRITICAL' : 'WARNING') : 'OK';
}

/**
 * What a plugin prints: word, what is wrong, and data for graphs behind a bar; then a line for each check, without any bar, since
 * readers look for data in all lines.
 */
export function nagiosLines(report: HealthReport): readonly string[] {
  return [nagiosLine(report), ...tabbed(healthRows(report).map((row) => row.map(pluginText)))];
}

/** The first of them. The word is the exit code's. */
export function nagiosLine({ checks, chains, durationMs, error, exitCode }: HealthReport): string {
  const wrong = [
    ...(error === null ? [] : [error.message]),
    ...chains.filter(({ state }) => state !== 'up').map(({ spec, state }) => `${spec} ${state}`),
    ...chains.flatMap(({ spec, drill }) =>
      (drill ?? [])
        .filter(({ status }) => status === 'fail')
        .map(({ failed }) => `${spec} without ${failed.join(', ')}`),
    ),
    ...checks
      .filter(({ status }) => status === 'fail' || status === 'warn')
      .map(({ subject, kind, status }) => `${subject} ${kind ?? status}`),
  ];
  const said = wrong.length === 0 ? `${checks.length} checked` : wrong.join(', ');
  const word = Object.entries(nagiosCodes).find(([, code]) => code === exitCode)?.[0] ?? 'UNKNOWN';
  const line = `MAJORDOMO ${word}: ${pluginText(said)}`;
  if (checks.length === 0) return line;
  const passed = checks.filter(({ status }) => status === 'pass').length;
  return `${line} | passed=${passed};;;0;${checks.length} time=${(durationMs / 1000).toFixed(3)}s`;
}
