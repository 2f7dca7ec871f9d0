import { costOf } from '../chain/answer.js';
import { runAttempt } from '../chain/attempt.js';
import { modelRequest } from '../chain/model-request.js';
import { ProviderError } from '../errors.js';
import type { Clock, Provider } from '../ports.js';
import type { ProviderInfo } from '../provider-info.js';
import { type ChainConfig, targetTuning } from '../tuning.js';
import { isUnbilled, type PriceOf, type Purse } from './purse.js';
import type { Generated } from './result.js';

/** The most tokens that one paid check may cost. */
export const probeTokens = 16;

/** Reasoning that a server does not count as part of the answer stays below so many times the limit, which ignoring it does not. */
const surelyIgnored = 4;

/** What a callback of the caller threw: that is no illness of whom it was called about. */
export class CallbackFailure extends Error {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super('a callback threw');
    this.thrown = thrown;
  }
}

export interface AskOptions {
  readonly clock: Clock;
  readonly config: ChainConfig;
  readonly signal: AbortSignal;
  readonly prompt: string;
  readonly priceOf?: PriceOf | undefined;
  readonly purse?: Purse | undefined;
  /** The model is known to cost nothing. */
  readonly free?: boolean;
}

/** The same, whose failures can be told from those of a provider. */
export function callerFaults(priceOf: PriceOf | undefined): PriceOf | undefined {
  return (
    priceOf &&
    (async (asked) => {
      try {
        return await priceOf(asked);
      } catch (thrown) {
        throw new CallbackFailure(thrown);
      }
    })
  );
}

/** What came of a paid request. */
export interface Asked {
  readonly generated: Generated;
  readonly httpStatus: number | null;
  /** What the model failed by, whatever it is; null where it answered. */
  readonly error: unknown;
  /** What is odd about an answer that proves key and model all the same. */
  readonly flaw: { readonly message: string; readonly hint: string | null } | null;
}

/** Asks a model for a few tokens, and finds out what they cost. Throws what `priceOf` throws. */
export async function askModel(
  {
    provider,
    info,
    model,
  }: { readonly provider: Provider; readonly info: ProviderInfo; readonly model: string },
  options: AskOptions,
): Promise<Asked> {
  const { clock, config, signal, prompt, purse, free = false } = options;
  purse?.open();
  const steps = runAttempt({
    model: provider.model(model),
    request: modelRequest({ prompt, maxTokens: probeTokens }, { name: info.name, maxTokens: undefined }),
    timeouts: targetTuning(config, info.tuning, {}),
    clock,
    signal,
  });
  let step = await steps.next();
  while (step.done !== true) step = await steps.next();
  const { error, text, usage, firstTokenMs, durationMs, httpStatus, finish } = step.value;
  const unbilled = error instanceof ProviderError && isUnbilled(error);
  let costUsd = unbilled || free ? 0 : error === null ? costOf(usage, provider) : null;
  try {
    costUsd ??= (await options.priceOf?.({ endpoint: info.endpoint, model, usage })) ?? null;
  } finally {
    purse?.take(costUsd);
  }
  const finishReason = finish?.reason ?? null;
  const generated = { text, usage, finishReason, costUsd, firstTokenMs, durationMs: Math.round(durationMs) };
  return { generated, httpStatus, error, flaw: flawOf(generated) };
}

function flawOf({ text, usage, finishReason }: Generated): Asked['flaw'] {
  const written = usage?.outputTokens ?? 0;
  if (written > surelyIgnored * probeTokens) {
    return {
      message: `it wrote ${written.toLocaleString('en-US')} tokens where at most ${probeTokens} were asked for`,
      hint: 'the server does not heed max_tokens: look at its settings, or bound what checks may cost with --max-cost',
    };
  }
  const flaw = finishReason === 'length' ? cutWords : text === '' ? 'its answer is empty' : null;
  return flaw === null ? null : { message: `${flaw}, which proves key and model all the same`, hint: null };
}

const cutWords = `it was cut after ${probeTokens} tokens`;
