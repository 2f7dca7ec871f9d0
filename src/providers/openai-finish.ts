import type { ErrorKind } from '../core/classify.js';
import { ProviderError } from '../core/errors.js';
import type { FinishReason } from '../core/ports.js';

/** A finish reason that is no answer: the attempt failed. */
interface Failed {
  readonly kind: ErrorKind;
  readonly message: string;
}

/** `finish_reason` of OpenAI's chat completions and of the APIs made after it; what is not here is `other`. */
const finishReasons: Readonly<Record<string, FinishReason | Failed>> = {
  stop: 'stop',
  eos: 'stop', // Together
  eos_token: 'stop', // text-generation-inference
  stop_sequence: 'stop',
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length', // Mistral
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: { kind: 'content-filter', message: "the provider's content filter stopped the answer" },
  error: { kind: 'server-error', message: 'the provider gave up in the middle of the answer' }, // OpenRouter, Mistral
  abort: { kind: 'server-error', message: 'the server aborted the answer' }, // vLLM, SGLang
  // DeepSeek
  insufficient_system_resource: { kind: 'overloaded', message: 'the provider ran out of resources' },
};

/**
 * The finish reason in our words. Throws a `ProviderError` for one that means a failure: a filter, or a server
 * that gave up. `detail` is told with it.
 */
export function finishReasonOf(raw: string, detail: string | null = null): FinishReason {
  const found = Object.hasOwn(finishReasons, raw) ? finishReasons[raw] : undefined;
  if (typeof found !== 'object') return found ?? 'other';
  const message = detail === null ? found.message : `${found.message}: ${detail}`;
  throw new ProviderError({ kind: found.kind, message, rawCode: raw });
}

/** The error for a refusal, which these APIs send in place of text; what the model said is in the message. */
export function refusal(text: string): ProviderError {
  return new ProviderError({
    kind: 'content-filter',
    message: `the model refused to answer: ${text}`,
    rawCode: 'refusal',
  });
}
