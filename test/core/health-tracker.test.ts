import { beforeEach, describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../src/core/classify.js';
import { healthConfig } from '../../src/core/health.js';
import {
  type Admission,
  type FailureReport,
  type HealthSubject,
  HealthTracker,
  type Permit,
} from '../../src/core/health-tracker.js';
import { MemoryStore } from '../../src/core/memory-store.js';

const startMs = 1_000_000;
const leaseMs = 70_000;
const dayMs = 86_400_000;

let nowMs: number;
let store: MemoryStore;
let health: HealthTracker;

function tracker(): HealthTracker {
  const clock = { now: () => nowMs, monotonic: () => nowMs, setTimer: () => () => {} };
  return new HealthTracker({ store, clock, random: () => 0.5, config: healthConfig() });
}

beforeEach(() => {
  nowMs = startMs;
  store = new MemoryStore();
  health = tracker();
});

function subject(target: string): HealthSubject {
  const [provider = ''] = target.split('/');
  return { provider: { key: `p:${provider}`, name: provider }, target: { key: `t:${target}`, name: target } };
}

const one = subject('m1/a');
const sibling = subject('m1/b');

async function permitFor(asked: HealthSubject, options: { force?: boolean } = {}): Promise<Permit> {
  const admission = await health.admit(asked, { leaseMs, ...options });
  if (!admission.admitted) throw new Error('not admitted');
  return admission.permit;
}

function report(kind: ErrorKind, more: Partial<FailureReport> = {}): FailureReport {
  return {
    kind,
    phase: null,
    answered: false,
    costMs: 0,
    retryAfterMs: null,
    plannedWaitMs: null,
    opens: false,
    advanced: false,
    ...more,
  };
}

/** Fails as often as it takes to open the circuit: for 10 s from now. */
async function openBy(
  asked: HealthSubject,
  kind: ErrorKind,
  more: Partial<FailureReport> = {},
): Promise<void> {
  const permit = await permitFor(asked);
  for (let count = 0; count < 3; count += 1) await health.onFailure(permit, report(kind, more));
}

async function stateOf(key: string): Promise<string> {
  const [entry] = await store.read([key]);
  return entry?.circuit.state ?? 'unknown';
}

function refused(admission: Admission): { freeInMs: number; byRetryAfter: boolean } | null {
  return admission.admitted
    ? null
    : { freeInMs: admission.freeAtMs - nowMs, byRetryAfter: admission.byRetryAfter };
}

describe('a request', () => {
  it('is admitted where nothing is known, and leaves nothing behind when it succeeds', async () => {
    const permit = await permitFor(one);
    expect(permit.probe).toBe(false);
    await health.onFirstContent(permit);
    await health.onSuccess(permit);
    expect(await health.entries()).toEqual([]);
    expect(await health.circuit(one)).toEqual({ state: 'closed', generation: 0, failures: 0 });
  });

  it('is not admitted after three failures in a row, until the cooldown is over', async () => {
    await openBy(one, 'server-error');
    expect(refused(await health.admit(one, { leaseMs }))).toEqual({ freeInMs: 10_000, byRetryAfter: false });
    nowMs += 9999;
    expect(refused(await health.admit(one, { leaseMs }))).toEqual({ freeInMs: 1, byRetryAfter: false });
    nowMs += 1;
    expect((await permitFor(one)).probe).toBe(true);
  });

  it('is told of a Retry-After', async () => {
    const permit = await permitFor(one);
    expect(
      await health.onFailure(permit, report('rate-limit', { retryAfterMs: 30_000, answered: true })),
    ).toBe(true);
    expect(refused(await health.admit(one, { leaseMs }))).toEqual({ freeInMs: 30_000, byRetryAfter: true });
  });

  it('waits for the later of its two circuits', async () => {
    await openBy(one, 'server-error');
    nowMs += 4000;
    const other = await permitFor(sibling);
    for (let count = 0; count < 3; count += 1) await health.onFailure(other, report('unreachable'));
    expect(refused(await health.admit(one, { leaseMs }))).toEqual({ freeInMs: 10_000, byRetryAfter: false });
  });

  it('that began before the circuit opened neither closes nor prolongs it', async () => {
    const late = await permitFor(one);
    const lateToo = await permitFor(one);
    await openBy(one, 'server-error');
    const before = await store.read(['t:m1/a', 'p:m1']);
    nowMs += 1000;
    await health.onSuccess(late);
    await health.onFailure(lateToo, report('server-error', { retryAfterMs: 3_000_000 }));
    await health.release(lateToo);
    expect(await store.read(['t:m1/a', 'p:m1'])).toEqual(before);
  });

  it('counts together with those at the same time', async () => {
    const permits = await Promise.all([permitFor(one), permitFor(one), permitFor(one)]);
    const opened: boolean[] = [];
    for (const permit of permits) opened.push(await health.onFailure(permit, report('network')));
    expect(opened).toEqual([false, false, true]);
  });
});

describe('whose health a failure counts against', () => {
  it.each<{
    kind: ErrorKind;
    more?: Partial<FailureReport>;
    scope: 'target' | 'provider' | 'none';
    note: string;
  }>([
    { kind: 'rate-limit', scope: 'target', note: '' },
    { kind: 'overloaded', scope: 'target', note: '' },
    { kind: 'server-error', scope: 'target', note: '' },
    { kind: 'network', scope: 'target', note: '' },
    { kind: 'unreachable', scope: 'provider', note: '' },
    { kind: 'timeout', more: { phase: 'connect' }, scope: 'provider', note: ' of the connection' },
    { kind: 'timeout', more: { phase: 'first-token' }, scope: 'target', note: ' of the first token' },
    { kind: 'timeout', more: { phase: 'idle' }, scope: 'target', note: ' of silence' },
    { kind: 'timeout', more: { phase: 'attempt' }, scope: 'target', note: ' of the attempt' },
    { kind: 'timeout', scope: 'target', note: ' of no known phase' },
    { kind: 'quota', scope: 'provider', note: '' },
    { kind: 'misconfigured', scope: 'provider', note: '' },
    { kind: 'model-not-found', scope: 'none', note: '' },
    { kind: 'context-length', scope: 'none', note: '' },
    { kind: 'auth', more: { advanced: true }, scope: 'provider', note: ' when the chain went on' },
    { kind: 'auth', scope: 'none', note: ' when the chain ended' },
    { kind: 'bad-request', more: { advanced: true }, scope: 'none', note: '' },
    { kind: 'content-filter', more: { advanced: true }, scope: 'none', note: '' },
    { kind: 'cancelled', scope: 'none', note: '' },
  ])('$kind$note: $scope', async ({ kind, more, scope }) => {
    const permit = await permitFor(one);
    let opened = false;
    for (let count = 0; count < 3; count += 1) opened = await health.onFailure(permit, report(kind, more));
    expect(opened).toBe(scope !== 'none');
    expect(await stateOf('t:m1/a')).toBe(scope === 'target' ? 'open' : 'unknown');
    expect(await stateOf('p:m1')).toBe(scope === 'provider' ? 'open' : 'unknown');
    expect((await health.admit(sibling, { leaseMs })).admitted).toBe(scope !== 'provider');
    if (scope === 'none') return;
    expect(await health.entries()).toEqual([
      expect.objectContaining({
        scope,
        kind,
        name: scope === 'target' ? 'm1/a' : 'm1',
        updatedAtMs: startMs,
      }),
    ]);
  });

  it('an answer over HTTP proves the provider, whatever the target does', async () => {
    const permit = await permitFor(one);
    await health.onFailure(permit, report('unreachable'));
    await health.onFailure(permit, report('unreachable'));
    await health.onFailure(permit, report('server-error', { answered: true }));
    await health.onFailure(permit, report('unreachable'));
    expect(await stateOf('p:m1')).toBe('closed');
    expect((await health.circuit(one)).failures).toBe(1);
  });

  it('a wait in vain opens the target’s circuit, also where the provider’s is the one that counts', async () => {
    const permit = await permitFor(one);
    expect(await health.onFailure(permit, report('unreachable', { opens: true }))).toBe(true);
    expect(await stateOf('t:m1/a')).toBe('open');
    expect((await health.admit(sibling, { leaseMs })).admitted).toBe(true);
    expect((await store.read(['p:m1']))[0]?.circuit).toMatchObject({ state: 'closed', failures: 1 });
  });

  it('no answer proves nothing of the provider', async () => {
    const permit = await permitFor(one);
    await health.onFailure(permit, report('unreachable'));
    await health.onFailure(permit, report('unreachable'));
    await health.onFailure(permit, report('network'));
    await health.onFailure(permit, report('unreachable'));
    expect(await stateOf('p:m1')).toBe('open');
  });
});

describe('the probe after a cooldown', () => {
  it('is one request’s only, also when many ask at once', async () => {
    await openBy(one, 'server-error');
    nowMs += 10_000;
    const admissions = await Promise.all(Array.from({ length: 20 }, () => health.admit(one, { leaseMs })));
    expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(1);
    expect(refused(await health.admit(one, { leaseMs }))).toEqual({ freeInMs: leaseMs, byRetryAfter: false });
    expect(refused(await tracker().admit(one, { leaseMs }))).not.toBeNull();
  });

  it('closes the circuit by its success', async () => {
    await openBy(one, 'server-error');
    nowMs += 10_000;
    const probe = await permitFor(one);
    await health.onSuccess(probe);
    expect(await stateOf('t:m1/a')).toBe('closed');
    expect((await permitFor(one)).probe).toBe(false);
    const permit = await permitFor(one);
    expect(await health.onFailure(permit, report('server-error'))).toBe(false);
  });

  it('reopens the circuit by its failure, for twice as long', async () => {
    await openBy(one, 'server-error');
    nowMs += 10_000;
    const probe = await permitFor(one);
    nowMs += 2000;
    expect(await health.onFailure(probe, report('server-error', { costMs: 2000 }))).toBe(true);
    expect(refused(await health.admit(one, { leaseMs }))).toEqual({ freeInMs: 20_000, byRetryAfter: false });
  });

  it('lets the next one in at its first content, and that one’s verdict counts', async () => {
    await openBy(one, 'server-error');
    nowMs += 10_000;
    const first = await permitFor(one);
    await health.onFirstContent(first);
    const second = await permitFor(one);
    expect(second.probe).toBe(true);
    expect(second.generations.target).toBeGreaterThan(first.generations.target);
    await health.onFailure(first, report('network'));
    expect(await stateOf('t:m1/a')).toBe('half-open');
    await health.onSuccess(second);
    expect(await stateOf('t:m1/a')).toBe('closed');
  });

  it('that nobody hears of again is taken over when its lease is over, and is then ignored', async () => {
    await openBy(one, 'server-error');
    nowMs += 10_000;
    const lost = await permitFor(one);
    nowMs += leaseMs;
    const next = await permitFor(one);
    await health.onSuccess(lost);
    await health.onFirstContent(lost);
    await health.release(lost);
    expect(await stateOf('t:m1/a')).toBe('half-open');
    expect((await health.admit(one, { leaseMs })).admitted).toBe(false);
    await health.onFailure(next, report('server-error'));
    expect(await stateOf('t:m1/a')).toBe('open');
  });

  it.each<{ name: string; end: (permit: Permit) => Promise<unknown> }>([
    { name: 'cancelled', end: (permit) => health.release(permit) },
    {
      name: 'refused for its own fault',
      end: (permit) => health.onFailure(permit, report('bad-request', { answered: true })),
    },
  ])('that was $name leaves the place to the next at once', async ({ end }) => {
    await openBy(one, 'server-error');
    nowMs += 10_000;
    await end(await permitFor(one));
    expect(await stateOf('t:m1/a')).toBe('open');
    expect((await permitFor(one)).probe).toBe(true);
  });

  it('of a provider is one for all of its targets', async () => {
    await openBy(one, 'unreachable');
    nowMs += 10_000;
    const probe = await permitFor(one);
    expect((await health.admit(sibling, { leaseMs })).admitted).toBe(false);
    await health.onSuccess(probe);
    expect((await permitFor(sibling)).probe).toBe(false);
  });

  it('of both circuits closes both', async () => {
    await openBy(one, 'server-error');
    const other = await permitFor(sibling);
    for (let count = 0; count < 3; count += 1) await health.onFailure(other, report('quota'));
    nowMs += 10_000;
    const probe = await permitFor(one);
    expect(await stateOf('p:m1')).toBe('half-open');
    expect(await stateOf('t:m1/a')).toBe('half-open');
    await health.onSuccess(probe);
    expect(await stateOf('p:m1')).toBe('closed');
    expect(await stateOf('t:m1/a')).toBe('closed');
  });

  it('of both circuits that is answered with an error closes the provider’s and reopens the target’s', async () => {
    await openBy(one, 'server-error');
    const other = await permitFor(sibling);
    for (let count = 0; count < 3; count += 1) await health.onFailure(other, report('unreachable'));
    nowMs += 10_000;
    await health.onFailure(await permitFor(one), report('overloaded', { answered: true }));
    expect(await stateOf('p:m1')).toBe('closed');
    expect(await stateOf('t:m1/a')).toBe('open');
    expect((await permitFor(sibling)).probe).toBe(false);
  });

  it.each<{ name: string; opening: ErrorKind; failing: Partial<FailureReport> & { kind: ErrorKind } }>([
    {
      name: 'a target’s probe that does not even reach the provider',
      opening: 'server-error',
      failing: { kind: 'timeout', phase: 'connect' },
    },
    { name: 'a target’s probe that is refused', opening: 'server-error', failing: { kind: 'unreachable' } },
    {
      name: 'a provider’s probe that gets no answer',
      opening: 'unreachable',
      failing: { kind: 'timeout', phase: 'first-token' },
    },
  ])('is no success, whosever fault: $name', async ({ opening, failing }) => {
    await openBy(one, opening);
    nowMs += 10_000;
    const permit = await permitFor(one);
    expect(permit.probe).toBe(true);
    expect(await health.onFailure(permit, report(failing.kind, { costMs: 5000, ...failing }))).toBe(true);
    expect(refused(await health.admit(one, { leaseMs }))).toEqual({ freeInMs: 20_000, byRetryAfter: false });
  });

  it('that gets only one of two leases gives it back', async () => {
    await openBy(one, 'server-error');
    await openBy(sibling, 'server-error');
    const third = await permitFor(subject('m1/c'));
    for (let count = 0; count < 3; count += 1) await health.onFailure(third, report('unreachable'));
    nowMs += 10_000;
    const [first, second] = await Promise.all([
      health.admit(one, { leaseMs }),
      health.admit(sibling, { leaseMs }),
    ]);
    const winners = [first, second].filter((admission) => admission.admitted);
    expect(winners).toHaveLength(1);
    if (winners[0]?.admitted) await health.onSuccess(winners[0].permit);
    expect((await permitFor(one)).subject).toBe(one);
    expect((await permitFor(sibling)).subject).toBe(sibling);
  });
});

describe('the one that is asked although all circuits are open', () => {
  it('has the lease to itself', async () => {
    await openBy(one, 'server-error');
    const permit = await permitFor(one, { force: true });
    expect(permit.probe).toBe(true);
    expect((await health.admit(one, { leaseMs, force: true })).admitted).toBe(false);
    await health.onSuccess(permit);
    expect(await stateOf('t:m1/a')).toBe('closed');
  });

  it('is one of many that ask at once', async () => {
    await openBy(one, 'unreachable');
    const admissions = await Promise.all(
      Array.from({ length: 20 }, () => health.admit(one, { leaseMs, force: true })),
    );
    expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(1);
  });

  it('is never one whose server said when to come back', async () => {
    const other = await permitFor(sibling);
    await health.onFailure(other, report('quota', { retryAfterMs: 5000 }));
    const admission = await health.admit(one, { leaseMs, force: true });
    expect(refused(admission)).toEqual({ freeInMs: 5000, byRetryAfter: true });
    nowMs += 5000;
    expect((await permitFor(one)).probe).toBe(true);
  });

  it('is not asked before a Retry-After that hides behind a longer cooldown', async () => {
    await openBy(one, 'server-error');
    const other = await permitFor(sibling);
    await health.onFailure(other, report('quota', { retryAfterMs: 5000 }));
    expect((await health.admit(one, { leaseMs, force: true })).admitted).toBe(false);
  });
});

describe('what is remembered', () => {
  it('is shown as the worse of the two circuits, and showing takes no lease', async () => {
    await health.onFailure(await permitFor(one), report('server-error'));
    expect(await health.circuit(one)).toMatchObject({ state: 'closed', failures: 1 });
    await openBy(sibling, 'unreachable');
    expect(await health.circuit(one)).toMatchObject({ state: 'open' });
    nowMs += 10_000;
    expect(await health.circuit(one)).toMatchObject({ state: 'open' });
    expect((await permitFor(one)).probe).toBe(true);
    expect(await health.circuit(one)).toMatchObject({ state: 'half-open' });
  });

  it('is written only when it changes', async () => {
    let writes = 0;
    class Counting extends MemoryStore {
      override update: MemoryStore['update'] = (key, transition) =>
        super.update(key, (before) => {
          const after = transition(before);
          if (after !== before) writes += 1;
          return after;
        });
    }
    store = new Counting();
    health = tracker();
    const permit = await permitFor(one);
    await health.onFirstContent(permit);
    await health.onSuccess(permit);
    await health.release(permit);
    await health.onFailure(permit, report('bad-request', { answered: true }));
    expect(writes).toBe(0);
    await health.onFailure(permit, report('server-error', { answered: true }));
    expect(writes).toBe(1);
  });

  it('is forgotten after 7 days', async () => {
    await health.onFailure(await permitFor(one), report('server-error'));
    await health.onFailure(await permitFor(one), report('server-error'));
    nowMs += 7 * dayMs;
    expect(await health.entries()).toHaveLength(1);
    nowMs += 1;
    expect(await health.entries()).toEqual([]);
    expect((await health.circuit(one)).failures).toBe(0);
    expect(await health.onFailure(await permitFor(one), report('server-error'))).toBe(false);
    expect((await health.circuit(one)).failures).toBe(1);
  });
});

describe('leave to probe the provider only', () => {
  const probes = ['provider'] as const;
  const leave = async (asked: Parameters<HealthTracker['admit']>[0]): Promise<Permit> => {
    const admission = await health.admit(asked, { leaseMs, probes });
    if (!admission.admitted) throw new Error('not admitted');
    return admission.permit;
  };

  it.each([
    { name: 'counts for a target while its circuit is closed', opened: false, state: 'closed', failures: 1 },
    { name: 'takes no lease of a target, nor is kept away by it', opened: true, state: 'open', failures: 3 },
  ])('$name', async ({ opened, state, failures }) => {
    if (opened) await openBy(one, 'network');
    nowMs += 10_000;
    await health.onFailure(await leave(one), report('network'));
    const [entry] = await store.read([one.target.key]);
    expect(entry?.circuit).toMatchObject({ state, failures });
  });

  it('knows a provider without any target', async () => {
    await health.onFailure(await leave({ ...one, target: null }), report('network'));
    await health.onFailure(await leave({ ...one, target: null }), report('unreachable'));
    expect((await store.list()).map(({ key }) => key)).toEqual([one.provider.key]);
  });

  it.each([
    { disproved: ['unreachable'], state: 'closed' },
    { disproved: ['auth'], state: 'open' },
  ])(
    'and a proof against $disproved leaves one that was unreachable $state',
    async ({ disproved, state }) => {
      await openBy(one, 'unreachable');
      nowMs += 10_000;
      const permit = await leave(one);
      expect(await stateOf(one.provider.key)).toBe('half-open');
      await health.onProof(permit, (kind) => disproved.includes(kind));
      await health.release(permit);
      expect(await stateOf(one.provider.key)).toBe(state);
    },
  );
});
