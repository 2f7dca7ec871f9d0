import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from '../../src/core/nearest.js';

const names = ['openai', 'openrouter', 'anthropic', 'google', 'ollama', 'groq', 'mistral', 'm1'];

describe('nearest', () => {
  it.each([
    ['opnai', ['openai']],
    ['oepnai', ['openai']],
    ['OPENAI', ['openai']],
    ['antropic', ['anthropic']],
    ['olama', ['ollama']],
    ['m2', ['m1']],
    ['1m', ['m1']],
    ['grok', ['groq']],
    ['zzzzzz', []],
    ['', []],
    ['x', []],
  ])('offers for %j: %j', (word, expected) => {
    expect(nearest(word, names)).toEqual(expected);
  });

  it('puts the nearest first and keeps the order of equals', () => {
    expect(nearest('abcdef', ['abcdxx', 'abcdey', 'abcdex', 'abcdef'])).toEqual([
      'abcdef',
      'abcdey',
      'abcdex',
    ]);
  });

  it('offers no more than asked for, and nothing twice', () => {
    expect(nearest('aaaa', ['aaab', 'aaab', 'aaac', 'aaad'], 2)).toEqual(['aaab', 'aaac']);
  });

  it.each([
    { name: 'long names', word: 'a'.repeat(50_000), all: [`${'a'.repeat(49_999)}b`] },
    {
      name: 'many names',
      word: 'alias-of-somebody',
      all: Array.from({ length: 300_000 }, (_, n) => `alias-of-${n}`),
    },
  ])('takes no time for $name', ({ word, all }) => {
    const startedMs = performance.now();
    nearest(word, all);
    expect(performance.now() - startedMs).toBeLessThan(300);
  });

  it('finds among hundreds of names', () => {
    const all = Array.from({ length: 300 }, (_, n) => `provider-${n}`);
    expect(nearest('openruoter', [...all, 'openrouter'])).toEqual(['openrouter']);
  });

  it('counts a swap of neighbours as one edit', () => {
    expect(nearest('abc', ['acb'])).toEqual(['acb']);
    expect(nearest('abc', ['cba'])).toEqual([]);
  });

  it('leaves its candidates as they are, whatever their case', () => {
    expect(nearest('x-title', ['X-Titel'])).toEqual(['X-Titel']);
  });
});

describe('didYouMean', () => {
  it.each([
    ['zzzzzz', ''],
    ['opnai', 'did you mean openai?'],
  ])('says for %j: %j', (word, expected) => {
    expect(didYouMean(word, names)).toBe(expected);
  });

  it('names nothing that could redraw a terminal', () => {
    expect(didYouMean('fast', ['fa\u001bst'])).toBe('did you mean fa�st?');
  });

  it.each([
    [['aaab', 'aaac'], 'did you mean aaab or aaac?'],
    [['aaab', 'aaac', 'aaad', 'aaae'], 'did you mean aaab, aaac or aaad?'],
  ])('joins %j', (candidates, expected) => {
    expect(didYouMean('aaaa', candidates)).toBe(expected);
  });
});
