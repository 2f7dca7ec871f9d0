import { describe, expect, it } from 'vitest';
import { isOfferable } from '../../../src/cli/completion/candidate.js';

describe('a word is offered', () => {
  it.each([
    'fast',
    'm1/qwen3:8b',
    'openrouter/anthropic/claude-x',
    'cloudflare/@cf/meta/llama-3.1-8b',
    'm1/a_b.c+d,m2/e',
    'm1/x=429:2,stall',
    'müller/größe',
    '_x',
  ])('%s', (word) => {
    expect(isOfferable(word)).toBe(true);
  });
});

describe('a word is left out', () => {
  it.each([
    { name: 'with a substitution', word: 'm1/$(touch x)' },
    { name: 'with a variable', word: 'm1/$HOME' },
    { name: 'with backticks', word: 'm1/`id`' },
    { name: 'with a single quote', word: "m1/it's" },
    { name: 'with a double quote', word: 'm1/"x"' },
    { name: 'with a backslash', word: 'm1/a\\b' },
    { name: 'with a space', word: 'm1/my model' },
    { name: 'with a line break', word: 'm1/a\nb' },
    { name: 'with a tab', word: 'm1/a\tb' },
    { name: 'with an escape', word: 'm1/\u001b[2J' },
    { name: 'with a character that turns a line', word: 'm1/a\u202eb' },
    { name: 'with a semicolon', word: 'm1/a;id' },
    { name: 'with an ampersand', word: 'm1/a&b' },
    { name: 'with a pipe', word: 'm1/a|b' },
    { name: 'with a redirection', word: 'm1/a>b' },
    { name: 'with a glob', word: 'm1/*' },
    { name: 'with a question mark', word: 'm1/a?' },
    { name: 'with brackets', word: 'm1/[a]' },
    { name: 'with braces', word: 'm1/{a,b}' },
    { name: 'with an exclamation mark', word: 'm1/a!b' },
    { name: 'with a hash', word: 'm1/#a' },
    { name: 'with a caret', word: 'm1/a^b' },
    { name: 'with a percent sign', word: 'm1/%a' },
    { name: 'that begins like a home', word: '~root/x' },
    { name: 'that begins like a flag', word: '--config=evil.yaml' },
    { name: 'that begins like a command of zsh', word: '=ls' },
    { name: 'that begins like an array of PowerShell', word: '@x' },
    { name: 'that is empty', word: '' },
    { name: 'that looks like a key', word: 'sk-0123456789abcdefghij' },
    { name: 'with a part that looks like a key', word: 'm1/sk-0123456789abcdefghij' },
    { name: 'that is a DSN', word: 'openai://hush@host' },
  ])('$name', ({ word }) => {
    expect(isOfferable(word)).toBe(false);
  });
});
