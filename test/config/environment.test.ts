import { beforeEach, describe, expect, it } from 'vitest';
import { registerEnvironmentAliases } from '../../src/config/environment.js';
import { ConfigError } from '../../src/core/errors.js';
import { Registry } from '../../src/index.js';

let registry: Registry;

beforeEach(() => {
  registry = new Registry({ env: {} });
});

function targets(spec: string): string[] {
  return registry.parse(spec).targets.map(({ target }) => target);
}

function errorOf(spec: string): ConfigError {
  try {
    registry.parse(spec);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('aliases from the environment', () => {
  it.each([
    { variable: 'MAJORDOMO_ALIAS_FAST', name: 'fast' },
    { variable: 'MAJORDOMO_ALIAS_VERY_FAST', name: 'very-fast' },
    { variable: 'MAJORDOMO_ALIAS_small', name: 'small' },
  ])('$variable is the alias $name', ({ variable, name }) => {
    registerEnvironmentAliases(registry, { [variable]: 'mock/a,mock/b' });
    expect(targets(name)).toEqual(['mock/a', 'mock/b']);
    expect(registry.aliases.get(name)?.source).toEqual({ kind: 'env', key: variable });
  });

  it.each([
    { name: 'an empty one', env: { MAJORDOMO_ALIAS_FAST: '' } },
    { name: 'one that is not set', env: { MAJORDOMO_ALIAS_FAST: undefined } },
    { name: 'one without a name', env: { MAJORDOMO_ALIAS_: 'mock/a' } },
    { name: 'another variable', env: { MAJORDOMO_MODEL: 'mock/a', ALIAS_FAST: 'mock/a' } },
  ])('leave $name out', ({ env }) => {
    registerEnvironmentAliases(registry, env);
    expect([...registry.aliases]).toEqual([]);
  });

  it('shadow those of a file', () => {
    registry.registerAlias('fast', 'mock/file', { kind: 'user-file', key: 'config.json' });
    registerEnvironmentAliases(registry, { MAJORDOMO_ALIAS_FAST: 'mock/env' });
    expect(targets('fast')).toEqual(['mock/env']);
    expect(registry.aliases.get('fast')?.shadows).toEqual([{ kind: 'user-file', key: 'config.json' }]);
  });

  it('that are two of one name are an error of that name, which names both variables', () => {
    registerEnvironmentAliases(registry, {
      MAJORDOMO_ALIAS_FAST: 'mock/a',
      MAJORDOMO_ALIAS_fast: 'mock/b',
      MAJORDOMO_ALIAS_GOOD: 'mock/c',
    });
    expect(targets('good')).toEqual(['mock/c']);
    const error = errorOf('good,fast');
    expect(error.code).toBe('alias-name-twice');
    expect(error.message).toContain('MAJORDOMO_ALIAS_FAST');
    expect(error.message).toContain('MAJORDOMO_ALIAS_fast');
  });

  it('that are badly worded or named harm nobody who does not use them', () => {
    registerEnvironmentAliases(registry, {
      MAJORDOMO_ALIAS_BAD: 'a,,b',
      'MAJORDOMO_ALIAS_A/B': 'mock/x',
      'MAJORDOMO_ALIAS_A B': 'mock/x',
      MAJORDOMO_ALIAS_GOOD: 'mock/c',
    });
    expect(targets('good')).toEqual(['mock/c']);
    expect(errorOf('bad').message).toContain('MAJORDOMO_ALIAS_BAD');
  });
});
