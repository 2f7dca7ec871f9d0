import { describe, expect, it } from 'vitest';
import { type CheckSubject, climb } from '../../../src/core/check/climb.js';
import type { Level } from '../../../src/core/check/level.js';
import { ConfigError, ProviderError } from '../../../src/core/errors.js';
import type {
  CredentialProof,
  ModelContext,
  ModelFinding,
  Provider,
  Reached,
} from '../../../src/core/ports.js';
import { type ChainConfig, Registry } from '../../../src/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import {
  fail,
  finish,
  hang,
  type Script,
  scriptedProvider,
  text,
  wait,
} from '../../support/scripted-provider.js';

const reached: Reached = { dnsMs: 1, connectMs: 2, tlsMs: 3, certificateDays: 40 };
const proven: CredentialProof = { proven: true, reason: null, httpStatus: 200, firstByteMs: 4 };
const found: ModelFinding = { found: true, reason: null, nearest: [] };
const credential = () => ({ source: 'LLM_M1', fingerprint: null });
const refusal = (kind: ProviderError['kind'], message: string = kind) =>
  new ProviderError({ kind, message, httpStatus: 400, hint: `mend ${kind}` });

interface Setting {
  readonly provider?: Partial<Provider>;
  readonly script?: Script;
  readonly level?: Level;
  readonly model?: string | null;
  readonly required?: boolean;
  readonly timeoutMs?: number;
  readonly isHurried?: boolean;
  readonly config?: ChainConfig;
  readonly signal?: AbortSignal;
}

async function check(setting: Setting = {}) {
  const clock = new ManualClock();
  const seen: never[] = [];
  const { script = [text('OK'), finish()], level = 'generates', model = 'a', required = true } = setting;
  const provider = {
    ...scriptedProvider('m1', { models: { a: [script] } }, { clock, seen }),
    credential,
    reach: async () => reached,
    proveCredential: async () => proven,
    findModel: async () => found,
    ...setting.provider,
  };
  const registry = new Registry({ env: {}, clock });
  registry.registerProvider(provider);
  const [info] = await registry.describe(['m1']);
  if (info === undefined) throw new Error('no provider');
  const subject: CheckSubject = { name: model === null ? 'm1' : `m1/${model}`, info, model, required, level };
  const { signal = new AbortController().signal, timeoutMs = 10_000, isHurried = false } = setting;
  const { config = {} } = setting;
  const parts = { clock, config, timeoutMs, isHurried, signal, prompt: 'Hi' };
  const result = await clock.drive(climb(subject, parts));
  return { result, asked: seen.length, pending: clock.pending };
}

describe('a check that passes', () => {
  it.each<{ level: Level; asked: number }>([
    { level: 'configured', asked: 0 },
    { level: 'reachable', asked: 0 },
    { level: 'credential', asked: 0 },
    { level: 'model', asked: 0 },
    { level: 'generates', asked: 1 },
  ])('climbs to $level and no further', async ({ level, asked }) => {
    const { result, ...rest } = await check({ level });
    expect(result).toMatchObject({ status: 'pass', level, levelReached: level, message: null, kind: null });
    expect(rest).toEqual({ asked, pending: 0 });
  });

  it('tells what the connection took, and the days of the certificate', async () => {
    const { result } = await check({ level: 'credential' });
    expect(result).toMatchObject({
      certificateDays: 40,
      httpStatus: 200,
      phases: { dnsMs: 1, connectMs: 2, tlsMs: 3, firstByteMs: 4 },
      generated: [],
    });
  });

  it('of a provider alone ends with its credential, where no more is asked for', async () => {
    const { result } = await check({ model: null, level: 'credential' });
    expect(result).toMatchObject({ status: 'pass', level: 'credential', levelReached: 'credential' });
  });

  it('of one that needs no key finds its model', async () => {
    const { result } = await check({ level: 'model', provider: { credential: () => null } });
    expect(result).toMatchObject({ status: 'pass', levelReached: 'model' });
  });

  it('costs a few tokens at most', async () => {
    let most: number | undefined;
    const model: Provider['model'] = (id) => ({
      id,
      async *stream(request) {
        most = request.options.maxTokens;
        yield { type: 'text-delta', text: 'OK' };
        yield { type: 'finish', finishReason: 'stop', rawFinishReason: null, servedModel: null, usage: null };
      },
    });
    const { result } = await check({ provider: { model } });
    expect(most).toBe(16);
    expect(result.generated).toMatchObject([{ text: 'OK', firstTokenMs: 0 }]);
  });
});

describe('a check that leaves something open', () => {
  const unproven: Partial<Provider> = {
    proveCredential: async () => ({ ...proven, proven: false, reason: 'the list is public' }),
  };
  it.each<{ name: string; setting: Setting; reached: Level; says: string }>([
    {
      name: 'a public list',
      setting: { provider: unproven, level: 'credential' },
      reached: 'reachable',
      says: 'public',
    },
    {
      name: 'a public list with the model in it',
      setting: { provider: unproven, level: 'model' },
      reached: 'reachable',
      says: 'public',
    },
    {
      name: 'a model that may be there',
      setting: {
        level: 'model',
        provider: { findModel: async () => ({ found: null, reason: 'deployments', nearest: [] }) },
      },
      reached: 'credential',
      says: 'deployments',
    },
    {
      name: 'a provider with no list',
      setting: { level: 'model', provider: { findModel: undefined as never } },
      reached: 'credential',
      says: 'no list',
    },
    {
      name: 'a provider that proves no key',
      setting: { level: 'credential', provider: { proveCredential: undefined as never } },
      reached: 'reachable',
      says: 'nothing that proves',
    },
  ])('warns of $name, and says how to know', async ({ setting, reached: level, says }) => {
    const { result } = await check(setting);
    expect(result).toMatchObject({
      status: 'warn',
      levelReached: level,
      message: expect.stringContaining(says),
    });
    expect(result.hint).toContain('--probe');
  });

  it.each<{ name: string; provider: Partial<Provider> }>([
    { name: 'the list is public', provider: unproven },
    {
      name: 'there is no list',
      provider: {
        proveCredential: async () => Promise.reject(refusal('misconfigured')),
        findModel: async () => Promise.reject(refusal('misconfigured')),
      },
    },
  ])('asks the model where $name, and believes its answer', async ({ provider }) => {
    expect((await check({ provider })).result).toMatchObject({ status: 'pass', levelReached: 'generates' });
  });

  it.each(
    (
      [
        'bad-request',
        'context-length',
        'misconfigured',
        'model-not-found',
        'network',
        'overloaded',
        'quota',
        'rate-limit',
        'server-error',
        'timeout',
      ] as const
    ).flatMap((kind) => (['proveCredential', 'findModel'] as const).map((step) => ({ kind, step }))),
  )('asks the model all the same where $step ends in $kind', async ({ kind, step }) => {
    const { result, asked } = await check({
      provider: { [step]: async () => Promise.reject(refusal(kind)) },
    });
    expect(result).toMatchObject({ status: 'pass', levelReached: 'generates', message: null });
    expect(asked).toBe(1);
  });

  it('leaves half of its time for the model where the list does not come', async () => {
    const hangs = (context: ModelContext): Promise<never> =>
      new Promise((_, reject) => {
        context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true });
        if (context.signal.aborted) reject(context.signal.reason);
      });
    const provider: Partial<Provider> = { proveCredential: hangs, findModel: (_, context) => hangs(context) };
    const script = [wait(4000), text('OK'), finish()];
    expect(await check({ provider, script })).toMatchObject({
      result: { status: 'pass', levelReached: 'generates', durationMs: 9000 },
      pending: 0,
    });
    expect((await check({ provider, level: 'model' })).result).toMatchObject({
      status: 'fail',
      kind: 'timeout',
      durationMs: 10_000,
    });
    const keyless = { ...provider, credential: () => null, reach: hangs };
    expect((await check({ provider: keyless, script })).result).toMatchObject({ status: 'pass' });
  });

  it('asks the model of a server whose list breaks off where only that was to tell that it is there', async () => {
    const reach = async () => Promise.reject(refusal('network'));
    expect((await check({ provider: { reach } })).result).toMatchObject({ status: 'pass' });
    expect((await check({ provider: { reach }, level: 'model' })).result).toMatchObject({ status: 'fail' });
  });

  it.each<{ level: Level; provider: Partial<Provider>; reached: Level }>([
    { level: 'model', provider: {}, reached: 'credential' },
    { level: 'generates', provider: {}, reached: 'credential' },
    { level: 'generates', provider: { credential: () => null }, reached: 'reachable' },
  ])('says that there is no model for the level $level', async ({ level, provider, reached }) => {
    const { result, asked } = await check({ model: null, level, provider });
    expect(result).toMatchObject({
      status: 'warn',
      level,
      levelReached: reached,
      message: 'there is no model to ask',
      hint: 'name m1/MODEL, or set model= in its DSN',
    });
    expect(asked).toBe(0);
  });

  const inTrouble: Partial<Provider> = {
    credential: () => null,
    reach: async () => ({
      ...reached,
      doubt: new ProviderError({ kind: 'overloaded', message: 'Loading canary', httpStatus: 503 }),
    }),
    scrub: (said) => said.replaceAll('canary', '[redacted]'),
  };

  it('warns where it may be no API that was reached, by its kind and status', async () => {
    const { result } = await check({ level: 'reachable', model: null, provider: inTrouble });
    expect(result).toMatchObject({
      status: 'warn',
      levelReached: 'reachable',
      kind: 'overloaded',
      httpStatus: 503,
      message: 'Loading [redacted]',
      hint: expect.stringContaining('check again in a minute'),
    });
  });

  it('believes the answer of a model more than that', async () => {
    expect((await check({ provider: inTrouble })).result).toMatchObject({ status: 'pass', kind: null });
    const nobody = await check({ model: null, provider: inTrouble });
    expect(nobody.result).toMatchObject({ status: 'warn', kind: 'overloaded' });
  });

  const ending = { ...reached, certificateDays: 3, certificateLeft: 0.05 };
  it.each<{ name: string; setting: Setting; result: object }>([
    {
      name: 'where all is well but for that',
      setting: {},
      result: {
        status: 'warn',
        levelReached: 'generates',
        kind: null,
        message: 'its certificate ends in 3 days',
      },
    },
    {
      name: 'not where a doubt was there before',
      setting: { provider: unproven, level: 'credential' },
      result: {
        status: 'warn',
        levelReached: 'reachable',
        message: 'the list is public',
        certificateDays: 3,
      },
    },
    {
      name: 'not where something fails',
      setting: { script: [fail('quota')] },
      result: { status: 'fail', levelReached: 'model', kind: 'quota', message: 'quota!', certificateDays: 3 },
    },
  ])('warns of a certificate that ends soon, $name', async ({ setting, result }) => {
    const provider = { ...setting.provider, reach: async () => ending };
    expect((await check({ ...setting, provider })).result).toMatchObject(result);
  });

  it('takes an answer that was cut for a proof, and says so', async () => {
    const { result } = await check({ script: [text('O'), finish('length')] });
    expect(result).toMatchObject({
      status: 'warn',
      levelReached: 'generates',
      message: expect.stringContaining('16 tokens'),
    });
  });
});

describe('a check that fails', () => {
  it.each<{ name: string; setting: Setting; reached: Level | null; kind: string | null; says: string }>([
    {
      name: 'no credential',
      setting: { provider: { prepare: async () => ({ reason: 'no-credential', message: 'set K' }) } },
      reached: null,
      kind: null,
      says: 'set K',
    },
    {
      name: 'a key file that is gone',
      setting: {
        provider: { prepare: async () => Promise.reject(new ConfigError('key-file', 'cannot be read')) },
      },
      reached: null,
      kind: null,
      says: 'cannot be read',
    },
    {
      name: 'a server that is away',
      setting: { provider: { reach: async () => Promise.reject(refusal('unreachable')) } },
      reached: 'configured',
      kind: 'unreachable',
      says: 'unreachable',
    },
    {
      name: 'a wrong key',
      setting: { provider: { proveCredential: async () => Promise.reject(refusal('auth')) } },
      reached: 'reachable',
      kind: 'auth',
      says: 'auth',
    },
    {
      name: 'a missing list',
      setting: {
        level: 'model',
        provider: { proveCredential: async () => Promise.reject(refusal('misconfigured')) },
      },
      reached: 'reachable',
      kind: 'misconfigured',
      says: 'misconfigured',
    },
    {
      name: 'a model that fails',
      setting: { script: [fail('quota')] },
      reached: 'model',
      kind: 'quota',
      says: 'quota',
    },
    {
      name: 'a cut answer',
      setting: { script: [text('x')] },
      reached: 'model',
      kind: 'network',
      says: 'without a finish marker',
    },
    {
      name: 'a silent model',
      setting: { script: [hang], timeoutMs: 3000 },
      reached: 'model',
      kind: 'timeout',
      says: '3s',
    },
    {
      name: 'a slow list',
      setting: { provider: { proveCredential: () => new Promise(() => {}) } },
      reached: 'reachable',
      kind: 'timeout',
      says: '10s',
    },
  ])('tells $name, and how far it came', async ({ setting, reached: level, kind, says }) => {
    const { result, pending } = await check(setting);
    expect(result).toMatchObject({
      status: 'fail',
      levelReached: level,
      kind,
      message: expect.stringContaining(says),
    });
    expect(pending).toBe(0);
  });

  it('has no status of another request where nobody answered', async () => {
    const silent = await check({ script: [hang], timeoutMs: 3000 });
    expect(silent.result).toMatchObject({ kind: 'timeout', levelReached: 'model', httpStatus: null });
  });

  it('names what is near a model that is not there, and asks nothing paid', async () => {
    const findModel = async (): Promise<ModelFinding> => ({
      found: false,
      reason: null,
      nearest: ['ab', 'ac'],
    });
    const { result, asked } = await check({ provider: { findModel } });
    expect(result).toMatchObject({
      status: 'fail',
      kind: 'model-not-found',
      levelReached: 'credential',
      expected: 'a',
      hint: 'did you mean ab or ac?',
    });
    expect(asked).toBe(0);
  });

  it('is passed over in a chain where only the credential is missing', async () => {
    const prepare = async () => ({ reason: 'no-credential' as const, message: 'set K' });
    expect((await check({ required: false, provider: { prepare } })).result).toMatchObject({
      status: 'skip',
      levelReached: null,
    });
  });

  it('takes the secret out of what a provider says', async () => {
    const provider: Partial<Provider> = {
      scrub: (said) => said.replaceAll('canary', '[redacted]'),
      reach: async () => Promise.reject(refusal('unreachable', 'no way to canary')),
    };
    expect(JSON.stringify((await check({ provider })).result)).not.toContain('canary');
  });

  it('of a provider without a model is that of its list, which nobody asks in its place', async () => {
    const proveCredential = () => Promise.reject(refusal('server-error'));
    const { result } = await check({ model: null, provider: { proveCredential } });
    expect(result).toMatchObject({ status: 'fail', kind: 'server-error', levelReached: 'reachable' });
  });

  it('by what the program takes an error for', async () => {
    const { result } = await check({
      provider: { proveCredential: () => Promise.reject(refusal('auth')) },
      config: { classify: (error) => (error instanceof ProviderError ? 'overloaded' : undefined) },
      level: 'credential',
    });
    expect(result).toMatchObject({ status: 'fail', kind: 'overloaded' });
  });

  it.each<{ name: string; setting: Setting; hint: string }>([
    { name: 'of the check itself', setting: { script: [hang], timeoutMs: 3000 }, hint: '--check-timeout' },
    {
      name: 'of all checks',
      setting: { script: [hang], timeoutMs: 3000, isHurried: true },
      hint: '--timeout',
    },
    {
      name: 'of a whole request',
      setting: { script: [hang], provider: { tuning: { attemptTimeoutMs: 500 } } },
      hint: 'timeout= in its DSN',
    },
    {
      name: 'of the first token',
      setting: { script: [hang], provider: { tuning: { firstTokenTimeoutMs: 500 } } },
      hint: 'first_token_timeout= in its DSN',
    },
    {
      name: 'of a connection',
      setting: {
        provider: {
          reach: async () => {
            throw new ProviderError({ kind: 'timeout', phase: 'connect', message: 'late' });
          },
        },
      },
      hint: 'connect_timeout= in its DSN',
    },
  ])('says what gives more time when it is the time $name that was over', async ({ setting, hint }) => {
    const { result } = await check(setting);
    expect(result).toMatchObject({ status: 'fail', kind: 'timeout' });
    expect(result.hint).toMatch(new RegExp(`more time with ${hint}$`));
  });

  it('gives each free request the times that the target has', async () => {
    const seen: unknown[] = [];
    const tuning = { attemptTimeoutMs: 500, connectTimeoutMs: 100, firstTokenTimeoutMs: 200 };
    const noted =
      <Result>(result: Result) =>
      async (context: object) => {
        seen.push(context);
        return result;
      };
    const findModel = async (_: string, context: object) => noted(found)(context);
    const provider = { tuning, reach: noted(reached), proveCredential: noted(proven), findModel };
    await check({ level: 'model', provider });
    expect(seen).toEqual(Array(3).fill(expect.objectContaining(tuning)));
  });

  it('tells its time as people read it', async () => {
    const { result } = await check({ script: [hang], timeoutMs: 999.801_043 });
    expect(result.message).toBe('the check was not done within 1s');
  });

  it('is ended from outside with the reason', async () => {
    const controller = new AbortController();
    const running = check({ script: [wait(500), text('x'), finish()], signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  it('lets a bug be one', async () => {
    const reach = async () => Promise.reject(new TypeError('a bug'));
    await expect(check({ provider: { reach } })).rejects.toThrow('a bug');
  });
});
