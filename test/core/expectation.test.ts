import { describe, expect, it } from 'vitest';
import { type JudgedAnswer, parseExpectation } from '../../src/core/expectation.js';

const answer: JudgedAnswer = {
  text: 'Hello,  world.\n',
  servedBy: 'm1/qwen3:8b',
  durationMs: 1500,
  firstTokenMs: 700,
  costUsd: 0.00421,
};
const search = async (expression: RegExp, text: string): Promise<boolean | null> =>
  expression.source === 'slow' ? null : expression.test(text);
const jsonSchema = async () => async (text: string) => ({
  holds: text.startsWith('{'),
  actual: 'not an object',
});

async function judge(text: string, facts: Partial<JudgedAnswer> = {}) {
  return (await parseExpectation(text, { search, jsonSchema })).judge({ ...answer, ...facts });
}

describe('an expectation', () => {
  it.each<{ text: string; passed: boolean; actual: string | null; facts?: Partial<JudgedAnswer> }>([
    { text: 'contains:world', passed: true, actual: 'Hello, world.' },
    { text: 'contains:World', passed: false, actual: 'Hello, world.' },
    { text: '!contains:sorry', passed: true, actual: 'Hello, world.' },
    { text: 'contains:a:b', passed: true, actual: 'a:b', facts: { text: 'a:b' } },
    { text: 'equals:Hello,  world.', passed: true, actual: 'Hello, world.' },
    { text: 'equals:hello', passed: false, actual: 'Hello, world.' },
    { text: 'equals:', passed: true, actual: '', facts: { text: ' \n' } },
    { text: 'regex:^Hel+o', passed: true, actual: 'Hello, world.' },
    { text: 'regex:/WORLD/i', passed: true, actual: 'Hello, world.' },
    { text: 'regex:/^w/m', passed: false, actual: 'Hello, world.' },
    { text: '!regex:/sorry|cannot/i', passed: true, actual: 'Hello, world.' },
    { text: 'regex:slow', passed: false, actual: 'the expression takes too long on this answer' },
    { text: '!regex:slow', passed: false, actual: 'the expression takes too long on this answer' },
    { text: 'served-by:m1/qwen3:8b', passed: true, actual: 'm1/qwen3:8b' },
    { text: 'served-by:m1', passed: true, actual: 'm1/qwen3:8b' },
    { text: 'served-by:M1', passed: true, actual: 'm1/qwen3:8b' },
    { text: 'served-by:m', passed: false, actual: 'm1/qwen3:8b' },
    { text: '!served-by:openai', passed: true, actual: 'm1/qwen3:8b' },
    { text: 'latency:2s', passed: true, actual: '1.5s' },
    { text: 'latency:1500ms', passed: true, actual: '1.5s' },
    { text: 'latency:1s', passed: false, actual: '1.5s' },
    { text: '!latency:1s', passed: true, actual: '1.5s' },
    { text: 'first-token:800ms', passed: true, actual: '700ms' },
    { text: 'first-token:0.5s', passed: false, actual: '700ms' },
    { text: 'first-token:1s', passed: false, actual: null, facts: { firstTokenMs: null } },
    { text: 'latency:1s', passed: false, actual: '1.03s', facts: { durationMs: 1030 } },
    { text: 'latency:1s', passed: false, actual: '1.001s', facts: { durationMs: 1001 } },
    { text: 'latency:1s', passed: true, actual: '1s', facts: { durationMs: 1000 } },
    { text: 'latency:90s', passed: false, actual: '90.02s', facts: { durationMs: 90_020 } },
    { text: 'latency:700ms', passed: false, actual: '700.4ms', facts: { durationMs: 700.4 } },
    { text: 'cost:0.01', passed: false, actual: '$0.010004', facts: { costUsd: 0.010004 } },
    { text: 'cost:0.01', passed: true, actual: '$0.00421' },
    { text: 'cost:0.001', passed: false, actual: '$0.00421' },
    { text: 'cost:1', passed: false, actual: null, facts: { costUsd: null } },
    { text: '!cost:1', passed: false, actual: null, facts: { costUsd: null } },
    { text: 'json-schema:f.json', passed: false, actual: 'not an object' },
    { text: '!json-schema:f.json', passed: true, actual: 'not an object' },
  ])('$text: $passed', async ({ text, passed, actual, facts }) => {
    expect(await judge(text, facts)).toEqual({ text, passed, actual });
  });

  it('shows a text as it is scrubbed: without what nobody sees', async () => {
    const judged = await judge('contains:x', { text: 'a\u0007b\u001b[31mc\u001b[0m\u00add\u202ee' });
    expect(judged.actual).toBe('abcde');
  });

  it('shows no key that a server repeats, not even a piece of one', async () => {
    const scrub = (text: string): string => text.replaceAll('canary-key', '[redacted]');
    for (const text of ['contains:x', 'regex:x', 'json-schema:f.json']) {
      const judged = await judge(text, { text: `${'y'.repeat(190)} canary-key`, scrub });
      expect(judged.actual).not.toContain('canary');
    }
  });

  it('shows no more of an answer than a line', async () => {
    const { actual } = await judge('contains:x', { text: 'word\n'.repeat(1000) });
    expect(actual).toHaveLength(200);
    expect(actual).not.toContain('\n');
  });

  it.each([
    { text: 'hello', says: 'no such expectation', hint: 'contains:…' },
    { text: 'contain:hello', says: 'no such expectation', hint: 'did you mean contains?' },
    { text: ':hello', says: 'no such expectation', hint: 'contains:…' },
    { text: 'contains:', says: 'contains is empty', hint: 'contains:…' },
    { text: 'regex:(canary', says: 'regex is no regular expression', hint: '/sorry/i' },
    { text: 'regex:/canary/xyz', says: 'regex is no regular expression', hint: '/sorry/i' },
    { text: 'latency:2', says: 'latency is no duration', hint: '2s' },
    { text: 'cost:cheap', says: 'cost is no price', hint: '0.01' },
    { text: 'cost:-1', says: 'cost is no price', hint: '0.01' },
  ])('$text is refused, and says how to write it', async ({ text, says, hint }) => {
    const error = await parseExpectation(text, { search, jsonSchema }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(says),
      hint: expect.stringContaining(hint),
    });
    expect(JSON.stringify(error)).not.toContain('canary');
  });
});
