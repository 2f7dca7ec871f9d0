import type { Usage } from '../core/ports.js';
import { countIn, type JsonObject, objectIn } from './json-value.js';

/** The names that one of OpenAI's APIs has for its counts. */
interface CountNames {
  readonly input: string;
  readonly output: string;
}

/** Chat completions: `prompt_tokens`, `completion_tokens`. */
export const chatCounts: CountNames = { input: 'prompt', output: 'completion' };
/** Responses: `input_tokens`, `output_tokens`. */
export const responsesCounts: CountNames = { input: 'input', output: 'output' };

/**
 * Reads a `usage` object. OpenAI counts reasoning inside the output; xAI beside it (1 completion token, 290 of
 * reasoning, total 303), which the total tells: where input, output and reasoning add up to it, or where there
 * is more reasoning than output, the reasoning is added. Null when it holds no counts.
 */
export function usageIn(value: unknown, names: CountNames): Usage | null {
  const counts = objectIn(value);
  if (counts === null) return null;
  const input = countIn(counts[`${names.input}_tokens`]);
  const output = countIn(counts[`${names.output}_tokens`]);
  if (input === null && output === null) return null;
  const inputTokens = input ?? 0;
  const reasoning =
    countIn(detail(counts, `${names.output}_tokens_details`, 'reasoning_tokens')) ??
    countIn(counts.reasoning_tokens);
  const beside =
    reasoning !== null &&
    reasoning > 0 &&
    (reasoning > (output ?? 0) || countIn(counts.total_tokens) === inputTokens + (output ?? 0) + reasoning);
  return {
    inputTokens,
    outputTokens: (output ?? 0) + (beside ? reasoning : 0),
    reasoningTokens: reasoning,
    // DeepSeek has its own name for it beside OpenAI's
    cachedInputTokens:
      countIn(detail(counts, `${names.input}_tokens_details`, 'cached_tokens')) ??
      countIn(counts.prompt_cache_hit_tokens),
  };
}

function detail(counts: JsonObject, group: string, name: string): unknown {
  return objectIn(counts[group])?.[name];
}
