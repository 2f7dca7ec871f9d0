import { describe, expect, it } from 'vitest';
import { SchemaPatterns } from '../../src/config/schema-patterns.js';

describe('patterns of a schema', () => {
  it('are answered for a validator that asks again', async () => {
    const patterns = new SchemaPatterns();
    const [vowel, digit] = [patterns.regExp('[aeiou]', 'u'), patterns.regExp('\\d', 'u')];
    let rounds = 0;
    const found = await patterns.decide(() => {
      rounds += 1;
      // the second is only asked where the first has said no
      return vowel.test('xyz') ? 'vowel' : digit.test('x1') ? 'digit' : 'none';
    });
    expect(found).toBe('digit');
    expect(rounds).toBe(3);
  });

  it('are not mixed up by two that are at it at once', async () => {
    const patterns = new SchemaPatterns();
    const vowel = patterns.regExp('[aeiou]', 'u');
    const decided = ['a', 'x', 'e', 'y'].map((text) => patterns.decide(() => vowel.test(text)));
    expect(await Promise.all(decided)).toEqual([true, false, true, false]);
  });

  it('are refused where they are none', () => {
    expect(() => new SchemaPatterns().regExp('(', 'u')).toThrow(SyntaxError);
  });

  it('are given up where one takes too long', async () => {
    const patterns = new SchemaPatterns();
    const slow = patterns.regExp('^(a+)+$', 'u');
    expect(await patterns.decide(() => slow.test(`${'a'.repeat(60)}!`))).toBeNull();
  });
});
