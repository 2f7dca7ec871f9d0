import { describe, expect, it } from 'vitest';
import { injectFaults } from '../../src/providers/inject.js';
import { faults } from '../../src/providers/mock/faults.js';
import { ChainRig } from '../support/chain-rig.js';
import { says } from '../support/scripted-provider.js';

function rig() {
  return new ChainRig({
    providers: {
      m1: { models: { a: [says('one')], b: [says('more')] } },
      m2: { models: { c: [says('two')] } },
    },
    spec: 'm1/a,m1/b,m2/c',
  });
}

async function drill(at: ChainRig, injected: Record<string, string>, options = {}) {
  const chain = injectFaults(at.chain, injected);
  return at.clock.drive(
    at.collect({ commit: 'finish', firstTokenTimeoutMs: 5_000, idleTimeoutMs: 5_000, ...options }, { chain }),
  );
}

describe('a fault that is injected', () => {
  it('fails its target as in life, sends nothing, and is told', async () => {
    const at = rig();
    const { answer, attempts } = await drill(at, { 'm1/a': '503' });
    expect(answer).toMatchObject({ text: 'more', servedBy: 'm1/b' });
    expect(attempts).toMatchObject([
      { target: 'm1/a', outcome: 'server-error', httpStatus: 503, injected: true, next: 'retry' },
      { target: 'm1/a', outcome: 'server-error', injected: true, next: 'advance' },
      { target: 'm1/b', outcome: 'ok', injected: false },
    ]);
    expect(at.asked).toEqual(['m1/b']);
  });

  it.each(['m1/a', 'M1/a', 'M1'])('finds its target by any spelling of the provider: %s', async (name) => {
    const { attempts } = await drill(rig(), { [name]: '503' });
    expect(attempts[0]).toMatchObject({ target: 'm1/a', injected: true });
  });

  it.each(['m1/A', 'm_1/a'])('does not take one name for another: %s', async (name) => {
    expect(() => injectFaults(rig().chain, { [name]: '503' })).toThrow(/not in the chain/);
  });

  it('is counted by no circuit, however often', async () => {
    const at = rig();
    for (let run = 0; run < 4; run++) await drill(at, { m1: '503' });
    expect(await at.circuits()).toEqual({});
  });

  it('into a provider fails all of its targets', async () => {
    const at = rig();
    const { answer } = await drill(at, { m1: 'refused' });
    expect(answer?.text).toBe('two');
    expect(at.asked).toEqual(['m2/c']);
  });

  it('follows its script, the last step for ever unless it has a count', async () => {
    const at = rig();
    const once = await drill(at, { 'm1/a': '503*1' });
    expect(once.attempts.map(({ outcome, injected }) => `${outcome} ${injected}`)).toEqual([
      'server-error true',
      'ok false',
    ]);
    expect(once.answer?.text).toBe('one');
    const script = await drill(rig(), { 'm1/a': 'reset,429:60' });
    expect(script.attempts.map(({ outcome }) => outcome)).toEqual(['network', 'rate-limit', 'ok']);
  });

  it('in the middle of an answer has words of its own, and none are paid for', async () => {
    const at = rig();
    const { answer, attempts } = await drill(at, { 'm1/a': 'cut:5', 'm1/b': 'truncate:3' });
    expect(attempts.map(({ outcome }) => outcome)).toEqual([
      'network',
      'network',
      'network',
      'network',
      'ok',
    ]);
    expect(answer?.text).toBe('two');
    expect(at.asked).toEqual(['m2/c']);
  });

  it.each(Object.keys(faults).filter((name) => !['ok', 'no-done'].includes(name)))(
    '%s is understood, and told as injected',
    async (name) => {
      const needsWait = ['outage', 'busy', 'late', 'slow'].includes(name);
      const { attempts } = await drill(rig(), { 'm1/a': needsWait ? `${name}:1s` : name });
      expect(attempts[0]).toMatchObject({ target: 'm1/a', injected: true });
    },
  );

  it('leaves the chain it was made from as it was', async () => {
    const at = rig();
    injectFaults(at.chain, { m1: '503' });
    expect((await at.run()).answer?.text).toBe('one');
  });

  it.each([
    {
      name: 'a target that is not in the chain',
      injected: { 'm1/x': '503' },
      message: /"m1\/x": it is not in the chain/,
      hint: /did you mean m1\/[ab]/,
    },
    {
      name: 'nothing like it',
      injected: { zebra: '503' },
      message: /not in the chain/,
      hint: /m1\/a, m1\/b, m2\/c/,
    },
    {
      name: 'an unknown fault',
      injected: { m1: 'resett' },
      message: /the fault of m1: an unknown fault in its script, step 1.*Did you mean reset/,
      hint: null,
    },
    { name: 'no fault', injected: { m1: '' }, message: /the fault of m1: no fault/, hint: null },
  ])('is refused: $name', ({ injected, message, hint }) => {
    try {
      injectFaults(rig().chain, injected as unknown as Record<string, string>);
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toMatch(message);
      if (hint !== null) expect((error as { hint: string }).hint).toMatch(hint);
    }
  });
});
