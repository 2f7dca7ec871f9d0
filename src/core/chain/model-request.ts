import type { ModelRequest } from '../ports.js';
import type { ChainRequest } from './parts.js';

/** What one target is asked: the chain's request, with the target's own token limit and body keys. */
export function modelRequest(
  request: ChainRequest,
  target: { readonly name: string; readonly maxTokens: number | undefined },
): ModelRequest {
  const { prompt, messages = [], system, body, providerBody, whole, ...options } = request;
  const maxTokens = options.maxTokens ?? target.maxTokens;
  return {
    system: system ?? null,
    messages: prompt === undefined ? messages : [...messages, { role: 'user', content: prompt }],
    options: maxTokens === undefined ? options : { ...options, maxTokens },
    body: { ...body, ...providerBody?.[target.name] },
    whole: whole ?? false,
  };
}
