import type { HealthCheckReport } from '../../../core/check/health-check.js';
import type { FailOn } from '../../../core/check/verdict.js';
import type { HealthReport } from '../health-report.js';
import { oneLine } from '../sanitize.js';

/** What monitoring plugins exit with (https://nagios-plugins.org/doc/guidelines.html). */
export const nagiosCodes = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;

type NagiosWord = keyof typeof nagiosCodes;

/** Anything that is not proven is a warning there. */
export function nagiosWord(
  {
    state,
    checks,
    cutShort = false,
  }: Pick<HealthReport, 'state'> & {
    readonly checks: readonly { readonly status: string; readonly required: boolean }[];
    readonly cutShort?: HealthCheckReport['cutShort'];
  },
  failOn: FailOn = 'down',
): NagiosWord {
  if (state === 'down' || (state === 'degraded' && failOn !== 'down')) return 'CRITICAL';
  if (cutShort) return 'UNKNOWN';
  const isOdd = state === 'degraded' || checks.some(({ status }) => status === 'warn' || status === 'fail');
  return isOdd ? (failOn === 'warn' ? 'CRITICAL' : 'WARNING') : 'OK';
}

/** The first line of a plugin: word, what is wrong, and data for graphs behind a bar. */
export function nagiosLine(report: HealthReport, failOn?: FailOn): string {
  const { checks, chains, durationMs, error } = report;
  if (error !== null) return `MAJORDOMO UNKNOWN: ${oneLine(error.message).replaceAll('|', '/')}`;
  const wrong = [
    ...chains.filter(({ state }) => state !== 'up').map(({ spec, state }) => `${spec} ${state}`),
    ...checks
      .filter(({ status }) => status === 'fail' || status === 'warn')
      .map(({ subject, kind, status }) => `${subject} ${kind ?? status}`),
  ];
  const passed = checks.filter(({ status }) => status === 'pass').length;
  const said = wrong.length === 0 ? `${checks.length} checked` : wrong.join(', ');
  // a bar would begin the data
  const text = oneLine(said).replaceAll('|', '/');
  return `MAJORDOMO ${nagiosWord(report, failOn)}: ${text} | passed=${passed};;;0;${checks.length} time=${(durationMs / 1000).toFixed(3)}s`;
}
