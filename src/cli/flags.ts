import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../core/duration.js';

/** Parsers for flag values: each throws what commander turns into a usage error that names the flag. */

export function duration(value: string): number {
  const ms = parseDuration(value);
  if (ms === undefined || ms <= 0)
    throw new InvalidArgumentError('Write a duration with a unit, up to 24 days: 500ms, 30s, 2m.');
  return ms;
}

export function wholeNumber(from: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < from) {
      throw new InvalidArgumentError(`Write a whole number from ${from}.`);
    }
    return number;
  };
}

export function decimal(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('Write a number: 0.7.');
  return number;
}

export function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('It must not be empty.');
  return value;
}

/** For repeatable flags. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, nonEmpty(value)];
}

export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** For repeatable `name=value` flags. */
export function pairs(what: string): (value: string, before: readonly Pair[] | undefined) => readonly Pair[] {
  return (value, before = []) => {
    const equals = value.indexOf('=');
    const key = value.slice(0, Math.max(0, equals)).trim();
    if (key === '') throw new InvalidArgumentError(`Write ${what}.`);
    return [...before, { key, value: value.slice(equals + 1) }];
  };
}

/** Flags that were given: what was not must not hide the same flag before the command's name. */
export function given(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
