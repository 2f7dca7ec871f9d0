import { describe, expect, it } from 'vitest';
import { ChainRig, pair, told } from '../../support/chain-rig.js';
import {
  end,
  fail,
  finish,
  hang,
  malformed,
  progress,
  reasoning,
  response,
  type Script,
  says,
  text,
} from '../../support/scripted-provider.js';

describe('a stream that breaks', () => {
  const broken: { name: string; script: Script; outcome: string }[] = [
    { name: 'ends without a finish', script: [text('on'), end], outcome: 'network' },
    { name: 'is reset', script: [text('on'), fail('network')], outcome: 'network' },
    { name: 'falls silent', script: [text('on'), hang], outcome: 'timeout' },
    { name: 'is filtered', script: [text('on'), finish('content-filter')], outcome: 'content-filter' },
    { name: 'turns into rubbish', script: [text('on'), malformed, end], outcome: 'network' },
  ];

  it.each(broken)(
    'after text ends the chain when it $name: nothing is replayed',
    async ({ script, outcome }) => {
      const rig = pair(script);
      const { error, attempts, answer } = await rig.run();
      expect(answer).toBeNull();
      expect(error).toMatchObject({ outcome: 'partial', code: 'partial' });
      expect(attempts).toMatchObject([{ outcome, next: 'stop' }]);
      expect(rig.asked).toEqual(['m1/a']);
    },
  );

  it.each(broken)('starts anew when nothing counts before the end and it $name', async ({ script }) => {
    const rig = pair(script, { chain: { advanceOnPermanent: true } });
    const { answer, events } = await rig.run({ commit: 'finish' });
    expect(answer?.text).toBe('two');
    expect(told(events)).toContain('1 text on');
    expect(rig.asked.at(-1)).toBe('m2/b');
  });

  it.each<{ name: string; before: Script }>([
    { name: 'nothing', before: [] },
    { name: 'headers', before: [response()] },
    { name: 'a role chunk', before: [response(), progress] },
    { name: 'reasoning', before: [response(), reasoning('hm')] },
    { name: 'empty text', before: [response(), text('')] },
  ])('after $name starts anew', async ({ before }) => {
    const rig = pair([...before, fail('network')]);
    const { answer } = await rig.run();
    expect(answer).toMatchObject({ text: 'two', reasoning: null });
  });

  it('never prefills the restart with what came before', async () => {
    const rig = pair([text('on'), fail('network')]);
    await rig.run({ commit: 'finish' });
    expect(rig.asked).toEqual(['m1/a', 'm1/a', 'm2/b']);
    const asked = rig.seen.map(({ request }) => request.messages);
    expect(asked).toEqual(asked.map(() => [{ role: 'user', content: 'Hello' }]));
  });

  it('is retried on the same target, and only the retry is the answer', async () => {
    const rig = new ChainRig({
      providers: {
        m1: {
          models: {
            a: [
              [reasoning('mm'), text('on'), end],
              [text('one'), finish()],
            ],
          },
        },
      },
    });
    const { answer } = await rig.run({ commit: 'finish' });
    expect(answer).toMatchObject({ text: 'one', reasoning: null, failover: false });
  });

  it('commits with the first text of whoever answers', async () => {
    const rig = new ChainRig({
      providers: {
        m1: { models: { a: [[fail('quota')]] } },
        m2: { models: { b: [[text('tw'), fail('network')]] } },
        m3: { models: { c: [says('three')] } },
      },
    });
    const { error } = await rig.run();
    expect(error).toMatchObject({ outcome: 'partial' });
    expect(rig.asked).toEqual(['m1/a', 'm2/b']);
  });
});
