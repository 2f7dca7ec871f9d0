import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogueName, cataloguePrice } from '../../src/providers/catalogue.js';

const usage = { inputTokens: 1000, outputTokens: 100, reasoningTokens: 20, cachedInputTokens: null };

describe('the catalogue of prices', () => {
  it('is the package that is installed', () => {
    const text = readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8');
    const { dependencies } = JSON.parse(text);
    const [name = '', version = ''] = catalogueName.split(' ');
    expect(dependencies[name]).toBe(version);
  });

  it.each([
    { endpoint: 'https://api.openai.com/v1', model: 'gpt-4o' },
    { endpoint: 'https://api.anthropic.com/v1', model: 'claude-sonnet-4-20250514' },
    { endpoint: 'https://generativelanguage.googleapis.com/v1beta', model: 'gemini-2.5-flash' },
  ])('knows $model at $endpoint, and that cached input costs less', async (at) => {
    const price = await cataloguePrice({ ...at, usage });
    expect(price).toBeGreaterThan(0);
    expect(price).toBeLessThan(0.1);
    const cached = await cataloguePrice({ ...at, usage: { ...usage, cachedInputTokens: 900 } });
    expect(cached).toBeLessThan(price ?? 0);
  });

  it.each([
    { name: 'an unknown model', endpoint: 'https://api.openai.com/v1', model: 'nobody-knows', used: usage },
    { name: 'a gateway', endpoint: 'https://gateway.corp/v1', model: 'gpt-4o', used: usage },
    { name: 'a server of one’s own', endpoint: 'http://127.0.0.1:8080/v1', model: 'gpt-4o', used: usage },
    { name: 'unknown tokens', endpoint: 'https://api.openai.com/v1', model: 'gpt-4o', used: null },
    { name: 'no endpoint', endpoint: null, model: 'gpt-4o', used: usage },
    {
      name: 'more cached tokens than there were',
      endpoint: 'https://api.openai.com/v1',
      model: 'gpt-4o',
      used: { ...usage, cachedInputTokens: 9000 },
    },
  ])('knows no price of $name, which is not zero', async ({ endpoint, model, used }) => {
    expect(await cataloguePrice({ endpoint, model, usage: used })).toBeNull();
  });
});
