import { describe, expect, it } from 'vitest';
import { formatDuration, maxDurationMs, parseDuration } from '../../src/core/duration.js';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    ['1m 30s', 90_000],
    ['0s', 0],
    ['0.4ms', 0],
    ['576h', maxDurationMs],
  ])('reads %s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each([
    ['no unit', '30'],
    ['nothing', ''],
    ['a sign', '-1s'],
    ['a plus', '+1s'],
    ['an unknown unit', '3d'],
    ['a unit in upper case', '3S'],
    ['a unit alone', 's'],
    ['an exponent', '1e3s'],
    ['no digit after the point', '1.s'],
    ['no digit before the point', '.5s'],
    ['a space before the unit', '30 s'],
    ['a space before it', ' 30s'],
    ['a space after it', '30s '],
    ['units in rising order', '30s1m'],
    ['a unit given twice', '1s1s'],
    ['digits of another script', '３０s'],
    ['more than 24 days', '577h'],
    ['more than a number holds', `${'9'.repeat(400)}s`],
  ])('refuses %s', (_, text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('allows no more than a timer holds', () => {
    expect(maxDurationMs).toBeLessThan(2 ** 31);
  });
});

describe('formatDuration', () => {
  it.each([
    [-5, '0ms'],
    [0, '0ms'],
    [0.4, '0ms'],
    [850, '850ms'],
    [999.4, '999ms'],
    [999.6, '1s'],
    [2000, '2s'],
    [59_940, '59.9s'],
    [59_960, '1m'],
    [90_000, '1m 30s'],
    [3_599_400, '59m 59s'],
    [3_599_600, '1h'],
    [7_500_000, '2h 5m'],
    [Number.NaN, '?'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('shows %d ms as %s', (durationMs, expected) => {
    expect(formatDuration(durationMs)).toBe(expected);
  });

  it.each([850, 2000, 90_000, 7_500_000])('writes %d ms so that it can be read back', (durationMs) => {
    expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
  });
});
