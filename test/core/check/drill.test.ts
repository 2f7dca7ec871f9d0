import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ErrorKind,
  foreseenDrill,
  type HealthCheckOptions,
  isNegative,
  type Provider,
  ProviderError,
  Registry,
  type RegistryOptions,
} from '../../../src/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import { fail, finish, type Script, scriptedProvider, text, wait } from '../../support/scripted-provider.js';

type What = ErrorKind | 'good' | 'doubtful' | 'keyless';

/** Providers by what becomes of their checks, each with a model x. */
function rig(world: Readonly<Record<string, What>>, chain: RegistryOptions['chain'] = {}) {
  const clock = new ManualClock();
  const seen: { readonly target: string }[] = [];
  const registry = new Registry({ env: { LLM_BROKEN: 'nope://' }, clock, chain });
  for (const [name, what] of Object.entries(world)) {
    const failure = new ProviderError({ kind: what as ErrorKind, message: `it is ${what}` });
    const isFailing = !['good', 'doubtful', 'keyless'].includes(what);
    const script: Script = isFailing ? [fail(what as ErrorKind)] : [wait(10), text(name), finish()];
    const own: Partial<Provider> = {
      reach: async () => {
        if (isFailing) throw failure;
        return { dnsMs: null, connectMs: 1, tlsMs: null, certificateDays: null };
      },
      findModel: async () =>
        what === 'doubtful'
          ? { found: null, reason: 'the list is open', nearest: [] }
          : { found: true, reason: null, nearest: [] },
    };
    const unavailable = () => ({ reason: 'no-credential', message: 'set K' }) as const;
    registry.registerProvider({
      ...scriptedProvider(name, { models: { x: [script] } }, { clock, seen: seen as never }),
      ...own,
      ...(what === 'keyless' && { unavailable, prepare: async () => unavailable() }),
    });
  }
  const check = (names: readonly string[], options: HealthCheckOptions = {}) =>
    clock.drive(registry.check(names, { drill: true, ...options }));
  return { check, clock, registry, asked: () => seen.map(({ target }) => target) };
}

// loaded with the first drill, which no manual clock knows of
beforeAll(() => new Registry({ env: {} }).check(['mock/x,mock/y'], { level: 'generates', drill: true }));

describe('a drill that is foreseen', () => {
  it.each<{ name: string; world: Readonly<Record<string, What>>; steps: readonly (string | RegExp)[] }>([
    { name: 'all are well', world: { a: 'good', b: 'good', c: 'good' }, steps: ['b/x', 'c/x'] },
    {
      name: 'one is away',
      world: { a: 'good', b: 'unreachable', c: 'good' },
      steps: ['c/x', 'c/x'],
    },
    {
      name: 'one has no credential',
      world: { a: 'good', b: 'keyless', c: 'good' },
      steps: ['c/x', 'c/x'],
    },
    {
      name: 'a key is wrong',
      world: { a: 'good', b: 'auth', c: 'good' },
      steps: [/^b\/x: auth: it is auth, which ends the chain$/, 'c/x'],
    },
    {
      name: 'a key is wrong behind one that is away',
      world: { a: 'good', b: 'timeout', c: 'auth', d: 'good' },
      steps: [
        /^b\/x: timeout: it is timeout; c\/x: auth: it is auth, which ends the chain$/,
        /^c\/x: auth: it is auth, which ends the chain$/,
        'd/x',
      ],
    },
    {
      name: 'a prompt would be too long, which ends no chain',
      world: { a: 'good', b: 'context-length', c: 'good' },
      steps: ['c/x', 'c/x'],
    },
    {
      name: 'the rest is away',
      world: { a: 'good', b: 'unreachable', c: 'quota' },
      steps: [/^b\/x: unreachable: it is unreachable$/, /^c\/x: quota: it is quota$/],
    },
  ])('where $name', async ({ world, steps }) => {
    const targets = Object.keys(world).map((name) => `${name}/x`);
    const { check, asked } = rig(world);
    const report = await check([targets.join(',')]);
    const drill = report.chains[0]?.drill ?? [];
    expect(drill.map(({ failed }) => failed.length)).toEqual(steps.map((_, index) => index + 1));
    for (const [index, step] of steps.entries()) {
      const told = drill[index];
      if (typeof step === 'string')
        expect(told).toMatchObject({ status: 'pass', answeredBy: step, message: null });
      else
        expect(told).toMatchObject({
          status: 'fail',
          answeredBy: null,
          message: expect.stringMatching(step),
        });
    }
    expect(isNegative(report)).toBe(steps.some((step) => typeof step !== 'string'));
    expect(asked()).toEqual([]);
  });

  it('goes on after a wrong key where the chain would', async () => {
    const { check } = rig({ a: 'good', b: 'auth', c: 'good' }, { advanceOnPermanent: true });
    const { chains } = await check(['a/x,b/x,c/x']);
    expect(chains[0]?.drill?.map(({ answeredBy }) => answeredBy)).toEqual(['c/x', 'c/x']);
  });

  it('says what is not proven', async () => {
    const { check } = rig({ a: 'good', b: 'doubtful' });
    const { chains } = await check(['a/x,b/x']);
    expect(chains[0]?.drill).toMatchObject([
      { status: 'pass', answeredBy: 'b/x', message: 'not proven: the list is open' },
    ]);
  });

  it('is failed by a member for which a run refuses the chain', async () => {
    const { check } = rig({ a: 'good', b: 'good' });
    for (const level of ['model', 'generates'] as const) {
      const report = await check(['a/x,b/x,broken/x'], { level });
      expect(report.chains[0]?.drill).toMatchObject([
        { status: 'fail', answeredBy: null, message: expect.stringMatching(/^broken\/x: LLM_BROKEN: /) },
        { status: 'fail', answeredBy: null },
      ]);
      expect(report).toMatchObject({ state: 'up', warnings: [{ code: 'chain-refused' }] });
      expect(report.chains).toMatchObject([{ firstHealthy: 'a/x', answeredBy: null }]);
    }
  });

  it('may be made of results that one has', async () => {
    const { registry } = rig({ a: 'good', b: 'good' });
    expect(await foreseenDrill(registry.parse('a/x,b/x'), new Map())).toMatchObject([
      { failed: ['a/x'], status: 'fail', message: 'b/x: not checked' },
    ]);
  });
});

describe('a drill', () => {
  it('really asks where models are asked', async () => {
    const { check, asked } = rig({ a: 'good', b: 'good' });
    const told: unknown[] = [];
    const { chains } = await check(['a/x,b/x'], {
      level: 'generates',
      onDrill: (spec) => told.push(spec),
      onDrilled: (spec, steps) => told.push(spec, steps.length),
    });
    expect(chains[0]?.drill).toMatchObject([
      { status: 'pass', answeredBy: 'b/x', generated: [{ text: 'b' }] },
    ]);
    expect(asked()).toEqual(['a/x', 'b/x', 'b/x']);
    expect(told).toEqual(['a/x,b/x', 'a/x,b/x', 1]);
  });

  it('ends with the deadline of the checks', async () => {
    const { check, clock } = rig({ a: 'good', b: 'good', c: 'good', d: 'good' });
    const report = await check(['a/x,b/x,c/x,d/x'], { level: 'generates', timeoutMs: 25 });
    expect(clock.elapsedMs).toBe(25);
    expect(report).toMatchObject({ state: 'up', cutShort: true });
    expect(report.chains[0]?.drill).toMatchObject([
      { status: 'pass', durationMs: 10 },
      { status: 'fail', durationMs: 5, message: expect.stringContaining('no answer within 5ms') },
      { status: 'skip', durationMs: 0, message: expect.stringContaining('deadline') },
    ]);
  });

  it.each([
    { names: ['a'] },
    { names: ['a/x'] },
    { names: ['one'] },
    { names: ['a/x,a/x'] },
    { names: ['keyless/x,a/x'] },
    { names: ['broken/x,a/x', 'a'] },
  ])('of $names has nothing to prove, and is refused', async ({ names }) => {
    const { check, registry, clock } = rig({ a: 'good', keyless: 'keyless' });
    registry.registerAlias('one', 'a/x');
    await expect(check(names)).rejects.toMatchObject({ name: 'ConfigError', code: 'nothing-to-drill' });
    expect(clock.elapsedMs).toBe(0);
  });

  it('says which chains it left out', async () => {
    const { check, registry } = rig({ a: 'good', b: 'good' });
    registry.registerAlias('one', 'a/x');
    const report = await check(['one', 'a/x,b/x']);
    expect(report.chains.map(({ drill }) => drill?.length ?? null)).toEqual([null, 1]);
    expect(report.warnings).toEqual([
      { code: 'not-drilled', message: expect.stringMatching(/^one is not drilled/) },
    ]);
    expect([isNegative(report), isNegative(report, 'warn')]).toEqual([false, true]);
  });

  it('of an optional chain fails nothing', async () => {
    const { check } = rig({ a: 'good', b: 'unreachable' });
    const report = await check(['a/x,b/x'], { optional: ['a/x,b/x'] });
    expect(report.chains[0]?.drill).toMatchObject([{ status: 'fail' }]);
    expect([isNegative(report), isNegative(report, 'warn')]).toEqual([false, true]);
  });
});

describe('a chain whose healthy target is not asked', () => {
  it.each<{ what: ErrorKind; ends: boolean }>([
    { what: 'auth', ends: true },
    { what: 'bad-request', ends: true },
    { what: 'content-filter', ends: true },
    { what: 'unreachable', ends: false },
    { what: 'model-not-found', ends: false },
    { what: 'quota', ends: false },
  ])('after $what: $ends', async ({ what, ends }) => {
    const { check } = rig({ bad: what, x: 'good' });
    const report = await check(['bad/x,x/x'], { drill: false });
    expect(report).toMatchObject({
      state: 'degraded',
      chains: [{ firstHealthy: 'x/x', answeredBy: ends ? null : 'x/x', drill: null }],
    });
    const message = `bad/x,x/x: bad/x fails with ${what}, which ends the chain: x/x is not asked unless advanceOnPermanent is set`;
    expect(report.warnings).toEqual(ends ? [{ code: 'chain-ends', message }] : []);
    expect(isNegative(report)).toBe(false);
    const willing = rig({ bad: what, x: 'good' }, { advanceOnPermanent: true });
    expect((await willing.check(['bad/x,x/x'], { drill: false })).warnings).toEqual([]);
  });

  it('is not one whose first target is healthy, or none', async () => {
    const { check } = rig({ bad: 'auth', x: 'good' });
    expect((await check(['x/x,bad/x', 'bad/x,bad/y'], { drill: false })).warnings).toEqual([]);
  });

  it('is one whose first target does not answer as expected', async () => {
    const { check } = rig({ a: 'good', b: 'good' });
    const judge = ({ text: said }: { text: string }) => ({ text: 'b', passed: said === 'b', actual: said });
    const expectations = [{ text: 'b', needsCost: false, whenUnknown: null, judge }];
    const report = await check(['a/x,b/x'], { drill: false, level: 'generates', expectations });
    expect(report.warnings).toEqual([
      {
        code: 'chain-ends',
        message: 'a/x,b/x: a/x answers, though not as expected, which ends the chain: b/x is not asked',
      },
    ]);
  });
});
