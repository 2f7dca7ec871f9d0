import { describe, expect, it } from 'vitest';
import { checkRepeatedly } from '../../../src/core/check/repeated.js';
import { parseExpectation } from '../../../src/core/expectation.js';
import { Registry } from '../../../src/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import {
  fail,
  finish,
  reasoning,
  type Script,
  scriptedProvider,
  text,
  usage,
  wait,
} from '../../support/scripted-provider.js';

const says = (word: string): Script => [text(word), finish('stop', { usage })];

interface Setting {
  readonly scripts: readonly [Script, ...Script[]];
  readonly repeat?: number;
  readonly require?: number;
  readonly expects?: readonly string[];
  readonly configured?: boolean;
  readonly model?: string | null;
  /** One deadline for all of them, from now on. */
  readonly deadlineMs?: number;
}

async function check(setting: Setting) {
  const { scripts, repeat = 1, require = repeat, expects = [], configured = true, model = 'a' } = setting;
  const clock = new ManualClock();
  const seen: never[] = [];
  const registry = new Registry({ env: {}, clock });
  registry.registerProvider({
    ...scriptedProvider('m1', { models: { a: scripts } }, { clock, seen }),
    price: { input: 1, output: 2 },
    findModel: async () => ({ found: true, reason: null, nearest: [] }),
    prepare: async () => (configured ? null : { reason: 'no-credential', message: 'set K' }),
  });
  const [info] = await registry.describe(['m1']);
  if (info === undefined) throw new Error('no provider');
  const readers = { search: async () => null, jsonSchema: () => Promise.reject(new Error('no schema here')) };
  const expectations = await Promise.all(expects.map((each) => parseExpectation(each, readers)));
  const subject = { name: 'm1/a', info, model, required: true, level: 'generates' } as const;
  const { signal } = new AbortController();
  const parts = {
    clock,
    config: {},
    timeoutMs: 9000,
    signal,
    prompt: 'Hi',
    expectations,
    repeat,
    atLeast: require,
    endsMs: clock.monotonic() + (setting.deadlineMs ?? Number.POSITIVE_INFINITY),
  };
  const result = await clock.drive(checkRepeatedly(subject, parts));
  return { result, asked: seen.length };
}

describe('a check that is made several times', () => {
  const flaky: [Script, ...Script[]] = [
    says('OK'),
    [fail('overloaded')],
    says('OK'),
    [fail('timeout')],
    says('OK'),
  ];
  it.each([
    { repeat: 5, require: 3, status: 'pass', kind: null },
    { repeat: 5, require: 4, status: 'fail', kind: 'timeout' },
    { repeat: 5, require: 5, status: 'fail', kind: 'timeout' },
    { repeat: 1, require: 1, status: 'pass', kind: null },
  ])('$repeat times, of which $require must pass: $status', async ({ repeat, require, status, kind }) => {
    const { result, asked } = await check({ scripts: flaky, repeat, require });
    expect(result).toMatchObject({ status, kind });
    expect(result.repeats).toEqual(repeat === 1 ? null : { passed: 3, total: 5 });
    expect(asked).toBe(repeat);
    expect(result.generated).toHaveLength(repeat);
  });

  it('is not made again where nothing is configured', async () => {
    const { result, asked } = await check({ scripts: [says('OK')], repeat: 5, configured: false });
    expect(result).toMatchObject({ status: 'fail', repeats: { passed: 0, total: 1 }, message: 'set K' });
    expect(asked).toBe(0);
  });

  it.each([
    { require: 1, status: 'pass', kind: null },
    { require: 4, status: 'fail', kind: 'timeout' },
  ])('ends with the deadline of all, $require of 4 having to pass: $status', async ({ require, ...told }) => {
    const scripts: [Script, ...Script[]] = [says('OK'), [wait(900), text('OK'), finish()]];
    const { result, asked } = await check({ scripts, repeat: 4, require, deadlineMs: 1000 });
    expect(result).toMatchObject({ ...told, repeats: { passed: 2, total: 4 } });
    expect(asked).toBe(3);
  });

  it('is not begun after the deadline', async () => {
    const { result, asked } = await check({ scripts: [says('OK')], repeat: 4, deadlineMs: 0 });
    expect(result).toMatchObject({ status: 'fail', kind: 'timeout', levelReached: null });
    expect(asked).toBe(0);
  });

  it('is judged each time', async () => {
    const scripts: [Script, ...Script[]] = [says('yes'), says('no'), says('yes')];
    const { result } = await check({ scripts, repeat: 3, require: 2, expects: ['contains:yes'] });
    expect(result).toMatchObject({ status: 'pass', repeats: { passed: 2, total: 3 } });
    expect((await check({ scripts, repeat: 3, expects: ['contains:yes'] })).result.status).toBe('fail');
  });
});

describe('an answer that is checked', () => {
  it.each([
    { expects: ['contains:OK', 'served-by:m1/a', 'latency:1s'], status: 'pass', expected: null },
    { expects: ['contains:OK', '!contains:K'], status: 'fail', expected: '!contains:K' },
    { expects: ['cost:0.0000001'], status: 'fail', expected: 'cost:0.0000001' },
  ])('is expected to be so: $expects', async ({ expects, status, expected }) => {
    const { result } = await check({ scripts: [says('OK')], expects });
    expect(result).toMatchObject({ status, expected, levelReached: 'generates' });
    expect(result.expectations.map((each) => each.text)).toEqual(expects);
  });

  it.each([
    { says: 'OK, let me', expects: 'contains:Paris', message: 'OK, let me, cut after 16 tokens' },
    { says: '', expects: 'contains:OK', message: 'empty, cut after 16 tokens' },
    { says: '', expects: '!equals:', message: 'empty, cut after 16 tokens' },
  ])('is told to be cut where that may be why: $message', async ({ says: word, expects, message }) => {
    const script: Script = [reasoning('Hm'), text(word), finish('length', { usage })];
    const { result } = await check({ scripts: [script], expects: [expects] });
    expect(result).toMatchObject({
      status: 'fail',
      message: `the answer is not as expected: ${message}`,
      hint: expect.stringMatching(/16 tokens.*majordomo run --expect/),
    });
  });

  it('is not told to be cut where something else was expected, nor where it is whole', async () => {
    const cut: Script = [text('OK'), finish('length', { usage })];
    const { result } = await check({ scripts: [cut], expects: ['served-by:m2'] });
    expect(result).toMatchObject({ message: 'the answer is not as expected: m1/a', hint: null });
    const whole = await check({ scripts: [says('')], expects: ['contains:OK'] });
    expect(whole.result).toMatchObject({ message: 'the answer is not as expected: empty', hint: null });
  });

  it('has no first token where it has no text', async () => {
    const { result } = await check({ scripts: [says('')], expects: ['first-token:1s'] });
    expect(result).toMatchObject({
      status: 'fail',
      message: 'it is not known whether the answer is as expected',
      hint: expect.stringContaining('no first token'),
    });
  });

  it('is not judged when it did not come', async () => {
    const { result } = await check({ scripts: [[fail('quota')]], expects: ['contains:OK'] });
    expect(result).toMatchObject({ status: 'fail', kind: 'quota', expectations: [] });
  });

  it('is not as expected where nobody was there to give it', async () => {
    const { result } = await check({ scripts: [says('OK')], model: null, expects: ['contains:NEVER'] });
    expect(result).toMatchObject({ status: 'fail', message: 'there is no model to ask', expectations: [] });
    const without = await check({ scripts: [says('OK')], model: null });
    expect(without.result.status).toBe('warn');
  });

  it.each([
    { name: 'whole', script: says('OK'), costs: (given: number | null) => expect(given).toBeGreaterThan(0) },
    {
      name: 'refused',
      script: [fail('quota', { httpStatus: 402 })],
      costs: (given: number | null) => expect(given).toBe(0),
    },
    { name: 'broken off', script: [text('O')], costs: (given: number | null) => expect(given).toBeNull() },
  ])('costs what is known of it: $name', async ({ script, costs }) => {
    const { result } = await check({ scripts: [script] });
    costs(result.generated[0]?.costUsd ?? null);
  });
});
