import { describe, expect, it } from 'vitest';
import { type CallTuning, type ChainConfig, chainTuning, targetTuning } from '../../src/core/tuning.js';

describe('the tuning of a chain', () => {
  it('has the contract’s defaults', () => {
    expect(chainTuning({}, {})).toEqual({
      advanceOnPermanent: false,
      classify: undefined,
      maxAttempts: 10,
      maxRetryAfterMs: 5000,
      timeoutMs: 600_000,
      failover: true,
      hedgeMs: null,
    });
    expect(targetTuning({}, {}, {})).toEqual({
      retries: 1,
      attemptTimeoutMs: 120_000,
      firstTokenTimeoutMs: 60_000,
      idleTimeoutMs: 30_000,
      connectTimeoutMs: 5000,
      maxTokens: undefined,
    });
  });

  it.each(['advanceOnPermanent', 'maxAttempts', 'maxRetryAfterMs', 'timeoutMs'] as const)(
    'takes %s from the call, then from the configuration',
    (key) => {
      const of = (config: ChainConfig, call: CallTuning): unknown => chainTuning(config, call)[key];
      const [weak, strong] = key === 'advanceOnPermanent' ? [true, false] : [11, 12];
      expect(of({ [key]: weak }, {})).toBe(weak);
      expect(of({ [key]: weak }, { [key]: strong })).toBe(strong);
    },
  );

  it.each([
    { hedgeMs: Number.NaN },
    { hedgeMs: -1 },
    { timeoutMs: '30s' },
    { idleTimeoutMs: Number.NaN },
    { maxAttempts: Number.NaN },
    { transientRetries: 'two' },
  ])('refuses %o, from wherever it comes', (wrong) => {
    const said = expect.objectContaining({
      code: 'tuning',
      message: expect.stringContaining('must be a number'),
    });
    expect(() => chainTuning(wrong as ChainConfig, {})).toThrow(said);
    expect(() => chainTuning({}, wrong as CallTuning)).toThrow(said);
  });

  it.each([
    { timeoutMs: Number.POSITIVE_INFINITY },
    { hedgeMs: null },
    { hedgeMs: 0 },
    { transientRetries: -1 },
  ])('takes %o', (right) => {
    expect(chainTuning(right, {})).toMatchObject('transientRetries' in right ? {} : right);
  });

  it('takes a program’s judgement of errors from the configuration', () => {
    const classify = (): undefined => undefined;
    expect(chainTuning({ classify }, {}).classify).toBe(classify);
  });

  it('asks only the first target without failover', () => {
    expect(chainTuning({}, { failover: false }).failover).toBe(false);
  });
});

describe('the tuning of a target', () => {
  it.each(['attemptTimeoutMs', 'firstTokenTimeoutMs', 'idleTimeoutMs', 'connectTimeoutMs'] as const)(
    'takes %s from the call, then the DSN, then the configuration',
    (key) => {
      expect(targetTuning({ [key]: 1 }, {}, {})[key]).toBe(1);
      expect(targetTuning({ [key]: 1 }, { [key]: 2 }, {})[key]).toBe(2);
      expect(targetTuning({ [key]: 1 }, { [key]: 2 }, { [key]: 3 })[key]).toBe(3);
    },
  );

  it.each([
    { name: 'unset: the default', config: {}, retries: 1 },
    { name: '0 in the configuration: the default', config: { transientRetries: 0 }, retries: 1 },
    { name: 'negative in the configuration: none', config: { transientRetries: -1 }, retries: 0 },
    { name: '4 in the configuration', config: { transientRetries: 4 }, retries: 4 },
    { name: '0 in the DSN: none', config: { transientRetries: 4 }, target: { retries: 0 }, retries: 0 },
    { name: '2 in the DSN', config: { transientRetries: -1 }, target: { retries: 2 }, retries: 2 },
    {
      name: '0 by a flag: none',
      config: {},
      target: { retries: 2 },
      call: { transientRetries: 0 },
      retries: 0,
    },
    { name: '5 by a flag', config: {}, target: { retries: 0 }, call: { transientRetries: 5 }, retries: 5 },
    { name: 'negative by a call: none', config: {}, call: { transientRetries: -1 }, retries: 0 },
  ])('makes $retries retries for $name', ({ config, target = {}, call = {}, retries }) => {
    expect(targetTuning(config, target, call).retries).toBe(retries);
  });

  it('takes the token limit from the DSN', () => {
    expect(targetTuning({}, { maxTokens: 7 }, {}).maxTokens).toBe(7);
  });
});
