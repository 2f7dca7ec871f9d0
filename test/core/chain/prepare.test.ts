import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, ProviderError } from '../../../src/core/errors.js';
import { ChainRig, pair, told } from '../../support/chain-rig.js';
import { call, fail, finish, type Script, says, text } from '../../support/scripted-provider.js';

describe('preparing a provider', () => {
  it('happens once a chain, before its first request', async () => {
    const order: string[] = [];
    const prepare = async () => {
      order.push('prepare');
      return null;
    };
    const rig = new ChainRig({
      providers: {
        m1: {
          prepare,
          models: {
            a: [[call(() => order.push('a')), fail('server-error')]],
            b: [[call(() => order.push('b')), fail('quota')]],
          },
        },
        m2: { prepare, models: { c: [[call(() => order.push('c')), text('c'), finish()]] } },
      },
    });
    await rig.run();
    expect(order).toEqual(['prepare', 'a', 'a', 'b', 'prepare', 'c']);
  });

  it('is each provider’s own, even of two that give themselves one name', async () => {
    const prepared: string[] = [];
    const rig = new ChainRig({ providers: { m0: { models: { a: [says('none')] } } } });
    rig.registry.registerScheme('custom', (name) => ({
      name: 'custom',
      prepare: async () => {
        prepared.push(name);
        return name === 'x' ? { reason: 'no-credential', message: 'X_KEY is not set' } : null;
      },
      model: (id) => ({ id, stream: () => asyncly(says('answered')) }),
    }));
    rig.registry.loadEnv({ LLM_X: 'custom://', LLM_Y: 'custom://' });
    const answer = await rig.registry.parse('x/a,y/a').generate({ prompt: 'Hello' });
    expect(answer).toMatchObject({ text: 'answered', servedBy: 'y/a' });
    expect(prepared).toEqual(['x', 'y']);
  });

  const unavailable = { reason: 'no-credential', message: 'M1_KEY is not set' } as const;

  it('that finds no credential skips its targets, and says so', async () => {
    const rig = pair(says('one'));
    rig.registry.registerProvider({
      name: 'm1',
      prepare: async () => unavailable,
      model: () => {
        throw new Error('not to be asked');
      },
    });
    const chain = rig.registry.parse('m1/a,m2/b,m1/c');
    const { events, attempts } = await rig.clock.drive(rig.collect({}, { chain }));
    expect(told(events)[0]).toBe('0 skipped advance m2/b');
    expect(attempts[0]).toMatchObject({
      target: 'm1/a',
      outcome: 'skipped',
      reason: 'no-credential',
      message: 'M1_KEY is not set',
      class: null,
    });
    expect(events.at(-1)).toMatchObject({ answer: { text: 'two', failover: true } });
  });

  it('that finds no credential anywhere says what to do about the first', async () => {
    const rig = pair(says('one'));
    for (const name of ['m1', 'm2']) {
      rig.registry.registerProvider({
        name,
        prepare: async () => ({ ...unavailable, hint: `set the key of ${name}` }),
        model: () => {
          throw new Error('not to be asked');
        },
      });
    }
    const { events } = await rig.clock.drive(
      rig
        .collect({}, { chain: rig.registry.parse('m1/a,m2/b') })
        .catch((error: unknown) => ({ events: [error] })),
    );
    expect(events.at(-1)).toMatchObject({
      error: { outcome: 'no-credential', hint: 'set the key of m1' },
    });
  });

  it.each([
    { name: 'rejects', prepare: () => Promise.reject(new ConfigError('key-file', 'cannot be read')) },
    {
      name: 'throws',
      prepare: () => {
        throw new ConfigError('key-file', 'cannot be read');
      },
    },
  ])('that $name skips the target: the rest may have a credential', async ({ prepare }) => {
    const rig = new ChainRig({
      providers: { m1: { prepare, models: { a: [says('one')] } }, m2: { models: { b: [says('two')] } } },
    });
    const { answer, attempts } = await rig.run();
    expect(answer?.text).toBe('two');
    expect(attempts[0]).toMatchObject({ reason: 'no-credential', message: 'cannot be read' });
  });

  it('tells what to do about what is missing', async () => {
    const prepare = async () => ({ reason: 'no-credential', message: 'no key', hint: 'set M1_KEY' }) as const;
    const rig = new ChainRig({
      providers: { m1: { prepare, models: { a: [says('one')] } }, m2: { models: { b: [says('two')] } } },
    });
    const { events } = await rig.run();
    expect(events.find((event) => event.type === 'attempt-end')).toMatchObject({ hint: 'set M1_KEY' });
  });

  it.each([
    { name: 'as a ProviderError', error: new ProviderError({ kind: 'unreachable', message: 'no way' }) },
    { name: 'with a system code', error: Object.assign(new Error('no way'), { code: 'ECONNREFUSED' }) },
  ])('that fails on the way, $name, is a failed attempt like any other', async ({ error }) => {
    let calls = 0;
    const prepare = () => {
      calls += 1;
      return Promise.reject(error);
    };
    const rig = new ChainRig({
      providers: { m1: { prepare, models: { a: [says('one')] } }, m2: { models: { b: [says('two')] } } },
    });
    const { answer, attempts } = await rig.run();
    expect(answer?.text).toBe('two');
    expect(attempts.map(({ target, outcome }) => `${target} ${outcome}`)).toEqual([
      'm1/a unreachable',
      'm1/a unreachable',
      'm2/b ok',
    ]);
    expect(calls).toBe(2);
    expect(rig.asked).toEqual(['m2/b']);
  });

  it('that fails once is done again before the retry', async () => {
    let calls = 0;
    const prepare = async () => {
      calls += 1;
      if (calls === 1) throw new ProviderError({ kind: 'network', message: 'cut' });
      return null;
    };
    const rig = new ChainRig({ providers: { m1: { prepare, models: { a: [says('one')] } } } });
    const { answer } = await rig.run();
    expect({ text: answer?.text, calls }).toEqual({ text: 'one', calls: 2 });
  });

  it.each([
    { name: 'rejects', prepare: () => Promise.reject(new TypeError('bug')) },
    {
      name: 'throws',
      prepare: () => {
        throw new TypeError('bug');
      },
    },
  ])('that $name for no known reason is a bug', async ({ prepare }) => {
    const rig = new ChainRig({ providers: { m1: { prepare, models: { a: [says('one')] } } } });
    const { error, events } = await rig.run();
    expect(error).toEqual(new TypeError('bug'));
    expect(events.at(-1)).toMatchObject({ type: 'chain-end', answer: null, error });
  });

  it('that throws a bug with the credential in it does not show it', async () => {
    const bug = Object.assign(new TypeError('cannot read sk-canary', { cause: new Error('sk-canary') }), {
      request: { headers: { authorization: 'Bearer sk-canary' } },
    });
    const rig = new ChainRig({
      providers: {
        m1: {
          prepare: () => Promise.reject(bug),
          scrub: (text) => text.replaceAll('sk-canary', '[redacted]'),
          models: { a: [says('one')] },
        },
      },
    });
    const { error, events } = await rig.run();
    expect(error).toBeInstanceOf(TypeError);
    expect(inspect([error, events], { depth: 9, showHidden: true })).not.toContain('canary');
    expect(String(error)).toBe('TypeError: cannot read [redacted]');
  });
});

async function* asyncly(script: Script) {
  for (const step of script) if (step.type === 'text-delta' || step.type === 'finish') yield step;
}
