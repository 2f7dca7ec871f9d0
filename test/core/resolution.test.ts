import { describe, expect, it } from 'vitest';
import { Registry } from '../../src/index.js';

const key = 'sk-0123456789abcdef-WXYZ';

function registry(env: Record<string, string>): Registry {
  return new Registry({ env, envLookup: (name) => env[name] });
}

async function resolve(env: Record<string, string>, spec: string, aliases: Record<string, string> = {}) {
  const at = registry(env);
  for (const [name, to] of Object.entries(aliases)) at.registerAlias(name, to);
  const [resolution] = await at.resolve([spec]);
  if (resolution === undefined) throw new Error('nothing was resolved');
  return resolution;
}

describe('what a spec means', () => {
  const env = { LLM_M1: 'ollama://m1.lan', OPENAI_API_KEY: key, LLM_WORK: `openai://${key}@gateway.corp/v1` };

  it('is its tree, and its targets with endpoint, credential and source', async () => {
    const { error, tree, targets } = await resolve(env, 'fast', {
      fast: 'm1/qwen3,smart',
      smart: 'openai/gpt-x',
    });
    expect(error).toBeNull();
    expect(tree).toMatchObject([
      {
        name: 'fast',
        kind: 'alias',
        source: { kind: 'program' },
        children: [
          { name: 'm1/qwen3', kind: 'target' },
          { name: 'smart', kind: 'alias', children: [{ name: 'openai/gpt-x' }] },
        ],
      },
    ]);
    expect(targets).toMatchObject([
      {
        target: 'm1/qwen3',
        scheme: 'ollama',
        endpoint: 'http://m1.lan:11434/api',
        source: { kind: 'env', key: 'LLM_M1' },
        credential: null,
        usable: true,
        notes: [],
      },
      {
        target: 'openai/gpt-x',
        endpoint: 'https://api.openai.com/v1',
        source: { kind: 'builtin' },
        credential: { source: 'OPENAI_API_KEY', fingerprint: '…WXYZ' },
        circuit: { state: 'closed' },
        usable: true,
      },
    ]);
    expect(JSON.stringify(targets)).not.toContain(key.slice(0, 12));
  });

  it('says what has no credential, and is an error when nothing has one', async () => {
    const some = await resolve({ LLM_M1: 'ollama://m1.lan' }, 'anthropic/c,m1/x');
    expect(some.error).toBeNull();
    expect(some.targets[0]).toMatchObject({ usable: false, notes: [{ code: 'no-credential' }] });
    expect(some.targets[0]?.notes[0]?.message).toContain('ANTHROPIC_API_KEY');
    expect((await resolve({}, 'anthropic/c,openai/x')).error).toMatchObject({ code: 'no-credential' });
  });

  it('says which targets fail together', async () => {
    const { targets } = await resolve(env, 'work/a,work/b,openai/a,m1/x');
    expect(targets.map(({ notes }) => notes.map(({ code }) => code))).toEqual([[], ['shared-fate'], [], []]);
    expect(targets[1]?.notes[0]?.message).toContain('work/a');
  });

  it('tells of each target what its DSN is warned of, too', async () => {
    const { tree, targets } = await resolve({ LLM_A: ` openai://${key}@h.example` }, 'a/x,a/y,a/z');
    expect(targets.map(({ notes }) => notes.map(({ code }) => code))).toEqual([
      ['dsn-trimmed'],
      ['dsn-trimmed', 'shared-fate'],
      ['dsn-trimmed', 'shared-fate'],
    ]);
    // what several of them share cannot be changed by whom it was given to
    expect([targets[0]?.notes, tree[0]?.children, tree[0]?.shadows].map(Object.isFrozen)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('compares endpoint and key, not names', async () => {
    const two = { LLM_A: `openai://${key}@h.example`, LLM_B: `openai://${key}@h.example/v1` };
    const fate = async (more: Record<string, string>): Promise<unknown> =>
      (await resolve({ ...two, ...more }, 'a/x,b/x')).targets[1]?.notes.map(({ code }) => code);
    expect(await fate({})).toEqual(['shared-fate']);
    expect(await fate({ LLM_B: `openai://${key}x@h.example` })).toEqual([]);
    expect(await fate({ LLM_B: `openai://${key}@h.example/v2` })).toEqual([]);
  });

  it('tells circuits as they stand', async () => {
    const at = registry({ LLM_M1: 'mock://?fault=429:900*', LLM_M2: 'mock://' });
    await at.parse('m1/x,m2/x').generate({ prompt: 'hi' });
    const [resolution] = await at.resolve(['m2/x,m1/x']);
    expect(resolution?.targets.map(({ circuit }) => circuit.state)).toEqual(['closed', 'open']);
  });

  it('runs no command and reads no file', async () => {
    const { targets } = await resolve(
      { LLM_A: 'openai://h.example?key_cmd=false', LLM_B: 'openai://h.example?key_file=/nonexistent' },
      'a/x,b/x',
    );
    expect(targets.map(({ credential }) => credential)).toEqual([
      { source: 'key_cmd', fingerprint: null },
      { source: 'key_file', fingerprint: null },
    ]);
  });
});

describe('what is wrong with a spec', () => {
  it.each([
    { name: 'an unknown provider', spec: 'm1/x,nope/x', code: 'unknown-provider', targets: ['m1/x'] },
    { name: 'a broken DSN', spec: 'bad/x,m1/x', code: /dsn/, targets: ['m1/x'] },
    { name: 'an unknown name', spec: 'm1/x,fats', code: 'unknown-provider', targets: ['m1/x'] },
    { name: 'a comma too many', spec: 'm1/x,,m1/y', code: 'spec-syntax', targets: [] },
  ])('$name is told beside what there is', async ({ spec, code, targets }) => {
    const at = await resolve({ LLM_M1: 'mock://', LLM_BAD: 'openai://k@h:99999' }, spec, { fast: 'm1/x' });
    expect(at.error?.code).toMatch(code);
    expect(at.targets.map(({ target }) => target)).toEqual(targets);
  });

  it('a cycle is drawn with every hop', async () => {
    const { error, tree } = await resolve({}, 'a', { a: 'b', b: 'c', c: 'a' });
    expect(error).toMatchObject({ code: 'alias-cycle', message: 'alias cycle: a → b → c → a' });
    expect(tree).toMatchObject([
      {
        name: 'a',
        children: [{ name: 'b', children: [{ name: 'c', children: [{ name: 'a', children: [] }] }] }],
      },
    ]);
  });

  it.each([
    { name: '10,000 levels', count: 10_000, to: (n: number) => `a${n + 1}`, code: 'alias-too-deep' },
    {
      name: 'a cycle of 1,000',
      count: 1_000,
      to: (n: number) => `a${(n + 1) % 1_000}`,
      code: 'alias-too-deep',
    },
    {
      name: 'a doubling tree of 30 levels',
      count: 30,
      to: (n: number) => `a${n + 1},a${n + 1}`,
      code: 'alias-too-large',
    },
  ])('$name end in an answer at once', async ({ count, to, code }) => {
    const at = registry({ LLM_M1: 'mock://' });
    for (let n = 0; n < count; n += 1) at.registerAlias(`a${n}`, to(n));
    if (count !== 1_000) at.registerAlias(`a${count}`, 'm1/x');
    const [resolution] = await at.resolve(['a0']);
    expect(resolution?.error?.code).toBe(code);
  });

  it('is no reason to leave the others out', async () => {
    const at = registry({ LLM_M1: 'mock://' });
    const all = await at.resolve(['nope', 'm1/x', 'm1/,', 'm1/y']);
    expect(all.map(({ error }) => error === null)).toEqual([false, true, false, true]);
  });
});

describe('very many specs', () => {
  const large = Array.from({ length: 990 }, (_, n) => `m1/m${n}`).join(',');
  it.each([
    { name: 'each of them large', spec: () => 'large' },
    { name: 'each of them a mistake', spec: (n: number) => `nobody-${n}` },
  ])('are answered soon, the last ones with an error: $name', async ({ spec }) => {
    const at = registry({ LLM_M1: 'mock://' });
    at.registerAlias('large', large);
    for (let n = 0; n < 12_000; n += 1) at.registerAlias(`alias-${n}`, spec(n));
    const startedMs = performance.now();
    const all = await at.resolve([...at.aliases.keys()]);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(all[0]).toMatchObject({ spec: 'large', error: null });
    expect(all.at(-1)).toMatchObject({
      spec: 'alias-11999',
      error: { code: 'alias-too-large' },
      targets: [],
    });
  });
});
