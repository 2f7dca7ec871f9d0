import { describe, expect, it } from 'vitest';
import { type Facts, noFacts, type ProviderFacts } from '../../../src/cli/completion/facts.js';
import { specCandidates } from '../../../src/cli/completion/spec-candidates.js';

const provider = (name: string, parts: Partial<ProviderFacts> = {}): ProviderFacts => ({
  name,
  isSetUp: true,
  endpoint: `http://${name}`,
  defaultModel: null,
  models: [],
  ...parts,
});

const facts: Facts = {
  ...noFacts,
  aliases: [
    { name: 'fast', spec: 'm1/qwen3:8b,work/gpt-x' },
    { name: 'slow', spec: 'fast' },
  ],
  providers: [
    provider('m1', { defaultModel: 'qwen3:8b', models: ['qwen3:8b', 'llama'] }),
    provider('work'),
    provider('big', { models: Array.from({ length: 13 }, (_, index) => `m${index}`) }),
    provider('openai', { isSetUp: false }),
    provider('ollama', { isSetUp: false, defaultModel: 'x' }),
  ],
};

const texts = (text: string, of = facts) => specCandidates(text, of).map((candidate) => candidate.text);

describe('on a spec may go', () => {
  it.each([
    {
      name: 'aliases, targets, and providers whose models are unknown or many',
      text: '',
      offered: ['fast', 'slow', 'm1', 'm1/qwen3:8b', 'm1/llama', 'work/', 'big/', 'work/gpt-x'],
    },
    { name: 'what begins so', text: 's', offered: ['slow'] },
    {
      name: 'the bare name of a provider with a model of its own',
      text: 'm1',
      offered: ['m1', 'm1/qwen3:8b', 'm1/llama'],
    },
    { name: 'a model with a colon', text: 'm1/qwen3:', offered: ['m1/qwen3:8b'] },
    {
      name: 'all of many models, once the slash is there',
      text: 'big/m1',
      offered: ['big/m1', 'big/m10', 'big/m11', 'big/m12'],
    },
    { name: 'a target that an alias names', text: 'work/', offered: ['work/gpt-x'] },
    { name: 'a next element after a comma', text: 'm1/qwen3:8b,s', offered: ['m1/qwen3:8b,slow'] },
    {
      name: 'nothing twice',
      text: 'fast,m1/llama,',
      offered: [
        'fast,m1/llama,slow',
        'fast,m1/llama,m1',
        'fast,m1/llama,m1/qwen3:8b',
        'fast,m1/llama,work/',
        'fast,m1/llama,big/',
        'fast,m1/llama,work/gpt-x',
      ],
    },
    { name: 'a provider that nobody has set up, if nothing else fits', text: 'ope', offered: ['openai/'] },
    { name: 'its own model as well', text: 'slow,ol', offered: ['slow,ollama', 'slow,ollama/x'] },
    { name: 'nothing that fits nowhere', text: 'zzz', offered: [] },
    { name: 'nothing of a provider without models', text: 'openai/', offered: [] },
  ])('$name', ({ text, offered }) => {
    expect(texts(text)).toEqual(offered);
  });

  it('every built-in, where nothing is configured', () => {
    const bare = { ...facts, aliases: [], providers: facts.providers.filter(({ isSetUp }) => !isSetUp) };
    expect(texts('', bare)).toEqual(['openai/', 'ollama', 'ollama/x']);
  });
});

describe('beside a candidate', () => {
  it('stands what an alias means, what model a bare name is for, and where a provider is', () => {
    const about = Object.fromEntries(specCandidates('', facts).map(({ text, about }) => [text, about]));
    expect(about).toMatchObject({ slow: 'fast', m1: 'm1/qwen3:8b', 'work/': 'http://work', 'm1/llama': '' });
  });

  it('never stands a key that is in the wrong place', () => {
    const spec = 'openai://sk-0123456789abcdefghij@h';
    const [candidate] = specCandidates('bad', { ...noFacts, aliases: [{ name: 'bad', spec }] });
    expect(candidate).toEqual({ text: 'bad', about: '[redacted]' });
  });
});
