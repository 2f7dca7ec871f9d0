import { beforeAll, describe, expect, it } from 'vitest';
import type { ErrorKind } from '../../../src/core/classify.js';
import {
  type HealthCheckOptions,
  type Level,
  type Provider,
  ProviderError,
  type ProviderErrorOptions,
  Registry,
} from '../../../src/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import { fail, finish, hang, type Script, scriptedProvider, text } from '../../support/scripted-provider.js';

const answer: Script = [text('OK'), finish()];

/** What stands in the way of m1/x: nothing, until a test puts something there. */
interface Trouble {
  reach?: ProviderErrorOptions;
  /** Of the key and of the list of models. */
  list?: ProviderErrorOptions;
  script?: Script;
}

function rig({ keyed = true } = {}) {
  const clock = new ManualClock();
  const registry = new Registry({ env: {}, clock, random: () => 0.5 });
  const trouble: Trouble = {};
  const meets = async <T>(error: ProviderErrorOptions | undefined, found: T): Promise<T> => {
    if (error !== undefined) throw new ProviderError(error);
    return found;
  };
  const reached = { dnsMs: null, connectMs: 1, tlsMs: null, certificateDays: null };
  const proof = { proven: true, reason: null, httpStatus: 200, firstByteMs: 1 };
  const model: Provider['model'] = (id) => {
    const script = trouble.script ?? answer;
    return scriptedProvider('m1', { models: { x: [script] } }, { clock, seen: [] }).model(id);
  };
  registry.registerProvider({
    name: 'm1',
    model,
    ...(keyed && { credential: () => ({ source: 'LLM_M1', fingerprint: null }) }),
    reach: () => meets(trouble.reach, reached),
    proveCredential: () => meets(trouble.list, proof),
    findModel: () => meets(trouble.list, { found: true, reason: null, nearest: [] }),
  });
  const check = (options: HealthCheckOptions = {}, name = 'm1/x') =>
    clock.drive(registry.check([name], { record: true, ...options }));
  /** `target open 3`, by scope. */
  const memory = async () =>
    (await registry.health.entries())
      .map(({ scope, circuit }) => `${scope} ${circuit.state} ${circuit.failures}`)
      .sort();
  const troubled = async (times: number, now: Trouble, level: Level = 'generates') => {
    Object.assign(trouble, now);
    for (let time = 0; time < times; time += 1) await check({ level });
    for (const key of Object.keys(trouble) as (keyof Trouble)[]) delete trouble[key];
  };
  return { clock, registry, trouble, check, memory, troubled };
}

const error = (kind: ErrorKind, more: Partial<ProviderErrorOptions> = {}): ProviderErrorOptions => ({
  kind,
  message: kind,
  ...more,
});

// loaded with the first check, which no manual clock knows of
beforeAll(() => new Registry({ env: {} }).check(['mock'], { level: 'configured' }));

describe('a check that fails', () => {
  it.each<{ kind: ErrorKind; more?: Partial<ProviderErrorOptions>; remembered: string[] }>([
    { kind: 'rate-limit', more: { httpStatus: 429 }, remembered: ['target open 3'] },
    { kind: 'overloaded', remembered: ['target open 3'] },
    { kind: 'server-error', remembered: ['target open 3'] },
    { kind: 'network', remembered: ['target open 3'] },
    { kind: 'timeout', more: { phase: 'first-token' }, remembered: ['target open 3'] },
    { kind: 'timeout', more: { phase: 'connect' }, remembered: ['provider open 3'] },
    { kind: 'unreachable', remembered: ['provider open 3'] },
    { kind: 'quota', more: { httpStatus: 429 }, remembered: ['provider open 3'] },
    { kind: 'misconfigured', remembered: ['provider open 3'] },
    { kind: 'auth', more: { httpStatus: 401 }, remembered: [] },
    { kind: 'bad-request', more: { httpStatus: 400 }, remembered: [] },
    { kind: 'model-not-found', more: { httpStatus: 404 }, remembered: [] },
    { kind: 'content-filter', remembered: [] },
    { kind: 'context-length', remembered: [] },
  ])('by $kind ($more) three times leaves $remembered', async ({ kind, more, remembered }) => {
    const { troubled, memory } = rig();
    await troubled(3, { script: [fail(kind, more)] });
    expect(await memory()).toEqual(remembered);
  });

  it.each<{ name: string; trouble: Trouble; level: Level; remembered: string[] }>([
    {
      name: 'at the list',
      trouble: { list: error('overloaded') },
      level: 'model',
      remembered: ['target open 3'],
    },
    {
      name: 'at the connection',
      trouble: { reach: error('unreachable') },
      level: 'model',
      remembered: ['provider open 3'],
    },
    { name: 'at nothing', trouble: {}, level: 'model', remembered: [] },
  ])('$name counts as well', async ({ trouble, level, remembered }) => {
    const { troubled, memory } = rig();
    await troubled(3, trouble, level);
    expect(await memory()).toEqual(remembered);
  });

  it.each<{ kind: ErrorKind; remembered: string[] }>([
    { kind: 'unreachable', remembered: ['provider closed 1'] },
    // it is about no target, and not the provider's fault
    { kind: 'overloaded', remembered: [] },
  ])('of a provider alone, by $kind, leaves $remembered', async ({ kind, remembered }) => {
    const { trouble, check, memory } = rig();
    trouble.list = error(kind);
    await check({}, 'm1');
    expect(await memory()).toEqual(remembered);
  });

  it('counts each time that it is repeated', async () => {
    const { trouble, check, memory } = rig();
    trouble.script = [fail('server-error')];
    await check({ level: 'generates', repeat: 2 });
    expect(await memory()).toEqual(['target closed 2']);
  });

  it('and was told to wait opens the circuit for that long, and no answer before that closes it', async () => {
    const { troubled, check, memory, registry, clock } = rig();
    await troubled(1, { script: [fail('rate-limit', { httpStatus: 429, retryAfterMs: 60_000 })] });
    await check({ level: 'generates' });
    expect(await memory()).toEqual(['target open 1']);
    const [entry] = await registry.health.entries();
    expect(entry?.circuit).toMatchObject({ untilMs: clock.startMs + 60_000 });
  });

  it('by its own time counts, by the deadline of all it does not', async () => {
    const { trouble, check, memory } = rig();
    trouble.script = [hang];
    await check({ level: 'generates', checkTimeoutMs: 5_000, timeoutMs: 4_000 });
    expect(await memory()).toEqual([]);
    await check({ level: 'generates', checkTimeoutMs: 5_000, timeoutMs: 6_000 });
    expect(await memory()).toEqual(['target closed 1']);
  });

  it('by the deadline of all when it is repeated does not count either', async () => {
    const { trouble, check, memory } = rig();
    trouble.script = [hang];
    await check({ level: 'generates', repeat: 2, checkTimeoutMs: 5_000, timeoutMs: 6_000 });
    expect(await memory()).toEqual(['target closed 1']);
  });

  it('counts nowhere unless that is wanted', async () => {
    const { trouble, check, memory } = rig();
    trouble.script = [fail('server-error')];
    await check({ level: 'generates', record: false });
    expect(await memory()).toEqual([]);
  });
});

describe('an answer', () => {
  it('makes failures forgotten', async () => {
    const { troubled, check, memory } = rig();
    await troubled(2, { script: [fail('server-error')] });
    await check({ level: 'generates' });
    expect(await memory()).toEqual(['target closed 0']);
  });

  it.each([
    { name: 'after the cooldown, as its probe', waitMs: 10_000 },
    { name: 'before it is over, too', waitMs: 100 },
  ])('closes an open circuit $name', async ({ waitMs }) => {
    const { troubled, check, memory, clock } = rig();
    await troubled(3, { script: [fail('server-error')] });
    await clock.advance(waitMs);
    await check({ level: 'generates' });
    expect(await memory()).toEqual(['target closed 0']);
  });

  it('is no answer to who holds the lease', async () => {
    const { troubled, check, memory, clock, registry } = rig();
    await troubled(3, { script: [fail('server-error')] });
    await clock.advance(10_000);
    const [target] = registry.parse('m1/x').targets;
    if (target === undefined) throw new Error('no target');
    const probe = await registry.health.admit(target.health, { leaseMs: 70_000 });
    await check({ level: 'generates' });
    expect(await memory()).toEqual(['target half-open 3']);
    if (probe.admitted) await registry.health.onSuccess(probe.permit);
    expect(await memory()).toEqual(['target closed 0']);
  });
});

describe('a check of an open circuit that fails again', () => {
  it.each([
    { name: 'after the cooldown opens it for longer', waitMs: 10_000, moreMs: 15_000 },
    { name: 'before that is no news', waitMs: 4_000, moreMs: 6_000 },
  ])('$name', async ({ waitMs, moreMs }) => {
    const { troubled, memory, clock, registry } = rig();
    await troubled(3, { script: [fail('server-error')] });
    await clock.advance(waitMs);
    await troubled(1, { script: [fail('server-error')] });
    expect(await memory()).toEqual([expect.stringMatching(/^target open/)]);
    const [entry] = await registry.health.entries();
    expect(entry?.circuit).toMatchObject({ untilMs: clock.now() + moreMs });
  });

  it('gives the lease back when it is cancelled', async () => {
    const { trouble, troubled, check, memory, clock } = rig();
    await troubled(3, { script: [fail('server-error')] });
    await clock.advance(10_000);
    trouble.script = [hang];
    const controller = new AbortController();
    clock.setTimer(100, () => controller.abort(new Error('enough')));
    await expect(check({ level: 'generates', signal: controller.signal })).rejects.toThrow('enough');
    expect(await memory()).toEqual(['target open 3']);
  });
});

describe('less than an answer', () => {
  it.each<{ kind: ErrorKind; level: Level; closes: boolean }>([
    { kind: 'unreachable', level: 'reachable', closes: true },
    { kind: 'unreachable', level: 'model', closes: true },
    { kind: 'misconfigured', level: 'reachable', closes: false },
    { kind: 'misconfigured', level: 'credential', closes: true },
    { kind: 'quota', level: 'model', closes: false },
    { kind: 'quota', level: 'generates', closes: true },
  ])('$level of a provider that failed by $kind: closes $closes', async ({ kind, level, closes }) => {
    const { troubled, check, memory, clock } = rig();
    await troubled(3, { script: [fail(kind)] });
    await clock.advance(10_000);
    await check({ level });
    expect(await memory()).toEqual([closes ? 'provider closed 0' : 'provider open 3']);
  });

  it('counts for the provider where the model then fails', async () => {
    const { troubled, memory, clock } = rig();
    await troubled(3, { reach: error('unreachable') });
    await clock.advance(10_000);
    await troubled(1, { script: [fail('server-error')] });
    expect(await memory()).toEqual(['provider closed 0', 'target closed 1']);
  });

  it('counts for a provider without a key by its list', async () => {
    const { troubled, check, memory, clock } = rig({ keyed: false });
    await troubled(3, { script: [fail('misconfigured')] });
    await clock.advance(10_000);
    await check({ level: 'model' });
    expect(await memory()).toEqual(['provider closed 0']);
  });

  it('proves nothing of a target, and leaves its probe to a run', async () => {
    const { troubled, check, memory, clock, registry } = rig();
    await troubled(3, { script: [fail('server-error')] });
    await clock.advance(10_000);
    const before = await registry.health.entries();
    await check({ level: 'model' });
    expect(await memory()).toEqual(['target open 3']);
    expect(await registry.health.entries()).toEqual(before);
  });
});
