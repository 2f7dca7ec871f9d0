import { expect } from 'vitest';
import type { RunReport } from '../../src/cli/render/run-report.js';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const number: Check = (value) => Number.isFinite(value) && (value as number) >= 0;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** Exactly these keys, each as its check wants it. */
const shape =
  (keys: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    JSON.stringify(Object.keys(value).sort()) === JSON.stringify(Object.keys(keys).sort()) &&
    Object.entries(value).every(([key, inner]) => keys[key]?.(inner));

const kinds = [
  'rate-limit',
  'overloaded',
  'server-error',
  'network',
  'unreachable',
  'timeout',
  'quota',
  'misconfigured',
  'model-not-found',
  'context-length',
  'auth',
  'bad-request',
  'content-filter',
  'cancelled',
];
const errorClass = orNull(oneOf('transient', 'permanent', 'model-not-found'));

const attempt = shape({
  target: text,
  provider: text,
  model: text,
  outcome: oneOf('ok', 'skipped', 'abandoned', ...kinds),
  reason: orNull(text),
  class: errorClass,
  httpStatus: orNull(count),
  startedAtMs: count,
  durationMs: count,
  firstTokenMs: orNull(count),
  retryAfterMs: orNull(count),
  requestId: orNull(text),
  message: orNull(text),
  hedge: flag,
  injected: flag,
  next: oneOf('retry', 'advance', 'stop', null),
});

const runKeys: Readonly<Record<string, Check>> = {
  schema: oneOf('majordomo/run@1'),
  version: text,
  warnings: listOf(shape({ code: text, message: text })),
  error: orNull(
    shape({
      code: text,
      kind: orNull(oneOf(...kinds)),
      class: errorClass,
      message: text,
      hint: orNull(text),
    }),
  ),
  exitCode: count,
  durationMs: count,
  spec: text,
  text,
  reasoning: orNull(text),
  servedBy: orNull(text),
  servedModel: orNull(text),
  failover: flag,
  firstTokenMs: orNull(count),
  finishReason: oneOf('stop', 'length', 'content-filter', 'refusal', 'tool-calls', 'other', null),
  rawFinishReason: orNull(text),
  usage: orNull(
    shape({
      inputTokens: count,
      outputTokens: count,
      reasoningTokens: orNull(count),
      cachedInputTokens: orNull(count),
    }),
  ),
  cost: shape({ usd: orNull(number), source: text }),
  expectations: listOf(shape({ text, passed: flag, actual: orNull(text) })),
  attempts: listOf(attempt),
};

/** Fails unless this is a `majordomo/run@1` object: every key, no other, each of its type. */
export function expectRunReport(value: unknown): RunReport {
  const report = value as Record<string, unknown>;
  expect(Object.keys(report).sort()).toEqual(Object.keys(runKeys).sort());
  expect(Object.keys(runKeys).filter((key) => runKeys[key]?.(report[key]) !== true)).toEqual([]);
  expect(report.error === null).toBe(report.exitCode === 0);
  return value as RunReport;
}
