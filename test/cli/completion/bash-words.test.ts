import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { asBashReads } from '../../../src/cli/completion/bash-words.js';

describe('a word as bash reads it', () => {
  it.each([
    'plain',
    "'in quotes'",
    '"in quotes"',
    'a\\ b',
    '"a\\"b\\\\c\\$d\\`e\\f"',
    "'a\\b'",
    `a'b'"c"\\d`,
    "''",
    '""',
  ])('%s', (word) => {
    const { stdout } = spawnSync('bash', ['-c', `printf %s ${word}`], { encoding: 'utf8' });
    expect(asBashReads(word)).toBe(stdout);
  });

  it.each([
    { name: 'a double quote', word: '"m1/qw', read: 'm1/qw' },
    { name: 'a single quote', word: "'m1/qw", read: 'm1/qw' },
    { name: 'a double quote after a backslash', word: '"a\\', read: 'a\\' },
    { name: 'a backslash', word: 'a\\', read: 'a' },
    { name: 'a quote in the middle', word: 'a"b c', read: 'ab c' },
  ])('and $name left open', ({ word, read }) => {
    expect(asBashReads(word)).toBe(read);
  });

  it('has its substitutions as they stand', () => {
    expect(asBashReads('"$(id) $HOME `id`"')).toBe('$(id) $HOME `id`');
  });
});
