import { describe, expect, it } from 'vitest';
import { ChainRig, told } from '../../support/chain-rig.js';
import { call, fail, finish, type Script, says, text, wait } from '../../support/scripted-provider.js';

const hedgeMs = 2_000;

function rig(...scripts: readonly Script[]): ChainRig {
  const providers = Object.fromEntries(
    scripts.map((script, index) => [`m${index + 1}`, { models: { x: [script] } }] as const),
  );
  return new ChainRig({ providers });
}

/** Every attempt in short: who, how it ended, whether it was started beside another. */
async function attemptsOf(at: ChainRig, options: Parameters<ChainRig['run']>[0] = {}) {
  const { attempts, answer, error, events } = await at.run({ hedgeMs, ...options });
  const short = attempts.map(({ target, outcome, hedge }) => `${target} ${outcome}${hedge ? ' hedge' : ''}`);
  return { short, text: answer?.text ?? null, error, events, answer };
}

const late = (ms: number, word: string): Script => [wait(ms), text(word), finish()];

describe('a first token that is late', () => {
  it('starts the next target beside the slow one, and the first that shows content wins', async () => {
    const at = rig(late(10_000, 'one'), late(1_000, 'two'));
    const { short, text: words, events, answer } = await attemptsOf(at);
    expect(words).toBe('two');
    expect(short).toEqual(['m1/x abandoned', 'm2/x ok hedge']);
    expect(at.askedAtMs).toEqual([0, 2_000]);
    expect(told(events)).toEqual([
      '1 asks m1/x',
      '2 asks m2/x',
      '1 abandoned done -',
      '2 text two',
      '2 ok done -',
      'end two',
    ]);
    expect(answer).toMatchObject({ servedBy: 'm2/x', failover: true, firstTokenMs: 3_000 });
    // nobody failed
    expect(await at.circuits()).toEqual({});
  });

  it('does not hurt the slow one when it is faster after all', async () => {
    const at = rig(late(2_500, 'one'), late(5_000, 'two'));
    const { short, text: words, answer } = await attemptsOf(at);
    expect(words).toBe('one');
    expect(short).toEqual(['m2/x abandoned hedge', 'm1/x ok']);
    expect(answer?.failover).toBe(false);
  });

  it.each([
    { name: 'in time', script: late(1_999, 'one') },
    {
      name: 'in time, and slow afterwards',
      script: [text('o'), wait(9_000), text('ne'), finish()] as Script,
    },
  ])('does nothing where it is $name', async ({ script }) => {
    const at = rig(script, says('two'));
    expect(await attemptsOf(at)).toMatchObject({ text: 'one', short: ['m1/x ok'] });
    expect(at.asked).toEqual(['m1/x']);
  });

  it('does nothing where there is no other target', async () => {
    expect(await attemptsOf(rig(late(9_000, 'one')))).toMatchObject({ text: 'one', short: ['m1/x ok'] });
  });

  it('does nothing without being told so', async () => {
    const at = rig(late(9_000, 'one'), says('two'));
    expect(await attemptsOf(at, { hedgeMs: null })).toMatchObject({ text: 'one' });
    expect(at.asked).toEqual(['m1/x']);
  });

  it('counts from the retry anew', async () => {
    const at = new ChainRig({
      providers: {
        m1: { models: { x: [[wait(1_500), fail('overloaded')], late(1_500, 'one')] } },
        m2: { models: { x: [says('two')] } },
      },
    });
    expect((await attemptsOf(at)).short).toEqual(['m1/x overloaded', 'm1/x ok']);
  });

  it('asks no more than two at once, and nobody twice', async () => {
    const at = rig(late(20_000, 'one'), late(20_000, 'two'), says('three'));
    const { short, text: words } = await attemptsOf(at);
    expect(words).toBe('one');
    expect(short).toEqual(['m2/x abandoned hedge', 'm1/x ok']);
  });
});

describe('while two are asked', () => {
  it('the one beside that fails is followed by the next, without a retry', async () => {
    const at = rig(late(20_000, 'one'), [wait(500), fail('overloaded')], says('three'));
    const { short, text: words } = await attemptsOf(at);
    expect(words).toBe('three');
    expect(short).toEqual(['m2/x overloaded hedge', 'm1/x abandoned', 'm3/x ok hedge']);
    expect(at.askedAtMs).toEqual([0, 2_000, 2_500]);
  });

  it('the slow one that fails is not asked again', async () => {
    const at = rig([wait(3_000), fail('server-error')], late(3_000, 'two'));
    const { short } = await attemptsOf(at);
    expect(short).toEqual(['m1/x server-error', 'm2/x ok hedge']);
    expect(at.asked).toEqual(['m1/x', 'm2/x']);
  });

  it('a permanent error of the first ends the chain', async () => {
    const at = rig([wait(3_000), fail('auth')], late(9_000, 'two'));
    const { short, error } = await attemptsOf(at);
    expect(short).toEqual(['m1/x auth', 'm2/x abandoned hedge']);
    expect(error).toMatchObject({ outcome: 'permanent' });
  });

  it('a permanent error of the other leaves the first its chance, and starts nobody else', async () => {
    const at = rig(late(9_000, 'one'), [wait(500), fail('auth')], says('three'));
    expect(await attemptsOf(at)).toMatchObject({ text: 'one', short: ['m2/x auth hedge', 'm1/x ok'] });
    const failing = rig([wait(9_000), fail('server-error')], [wait(500), fail('auth')], says('three'));
    const { short, error } = await attemptsOf(failing);
    expect(short).toEqual(['m2/x auth hedge', 'm1/x server-error', 'm1/x server-error']);
    expect(error).toBeInstanceOf(Error);
    expect(failing.asked).not.toContain('m3/x');
  });

  it('an error of both goes on to the next', async () => {
    const at = rig([wait(3_000), fail('overloaded')], [wait(3_000), fail('overloaded')], says('three'));
    const { short, text: words } = await attemptsOf(at);
    expect(words).toBe('three');
    expect(short.at(-1)).toMatch(/^m3\/x ok/);
    expect(at.asked).toEqual(['m1/x', 'm2/x', 'm3/x']);
  });

  it('an empty answer waits for the other, and is left when that shows something', async () => {
    const { short, answer } = await attemptsOf(rig(late(9_000, 'one'), [wait(500), finish()]));
    expect(short).toEqual(['m2/x abandoned hedge', 'm1/x ok']);
    expect(answer).toMatchObject({ text: 'one', servedBy: 'm1/x' });
  });

  it('an empty answer is the answer when the other one fails', async () => {
    const at = rig([wait(9_000), fail('bad-request')], [wait(500), finish()]);
    expect((await attemptsOf(at, { advanceOnPermanent: true })).short).toEqual([
      'm1/x bad-request',
      'm2/x ok hedge',
    ]);
  });

  it('the first wins and breaks: the one that was left for it is asked', async () => {
    const cut = [wait(3_000), text('part'), wait(500), fail('network')] as const;
    const at = rig([...cut], late(4_000, 'two'));
    const { short, text: words } = await attemptsOf(at, { commit: 'finish', transientRetries: -1 });
    expect(words).toBe('two');
    expect(short).toEqual(['m2/x abandoned hedge', 'm1/x network', 'm2/x ok']);
  });

  it('the other wins and breaks: the slow one is asked again', async () => {
    const at = rig(late(9_000, 'one'), [text('part'), wait(500), fail('timeout')]);
    const { short, text: words } = await attemptsOf(at, { commit: 'finish' });
    expect(words).toBe('one');
    expect(short).toEqual(['m1/x abandoned', 'm2/x timeout hedge', 'm1/x ok']);
  });

  it('the limit of requests does not end the one that is being asked', async () => {
    const at = rig([wait(3_000), fail('server-error')], late(5_000, 'two'));
    expect(await attemptsOf(at, { maxAttempts: 2 })).toMatchObject({ text: 'two' });
    expect(at.asked).toEqual(['m1/x', 'm2/x']);
  });

  it('a wait for Retry-After is not a late first token, and the limit holds after it', async () => {
    const at = rig([fail('rate-limit', { retryAfterMs: 4_000 })], says('two'));
    const { short } = await attemptsOf(at, { maxAttempts: 2 });
    expect(short.some((line) => line.includes('hedge'))).toBe(false);
    expect(at.asked.length).toBeLessThanOrEqual(2);
  });

  it('one that failed beside another is retried when that has failed too', async () => {
    const at = rig([wait(5_000), fail('timeout')], [fail('server-error')]);
    const { events, error } = await attemptsOf(at);
    expect(at.asked).toEqual(['m1/x', 'm2/x', 'm2/x']);
    expect(error).toMatchObject({ outcome: 'exhausted' });
    const led = events.flatMap((event) => (event.type === 'attempt-end' ? [event.nextTarget] : []));
    expect(led).toEqual(['m1/x', 'm2/x', null]);
  });

  it('a permanent error of the one that leads now ends the chain', async () => {
    const at = rig([wait(3_000), fail('timeout')], [wait(5_000), fail('auth')], late(9_000, 'three'));
    const { short, error } = await attemptsOf(at);
    expect(error).toMatchObject({ outcome: 'exhausted' });
    expect(short).toContain('m3/x abandoned hedge');
  });

  it('cancelling ends both', async () => {
    const at = rig(late(9_000, 'one'), late(9_000, 'two'));
    const controller = new AbortController();
    at.clock.setTimer(3_000, () => controller.abort());
    const { short, error } = await attemptsOf(at, { signal: controller.signal });
    expect([...short].sort()).toEqual(['m1/x cancelled', 'm2/x cancelled hedge']);
    expect(error).toMatchObject({ outcome: 'cancelled' });
    expect(at.clock.pending).toBe(0);
  });

  it('a consumer that leaves ends both', async () => {
    const at = rig(late(9_000, 'one'), late(9_000, 'two'));
    const stream = at.chain.stream({ prompt: 'Hello' }, { hedgeMs });
    await stream.next();
    const next = stream.next();
    await at.clock.advance(2_500);
    expect((await next).value).toMatchObject({ type: 'attempt-start', target: 'm2/x', beside: 'm1/x' });
    const third = stream.next();
    await at.clock.advance(100);
    await stream.return();
    await third;
    expect(at.clock.pending).toBe(0);
    expect(at.seen.map(({ over }) => over)).toEqual([true, true]);
  });

  it('the deadline ends both', async () => {
    const { short, error } = await attemptsOf(rig(late(9_000, 'one'), late(9_000, 'two')), {
      timeoutMs: 5_000,
    });
    expect([...short].sort()).toEqual(['m1/x timeout', 'm2/x timeout hedge']);
    expect(error).toMatchObject({ outcome: 'deadline' });
  });

  it('no more requests are made than allowed', async () => {
    const at = rig(late(9_000, 'one'), says('two'));
    expect(await attemptsOf(at, { maxAttempts: 1 })).toMatchObject({ text: 'one' });
    expect(at.asked).toEqual(['m1/x']);
  });

  it('text is never that of two', async () => {
    // both show content in the same moment
    const at = rig(late(3_000, 'one'), late(1_000, 'two'));
    const { events, answer } = await attemptsOf(at);
    const words = events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []));
    expect(words).toEqual([answer?.text]);
  });

  it('a target that is skipped makes room for the one after it', async () => {
    const at = rig(late(9_000, 'one'), says('two'), says('three'));
    await at.open('m2/x', 60_000);
    const { short, text: words } = await attemptsOf(at);
    expect(words).toBe('three');
    expect(short).toEqual(['m2/x skipped', 'm1/x abandoned', 'm3/x ok hedge']);
  });
});

describe('the requests of a hedged chain', () => {
  it('are prepared and told like any other', async () => {
    const order: string[] = [];
    const at = new ChainRig({
      providers: {
        m1: { models: { x: [late(9_000, 'one')] } },
        m2: {
          prepare: async () => {
            order.push('prepared');
            return null;
          },
          models: { x: [[call(() => order.push('asked')), text('two'), finish()]] },
        },
      },
    });
    expect((await attemptsOf(at)).text).toBe('two');
    expect(order).toEqual(['prepared', 'asked']);
  });
});
