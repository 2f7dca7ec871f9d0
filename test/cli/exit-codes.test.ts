import { describe, expect, it } from 'vitest';
import { exitCodeOf, exitCodes } from '../../src/cli/exit-codes.js';
import { OutputError } from '../../src/cli/output-error.js';
import { CancelledError, ChainError, type ChainOutcome } from '../../src/core/chain/error.js';
import {
  AliasCycleError,
  ConfigError,
  DsnError,
  MajordomoError,
  UnknownProviderError,
  UsageError,
} from '../../src/core/errors.js';

const chain = (outcome: ChainOutcome): ChainError =>
  new ChainError({ outcome, message: 'm', hint: null, attempts: [], first: null, last: null });

describe('the exit code', () => {
  it('has these meanings for ever', () => {
    expect(exitCodes).toEqual({
      done: 0,
      negative: 1,
      usage: 2,
      configuration: 3,
      permanent: 4,
      exhausted: 5,
      deadline: 6,
      partial: 7,
      bug: 70,
      output: 74,
      interrupted: 130,
      terminated: 143,
    });
  });

  it.each([
    { name: 'a usage error', error: new UsageError('x', 'm'), code: 2 },
    { name: 'a configuration error', error: new ConfigError('x', 'm'), code: 3 },
    { name: 'a bad DSN', error: new DsnError('x', 'm'), code: 3 },
    { name: 'an unknown provider', error: new UnknownProviderError('p', 'm'), code: 3 },
    { name: 'an alias cycle', error: new AliasCycleError(['a', 'a']), code: 3 },
    { name: 'a chain without credentials', error: chain('no-credential'), code: 3 },
    { name: 'a permanent error', error: chain('permanent'), code: 4 },
    { name: 'an exhausted chain', error: chain('exhausted'), code: 5 },
    { name: 'the deadline', error: chain('deadline'), code: 6 },
    { name: 'a cut answer', error: chain('partial'), code: 7 },
    { name: 'a cancelled chain', error: new CancelledError([]), code: 130 },
    { name: 'a full disk', error: new OutputError('stdout', 'm'), code: 74 },
    { name: 'an error of no known kind', error: new MajordomoError('x', 'm'), code: 70 },
    { name: 'a bug', error: new TypeError('x'), code: 70 },
    { name: 'what is no error', error: undefined, code: 70 },
  ])('of $name is $code', ({ error, code }) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});
