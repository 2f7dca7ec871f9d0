import { describe, expect, it } from 'vitest';
import type { PortableOptions } from '../../src/core/ports.js';
import { anthropic } from '../../src/providers/anthropic.js';
import { type Asked, dialectTarget, modelRequest } from '../support/collect.js';

const model = 'claude-sonnet-4-5';

function request(asked: Asked = {}, options: Parameters<typeof dialectTarget>[2] = {}) {
  return anthropic.request(modelRequest(asked), dialectTarget('anthropic', model, options));
}

describe('an Anthropic request', () => {
  it('is worded as the Messages API wants it', () => {
    expect(
      request({
        system: 'Be brief.',
        messages: [
          { role: 'user', content: 'a' },
          { role: 'user', content: 'b' },
          { role: 'assistant', content: 'c' },
          { role: 'user', content: 'd' },
        ],
        options: { maxTokens: 12, temperature: 0, stop: ['END'] },
      }),
    ).toEqual({
      path: '/messages',
      headers: { 'anthropic-version': '2023-06-01' },
      body: {
        model,
        max_tokens: 12,
        system: 'Be brief.',
        messages: [
          { role: 'user', content: 'a' },
          { role: 'user', content: 'b' },
          { role: 'assistant', content: 'c' },
          { role: 'user', content: 'd' },
        ],
        stop_sequences: ['END'],
        temperature: 0,
        stream: true,
      },
      warnings: [],
    });
  });

  it.each(['', ' \n'])('leaves out what was not asked for, %j as system prompt included', (system) => {
    const asked = request({ system, options: { stop: [] }, whole: true });
    expect(Object.keys(asked.body)).toEqual(['model', 'max_tokens', 'messages', 'stream']);
    expect(asked.body.stream).toBe(false);
  });

  it('leaves out blank stop sequences, which the API refuses, and says so', () => {
    const some = request({ options: { stop: ['\n\n', 'END'] } });
    expect(some.body.stop_sequences).toEqual(['END']);
    expect(some.warnings).toMatchObject([
      { code: 'unsupported-option', message: expect.stringContaining('stop') },
    ]);
    expect(request({ options: { stop: [' '] } }).body).not.toHaveProperty('stop_sequences');
  });

  it('has top_p alone, or beside a temperature for a model that takes both', () => {
    const both = { temperature: 0, topP: 0.5 };
    const old = dialectTarget('anthropic', 'claude-3-haiku-20240307');
    expect(request({ options: { topP: 0.5 } }).body).toMatchObject({ top_p: 0.5 });
    expect(anthropic.request(modelRequest({ options: both }), old).body).toMatchObject({
      temperature: 0,
      top_p: 0.5,
    });
    expect(request({ options: both })).toMatchObject({ warnings: [{ code: 'unsupported-option' }] });
  });

  it('does not take away a key of the body that the model may refuse', () => {
    const body = { temperature: 0.5, top_p: 0.9 };
    expect(request({ body })).toMatchObject({ body, warnings: [] });
  });

  it('carries the key in x-api-key', () => {
    expect(anthropic.authorization('sk')).toEqual({ 'x-api-key': 'sk' });
  });

  it('takes the version from the DSN', () => {
    expect(request({}, { apiVersion: '2023-01-01' }).headers).toEqual({ 'anthropic-version': '2023-01-01' });
  });

  it.each([
    ['claude-opus-5', 32_000],
    ['claude-sonnet-4-5-20250929', 32_000],
    ['anthropic/claude-haiku-4.5', 32_000],
    ['claude-3-haiku-20240307', 4_096],
    ['claude-3-5-sonnet-latest', 4_096],
    ['claude-2.1', 4_096],
    ['claude-instant-1.2', 4_096],
    ['qwen3', 4_096],
  ])('asks %s for at most %i tokens when nobody says how many', (id, expected) => {
    expect(anthropic.request(modelRequest(), dialectTarget('anthropic', id)).body.max_tokens).toBe(expected);
  });

  it.each([
    { name: 'the request beats the DSN', options: { maxTokens: 5 }, dsn: 9, expected: 5 },
    { name: 'the DSN beats the default', options: {}, dsn: 9, expected: 9 },
  ])('limits the answer: $name', ({ options, dsn, expected }) => {
    expect(request({ options }, { maxTokens: dsn }).body.max_tokens).toBe(expected);
  });

  it.each([
    [10_000, 32_000],
    [40_000, 44_096],
  ])('leaves room for the answer beside a thinking budget of %i', (budget_tokens, max_tokens) => {
    const body = { thinking: { type: 'enabled', budget_tokens } };
    expect(request({ body }).body).toMatchObject({ ...body, max_tokens });
  });

  it.each<{ options: PortableOptions; code: string; word: string }>([
    { options: { seed: 7 }, code: 'unsupported-option', word: "'seed'" },
    { options: { json: true }, code: 'unsupported-option', word: "'json'" },
  ])('tells that it has no name for $word', ({ options, code, word }) => {
    const { warnings, body } = request({ options });
    expect(warnings).toEqual([{ code, message: expect.stringContaining(word) }]);
    expect(Object.keys(body)).toEqual(['model', 'max_tokens', 'messages', 'stream']);
  });

  it('says nothing about json: false', () => {
    expect(request({ options: { json: false } }).warnings).toEqual([]);
  });

  it('puts further keys at the top of the body, over its own', () => {
    const { body } = request({ body: { top_k: 4, system: [{ type: 'text', text: 'x' }] }, system: 'y' });
    expect(body).toMatchObject({ top_k: 4, system: [{ type: 'text', text: 'x' }] });
  });

  it('does not let a further key decide whether the reply is streamed', () => {
    const { body, warnings } = request({ body: { stream: false } });
    expect(body.stream).toBe(true);
    expect(warnings).toEqual([{ code: 'ignored-option', message: expect.stringContaining("'stream'") }]);
  });
});
