import { expect } from 'vitest';
import type { RunReport } from '../../src/cli/render/run-report.js';
import { expectValid } from './schemas.js';

/** Fails unless this is a `majordomo/run@1` object: every key, no other, each of its type. */
export function expectRunReport(value: unknown): RunReport {
  expectValid('run', value);
  const report = value as RunReport;
  // 1: there is an answer, but it is not as expected
  expect(report.error === null).toBe(report.exitCode <= 1);
  return report;
}
