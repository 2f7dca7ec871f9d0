import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  AliasCycleError,
  ConfigError,
  DsnError,
  MajordomoError,
  ProviderError,
  UnknownProviderError,
  UsageError,
} from '../../src/core/errors.js';

describe('an error', () => {
  it.each([
    { name: 'MajordomoError', error: new MajordomoError('a-code', 'what', 'hint'), code: 'a-code' },
    { name: 'UsageError', error: new UsageError('a-code', 'what', 'hint'), code: 'a-code' },
    { name: 'ConfigError', error: new ConfigError('a-code', 'what', 'hint'), code: 'a-code' },
    { name: 'DsnError', error: new DsnError('a-code', 'what', 'hint'), code: 'a-code' },
    {
      name: 'UnknownProviderError',
      error: new UnknownProviderError('m1', 'what', 'hint'),
      code: 'unknown-provider',
    },
  ])('$name says of itself in JSON what a Failure holds, and no more', ({ name, error, code }) => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(MajordomoError);
    expect(error.name).toBe(name);
    expect(String(error)).toBe(`${name}: what`);
    expect(JSON.parse(JSON.stringify({ error }))).toEqual({
      error: { code, kind: null, class: null, message: 'what', hint: 'hint' },
    });
  });

  it('of an attempt adds kind and class', () => {
    const error = new ProviderError({
      kind: 'rate-limit',
      message: 'slow down',
      httpStatus: 429,
      retryAfterMs: 100,
    });
    expect(error.name).toBe('ProviderError');
    expect(error.toJSON()).toEqual({
      code: 'rate-limit',
      kind: 'rate-limit',
      class: 'transient',
      message: 'slow down',
      hint: null,
    });
    expect(error).toMatchObject({
      httpStatus: 429,
      retryAfterMs: 100,
      requestId: null,
      phase: null,
      rawCode: null,
    });
  });

  it.each([
    { kind: 'quota', wanted: 'transient' },
    { kind: 'model-not-found', wanted: 'model-not-found' },
    { kind: 'context-length', wanted: 'permanent' },
    { kind: 'cancelled', wanted: null },
  ] as const)('of kind $kind is of class $wanted', ({ kind, wanted }) => {
    expect(new ProviderError({ kind, message: '' }).class).toBe(wanted);
  });

  it.each([
    { name: 'a key', given: 'sk-proj-Zq8vT3kLm9Xw2Rb7Yc5N', told: '[redacted]' },
    { name: 'a key in a spec', given: 'a/b,sk-proj-Zq8vT3kLm9Xw2Rb7Yc5N', told: 'a/b,[redacted]' },
    { name: 'a DSN', given: 'openai://Zq8vT3kLm9Xw2Rb7Yc5N@h', told: '[redacted]' },
    {
      name: 'a key far behind',
      given: `${'m'.repeat(90)},sk-Zq8vT3kLm9Xw2Rb7Yc5N`,
      told: `${'m'.repeat(90)},[redacted]`,
    },
    { name: 'a name, however long', given: 'm'.repeat(100), told: 'm'.repeat(100) },
  ])('an unknown provider is told as far as it may be: $name', ({ given, told }) => {
    const error = new UnknownProviderError(given, 'what');
    expect(error.provider).toBe(told);
    expect(inspect(error)).not.toContain('Zq8v');
  });

  it.each([DsnError, UnknownProviderError, AliasCycleError])(
    '%o is a mistake in the configuration',
    (type) => {
      expect(type.prototype).toBeInstanceOf(ConfigError);
    },
  );

  it('of a cycle names every hop, and nothing that redraws a terminal', () => {
    const error = new AliasCycleError(['fast', 'sm\u001bart', 'fast']);
    expect(error.message).toBe('alias cycle: fast → sm�art → fast');
    expect(error.cycle).toEqual(['fast', 'sm\u001bart', 'fast']);
    expect(error.hint).not.toBeNull();
  });
});
