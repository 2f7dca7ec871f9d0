import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AliasCycleError, ConfigError, MajordomoError, UsageError } from '../../src/core/errors.js';
import { expandSpec, type SpecNames, splitSpec } from '../../src/core/spec.js';

const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,6}$/);
const target = fc.tuple(name, fc.stringMatching(/^[a-z0-9:./-]{1,8}$/)).map((parts) => parts.join('/'));
const space = fc.constantFrom('', ' ', '  ', '\n', '\t');

/** Aliases `a0`…`a5` that name each other and targets in any way. */
const graph = fc.array(
  fc.array(
    fc.oneof(
      fc.nat(5).map((index) => `a${index}`),
      fc.nat(3).map((index) => `p/${index}`),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  { minLength: 6, maxLength: 6 },
);

function namesOf(aliases: ReadonlyMap<string, readonly string[]>): SpecNames {
  const source = { kind: 'program', key: 'program' } as const;
  return {
    alias: (alias) => {
      const elements = aliases.get(alias);
      return elements && { name: alias, spec: elements.join(','), source, shadows: [] };
    },
    providerName: (spelling) => spelling,
    defaultModel: () => undefined,
    noDefaultModel: () => new ConfigError('no-default-model', 'no model'),
    unknownName: () => new ConfigError('unknown-provider', 'unknown'),
  };
}

/** The simplest expansion there is: by recursion, null when it meets a cycle. */
function naive(
  elements: readonly string[],
  aliases: ReadonlyMap<string, readonly string[]>,
  path: readonly string[] = [],
): string[] | null {
  const found: string[] = [];
  for (const element of elements) {
    const inner = aliases.get(element);
    if (inner === undefined) found.push(element);
    else {
      const expanded = path.includes(element) ? null : naive(inner, aliases, [...path, element]);
      if (expanded === null) return null;
      found.push(...expanded);
    }
  }
  return found;
}

describe('any spec', () => {
  it('of well-formed elements is split into them, whatever space is around', () => {
    const elements = fc.array(fc.tuple(space, fc.oneof(name, target), space), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(elements, (parts) => {
        const spec = parts.map((part) => part.join('')).join(',');
        expect(splitSpec(spec)).toEqual(parts.map(([, element]) => element));
      }),
      { numRuns: 200 },
    );
  });

  it('is split or refused with a position inside it, and the message is one bounded line', () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 3 }),
        fc.constantFrom(',', '/', ' ', ':', '://', 'a'),
      ),
    });
    fc.assert(
      fc.property(hostile, (spec) => {
        try {
          for (const element of splitSpec(spec)) {
            expect(element).toMatch(/^[^\s,/][^\s,]*$/);
            expect(element).not.toMatch(/^[^/]*(?::\/\/|\/$)/);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          const { message } = error as UsageError;
          const position = Number(/at character (\d+)$/.exec(message)?.[1]);
          expect(position).toBeGreaterThanOrEqual(1);
          expect(position).toBeLessThanOrEqual([...spec].length + 1);
          expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
          expect(message.length).toBeLessThan(300);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('any graph of aliases', () => {
  it('expands as by plain recursion, each target once, or names a true cycle', () => {
    fc.assert(
      fc.property(graph, (specs) => {
        const aliases = new Map(specs.map((elements, index) => [`a${index}`, elements]));
        const wanted = naive(['a0'], aliases);
        try {
          const { targets, duplicates } = expandSpec('a0', namesOf(aliases));
          expect(targets.map((found) => found.target)).toEqual([...new Set(wanted)]);
          expect(new Set(duplicates)).toEqual(
            new Set(wanted?.filter((item, at) => wanted.indexOf(item) !== at)),
          );
        } catch (error) {
          if (!(error instanceof MajordomoError)) throw error;
          expect(error).toBeInstanceOf(AliasCycleError);
          expect(wanted).toBeNull();
          const { cycle } = error as AliasCycleError;
          expect(cycle[0]).toBe(cycle.at(-1));
          expect(new Set(cycle).size).toBe(cycle.length - 1);
          for (const [index, hop] of cycle.slice(1).entries()) {
            expect(aliases.get(cycle[index] ?? '')).toContain(hop);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
