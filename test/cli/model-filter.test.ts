import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelFilter } from '../../src/cli/model-filter.js';

describe('a filter of models', () => {
  it.each([
    { text: 'qwen', id: 'Qwen/Qwen3-8B', is: true },
    { text: 'QWEN3', id: 'qwen3:8b', is: true },
    { text: 'llama', id: 'qwen3:8b', is: false },
    { text: 'qwen*', id: 'qwen3:8b', is: true },
    { text: 'qwen*', id: 'my/qwen3', is: false },
    { text: '*:8b', id: 'qwen3:8b', is: true },
    { text: 'qwen?:8b', id: 'qwen3:8b', is: true },
    { text: 'qwen?:8b', id: 'qwen33:8b', is: false },
    { text: 'a.b', id: 'axb', is: false },
    { text: 'a.b*', id: 'axbc', is: false },
    { text: '(a|b)*', id: '(a|b)c', is: true },
    { text: '[a]*', id: 'a', is: false },
    { text: '*a\\*', id: 'xa\\y', is: true },
    { text: '*', id: 'any/thing', is: true },
  ])('$text: $id is meant: $is', ({ text, id, is }) => {
    expect(modelFilter(text)(id)).toBe(is);
  });

  it('is done with a pattern that tries every way', () => {
    expect(modelFilter(`${'*a'.repeat(40)}*b`)('a'.repeat(2000))).toBe(false);
  });

  it('agrees with a plain reading of any pattern', () => {
    const letter = fc.constantFrom('a', 'b', '*', '?');
    const plain = (pattern: string, text: string): boolean => {
      if (pattern === '') return text === '';
      if (pattern[0] === '*')
        return plain(pattern.slice(1), text) || (text !== '' && plain(pattern, text.slice(1)));
      return (
        text !== '' &&
        (pattern[0] === '?' || pattern[0] === text[0]) &&
        plain(pattern.slice(1), text.slice(1))
      );
    };
    const words = fc.array(letter, { maxLength: 7 }).map((letters) => `*${letters.join('')}`);
    const texts = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(words, texts, (pattern, text) => modelFilter(pattern)(text) === plain(pattern, text)),
    );
  });
});
