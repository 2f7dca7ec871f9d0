import { formatDuration } from '../../core/duration.js';
import type { Answer, Attempt } from '../../core/events.js';

/** `-v`: a line for each attempt: what was asked, what came of it, with what status and in what time. */
export function trailLines(attempts: readonly Attempt[]): string[] {
  const width = Math.max(0, ...attempts.map((attempt) => attempt.target.length));
  return attempts.map((attempt, index) => {
    const parts = [`${index + 1}. ${attempt.target.padEnd(width)}  ${outcomeOf(attempt)}`];
    if (attempt.httpStatus !== null) parts.push(`HTTP ${attempt.httpStatus}`);
    if (attempt.outcome !== 'skipped') parts.push(formatDuration(attempt.durationMs));
    if (attempt.firstTokenMs !== null) parts.push(`first token ${formatDuration(attempt.firstTokenMs)}`);
    if (attempt.retryAfterMs !== null) parts.push(`retry after ${formatDuration(attempt.retryAfterMs)}`);
    if (attempt.requestId !== null) parts.push(`request ${attempt.requestId}`);
    if (attempt.message !== null) parts.push(attempt.message);
    const next = attempt.next === null ? '' : ` → ${attempt.next}`;
    return parts.join(', ') + next;
  });
}

function outcomeOf(attempt: Attempt): string {
  const notes = [attempt.reason, attempt.hedge ? 'hedge' : null, attempt.injected ? 'injected' : null];
  const told = [...new Set(notes.filter((note) => note !== null))].join(', ');
  return told === '' ? attempt.outcome : `${attempt.outcome} (${told})`;
}

/** `-u`: tokens, times and who served. */
export function usageLine(answer: Answer): string {
  const parts: string[] = [];
  const { usage, firstTokenMs, durationMs } = answer;
  if (usage === null) parts.push('tokens unknown');
  else {
    parts.push(`${usage.inputTokens} in${detail({ cached: usage.cachedInputTokens })}`);
    parts.push(`${usage.outputTokens} out${detail({ reasoning: usage.reasoningTokens })}`);
  }
  if (firstTokenMs !== null) {
    parts.push(`first token ${formatDuration(firstTokenMs)}`);
    // A reply that came at once has no speed of its own: then all the time counts.
    const streamedMs = durationMs - firstTokenMs;
    const seconds = (streamedMs < 50 ? durationMs : streamedMs) / 1000;
    if (usage !== null && seconds > 0) parts.push(`${(usage.outputTokens / seconds).toFixed(1)} tokens/s`);
  }
  parts.push(`total ${formatDuration(durationMs)}`);
  if (answer.costUsd !== null) parts.push(`$${answer.costUsd.toPrecision(3)}`);
  const model =
    answer.servedModel === null || answer.servedBy.endsWith(`/${answer.servedModel}`)
      ? ''
      : ` (${answer.servedModel})`;
  parts.push(`served by ${answer.servedBy}${model}`);
  return parts.join(' · ');
}

function detail(counts: Readonly<Record<string, number | null>>): string {
  const known = Object.entries(counts).filter(([, count]) => count !== null && count > 0);
  return known.length === 0 ? '' : ` (${known.map(([name, count]) => `${count} ${name}`).join(', ')})`;
}
