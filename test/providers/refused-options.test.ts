import { describe, expect, it } from 'vitest';
import type { PortableOptions } from '../../src/core/ports.js';
import { takenOptions } from '../../src/providers/refused-options.js';
import { dialectTarget } from '../support/collect.js';

function taken(preset: string, model: string, options: PortableOptions) {
  const target = dialectTarget('anthropic', model);
  return takenOptions(options, { ...target, preset: { ...target.preset, name: preset } });
}

const sampling = { temperature: 0.5, topP: 0.9, maxTokens: 9 };

describe('temperature and top_p', () => {
  it.each([
    'claude-3-7-sonnet-latest',
    'claude-opus-4-20250514',
    'claude-opus-4-0',
    'claude-sonnet-4-20250514',
    'claude-instant-1.2',
    'qwen3',
  ])('are both sent to %s', (model) => {
    expect(taken('anthropic', model, sampling)).toEqual({ options: sampling, warnings: [] });
  });

  it.each([
    'claude-opus-4-1',
    'claude-opus-4-1-20250805',
    'claude-opus-4-5-20251101',
    'claude-opus-4-6',
    'claude-sonnet-4-5',
    'claude-sonnet-4-6',
    'claude-haiku-4-5-20251001',
    'anthropic/claude-haiku-4.5',
  ])('are not sent together to %s, and the user is told that top_p was left out', (model) => {
    const { options, warnings } = taken('anthropic', model, sampling);
    expect(options).toEqual({ temperature: 0.5, maxTokens: 9 });
    expect(warnings).toEqual([
      {
        code: 'unsupported-option',
        message: expect.stringMatching(/'top_p'.*temperature or top_p, not both$/),
      },
    ]);
    for (const one of [{ temperature: 0 }, { topP: 0.9 }])
      expect(taken('anthropic', model, one)).toEqual({ options: one, warnings: [] });
  });

  it.each([
    'claude-opus-4-7',
    'claude-opus-4-8-20260601',
    'claude-opus-5',
    'claude-opus-5-5',
    'claude-sonnet-5',
    'claude-haiku-5-5',
    'claude-fable-5',
  ])('are neither sent to %s, and the user is told both', (model) => {
    const { options, warnings } = taken('anthropic', model, sampling);
    expect(options).toEqual({ maxTokens: 9 });
    expect(warnings.map(({ code, message }) => [code, /'(\w+)'/.exec(message)?.[1]])).toEqual([
      ['unsupported-option', 'temperature'],
      ['unsupported-option', 'top_p'],
    ]);
    expect(taken('anthropic', model, { topP: 1 }).options).toEqual({});
  });
});

describe('stop sequences', () => {
  it.each(['grok-4', 'grok-4-0709', 'grok-4-fast-reasoning', 'grok-4.5', 'grok-3-mini', 'grok-code-fast-1'])(
    'are not sent to %s, which the user is told',
    (model) => {
      const { options, warnings } = taken('xai', model, { stop: ['END'], temperature: 1 });
      expect(options).toEqual({ temperature: 1 });
      expect(warnings).toMatchObject([
        { code: 'unsupported-option', message: expect.stringContaining("'stop'") },
      ]);
      expect(taken('xai', model, { stop: [] }).warnings).toEqual([]);
    },
  );

  it.each([
    ['xai', 'grok-3'],
    ['xai', 'grok-4-fast-non-reasoning'],
    ['xai', 'grok-4.20-0309-non-reasoning'],
    ['xai', 'something-new'],
    ['openrouter', 'x-ai/grok-4'],
    ['groq', 'grok-4'],
  ])('are sent to %s/%s', (preset, model) => {
    expect(taken(preset, model, { stop: ['END'] })).toEqual({ options: { stop: ['END'] }, warnings: [] });
  });
});
