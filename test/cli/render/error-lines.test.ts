import { describe, expect, it } from 'vitest';
import { errorLines } from '../../../src/cli/render/error-lines.js';
import { ChainError } from '../../../src/core/chain/error.js';
import { ConfigError, UsageError } from '../../../src/core/errors.js';
import { limited } from './attempt-record.js';

const chain = (count: number, message: string): ChainError =>
  new ChainError({
    outcome: 'exhausted',
    message,
    hint: 'm1/a is free first, in 30s',
    attempts: Array.from({ length: count }, (_, index) => limited({ target: `m${index + 1}/a` })),
    first: null,
    last: null,
  });

describe('an error', () => {
  it('is what is wrong and what to do', () => {
    expect(errorLines(new UsageError('c', 'wrong', 'mend it'))).toEqual([
      'majordomo: wrong',
      '  hint: mend it',
    ]);
    expect(errorLines(new UsageError('c', 'wrong'))).toEqual(['majordomo: wrong']);
  });

  it('of several lines stays so', () => {
    expect(errorLines(new ConfigError('c', 'a\n  b\n  c'))).toEqual(['majordomo: a', '  b', '  c']);
  });

  it('of a chain is one line for one attempt', () => {
    expect(errorLines(chain(1, 'no target answered: m1/a: rate-limit (429)'))).toEqual([
      'majordomo: no target answered: m1/a: rate-limit (429)',
      '  hint: m1/a is free first, in 30s',
    ]);
  });

  it('of a chain is a line for each of several attempts', () => {
    expect(errorLines(chain(2, 'no target answered: …'))).toEqual([
      'majordomo: no target answered',
      '  m1/a: rate-limit (429, 20ms, retry after 30s, slow down)',
      '  m2/a: rate-limit (429, 20ms, retry after 30s, slow down)',
      '  hint: m1/a is free first, in 30s',
    ]);
  });

  it.each([1, 2])('of a chain does not repeat attempts that have been told: %i', (count) => {
    expect(errorLines(chain(count, 'no target answered: …'), { attemptsTold: true })).toEqual([
      'majordomo: no target answered',
      '  hint: m1/a is free first, in 30s',
    ]);
  });

  it('that is a bug shows where it is, not what it says', () => {
    const [first, second, third] = errorLines(new TypeError('sk-secret'));
    expect(first).toBe('majordomo: this is a bug, please report these lines:');
    expect(second).toBe('  TypeError');
    expect(third).toMatch(/^ {4}at .*error-lines\.test\.ts/);
    expect(errorLines(new TypeError('sk-secret')).join()).not.toContain('secret');
  });

  it('that is none is a bug too', () => {
    expect(errorLines('sk-secret')).toEqual([
      'majordomo: this is a bug, please report these lines:',
      '  thrown: string',
    ]);
  });
});
