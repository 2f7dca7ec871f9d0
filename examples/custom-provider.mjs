// A provider, a scheme and a clock of one's own. Run it after `npm run build`: node examples/custom-provider.mjs
import { ProviderError, Registry } from 'majordomo';

/** Answers with the prompt turned round; the first request fails, to show the chain at work. */
class Reverser {
  constructor(name) {
    this.name = name;
    this.defaultModel = 'any';
    this.requests = 0;
  }

  model(id) {
    const provider = this;
    return {
      id,
      async *stream(request) {
        provider.requests += 1;
        if (provider.requests === 1)
          throw new ProviderError({ kind: 'overloaded', message: 'just waking up' });
        const prompt = request.messages.at(-1).content;
        yield { type: 'text-delta', text: [...prompt].reverse().join('') };
        yield { type: 'finish', finishReason: 'stop', rawFinishReason: null, servedModel: id, usage: null };
      },
    };
  }
}

const registry = new Registry({ env: { LLM_MINE: 'reverse://' } });
registry.registerScheme('reverse', (name) => new Reverser(name));

const answer = await registry.parse('mine').generate({ prompt: 'stressed' });
console.log(answer.text);
for (const attempt of answer.attempts) console.log(attempt.target, attempt.outcome);
