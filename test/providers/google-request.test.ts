import { describe, expect, it } from 'vitest';
import { google } from '../../src/providers/google.js';
import { type Asked, dialectTarget, modelRequest } from '../support/collect.js';

const model = 'gemini-3-pro-preview';

function request(asked: Asked = {}, id = model, options: Parameters<typeof dialectTarget>[2] = {}) {
  return google.request(modelRequest(asked), dialectTarget('google', id, options));
}

describe('a Gemini request', () => {
  it('is worded as generateContent wants it', () => {
    expect(
      request({
        system: 'Be brief.',
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
          { role: 'user', content: 'c' },
        ],
        options: { maxTokens: 12, temperature: 0, topP: 0.5, stop: ['END'], seed: 0, json: true },
      }),
    ).toEqual({
      path: `/models/${model}:streamGenerateContent?alt=sse`,
      headers: {},
      body: {
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [
          { role: 'user', parts: [{ text: 'a' }] },
          { role: 'model', parts: [{ text: 'b' }] },
          { role: 'user', parts: [{ text: 'c' }] },
        ],
        generationConfig: {
          maxOutputTokens: 12,
          temperature: 0,
          topP: 0.5,
          stopSequences: ['END'],
          seed: 0,
          responseMimeType: 'application/json',
        },
      },
      warnings: [],
    });
  });

  it.each(['', ' \n'])('leaves out what was not asked for, %j as system prompt included', (system) => {
    const { body, warnings } = request({ system, options: { stop: [], json: false } });
    expect({ body, warnings }).toEqual({
      body: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
      warnings: [],
    });
  });

  it.each([
    ['gemini-x', '/models/gemini-x'],
    ['models/gemini-x', '/models/gemini-x'],
    ['tunedModels/mine', '/tunedModels/mine'],
    ['a?b#c', '/models/a%3Fb%23c'],
    ['a:b', '/models/a%3Ab'],
  ])('asks for %s under %s', (id, path) => {
    expect(request({}, id).path).toBe(`${path}:streamGenerateContent?alt=sse`);
    expect(request({ whole: true }, id).path).toBe(`${path}:generateContent`);
  });

  it('carries the key in x-goog-api-key, never in the URL', () => {
    expect(google.authorization('AIza')).toEqual({ 'x-goog-api-key': 'AIza' });
  });

  it('limits the answer by the DSN, unless the request says otherwise', () => {
    expect(request({}, model, { maxTokens: 9 }).body.generationConfig).toEqual({ maxOutputTokens: 9 });
    const both = request({ options: { maxTokens: 5 } }, model, { maxTokens: 9 });
    expect(both.body.generationConfig).toEqual({ maxOutputTokens: 5 });
  });

  it("merges the user's generationConfig with the mapped options, the user's winning", () => {
    const { body } = request({
      options: { temperature: 0.1, maxTokens: 5 },
      body: { generationConfig: { topK: 3, temperature: 0.9 }, safetySettings: [] },
    });
    expect(body).toMatchObject({
      generationConfig: { maxOutputTokens: 5, topK: 3, temperature: 0.9 },
      safetySettings: [],
    });
  });

  it('leaves a further key stream out, and says so', () => {
    const { body, warnings } = request({ body: { stream: true } });
    expect(body).not.toHaveProperty('stream');
    expect(warnings).toEqual([{ code: 'ignored-option', message: expect.stringContaining("'stream'") }]);
  });
});
