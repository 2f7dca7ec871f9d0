import { describe, expect, it } from 'vitest';
import { diffLines, diffRows } from '../../../src/cli/render/resolve-diff.js';
import { resolveReport } from '../../../src/cli/render/resolve-report.js';
import { Registry } from '../../../src/index.js';

const before = {
  LLM_A: 'ollama://a.lan',
  LLM_B: 'openai://sk-0123456789abcdef-AAAA@b.corp/v1',
  LLM_C: 'mock://',
};

async function report(env: Record<string, string>, spec: string) {
  const resolutions = await new Registry({ env }).resolve([spec]);
  const facts = { warnings: [], error: null, exitCode: 0, durationMs: 0, now: 0 };
  const [first] = resolveReport({ ...facts, resolutions, diff: null }).resolutions;
  if (first === undefined) throw new Error('nothing was resolved');
  return first;
}

async function changes(env: Record<string, string>, [old, now]: readonly [string, string]) {
  const pair = { before: await report(before, old), after: await report({ ...before, ...env }, now) };
  const layout = { now: 0, width: 80, paint: (style: string, text: string) => `${style}(${text})` };
  return {
    rows: diffRows(pair).map((row) => row.filter((_, column) => [0, 2, 3].includes(column)).join(' ')),
    lines: diffLines(pair, layout),
  };
}

describe('how a chain would change', () => {
  it('is nothing where nothing does', async () => {
    const { rows, lines } = await changes({}, ['a/x,b/y', 'a/x,b/y']);
    expect(rows).toEqual(['= 1 a/x', '= 2 b/y']);
    expect(lines).toEqual(['bold(a/x,b/y)  dim(no change)']);
  });

  it('of a thousand targets is found at once', async () => {
    const chain = (prefix: string) => Array.from({ length: 990 }, (_, n) => `${prefix}/m${n}`).join(',');
    const pair = { before: await report(before, chain('a')), after: await report(before, chain('b')) };
    const startedMs = performance.now();
    const rows = Array.from({ length: 20 }, () => diffRows(pair)).at(-1);
    expect(performance.now() - startedMs).toBeLessThan(1500);
    expect(rows?.map(([change]) => change).join('')).toBe('-'.repeat(990) + '+'.repeat(990));
    expect(rows?.at(-1)?.slice(2, 4)).toEqual(['990', 'b/m989']);
  });

  it.each<{
    name: string;
    env?: Record<string, string>;
    specs: readonly [string, string];
    rows: readonly string[];
  }>([
    { name: 'a target more', specs: ['a/x', 'a/x,c/z'], rows: ['= 1 a/x', '+ 2 c/z'] },
    { name: 'a target less', specs: ['a/x,c/z', 'c/z'], rows: ['- 1 a/x', '= 1 c/z'] },
    { name: 'another order', specs: ['a/x,c/z', 'c/z,a/x'], rows: ['- 1 a/x', '= 1 c/z', '+ 2 a/x'] },
    {
      name: 'another endpoint',
      env: { LLM_A: 'ollama://z.lan' },
      specs: ['a/x', 'a/x'],
      rows: ['- 1 a/x', '+ 1 a/x'],
    },
    {
      name: 'another key',
      env: { LLM_B: 'openai://sk-0123456789abcdef-BBBB@b.corp/v1' },
      specs: ['b/y', 'b/y'],
      rows: ['- 1 b/y', '+ 1 b/y'],
    },
    {
      name: 'a key that is gone',
      env: { LLM_B: 'openai://b.corp/v1' },
      specs: ['b/y', 'b/y'],
      rows: ['- 1 b/y', '+ 1 b/y', '+ error no target of b/y has a credential'],
    },
    {
      name: 'a DSN that is broken',
      env: { LLM_C: 'nope://' },
      specs: ['a/x,c/z', 'a/x,c/z'],
      rows: [
        '= 1 a/x',
        '- 2 c/z',
        expect.stringMatching(/^\+ error LLM_C: an unknown name/) as unknown as string,
      ],
    },
  ])('is told: $name', async ({ env = {}, specs, rows }) => {
    expect((await changes(env, specs)).rows).toEqual(rows);
  });

  it('is painted, and shows no secret', async () => {
    const { lines } = await changes({ LLM_B: 'openai://sk-0123456789abcdef-BBBB@b.corp/v1' }, [
      'a/x,b/y',
      'a/x,b/y',
    ]);
    expect(lines).toEqual([
      'bold(a/x,b/y)',
      '  1. a/x · http://a.lan:11434/api · no key needed · LLM_A',
      'red(- 2. b/y · https://b.corp/v1 · LLM_B …AAAA · LLM_B)',
      'green(+ 2. b/y · https://b.corp/v1 · LLM_B …BBBB · LLM_B)',
    ]);
  });
});
