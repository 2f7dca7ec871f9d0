import { describe, expect, it } from 'vitest';
import { ollama } from '../../src/providers/ollama.js';
import { type Asked, dialectTarget, modelRequest } from '../support/collect.js';

const model = 'qwen3:0.6b';

function request(asked: Asked = {}, options: Parameters<typeof dialectTarget>[2] = {}) {
  return ollama.request(modelRequest(asked), dialectTarget('ollama', model, options));
}

describe('an Ollama request', () => {
  it('is worded as /api/chat wants it', () => {
    expect(
      request({
        system: 'Be brief.',
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
        options: { maxTokens: 12, temperature: 0, topP: 0.5, stop: ['END'], seed: 0, json: true },
      }),
    ).toEqual({
      path: '/chat',
      headers: {},
      body: {
        model,
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
        format: 'json',
        options: { num_predict: 12, temperature: 0, top_p: 0.5, stop: ['END'], seed: 0 },
        stream: true,
      },
      warnings: [],
    });
  });

  it.each(['', ' \n'])(
    'leaves out what was not asked for, and says stream: false for a whole reply, %j as system prompt included',
    (system) => {
      const { body, warnings } = request({ system, options: { stop: [], json: false }, whole: true });
      expect({ body, warnings }).toEqual({
        body: { model, messages: [{ role: 'user', content: 'Hello' }], stream: false },
        warnings: [],
      });
    },
  );

  it('carries a key as Bearer', () => {
    expect(ollama.authorization('k')).toEqual({ authorization: 'Bearer k' });
  });

  it('limits the answer by the DSN, unless the request says otherwise', () => {
    expect(request({}, { maxTokens: 9 }).body.options).toEqual({ num_predict: 9 });
    expect(request({ options: { maxTokens: 5 } }, { maxTokens: 9 }).body.options).toEqual({ num_predict: 5 });
  });

  it('puts further keys at the top of the body and merges options, the user’s winning', () => {
    const { body, warnings } = request({
      options: { temperature: 0.1, seed: 4, json: true },
      body: {
        think: true,
        keep_alive: '10m',
        format: { type: 'object' },
        options: { num_ctx: 8192, temperature: 0.9 },
      },
    });
    expect(body).toMatchObject({
      think: true,
      keep_alive: '10m',
      format: { type: 'object' },
      options: { temperature: 0.9, seed: 4, num_ctx: 8192 },
    });
    expect(warnings).toEqual([]);
  });

  it('warns of a runtime option at the top of the body, which Ollama passes over', () => {
    const { body, warnings } = request({ body: { num_ctx: 8192 } });
    expect(body.num_ctx).toBe(8192);
    expect(warnings).toEqual([
      { code: 'misplaced-option', message: expect.stringContaining('options={"num_ctx":…}') },
    ]);
    expect(warnings[0]?.message).not.toContain('8192');
  });

  it('does not let a further key decide whether the reply is streamed', () => {
    const { body, warnings } = request({ body: { stream: false } });
    expect(body.stream).toBe(true);
    expect(warnings).toEqual([{ code: 'ignored-option', message: expect.stringContaining("'stream'") }]);
  });
});
