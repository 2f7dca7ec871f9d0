import { describe, expect, it } from 'vitest';
import type { CheckResult, CheckStatus } from '../../../src/core/check/result.js';
import { chainVerdict, type FailOn, isNegative, overallState } from '../../../src/core/check/verdict.js';

function result(subject: string, status: CheckStatus, required = false): CheckResult {
  return {
    subject,
    provider: subject,
    required,
    status,
    level: 'model',
    levelReached: null,
    kind: null,
    httpStatus: null,
    message: null,
    expected: null,
    hint: null,
    durationMs: 0,
    certificateDays: null,
    phases: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null },
    generated: [],
    repeats: null,
    expectations: [],
  };
}

const chainOf = (...statuses: readonly CheckStatus[]) => {
  const targets = statuses.map((_, index) => `m${index}/x`);
  const checks = statuses.map((status, index) => result(`m${index}/x`, status));
  return {
    targets,
    checks,
    verdict: chainVerdict(
      { spec: 'fast', targets, required: true },
      { results: new Map(checks.map((check) => [check.subject, check])), foresight: null },
    ),
  };
};

describe('a chain', () => {
  it.each<{ statuses: readonly CheckStatus[]; state: string; first: string | null }>([
    { statuses: ['pass', 'fail'], state: 'up', first: 'm0/x' },
    { statuses: ['warn', 'pass'], state: 'up', first: 'm0/x' },
    { statuses: ['fail', 'pass'], state: 'degraded', first: 'm1/x' },
    { statuses: ['skip', 'warn'], state: 'degraded', first: 'm1/x' },
    { statuses: ['fail', 'skip'], state: 'down', first: null },
    { statuses: ['skip'], state: 'down', first: null },
  ])('of $statuses is $state', ({ statuses, state, first }) => {
    expect(chainOf(...statuses).verdict).toMatchObject({ state, firstHealthy: first });
  });
});

describe('the whole', () => {
  const up = chainOf('pass', 'fail');
  const degraded = chainOf('fail', 'pass');
  const down = chainOf('fail', 'fail');
  it.each<{
    name: string;
    checks: readonly CheckResult[];
    chains: readonly (typeof up)[];
    state: string;
    negative: readonly FailOn[];
  }>([
    { name: 'all passes', checks: [result('a', 'pass', true)], chains: [], state: 'up', negative: [] },
    { name: 'a warning', checks: [result('a', 'warn', true)], chains: [], state: 'up', negative: ['warn'] },
    {
      name: 'an optional failure',
      checks: [result('a', 'fail')],
      chains: [],
      state: 'up',
      negative: ['warn'],
    },
    {
      name: 'a required failure',
      checks: [result('a', 'fail', true)],
      chains: [],
      state: 'down',
      negative: ['down', 'degraded', 'warn'],
    },
    { name: 'a chain that is up', checks: [], chains: [up], state: 'up', negative: ['warn'] },
    {
      name: 'a chain that is degraded',
      checks: [],
      chains: [up, degraded],
      state: 'degraded',
      negative: ['degraded', 'warn'],
    },
    {
      name: 'a chain that is down',
      checks: [],
      chains: [degraded, down],
      state: 'down',
      negative: ['down', 'degraded', 'warn'],
    },
    { name: 'what was passed over', checks: [result('a', 'skip')], chains: [], state: 'up', negative: [] },
  ])('with $name is $state, and negative for $negative', ({ checks, chains, state, negative }) => {
    const all = [...checks, ...chains.flatMap((chain) => chain.checks)];
    const verdicts = chains.map(({ verdict }) => verdict);
    expect(overallState({ checks: all, chains: verdicts })).toBe(state);
    const failing = (['down', 'degraded', 'warn'] as const).filter((failOn) =>
      isNegative({ checks: all, chains: verdicts, warnings: [] }, failOn),
    );
    expect(failing).toEqual(negative);
  });
});
