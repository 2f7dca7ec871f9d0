import { describe, expect, it } from 'vitest';
import { healthLines, healthRows } from '../../../src/cli/render/health-lines.js';
import type { HealthReport } from '../../../src/cli/render/health-report.js';
import { type End, resultOf } from '../../../src/core/check/end.js';

const layout = { now: 0, width: 200, paint: (_: string, text: string) => text };

function reportOf(end: End, certificateDays: number | null): HealthReport {
  const subject = { name: 'm1', info: { name: 'm1' }, required: true, level: 'credential' } as const;
  const check = { ...resultOf(subject, end), levelReached: 'credential' as const, certificateDays };
  const spend = { requests: 0, inputTokens: 0, outputTokens: 0, usd: null };
  return { checks: [check], chains: [], spend } as unknown as HealthReport;
}

describe('the days of a certificate', () => {
  const pass: End = { status: 'pass', message: null };
  const warn: End = { status: 'warn', message: 'its certificate ends in 3 days', hint: null };
  it.each([
    {
      name: 'are told where they are few',
      end: pass,
      days: 20,
      says: /certificate ends in 20 days$/,
      column: '20',
    },
    { name: 'are told by one', end: pass, days: 1, says: /certificate ends in 1 day$/, column: '1' },
    {
      name: 'are told on the last of them',
      end: pass,
      days: 0,
      says: /certificate ends today$/,
      column: '0',
    },
    { name: 'are not told twice', end: warn, days: 3, says: /0ms$/, column: '3' },
    { name: 'are not told where they are many', end: pass, days: 21, says: /0ms$/, column: '-' },
    { name: 'are not told where there are none', end: pass, days: null, says: /0ms$/, column: '-' },
  ])('$name', ({ end, days, says, column }) => {
    const report = reportOf(end, days);
    expect(healthLines(report, layout)[0]).toMatch(says);
    expect(healthRows(report)[0]?.at(-1)).toBe(column);
  });
});
