import { beforeAll, describe, expect, it } from 'vitest';
import {
  type HealthCheckOptions,
  isNegative,
  type Provider,
  ProviderError,
  Registry,
} from '../../../src/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import { finish, scriptedProvider, text } from '../../support/scripted-provider.js';

/** Providers by name: how long reaching each takes, or the kind of its failure. */
type World = Readonly<Record<string, number | ProviderError['kind']>>;

function rig(world: World, aliases: Readonly<Record<string, string>> = {}) {
  const clock = new ManualClock();
  const seen: never[] = [];
  const registry = new Registry({ env: { LLM_BAD: 'nope://', LLM_HTTP: 'mock://' }, clock });
  for (const [name, what] of Object.entries(world)) {
    const reach: Provider['reach'] = async () => {
      if (typeof what === 'string') throw new ProviderError({ kind: what, message: `it is ${what}` });
      await new Promise<void>((resolve) => clock.setTimer(what, () => resolve()));
      return { dnsMs: null, connectMs: what, tlsMs: null, certificateDays: null };
    };
    registry.registerProvider({
      ...scriptedProvider(name, { models: { x: [[text('OK'), finish()]] } }, { clock, seen }),
      endpoint: `https://${name}.corp/v1`,
      findModel: async (id) => ({ found: id === 'x', reason: null, nearest: [] }),
      reach,
    });
  }
  for (const [name, spec] of Object.entries(aliases)) registry.registerAlias(name, spec);
  const check = (names: readonly string[] | undefined, options: HealthCheckOptions = {}) =>
    clock.drive(registry.check(names, options));
  return { clock, check, seen, registry };
}

const short = (checks: readonly { subject: string; status: string }[]) =>
  checks.map(({ subject, status }) => `${subject} ${status}`);

// loaded with the first check, which no manual clock knows of
beforeAll(() => new Registry({ env: {} }).check(['mock'], { level: 'configured' }));

describe('checking by name', () => {
  it.each([
    { names: ['m1'], checks: ['m1 pass'], chains: [], state: 'up' },
    { names: ['M1'], checks: ['m1 pass'], chains: [], state: 'up' },
    { names: ['m1/x'], checks: ['m1/x pass'], chains: [], state: 'up' },
    { names: ['m1/y'], checks: ['m1/y fail'], chains: [], state: 'down' },
    { names: ['dead'], checks: ['dead fail'], chains: [], state: 'down' },
    { names: ['bad'], checks: ['bad fail'], chains: [], state: 'down' },
    {
      names: ['fast'],
      checks: ['dead/x fail', 'm1/x pass'],
      chains: ['fast degraded m1/x'],
      state: 'degraded',
    },
    {
      names: ['m1/x,dead/x'],
      checks: ['m1/x pass', 'dead/x fail'],
      chains: ['m1/x,dead/x up m1/x'],
      state: 'up',
    },
    {
      names: ['dead/x,m1/y'],
      checks: ['dead/x fail', 'm1/y fail'],
      chains: ['dead/x,m1/y down null'],
      state: 'down',
    },
    {
      names: ['fast', 'm1/x'],
      checks: ['dead/x fail', 'm1/x pass'],
      chains: ['fast degraded m1/x'],
      state: 'degraded',
    },
  ])('$names is $state', async ({ names, checks, chains, state }) => {
    const { check } = rig({ m1: 5, dead: 'unreachable' }, { fast: 'dead/x,m1/x' });
    const report = await check(names);
    expect(short(report.checks)).toEqual(checks);
    expect(
      report.chains.map(({ spec, state: how, firstHealthy }) => `${spec} ${how} ${firstHealthy}`),
    ).toEqual(chains);
    expect(report).toMatchObject({ state, cutShort: false });
  });

  it.each([
    { name: 'nobody', code: 'unknown-provider' },
    { name: 'nobody/x', code: 'unknown-provider' },
    { name: 'loop', code: 'alias-cycle' },
    { name: 'm1/x,', code: 'spec-syntax' },
  ])('$name is refused before anything is sent', async ({ name, code }) => {
    const { check, clock } = rig({ m1: 5 }, { loop: 'loop2', loop2: 'loop' });
    await expect(check([name, 'm1'])).rejects.toMatchObject({ code });
    expect(clock.elapsedMs).toBe(0);
  });

  it('without a name is of everything that somebody set up', async () => {
    const { checks } = await rig({ m1: 5 }).check(undefined);
    expect(short(checks)).toEqual(['bad fail', 'http pass', 'm1 pass']);
  });

  it('without a name is of providers that an alias hides, too', async () => {
    const { checks, chains } = await rig({ m1: 5 }, { bad: 'm1/x', http: 'm1/x' }).check(undefined);
    expect(short(checks)).toEqual(['bad fail', 'http pass', 'm1 pass']);
    expect(chains).toEqual([]);
  });

  it.each([{ names: [] }, { names: undefined }])('never passes with nothing: $names', async ({ names }) => {
    await expect(new Registry({ env: {} }).check(names)).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'nothing-to-check',
    });
  });

  it('does not heed the state of a chain that is optional', async () => {
    const { check } = rig({ m1: 5, dead: 'unreachable' }, { one: 'dead/x' });
    for (const name of ['one', 'dead/x,m1/x', 'dead/x,m1/y']) {
      const report = await check([name, 'm1/x'], { optional: [name] });
      expect(report).toMatchObject({ state: 'up', chains: [{ required: false }] });
      expect(isNegative(report, 'degraded')).toBe(false);
    }
    expect(await check(['one'], { optional: ['dead/x'] })).toMatchObject({ state: 'down' });
  });

  it('fails where a built-in provider has no endpoint', async () => {
    const { checks } = await new Registry({ env: {} }).check(['azure']);
    expect(checks).toMatchObject([{ status: 'fail', kind: null, message: expect.stringContaining('host') }]);
  });

  it('spends nothing unless it is told to', async () => {
    const { check, seen } = rig({ m1: 5 });
    await check(['m1/x']);
    expect(seen).toHaveLength(0);
    const { checks } = await check(['m1/x'], { level: 'generates' });
    expect(seen).toHaveLength(1);
    expect(checks[0]).toMatchObject({
      status: 'pass',
      levelReached: 'generates',
      generated: [{ text: 'OK' }],
    });
  });
});

describe('the time of checks', () => {
  it('is that of the slowest where there is room for all', async () => {
    for (const options of [{}, { maxCostUsd: 0.1 }]) {
      const { check, clock } = rig({ a: 100, b: 300, c: 200 });
      await check(['a', 'b', 'c'], options);
      expect(clock.elapsedMs).toBe(300);
    }
  });

  it('is bounded for each check, and for all', async () => {
    const { check, clock } = rig({ a: 90_000, b: 90_000, c: 90_000 });
    const { checks, cutShort } = await check(['a', 'b', 'c'], {
      jobs: 1,
      checkTimeoutMs: 8_000,
      timeoutMs: 10_000,
    });
    expect(clock.elapsedMs).toBe(10_000);
    expect(cutShort).toBe(true);
    expect(checks.map(({ kind, durationMs }) => [kind, durationMs])).toEqual([
      ['timeout', 8000],
      ['timeout', 2000],
      ['timeout', 0],
    ]);
  });

  it('is told as it passes', async () => {
    const told: string[] = [];
    await rig({ a: 100, b: 50 }).check(['a', 'b'], {
      onPlanned: (planned) => told.push(...planned.map(({ subject, level }) => `${subject}? ${level}`)),
      onChecked: ({ subject, status }) => told.push(`${subject} ${status}`),
    });
    expect(told).toEqual(['a? reachable', 'b? reachable', 'b pass', 'a pass']);
  });

  it('is told when the turn of each comes', async () => {
    const told: string[] = [];
    await rig({ a: 100, b: 50 }).check(['a', 'b'], {
      jobs: 1,
      onBegun: ({ subject }) => told.push(`${subject}…`),
      onChecked: ({ subject }) => told.push(subject),
    });
    expect(told).toEqual(['a…', 'a', 'b…', 'b']);
  });

  it('ends when it is cancelled', async () => {
    const { clock, check } = rig({ a: 90_000 });
    const controller = new AbortController();
    clock.setTimer(100, () => controller.abort(new Error('enough')));
    await expect(check(['a'], { signal: controller.signal })).rejects.toThrow('enough');
    expect(clock.elapsedMs).toBe(100);
  });
});

describe('what may be spent', () => {
  it.each([
    { maxCostUsd: 1, price: 0.4, asked: 3, cutShort: false },
    { maxCostUsd: 0.5, price: 0.4, asked: 2, cutShort: true },
    { maxCostUsd: 0.5, price: null, asked: 1, cutShort: true },
  ])('at most $maxCostUsd, at $price a request', async ({ maxCostUsd, price, asked, cutShort }) => {
    const { check, seen } = rig({ a: 10, b: 20, c: 30 });
    const report = await check(['a/x', 'b/x', 'c/x'], {
      level: 'generates',
      maxCostUsd,
      jobs: 1,
      priceOf: async () => price,
    });
    expect(seen).toHaveLength(asked);
    expect(report.cutShort).toBe(cutShort);
    expect(report.checks.filter(({ status }) => status === 'skip')).toHaveLength(3 - asked);
  });
});

describe('a callback that throws', () => {
  const bug = new Error('my table is broken');
  const throws = (): never => {
    throw bug;
  };

  it.each<{ name: string; options: HealthCheckOptions }>([
    { name: 'priceOf, at once', options: { priceOf: throws } },
    { name: 'priceOf, later', options: { priceOf: () => Promise.reject(bug) } },
    { name: 'onPlanned', options: { onPlanned: throws } },
    { name: 'onBegun', options: { onBegun: throws } },
    { name: 'onChecked', options: { onChecked: throws } },
  ])('is no illness of whom it was told of: $name', async ({ options }) => {
    const { check, registry } = rig({ m1: 10 });
    await expect(check(['m1/x'], { level: 'generates', record: true, ...options })).rejects.toBe(bug);
    expect(await registry.health.entries()).toEqual([]);
  });

  it('ends the checks beside it', async () => {
    const { registry } = rig({ m1: 10 });
    let ended: unknown = null;
    registry.registerProvider({
      ...scriptedProvider('stuck', { models: {} }, { clock: new ManualClock(), seen: [] }),
      reach: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            ended = signal.reason;
            reject(signal.reason);
          });
        }),
    });
    registry.registerProvider({
      ...scriptedProvider('quick', { models: {} }, { clock: new ManualClock(), seen: [] }),
      reach: async () => ({ dnsMs: null, connectMs: 1, tlsMs: null, certificateDays: null }),
    });
    const options = { level: 'reachable', onChecked: throws } as const;
    await expect(registry.check(['stuck', 'quick'], options)).rejects.toBe(bug);
    expect(ended).toBe(bug);
  });
});

describe('many checks at once', () => {
  it('hear of their end through one listener on the signal that they were given', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
    const { check } = rig(Object.fromEntries(names.map((name) => [name, 5])));
    const { signal } = new AbortController();
    let [listeners, most] = [0, 0];
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      listeners += 1;
      most = Math.max(most, listeners);
      return addEventListener.apply(signal, given);
    };
    signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      return removeEventListener.apply(signal, given);
    };
    await check(names, { signal, jobs: 12 });
    expect([most, listeners]).toEqual([1, 0]);
  });

  it.each([{ when: 'before they begin' }, { when: 'on their way' }])(
    'end with its reason $when',
    async ({ when }) => {
      const { check, clock } = rig({ m1: 500, m2: 500 });
      const controller = new AbortController();
      if (when === 'before they begin') controller.abort(new Error('enough'));
      else clock.setTimer(100, () => controller.abort(new Error('enough')));
      await expect(check(['m1', 'm2'], { signal: controller.signal })).rejects.toThrow('enough');
    },
  );
});
