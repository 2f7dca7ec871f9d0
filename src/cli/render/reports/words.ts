import type { CheckReport } from '../health-report.js';
import { oneLine } from '../sanitize.js';

/** What is to be said of a check, in one line: `auth 401: the key is wrong; expected …; hint: …`. Empty for one that passed. */
export function checkWords({ kind, httpStatus, status, message, expected, hint }: CheckReport): string {
  if (status === 'pass' || message === null) return '';
  const what = [kind, httpStatus === null ? null : String(httpStatus)]
    .filter((word) => word !== null)
    .join(' ');
  const parts = [
    what === '' ? message : `${what}: ${message}`,
    expected === null ? '' : `expected ${expected}`,
    hint === null ? '' : `hint: ${hint}`,
  ];
  return oneLine(parts.filter((part) => part !== '').join('; '));
}
