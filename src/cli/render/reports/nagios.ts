import type { HealthCheckReport } from '../../../core/check/health-check.js';
import { type FailOn, isNegative } from '../../../core/check/verdict.js';
import type { HealthReport } from '../health-report.js';
import { oneLine } from '../sanitize.js';

/** What monitoring plugins exit with (https://nagios-plugins.org/doc/guidelines.html). */
export const nagiosCodes = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;

type NagiosWord = keyof typeof nagiosCodes;

/** Anything that is not proven, or odd, is a warning there. */
export function nagiosWord(found: HealthCheckReport, failOn: FailOn = 'down'): NagiosWord {
  if (isNegative(found, failOn === 'warn' ? 'degraded' : failOn)) return 'CRITICAL';
  if (found.cutShort) return 'UNKNOWN';
  return isNegative(found, 'warn') ? (failOn === 'warn' ? 'CRITICAL' : 'WARNING') : 'OK';
}

/** The first line of a plugin: word, what is wrong, and data for graphs behind a bar. */
export function nagiosLine(report: HealthReport): string {
  const { checks, chains, durationMs, error, exitCode } = report;
  if (error !== null) return `MAJORDOMO UNKNOWN: ${oneLine(error.message).replaceAll('|', '/')}`;
  const wrong = [
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
  const passed = checks.filter(({ status }) => status === 'pass').length;
  const said = wrong.length === 0 ? `${checks.length} checked` : wrong.join(', ');
  // a bar would begin the data
  const text = oneLine(said).replaceAll('|', '/');
  const word = Object.entries(nagiosCodes).find(([, code]) => code === exitCode)?.[0] ?? 'UNKNOWN';
  return `MAJORDOMO ${word}: ${text} | passed=${passed};;;0;${checks.length} time=${(durationMs / 1000).toFixed(3)}s`;
}
