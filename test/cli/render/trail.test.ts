import { describe, expect, it } from 'vitest';
import { trailLines, usageLine } from '../../../src/cli/render/trail.js';
import { answer, attempt, limited } from './attempt-record.js';

describe('-v', () => {
  it.each([
    { name: 'an answer', record: attempt(), line: '1. m1/a  ok, HTTP 200, 1.5s, first token 120ms' },
    {
      name: 'a failure',
      record: limited(),
      line: '1. m1/a  rate-limit, HTTP 429, 20ms, retry after 30s, slow down → advance',
    },
    {
      name: 'a request with an id',
      record: attempt({ requestId: 'req_1', firstTokenMs: null }),
      line: '1. m1/a  ok, HTTP 200, 1.5s, request req_1',
    },
    {
      name: 'a timer',
      record: attempt({
        outcome: 'timeout',
        reason: 'idle',
        httpStatus: null,
        firstTokenMs: null,
        next: 'stop',
      }),
      line: '1. m1/a  timeout (idle), 1.5s → stop',
    },
    {
      name: 'a skipped target, which took no time',
      record: attempt({
        outcome: 'skipped',
        reason: 'circuit-open',
        httpStatus: null,
        firstTokenMs: null,
        retryAfterMs: 4000,
        next: 'advance',
      }),
      line: '1. m1/a  skipped (circuit-open), retry after 4s → advance',
    },
  ])('tells $name', ({ record, line }) => {
    expect(trailLines([record])).toEqual([line]);
  });

  it('numbers attempts and aligns what came of them', () => {
    const lines = trailLines([limited(), attempt({ target: 'longer/name', firstTokenMs: null })]);
    expect(lines.map((line) => line.slice(0, 20))).toEqual(['1. m1/a         rate', '2. longer/name  ok, ']);
  });

  it('tells nothing of nothing', () => {
    expect(trailLines([])).toEqual([]);
  });
});

describe('-u', () => {
  it.each([
    {
      name: 'all that is known',
      facts: {},
      line: '5 in · 8 out · first token 120ms · 8.0 tokens/s · total 1.1s · served by m1/a',
    },
    {
      name: 'cached, reasoning, cost and the name that the server gives its model',
      facts: {
        usage: { inputTokens: 5, outputTokens: 8, reasoningTokens: 3, cachedInputTokens: 2 },
        costUsd: 0.000123,
        servedModel: 'a-2025',
      },
      line: '5 in (2 cached) · 8 out (3 reasoning) · first token 120ms · 8.0 tokens/s · total 1.1s · $0.000123 · served by m1/a (a-2025)',
    },
    {
      name: 'no tokens',
      facts: { usage: null },
      line: 'tokens unknown · first token 120ms · total 1.1s · served by m1/a',
    },
    {
      name: 'a speed of the whole for a reply that came at once',
      facts: { firstTokenMs: 1119, durationMs: 1120 },
      line: '5 in · 8 out · first token 1.1s · 7.1 tokens/s · total 1.1s · served by m1/a',
    },
    {
      name: 'no speed in no time',
      facts: { firstTokenMs: 0, durationMs: 0 },
      line: '5 in · 8 out · first token 0ms · total 0ms · served by m1/a',
    },
    {
      name: 'no counts of nothing',
      facts: {
        usage: { inputTokens: 0, outputTokens: 0, reasoningTokens: 0, cachedInputTokens: 0 },
        firstTokenMs: null,
        servedModel: null,
      },
      line: '0 in · 0 out · total 1.1s · served by m1/a',
    },
  ])('tells $name', ({ facts, line }) => {
    expect(usageLine(answer(facts))).toBe(line);
  });
});
