import { describe, expect, it } from 'vitest';
import { type RunFacts, runReport } from '../../../src/cli/render/run-report.js';
import { CancelledError } from '../../../src/core/chain/error.js';
import { UsageError } from '../../../src/core/errors.js';
import { expectRunReport } from '../../support/run-shape.js';
import { answer, attempt, limited } from './attempt-record.js';

const facts: RunFacts = {
  spec: 's',
  answer: null,
  error: null,
  attempts: [],
  warnings: [],
  exitCode: 0,
  durationMs: 12.7,
};

describe('the object of a run', () => {
  it('of an answer', () => {
    const report = expectRunReport(
      runReport({
        ...facts,
        answer: answer({ costUsd: 0, failover: true }),
        attempts: [limited(), attempt()],
      }),
    );
    expect(report).toMatchObject({
      text: 'hello',
      servedBy: 'm1/a',
      failover: true,
      cost: { usd: 0, source: 'dsn' },
      durationMs: 13,
      error: null,
    });
  });

  it('of an answer of which little is known has nulls', () => {
    const bare = answer({ servedModel: null, usage: null, firstTokenMs: null, rawFinishReason: null });
    expect(expectRunReport(runReport({ ...facts, answer: bare }))).toMatchObject({
      servedModel: null,
      usage: null,
      cost: { usd: null, source: 'unknown' },
    });
  });

  it.each([
    {
      name: 'a usage error',
      error: new UsageError('c', 'm', 'h'),
      told: { code: 'c', kind: null, class: null, message: 'm', hint: 'h' },
    },
    {
      name: 'a cancelled run',
      error: new CancelledError([]),
      told: { code: 'cancelled', kind: 'cancelled', class: null, message: 'cancelled', hint: null },
    },
    {
      name: 'a bug, without its message',
      error: new RangeError('sk-secret'),
      told: {
        code: 'bug',
        kind: null,
        class: null,
        message: 'internal error: RangeError',
        hint: 'please report this',
      },
    },
    {
      name: 'what is no error',
      error: 'sk-secret',
      told: {
        code: 'bug',
        kind: null,
        class: null,
        message: 'internal error: something that is no error',
        hint: 'please report this',
      },
    },
  ])('of $name', ({ error, told }) => {
    const report = expectRunReport(runReport({ ...facts, error, exitCode: 2 }));
    expect(report.error).toEqual(told);
    expect(report.text).toBe('');
    expect(JSON.stringify(report)).not.toContain('secret');
  });
});
