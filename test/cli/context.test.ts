import { describe, expect, it } from 'vitest';
import { type ColorChoice, wantsColor } from '../../src/cli/context.js';

describe('colour', () => {
  it.each([
    { name: 'on a terminal', flag: undefined, env: {}, isTTY: true, colored: true },
    { name: 'none in a pipe', flag: undefined, env: {}, isTTY: false, colored: false },
    { name: '--color auto is no choice', flag: 'auto', env: { NO_COLOR: '1' }, isTTY: true, colored: false },
    {
      name: '--color always beats all',
      flag: 'always',
      env: { NO_COLOR: '1', TERM: 'dumb' },
      isTTY: false,
      colored: true,
    },
    {
      name: '--color never beats FORCE_COLOR',
      flag: 'never',
      env: { FORCE_COLOR: '3' },
      isTTY: true,
      colored: false,
    },
    {
      name: 'NO_COLOR beats FORCE_COLOR',
      flag: undefined,
      env: { NO_COLOR: 'x', FORCE_COLOR: '1' },
      isTTY: true,
      colored: false,
    },
    { name: 'an empty NO_COLOR is none', flag: undefined, env: { NO_COLOR: '' }, isTTY: true, colored: true },
    {
      name: 'FORCE_COLOR beats TERM=dumb',
      flag: undefined,
      env: { FORCE_COLOR: 'true', TERM: 'dumb' },
      isTTY: false,
      colored: true,
    },
    {
      name: 'FORCE_COLOR=0 is none',
      flag: undefined,
      env: { FORCE_COLOR: '0' },
      isTTY: true,
      colored: false,
    },
    {
      name: 'FORCE_COLOR=false is none',
      flag: undefined,
      env: { FORCE_COLOR: 'false' },
      isTTY: true,
      colored: false,
    },
    {
      name: 'an empty FORCE_COLOR is no choice',
      flag: undefined,
      env: { FORCE_COLOR: '' },
      isTTY: false,
      colored: false,
    },
    { name: 'TERM=dumb is none', flag: undefined, env: { TERM: 'dumb' }, isTTY: true, colored: false },
  ] as readonly (ColorChoice & { name: string; colored: boolean })[])('$name', ({ colored, ...choice }) => {
    expect(wantsColor(choice)).toBe(colored);
  });
});
