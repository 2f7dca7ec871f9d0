import { describe, expect, it } from 'vitest';
import { type Facts, noFacts } from '../../../src/cli/completion/facts.js';
import { faultCandidates } from '../../../src/cli/completion/fault-candidates.js';

const configured: Facts = {
  ...noFacts,
  aliases: [{ name: 'fast', spec: 'work/gpt-x' }],
  providers: [
    { name: 'm1', isSetUp: true, endpoint: '', defaultModel: 'qwen3:8b', models: ['llama'] },
    { name: 'openai', isSetUp: false, endpoint: '', defaultModel: 'x', models: [] },
  ],
};
const drill: Facts = { ...configured, chain: ['m1/qwen3:8b', 'm2/a'] };
const texts = (text: string, facts: Facts) => faultCandidates(text, facts).map((candidate) => candidate.text);

describe('a fault is put in the way of', () => {
  it.each([
    { name: 'what the chain has', text: '', facts: drill, offered: ['m1/qwen3:8b=', 'm2/a=', 'm1=', 'm2='] },
    { name: 'what begins so', text: 'm2', facts: drill, offered: ['m2/a=', 'm2='] },
    {
      name: 'what is configured, where the chain is not known',
      text: '',
      facts: configured,
      offered: ['m1/qwen3:8b=', 'm1/llama=', 'work/gpt-x=', 'm1=', 'work='],
    },
  ])('$name', ({ text, facts, offered }) => {
    expect(texts(text, facts)).toEqual(offered);
  });
});

describe('after the = goes', () => {
  it.each([
    { name: 'a status', text: 'm1/qwen3:8b=5', offered: ['m1/qwen3:8b=500', 'm1/qwen3:8b=503'] },
    { name: 'the name of a fault', text: 'm1=rate', offered: ['m1=rate-limit'] },
    { name: 'the next step of a script', text: 'm1=429:2,sta', offered: ['m1=429:2,stall'] },
    { name: 'nothing that is no fault', text: 'm1=zzz', offered: [] },
  ])('$name', ({ text, offered }) => {
    expect(texts(text, drill)).toEqual(offered);
  });
});
