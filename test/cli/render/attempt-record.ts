import type { Answer, Attempt } from '../../../src/core/events.js';

/** An attempt that answered, but for what is given. */
export function attempt(facts: Partial<Attempt> = {}): Attempt {
  return {
    target: 'm1/a',
    provider: 'm1',
    model: 'a',
    outcome: 'ok',
    reason: null,
    class: null,
    httpStatus: 200,
    startedAtMs: 0,
    durationMs: 1500,
    firstTokenMs: 120,
    retryAfterMs: null,
    requestId: null,
    message: null,
    hedge: false,
    injected: false,
    next: null,
    ...facts,
  };
}

/** An attempt that met a rate limit and went on to the next target, but for what is given. */
export function limited(facts: Partial<Attempt> = {}): Attempt {
  return attempt({
    outcome: 'rate-limit',
    class: 'transient',
    httpStatus: 429,
    durationMs: 20,
    firstTokenMs: null,
    retryAfterMs: 30_000,
    message: 'slow down',
    next: 'advance',
    ...facts,
  });
}

export function answer(facts: Partial<Answer> = {}): Answer {
  return {
    spec: 'm1/a',
    text: 'hello',
    reasoning: null,
    servedBy: 'm1/a',
    servedModel: 'a',
    failover: false,
    finishReason: 'stop',
    rawFinishReason: 'stop',
    usage: { inputTokens: 5, outputTokens: 8, reasoningTokens: null, cachedInputTokens: null },
    costUsd: null,
    firstTokenMs: 120,
    durationMs: 1120,
    attempts: [attempt()],
    warnings: [],
    ...facts,
  };
}
