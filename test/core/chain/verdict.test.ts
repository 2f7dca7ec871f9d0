import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CancelledError, ChainError } from '../../../src/core/chain/error.js';
import type { ErrorKind } from '../../../src/core/classify.js';
import { formatDuration } from '../../../src/core/duration.js';
import { ProviderError } from '../../../src/core/errors.js';
import { scrubber } from '../../../src/core/secrets.js';
import { ChainRig } from '../../support/chain-rig.js';
import { settle } from '../../support/manual-clock.js';
import {
  fail,
  finish,
  hang,
  malformed,
  progress,
  response,
  type Script,
  type ScriptedOptions,
  says,
  text,
  usage,
  wait,
} from '../../support/scripted-provider.js';

/** Providers m0, m1…, each with one model that does what its script says, or has no credential. */
function chainOf(...members: (Script | 'no-credential')[]): ChainRig {
  const rig = new ChainRig({
    providers: Object.fromEntries(
      members.map((member, index) => {
        const prepare = async () =>
          ({ reason: 'no-credential', message: `M${index}_KEY is not set` }) as const;
        const options: ScriptedOptions =
          member === 'no-credential' ? { prepare, models: { a: [[]] } } : { models: { a: [member] } };
        return [`m${index}`, options];
      }),
    ),
    health: { threshold: 100 },
  });
  return rig;
}

async function failureOf(rig: ChainRig, ...options: Parameters<ChainRig['run']>): Promise<ChainError> {
  const { error } = await rig.run(...options);
  if (!(error instanceof ChainError)) throw error;
  return error;
}

describe('how a chain that was not answered ended', () => {
  it.each<{ kind: ErrorKind; outcome: string }>([
    { kind: 'rate-limit', outcome: 'exhausted' },
    { kind: 'overloaded', outcome: 'exhausted' },
    { kind: 'server-error', outcome: 'exhausted' },
    { kind: 'network', outcome: 'exhausted' },
    { kind: 'unreachable', outcome: 'exhausted' },
    { kind: 'timeout', outcome: 'exhausted' },
    { kind: 'quota', outcome: 'permanent' },
    { kind: 'misconfigured', outcome: 'permanent' },
    { kind: 'model-not-found', outcome: 'permanent' },
    { kind: 'context-length', outcome: 'permanent' },
    { kind: 'auth', outcome: 'permanent' },
    { kind: 'bad-request', outcome: 'permanent' },
    { kind: 'content-filter', outcome: 'permanent' },
  ])('is $outcome after $kind', async ({ kind, outcome }) => {
    const error = await failureOf(chainOf([fail(kind)]));
    expect(error).toMatchObject({ outcome, kind, name: 'ChainError' });
    expect(error.code).toBe(outcome === 'exhausted' ? 'chain-exhausted' : 'permanent');
  });

  it.each<{ name: string; members: (Script | 'no-credential')[]; outcome: string }>([
    {
      name: 'one failure may pass, others will not',
      members: [[fail('model-not-found')], [fail('network')], [fail('quota')]],
      outcome: 'exhausted',
    },
    { name: 'none may pass', members: [[fail('quota')], [fail('misconfigured')]], outcome: 'permanent' },
    {
      name: 'a permanent error came last',
      members: [[fail('network')], [fail('auth')]],
      outcome: 'exhausted',
    },
    {
      name: 'nobody has a credential',
      members: ['no-credential', 'no-credential'],
      outcome: 'no-credential',
    },
    {
      name: 'the only credential is refused',
      members: ['no-credential', [fail('auth')]],
      outcome: 'permanent',
    },
    {
      name: 'the only one asked was busy',
      members: ['no-credential', [fail('overloaded')]],
      outcome: 'exhausted',
    },
  ])('is $outcome when $name', async ({ members, outcome }) => {
    expect(await failureOf(chainOf(...members))).toMatchObject({ outcome });
  });

  it('is exhausted when somebody was skipped on an open circuit, whatever the others said', async () => {
    const rig = chainOf([fail('model-not-found')], says('one'));
    await rig.open('m1/a', 5000);
    expect(await failureOf(rig)).toMatchObject({ outcome: 'exhausted', kind: 'model-not-found' });
  });

  it('is permanent when the one skipped on an open circuit was asked in the end, and will never do', async () => {
    const rig = chainOf([fail('quota')]);
    await rig.open('m0/a', 5000);
    const error = await failureOf(rig);
    expect(error).toMatchObject({ outcome: 'permanent', kind: 'quota' });
    expect(error.attempts.map(({ outcome }) => outcome)).toEqual(['skipped', 'quota']);
  });

  it('is partial rather than anything else', async () => {
    const rig = chainOf([fail('quota')], [text('x'), wait(9000)]);
    expect(await failureOf(rig, { timeoutMs: 100 })).toMatchObject({ outcome: 'partial' });
  });
});

describe('the error of a chain', () => {
  it('names every attempt: target, kind, status, time', async () => {
    const rig = chainOf(
      'no-credential',
      [wait(200), fail('rate-limit', { httpStatus: 429, retryAfterMs: 30_000, message: 'slow down' })],
      [wait(1500), fail('server-error', { httpStatus: 500, message: 'oops' })],
      says('never'),
      [fail('quota', { httpStatus: 402, message: 'pay' })],
    );
    await rig.open('m3/a', 9000, true);
    const error = await failureOf(rig, { transientRetries: 1 });
    for (const part of [
      'm0/a: skipped (M0_KEY is not set)',
      `m1/a: rate-limit (429, ${formatDuration(200)}, retry after ${formatDuration(30_000)}, slow down)`,
      `m2/a: server-error (500, ${formatDuration(1500)}, oops); m2/a: server-error (`,
      'm3/a: skipped (circuit-open',
      `m4/a: quota (402, ${formatDuration(0)}, pay)`,
    ]) {
      expect(error.message).toContain(part);
    }
    expect(error.attempts.map(({ target }) => target)).toEqual([
      'm0/a',
      'm1/a',
      'm2/a',
      'm2/a',
      'm3/a',
      'm4/a',
    ]);
  });

  it('keeps the first and the last cause, and speaks for the last', async () => {
    const rig = chainOf(
      [fail('quota', { message: 'first', rawCode: 'insufficient_quota' })],
      [fail('misconfigured', { message: 'middle' })],
      [fail('auth', { message: 'last', hint: 'look at the key', httpStatus: 401 })],
    );
    const error = await failureOf(rig);
    expect(error.first).toMatchObject({ kind: 'quota', message: 'first', rawCode: 'insufficient_quota' });
    expect(error.last).toMatchObject({ kind: 'auth', message: 'last', httpStatus: 401 });
    expect(error.toJSON()).toEqual({
      code: 'permanent',
      kind: 'auth',
      class: 'permanent',
      message: error.message,
      hint: 'look at the key',
    });
  });

  it('has no cause when nobody was asked', async () => {
    const error = await failureOf(chainOf('no-credential'));
    expect(error).toMatchObject({ first: null, last: null, kind: null, class: null });
  });

  it('that was cancelled says no more than that, and keeps the attempts', async () => {
    const rig = chainOf([fail('quota')], [hang]);
    const controller = new AbortController();
    const running = rig.collect({ signal: controller.signal });
    await settle();
    controller.abort();
    const { error } = await running;
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).toJSON()).toMatchObject({
      code: 'cancelled',
      kind: 'cancelled',
      class: null,
    });
    expect((error as CancelledError).attempts.map(({ outcome }) => outcome)).toEqual(['quota', 'cancelled']);
  });
});

describe('who is free first, and when,', () => {
  const limited = (retryAfterMs: number): Script => [fail('rate-limit', { retryAfterMs, httpStatus: 429 })];

  it.each<{ name: string; first: Script; second: Script; open?: number; free: string; inMs: number }>([
    {
      name: 'of those skipped',
      first: says('a'),
      second: limited(60_000),
      open: 20_000,
      free: 'm0/a',
      inMs: 20_000,
    },
    {
      name: 'of those that said so now',
      first: limited(30_000),
      second: limited(8000),
      free: 'm1/a',
      inMs: 8000,
    },
    {
      name: 'counting from when they said so',
      first: [fail('rate-limit', { retryAfterMs: 9000 })],
      second: [wait(4000), fail('rate-limit', { retryAfterMs: 8000 })],
      free: 'm0/a',
      inMs: 5000,
    },
    {
      name: 'for an hour at most',
      first: limited(86_400_000),
      second: limited(86_400_000),
      free: 'm0/a',
      inMs: 3_600_000,
    },
  ])('is said when all must wait: $name', async ({ first, second, open, free, inMs }) => {
    const rig = chainOf(first, second);
    if (open !== undefined) await rig.open('m0/a', open, true);
    expect((await failureOf(rig)).hint).toBe(`${free} is free first, in ${formatDuration(inMs)}`);
  });

  it('is not said when somebody can be asked again now', async () => {
    const rig = chainOf(says('a'), [fail('server-error', { hint: 'try later' })]);
    await rig.open('m0/a', 20_000);
    expect((await failureOf(rig)).hint).toBe('try later');
  });

  it('leaves out those that have no credential', async () => {
    const rig = chainOf('no-credential', limited(30_000));
    expect((await failureOf(rig)).hint).toBe(`m1/a is free first, in ${formatDuration(30_000)}`);
  });
});

describe('a secret', () => {
  const secret = 'sk-live-4f9a8b7c6d5e4f3a2b1c';
  const encoded = Buffer.from(secret).toString('base64');
  const scrub = scrubber([secret]);

  function leaky(script: Script, more: Partial<ScriptedOptions> = {}): ChainRig {
    return new ChainRig({ providers: { m1: { scrub, ...more, models: { a: [script] } } } });
  }

  function shownBy(value: unknown): string {
    const error = value instanceof ChainError ? value : null;
    return [
      inspect(value, { depth: 20, showHidden: true }),
      JSON.stringify(value),
      String(value),
      error?.stack,
      inspect([error?.cause, error?.first?.stack, error?.first?.cause, error?.last?.stack]),
    ].join('\n');
  }

  function expectClean(value: unknown): void {
    const shown = shownBy(value);
    for (const hidden of [secret, encoded, secret.slice(4, 16)]) expect(shown).not.toContain(hidden);
  }

  const inner = Object.assign(new Error(`connect with ${secret}`), { headers: { authorization: secret } });
  it.each<{ name: string; script: Script }>([
    { name: 'a message', script: [fail('auth', { message: `Incorrect API key: ${secret}` })] },
    { name: 'a message, as base64', script: [fail('auth', { message: `Basic ${encoded} is wrong` })] },
    { name: 'a hint', script: [fail('auth', { hint: `is ${secret} right?` })] },
    { name: 'a code', script: [fail('auth', { rawCode: secret })] },
    { name: 'a request id', script: [fail('auth', { requestId: secret })] },
    { name: 'a request id of the headers', script: [response(200, `r-${secret}`), fail('network')] },
    {
      name: 'a refusal',
      script: [text(`I will not tell ${secret}`), finish('refusal', { rawFinishReason: secret })],
    },
    {
      name: 'the error of a custom provider',
      script: [fail(Object.assign(new Error(secret), { status: 401, config: { key: secret } }))],
    },
    { name: 'a cause', script: [fail(new Error('no', { cause: inner }))] },
    {
      name: 'the cause of an error of ours',
      script: [fail(Object.assign(new ProviderError({ kind: 'quota', message: 'no' }), { cause: inner }))],
    },
    {
      name: 'a stack',
      script: [fail(Object.assign(new Error('no'), { stack: `Error: no\n at ${secret}`, code: 'EPIPE' }))],
    },
  ])('in $name is in no event and no error', async ({ script }) => {
    const { events, error } = await leaky(script).run({ transientRetries: 0, commit: 'finish' });
    expect(error).toBeInstanceOf(ChainError);
    expectClean(error);
    // what the model said is the answer, voided here, and not ours to change
    expectClean(events.filter(({ type }) => type !== 'text-delta'));
  });

  it.each<{ name: string; step: Script }>([
    { name: 'the request id', step: [response(200, secret), text('x'), finish()] },
    { name: 'the model’s name', step: [text('x'), finish('stop', { servedModel: secret })] },
    { name: 'the finish reason', step: [text('x'), finish('other', { rawFinishReason: secret })] },
    {
      name: 'a warning',
      step: [{ type: 'warning', warning: { code: 'w', message: `saw ${secret}` } }, text('x'), finish()],
    },
  ])('in $name is in no answer', async ({ step }) => {
    const { answer, events } = await leaky(step).run();
    expect(answer?.text).toBe('x');
    expectClean([answer, events]);
    expect(shownBy([answer, events])).toContain('[redacted]');
  });

  it('in the reason for a missing credential is told to nobody', async () => {
    const prepare = async () => ({ reason: 'no-credential', message: `the command said ${secret}` }) as const;
    const { events, error } = await leaky([], { prepare }).run();
    expectClean([events, error]);
  });

  it('in the caller’s reason to cancel is told to nobody', async () => {
    const rig = leaky([hang]);
    const { events, error } = await rig.collect({ signal: AbortSignal.abort(new Error(secret)) });
    expectClean([events, error]);
  });

  it('is not looked for only in whole lines: texts from servers are made one line first', async () => {
    const message = `bad\r\n  key\u0000\u001b[31m ${secret}\n${'x'.repeat(2000)}`;
    const { attempts } = await leaky([fail('auth', { message })]).run();
    expect(attempts[0]?.message).toMatch(/^bad key \[redacted\] x+…$/);
    expect(attempts[0]?.message?.length).toBe(500);
  });
});

describe('an answer', () => {
  it.each<{ name: string; script: Script; codes: string[] }>([
    { name: 'as it should be', script: says('x'), codes: [] },
    { name: 'cut at the token limit', script: [text('x'), finish('length')], codes: ['cut-by-length'] },
    { name: 'without text', script: [progress, finish()], codes: ['empty-answer'] },
    { name: 'without text and cut', script: [finish('length')], codes: ['cut-by-length', 'empty-answer'] },
    {
      name: 'of which something was unreadable',
      script: [malformed, text('x'), finish()],
      codes: ['malformed-event'],
    },
  ])('$name is told with warnings $codes', async ({ script, codes }) => {
    const { answer, events, error } = await chainOf(script).run();
    expect(error).toBeNull();
    expect(answer?.warnings.map(({ code }) => code)).toEqual(codes);
    const told = events.flatMap((event) => (event.type === 'warning' ? [event.warning] : []));
    expect(told).toEqual(answer?.warnings);
    expect(events.at(-1)?.type).toBe('chain-end');
  });

  it('has only the warnings of the attempt that gave it, and those of the spec', async () => {
    const warning = (message: string) => ({ type: 'warning', warning: { code: 'w', message } }) as const;
    const rig = chainOf(
      [malformed, warning('lost'), fail('network')],
      [warning('kept'), text('x'), finish()],
    );
    const chain = rig.registry.parse('m0/a,m1/a,m0/a');
    const { answer } = await rig.clock.drive(rig.collect({}, { chain }));
    expect(answer?.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringContaining('duplicate-target'),
      'w kept',
    ]);
  });

  it.each([
    { price: undefined, used: usage, costUsd: null },
    { price: { input: 3, output: 15 }, used: usage, costUsd: (100 * 3 + 20 * 15) / 1e6 },
    { price: { input: 0, output: 0 }, used: usage, costUsd: 0 },
    { price: { input: 3, output: null }, used: usage, costUsd: null },
    { price: { input: null, output: 15 }, used: usage, costUsd: null },
    { price: { input: 3, output: 15 }, used: null, costUsd: null },
  ])('costs $costUsd USD at $price', async ({ price, used, costUsd }) => {
    const models = { a: [[text('x'), finish('stop', { usage: used })]] } as const;
    const rig = new ChainRig({ providers: { m1: { ...(price === undefined ? {} : { price }), models } } });
    expect((await rig.run()).answer).toMatchObject({ costUsd, usage: used });
  });

  it('has the usage and the model of the attempt that gave it', async () => {
    const rig = chainOf(
      [text('x'), finish('content-filter', { usage: { ...usage, outputTokens: 999 }, servedModel: 'first' })],
      [text('y'), finish('stop', { usage, servedModel: 'second' })],
    );
    const { answer } = await rig.run({ commit: 'finish', advanceOnPermanent: true });
    expect(answer).toMatchObject({
      text: 'y',
      usage,
      servedModel: 'second',
      servedBy: 'm1/a',
      failover: true,
    });
  });
});
