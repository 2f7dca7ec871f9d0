import type { Warning } from '../errors.js';
import type { Answer, Attempt } from '../events.js';
import type { Provider, Usage } from '../ports.js';
import { cleanText } from '../provider-failure.js';
import type { AttemptOutcome } from './attempt.js';
import type { ChainTarget } from './parts.js';

interface AnswerFacts {
  readonly outcome: AttemptOutcome;
  readonly spec: string;
  readonly failover: boolean;
  /** From the start of the chain to the start of the attempt that answered, in milliseconds. */
  readonly beforeMs: number;
  readonly attempts: readonly Attempt[];
  readonly warnings: readonly Warning[];
}

/** The answer of a chain, from the attempt that gave it. */
export function answerOf(entry: ChainTarget, facts: AnswerFacts): Answer {
  const { outcome, beforeMs } = facts;
  const clean = (text: string | null): string | null => (text === null ? null : cleanText(text, entry.scrub));
  return {
    spec: facts.spec,
    text: outcome.text,
    reasoning: outcome.reasoning,
    servedBy: entry.target,
    servedModel: clean(outcome.servedModel),
    failover: facts.failover,
    finishReason: outcome.finish?.reason ?? 'other',
    rawFinishReason: clean(outcome.finish?.raw ?? null),
    usage: outcome.usage,
    costUsd: costOf(outcome.usage, entry.provider),
    firstTokenMs: outcome.firstTokenMs === null ? null : Math.round(beforeMs + outcome.firstTokenMs),
    durationMs: Math.round(beforeMs + outcome.durationMs),
    attempts: facts.attempts,
    warnings: facts.warnings,
  };
}

/** What is to be said of an answer that is whole and yet not what one hoped for. */
export function answerWarnings(entry: ChainTarget, outcome: AttemptOutcome): Warning[] {
  const warnings = outcome.warnings.map(({ code, message }) => ({
    code,
    message: cleanText(message, entry.scrub),
  }));
  if (outcome.finish?.reason === 'length') {
    warnings.push({ code: 'cut-by-length', message: 'the answer was cut at the token limit' });
  }
  if (outcome.text === '') warnings.push({ code: 'empty-answer', message: 'the answer is empty' });
  return warnings;
}

/** In US dollars; null unless both prices and, where they are not nothing, the tokens are known. */
export function costOf(usage: Usage | null, { price }: Provider): number | null {
  if (price?.input === 0 && price.output === 0) return 0;
  if (usage === null || price?.input == null || price.output == null) return null;
  return (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1e6;
}
