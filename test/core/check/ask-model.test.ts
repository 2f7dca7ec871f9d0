import { describe, expect, it } from 'vitest';
import { askModel, CallbackFailure, callerFaults } from '../../../src/core/check/ask-model.js';
import { Purse } from '../../../src/core/check/purse.js';
import { Registry } from '../../../src/index.js';
import { ManualClock } from '../../support/manual-clock.js';
import { fail, finish, type Script, scriptedProvider, text } from '../../support/scripted-provider.js';

const used = (outputTokens: number, reasoningTokens: number | null = null) => ({
  inputTokens: 9,
  outputTokens,
  reasoningTokens,
  cachedInputTokens: null,
});

async function ask(script: Script, more: Partial<Parameters<typeof askModel>[1]> = {}) {
  const clock = new ManualClock();
  const provider = scriptedProvider('m1', { models: { a: [script] } }, { clock, seen: [] });
  const registry = new Registry({ env: {}, clock });
  registry.registerProvider(provider);
  const [info] = await registry.describe(['m1']);
  if (info === undefined) throw new Error('no provider');
  const { signal } = new AbortController();
  return clock.drive(
    askModel({ provider, info, model: 'a' }, { clock, config: {}, signal, prompt: 'Hi', ...more }),
  );
}

describe('an answer of a model that is asked for 16 tokens', () => {
  it.each([
    { name: 'whole', script: [text('OK'), finish('stop', { usage: used(1) })], says: null },
    { name: 'not counted', script: [text('OK'), finish()], says: null },
    {
      name: 'cut',
      script: [text('OK'), finish('length', { usage: used(16) })],
      says: /cut after 16 tokens, which/,
    },
    { name: 'empty', script: [text(''), finish('stop', { usage: used(0) })], says: /is empty, which/ },
    { name: 'thought about', script: [text('OK'), finish('stop', { usage: used(64, 63) })], says: null },
    {
      name: 'much longer',
      script: [text('OK'), finish('stop', { usage: used(5000) })],
      says: /^it wrote 5,000 tokens where at most 16 were asked for$/,
    },
    {
      name: 'much longer, and cut in the end',
      script: [text('OK'), finish('length', { usage: used(65) })],
      says: /^it wrote 65 tokens where/,
    },
  ])('is looked at: $name', async ({ script, says }) => {
    const { flaw, error } = await ask(script as Script);
    expect(error).toBeNull();
    if (says === null) expect(flaw).toBeNull();
    else expect(flaw?.message).toMatch(says);
  });

  it('costs what is told', async () => {
    const purse = new Purse(1);
    const { generated } = await ask([text('OK'), finish()], { purse, priceOf: async () => 0.25 });
    expect(generated).toMatchObject({ text: 'OK', finishReason: 'stop', costUsd: 0.25 });
    expect(purse.isEmpty()).toBe(false);
  });

  it('is not to blame for a callback that throws, whose purse knows no price', async () => {
    const bug = new Error('my price table is broken');
    const purse = new Purse(1);
    const priceOf = callerFaults(() => Promise.reject(bug));
    const thrown = await ask([text('OK'), finish()], { purse, priceOf }).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(CallbackFailure);
    expect(thrown).toMatchObject({ thrown: bug });
    expect(purse.isEmpty()).toBe(true);
  });

  it('costs nothing where it is refused', async () => {
    const { generated, error } = await ask([fail('quota', { httpStatus: 402 })]);
    expect(error).toMatchObject({ kind: 'quota' });
    expect(generated).toMatchObject({ costUsd: 0, finishReason: null });
  });
});
