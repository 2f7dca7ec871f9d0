import { describe, expect, it } from 'vitest';
import { AliasCycleError, ConfigError, MajordomoError, UsageError } from '../../src/core/errors.js';
import type { Source } from '../../src/core/source.js';
import {
  type Alias,
  aliasNaming,
  expandSpec,
  type SpecNames,
  splitSpec,
  splitTarget,
} from '../../src/core/spec.js';

const program: Source = { kind: 'program', key: 'program' };

interface Known {
  readonly aliases?: Readonly<Record<string, string>>;
  /** Providers and their default models. */
  readonly providers?: Readonly<Record<string, string | null>>;
}

function names({ aliases = {}, providers = {} }: Known): SpecNames {
  const specs = new Map(Object.entries(aliases));
  const models = new Map(Object.entries(providers));
  return {
    alias: (name): Alias | undefined => {
      const spec = specs.get(name);
      return spec === undefined ? undefined : { name, spec, source: program, shadows: [] };
    },
    providerName: (spelling) => (spelling === 'M1' ? 'm1' : spelling),
    defaultModel: (name) => models.get(name),
    noDefaultModel: (name) => new ConfigError('no-default-model', `no model ${name.length}`),
    unknownName: (name) => new ConfigError('unknown-provider', `unknown ${name.length}`),
  };
}

function expand(spec: string, known: Known = {}): string[] {
  return expandSpec(spec, names(known)).targets.map(({ target }) => target);
}

function errorOf(act: () => unknown): MajordomoError {
  try {
    act();
  } catch (error) {
    if (error instanceof MajordomoError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** `a0 → a1 → … → a(count-1) → last` as a table of aliases. */
function chainOf(count: number, last: string): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`a${index}`, index === count - 1 ? last : `a${index + 1}`]),
  );
}

describe('a target', () => {
  it.each([
    { target: 'm1/qwen3', provider: 'm1', model: 'qwen3' },
    { target: 'openrouter/anthropic/claude-x', provider: 'openrouter', model: 'anthropic/claude-x' },
    { target: 'hf/org/model:free', provider: 'hf', model: 'org/model:free' },
    { target: 'p//x', provider: 'p', model: '/x' },
    { target: 'p/x/', provider: 'p', model: 'x/' },
  ])('$target is split at its first slash', ({ target, provider, model }) => {
    expect(splitTarget(target)).toEqual({ target, provider, model });
    expect(expandSpec(target, names({})).targets).toEqual([{ target, provider, model }]);
  });
});

describe('the wording of a spec', () => {
  it.each([
    { spec: 'a/x', elements: ['a/x'] },
    { spec: 'a/x,b/y', elements: ['a/x', 'b/y'] },
    { spec: ' a/x , b/y ', elements: ['a/x', 'b/y'] },
    { spec: 'a/x,\n  b/y\n', elements: ['a/x', 'b/y'] },
    { spec: 'fast,b/y', elements: ['fast', 'b/y'] },
  ])('$spec names $elements', ({ spec, elements }) => {
    expect(splitSpec(spec)).toEqual(elements);
  });

  it.each([
    { spec: 'a,,b', what: 'a target is missing', position: 3 },
    { spec: 'a, ,b', what: 'a target is missing', position: 4 },
    { spec: ',a', what: 'a target is missing', position: 1 },
    { spec: 'a,', what: 'a target is missing', position: 3 },
    { spec: 'a/x,b/y,', what: 'a target is missing', position: 9 },
    { spec: ',', what: 'a target is missing', position: 1 },
    { spec: '', what: 'nothing is named', position: 1 },
    { spec: 'a b', what: 'white space or a control character inside a name', position: 2 },
    { spec: 'x/y, a/b c', what: 'white space or a control character inside a name', position: 9 },
    { spec: 'a/\tb', what: 'white space or a control character inside a name', position: 3 },
    { spec: '/x', what: 'a provider is missing before the slash', position: 1 },
    { spec: 'a/x, /y', what: 'a provider is missing before the slash', position: 6 },
    { spec: '/', what: 'a provider is missing before the slash', position: 1 },
    { spec: 'x/', what: 'a model is missing after the slash', position: 2 },
    { spec: 'a/b,x/', what: 'a model is missing after the slash', position: 6 },
    { spec: '😀/x,,b', what: 'a target is missing', position: 5 },
  ])('$spec is a usage error at character $position', ({ spec, what, position }) => {
    const error = errorOf(() => splitSpec(spec));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.code).toBe('spec-syntax');
    expect(error.message).toContain(`${what} at character ${position}`);
    expect(error.message.endsWith(String(position))).toBe(true);
    expect(error.hint).not.toBeNull();
  });

  it.each(['   ', '\n', '\u00a0'])('a blank spec (%j) names nothing', (spec) => {
    expect(errorOf(() => splitSpec(spec)).message).toContain('nothing is named');
  });

  it('is not an error because of its sheer length', () => {
    const spec = Array.from({ length: 1000 }, (_, index) => `p${index}/x`).join(',');
    expect(expand(spec)).toHaveLength(1000);
  });
});

describe('a DSN in place of a name', () => {
  it.each([
    { name: 'alone', spec: 'openai://sk-secret@h/m', position: 1 },
    { name: 'before a comma', spec: 'openai://sk-secret@h/m,', position: 1 },
    { name: 'with a comma in its key', spec: 'openai://sk-sec,ret@h/m', position: 1 },
    { name: 'without a host', spec: 'openai://sk-secret', position: 1 },
    { name: 'in upper case', spec: 'OPENAI+HTTPS://sk-secret@h', position: 1 },
    { name: 'in quotes', spec: '"openai://sk-secret@h"', position: 1 },
    { name: 'behind a target', spec: 'a/x, openai://sk-secret@h', position: 6 },
    { name: 'behind a mistake', spec: 'a b,,openai://sk-secret@h', position: 6 },
    { name: 'behind the name of an alias', spec: 'fast=openai://sk-secret@h', position: 1 },
  ])('is refused without repeating it: $name', ({ spec, position }) => {
    const asSpec = errorOf(() => splitSpec(spec));
    const asAlias = errorOf(() => expand('d', { aliases: { d: spec } }));
    for (const error of [asSpec, asAlias]) {
      expect(error.message).toContain(`a DSN stands where a target belongs at character ${position}`);
      expect(error.hint).toContain('LLM_<NAME>');
      expect(`${error.stack}${JSON.stringify(error)}`).not.toMatch(/sk-sec|ret@|@h/);
    }
    expect(asSpec).toBeInstanceOf(UsageError);
    expect(asAlias).toBeInstanceOf(ConfigError);
    expect(asAlias.message).toContain('alias d (program)');
  });

  it('is not what a model with such a name is taken for', () => {
    expect(expand('ya/gpt://folder/lite')).toEqual(['ya/gpt://folder/lite']);
  });

  it.each(['ya/gpt://sk-secret,', 'ya/gpt://sk-secret x', 'ya/gpt://sk-secret,b/'])(
    'may be in what is badly worded otherwise: nothing of it is repeated (%#)',
    (spec) => {
      const { message, hint } = errorOf(() => splitSpec(spec));
      expect(message).toMatch(/at character \d+$/);
      expect(`${message}${hint}`).not.toContain('sk-secret');
      expect(hint).toContain('LLM_<NAME>');
    },
  );
});

describe('hostile text in a spec', () => {
  it.each([
    { name: 'an escape sequence', spec: '\u001b[31mred,,x' },
    { name: 'a C1 control character', spec: 'a\u009b31m,,x' },
    { name: 'a null character', spec: 'a\0b' },
    { name: 'a bidi override', spec: 'a\u202eb,,x' },
    { name: 'a line separator', spec: 'a\u2028b' },
    { name: 'a lone surrogate', spec: 'a\ud800,,x' },
    { name: 'a megabyte', spec: `${'a'.repeat(1_000_000)},,` },
    { name: 'a megabyte of emoji', spec: `${'😀'.repeat(500_000)},,` },
  ])('is neither repeated nor unbounded in the message: $name', ({ spec }) => {
    const { message } = errorOf(() => splitSpec(spec));
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
    expect(message.length).toBeLessThan(300);
  });

  it.each([
    { name: 'a megabyte', alias: 'b'.repeat(1_000_000) },
    { name: 'a bidi override', alias: 'a\u202eb' },
  ])('that is the name of an alias stays out of messages: $name', ({ alias }) => {
    const inCycle = errorOf(() => expand(alias, { aliases: { [alias]: alias } }));
    const broken = errorOf(() => expand(alias, { aliases: { [alias]: 'a,,b' } }));
    for (const { message, hint } of [inCycle, broken]) {
      expect(`${message}${hint}`).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(`${message}${hint}`.length).toBeLessThan(600);
    }
  });
});

describe('expansion', () => {
  const known: Known = {
    aliases: {
      fast: 'm1/small,m2/small',
      smart: 'openai/big , fast',
      all: 'smart,local,fast',
      again: 'fast,fast',
    },
    providers: { local: 'llama', bare: null },
  };

  it.each([
    { name: 'an alias stands for its targets', spec: 'fast', targets: ['m1/small', 'm2/small'] },
    {
      name: 'aliases expand in place',
      spec: 'a/x,fast,b/y',
      targets: ['a/x', 'm1/small', 'm2/small', 'b/y'],
    },
    {
      name: 'aliases of aliases expand depth first',
      spec: 'all',
      targets: ['openai/big', 'm1/small', 'm2/small', 'local/llama'],
    },
    { name: 'a provider with a default model is a target', spec: 'local', targets: ['local/llama'] },
    { name: 'the first mention stands', spec: 'm2/small,fast', targets: ['m2/small', 'm1/small'] },
    { name: 'the bare name and its target are one', spec: 'local,local/llama', targets: ['local/llama'] },
  ])('$name', ({ spec, targets }) => {
    expect(expand(spec, known)).toEqual(targets);
  });

  it('gives each provider one name, however it is spelled', () => {
    const { targets, tree, duplicates } = expandSpec('m1/A,M1/A,M1/b', names({}));
    expect(targets.map(({ target, provider }) => [target, provider])).toEqual([
      ['m1/A', 'm1'],
      ['m1/b', 'm1'],
    ]);
    expect(tree.map(({ name }) => name)).toEqual(['m1/A', 'm1/A', 'm1/b']);
    expect(duplicates).toEqual(['m1/A']);
  });

  it('remembers duplicates once, wherever they come from', () => {
    const { duplicates } = expandSpec('fast,m1/small,m1/small,again', names(known));
    expect(duplicates).toEqual(['m1/small', 'm2/small']);
  });

  it('shows the way each target came by', () => {
    const { tree } = expandSpec('smart,a/x', names(known));
    expect(tree).toMatchObject([
      {
        name: 'smart',
        kind: 'alias',
        source: program,
        children: [
          { name: 'openai/big', kind: 'target', source: null, children: [] },
          { name: 'fast', kind: 'alias', children: [{ name: 'm1/small' }, { name: 'm2/small' }] },
        ],
      },
      { name: 'a/x', kind: 'target', children: [] },
    ]);
  });

  it('takes an alias before a provider of the same name', () => {
    expect(expand('local', { aliases: { local: 'x/y' }, providers: { local: 'llama' } })).toEqual(['x/y']);
  });

  it('never takes the provider of a target for an alias', () => {
    expect(expand('fast/x', { aliases: { fast: 'm1/small' } })).toEqual(['fast/x']);
  });

  it('gives the error of a provider without a default model', () => {
    expect(errorOf(() => expand('bare', known)).code).toBe('no-default-model');
  });

  it('gives the error of a name that nobody knows, also deep inside', () => {
    expect(errorOf(() => expand('top', { aliases: { top: 'a/x,mid', mid: 'nobody' } })).code).toBe(
      'unknown-provider',
    );
  });

  it.each([
    { name: 'a broken alias', aliases: { top: 'a,,b' }, alias: 'top', position: 3 },
    {
      name: 'a broken alias inside another',
      aliases: { top: 'a/x,mid', mid: 'b/y,low', low: 'x/' },
      alias: 'low',
      position: 2,
    },
    { name: 'an empty alias', aliases: { top: ' ' }, alias: 'top', position: null },
  ])('$name is a mistake in the configuration that names alias and source', (row) => {
    const error = errorOf(() => expand('top', row));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.code).toBe('alias-syntax');
    expect(error.message).toContain(`alias ${row.alias} (program)`);
    if (row.position !== null) expect(error.message).toContain(`at character ${row.position}`);
  });

  it('takes names of the language’s own objects for plain names', () => {
    const aliases = Object.fromEntries([
      ['__proto__', 'constructor,a/x'],
      ['constructor', 'toString/m'],
    ]);
    expect(expand('__proto__', { aliases })).toEqual(['toString/m', 'a/x']);
    expect(errorOf(() => expand('hasOwnProperty')).code).toBe('unknown-provider');
  });
});

describe('a cycle', () => {
  it.each([
    { name: 'of one', aliases: { a: 'a' }, spec: 'a', cycle: ['a', 'a'] },
    {
      name: 'of two',
      aliases: { fast: 'smart', smart: 'fast' },
      spec: 'fast',
      cycle: ['fast', 'smart', 'fast'],
    },
    { name: 'of three', aliases: { a: 'b', b: 'c', c: 'a' }, spec: 'b', cycle: ['b', 'c', 'a', 'b'] },
    {
      name: 'that is entered from outside',
      aliases: { start: 'x/y,a', a: 'b', b: 'a' },
      spec: 'start',
      cycle: ['a', 'b', 'a'],
    },
    {
      name: 'behind targets of a chain',
      aliases: { a: 'x/1,y/2,b,z/3', b: 'x/1,c,a', c: 'y/9' },
      spec: 'x/0,a',
      cycle: ['a', 'b', 'a'],
    },
    {
      name: 'through a name with spaces around',
      aliases: { a: ' b ', b: 'x/y , a' },
      spec: 'a',
      cycle: ['a', 'b', 'a'],
    },
  ])('$name is named with every hop', ({ aliases, spec, cycle }) => {
    const error = errorOf(() => expand(spec, { aliases }));
    expect(error).toBeInstanceOf(AliasCycleError);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as AliasCycleError).cycle).toEqual(cycle);
    expect(error.message).toContain(cycle.join(' → '));
    expect(error.code).toBe('alias-cycle');
  });

  it('is not seen where an alias is only used twice', () => {
    const aliases = { a: 'b,c', b: 'd', c: 'd', d: 'x/y' };
    expect(expand('a', { aliases })).toEqual(['x/y']);
  });

  it('of 100 aliases is still named whole', () => {
    const error = errorOf(() => expand('a0', { aliases: chainOf(100, 'a0') }));
    expect(error).toBeInstanceOf(AliasCycleError);
    expect((error as AliasCycleError).cycle).toHaveLength(101);
  });
});

describe('the limits of an expansion', () => {
  it('allow 100 levels of aliases and not 101', () => {
    expect(expand('a0', { aliases: chainOf(100, 'x/y') })).toEqual(['x/y']);
    expect(errorOf(() => expand('a0', { aliases: chainOf(101, 'x/y') })).code).toBe('alias-too-deep');
  });

  it.each([
    { name: 'a chain of 10,000', aliases: chainOf(10_000, 'x/y'), code: 'alias-too-deep' },
    { name: 'a cycle of 1,000', aliases: chainOf(1000, 'a0'), code: 'alias-too-deep' },
    {
      name: 'a tree that doubles 30 times',
      aliases: Object.fromEntries(
        Array.from({ length: 30 }, (_, level) => [`a${level}`, `a${level + 1},a${level + 1}`]).concat([
          ['a30', 'x/y'],
        ]),
      ),
      code: 'alias-too-large',
    },
  ])('answer $name at once, naming the first and last hops', ({ aliases, code }) => {
    const startedMs = performance.now();
    const error = errorOf(() => expand('a0', { aliases }));
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/a0 → a1 → a2 → … → a\d+ → (?:a\d+|x\/y)$/);
  });

  it('allow 1,000 names and not 1,001', () => {
    const wide = (count: number): string =>
      Array.from({ length: count }, (_, index) => `p/${index}`).join(',');
    expect(expand('all', { aliases: { all: wide(999) } })).toHaveLength(999);
    expect(errorOf(() => expand('all', { aliases: { all: wide(1000) } })).code).toBe('alias-too-large');
  });

  it('hold for an alias that is a megabyte of commas', () => {
    const error = errorOf(() => expand('big', { aliases: { big: ','.repeat(1_000_000) } }));
    expect(error.code).toBe('alias-syntax');
    expect(error.message.length).toBeLessThan(300);
  });
});

describe('a spec with marks of other languages', () => {
  it.each([
    { spec: '"m1/a"', at: 1, hint: 'quotes' },
    { spec: "m1/a,m2/b'", at: 10, hint: 'quotes' },
    { spec: 'm1/a;m2/b', at: 5, hint: 'commas' },
    { spec: 'm1/a|m2/b', at: 5, hint: 'commas' },
  ])('is refused with a way out: $spec', ({ spec, at, hint }) => {
    const error = errorOf(() => splitSpec(spec));
    expect(error).toMatchObject({ code: 'spec-syntax', message: expect.stringMatching(`character ${at}$`) });
    expect(error.hint).toContain(hint);
  });
});

describe('what an alias names wrongly', () => {
  const known = { aliases: { fast: 'inner', inner: 'm1/a,gpt-4', bare: 'own' }, providers: { own: null } };
  it.each([
    { spec: 'fast', code: 'unknown-provider', message: 'alias inner (program): unknown 5' },
    { spec: 'bare', code: 'no-default-model', message: 'alias bare (program): no model 3' },
    { spec: 'gpt-4', code: 'unknown-provider', message: 'unknown 5' },
  ])('is told with the place of the alias: $spec', ({ spec, code, message }) => {
    expect(errorOf(() => expand(spec, known))).toMatchObject({ code, message });
  });

  it.each([
    { target: 'm1/a', alias: 'inner' },
    { target: 'm9/z', alias: undefined },
  ])('is found by its target: $target', ({ target, alias }) => {
    const { tree } = expandSpec('fast,m9/z', names({ aliases: { fast: 'inner', inner: 'm1/a' } }));
    expect(aliasNaming(target, tree)?.name).toBe(alias);
  });

  it('in a circle is told with the place of each hop', () => {
    const { hint } = errorOf(() => expand('fast', { aliases: { fast: 'smart', smart: 'fast' } }));
    expect(hint).toBe('let one of these aliases name a target instead: fast (program), smart (program)');
  });
});
