import { classify } from './classify-error.js';
import { formatDuration } from './duration.js';
import { ConfigError, MajordomoError, ProviderError } from './errors.js';
import type { Clock, ModelContext, Provider } from './ports.js';
import { asProviderError, scrubbedBug } from './provider-failure.js';
import type { ProviderInfo } from './provider-info.js';
import { type ChainConfig, targetTuning } from './tuning.js';
import { orAborted } from './waiting.js';

/** What one provider said of its models. */
export interface ModelListing {
  readonly provider: string;
  /** In the provider's order, each once; with an error those that came before it. */
  readonly models: readonly string[];
  readonly error: MajordomoError | null;
  /** In milliseconds. */
  readonly durationMs: number;
}

export interface ListModelsOptions {
  readonly signal?: AbortSignal;
  /**
   * For each provider, whatever its number of pages. In milliseconds; by default 10 s, or what the provider lets a request
   * take if that is less.
   */
  readonly timeoutMs?: number;
  /** Called with each listing as it comes. */
  readonly onSettled?: (listing: ModelListing) => void;
}

/** The longest lists there are have some thousands; a server that goes on and on must not fill the memory. */
const mostModels = 20_000;
const defaultTimeoutMs = 10_000;

interface ListModelsParts extends ListModelsOptions {
  readonly clock: Clock;
  readonly chain: ChainConfig;
}

/** Asks all of them at the same time. Throws the signal's reason, and bugs of providers. */
export async function listModels(
  infos: readonly ProviderInfo[],
  parts: ListModelsParts,
): Promise<readonly ModelListing[]> {
  // one listener for all of them, however many they are
  const endings = new Set<AbortController>();
  const onAbort = (): void => {
    for (const ending of endings) ending.abort(parts.signal?.reason);
  };
  parts.signal?.addEventListener('abort', onAbort, { once: true });
  const listings = infos.map(async (info) => {
    const sinceMs = parts.clock.monotonic();
    const models = new Set<string>();
    let error: MajordomoError | null = null;
    const ending = new AbortController();
    endings.add(ending);
    try {
      await collect(info, { parts, models, ending });
    } catch (thrown) {
      parts.signal?.throwIfAborted();
      error = asOwn(thrown, info.provider);
    } finally {
      endings.delete(ending);
    }
    const durationMs = Math.round(parts.clock.monotonic() - sinceMs);
    const listing = { provider: info.name, models: [...models], error, durationMs };
    parts.onSettled?.(listing);
    return listing;
  });
  try {
    return await Promise.all(listings);
  } finally {
    parts.signal?.removeEventListener('abort', onAbort);
  }
}

async function collect(
  { provider, problem, hint }: ProviderInfo,
  at: { readonly parts: ListModelsParts; readonly models: Set<string>; readonly ending: AbortController },
): Promise<void> {
  const { parts, models, ending } = at;
  const { clock, chain } = parts;
  if (provider === null) throw new ConfigError('provider-invalid', problem ?? 'it is not usable', hint);
  if (provider.listModels === undefined) throw new ConfigError('no-model-list', 'it has no list of models');
  if (provider.keyCommand === true) throw fromCommand();
  const tuning = provider.tuning ?? {};
  const timeoutMs =
    parts.timeoutMs ?? Math.min(tuning.attemptTimeoutMs ?? defaultTimeoutMs, defaultTimeoutMs);
  const { connectTimeoutMs, firstTokenTimeoutMs } = targetTuning(chain, tuning, {});
  parts.signal?.throwIfAborted();
  const cancel = clock.setTimer(timeoutMs, () => ending.abort(tooLate(timeoutMs)));
  const { signal } = ending;
  try {
    // a provider that does not heed its signal holds nobody up
    const context = {
      signal,
      clock,
      connectTimeoutMs: Math.min(connectTimeoutMs, timeoutMs),
      firstTokenTimeoutMs,
    };
    await orAborted(read(provider, { context, models }), signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    cancel();
    ending.abort(new Error('the list is over'));
  }
}

async function read(
  provider: Provider,
  { context, models }: { readonly context: ModelContext; readonly models: Set<string> },
): Promise<void> {
  const missing = (await provider.prepare?.({ signal: context.signal })) ?? null;
  if (missing !== null) throw new ConfigError(missing.reason, missing.message, missing.hint);
  for await (const page of provider.listModels?.(context) ?? []) {
    context.signal.throwIfAborted();
    for (const id of page) {
      if (models.size === mostModels && !models.has(id)) throw tooMany();
      models.add(id);
    }
  }
}

function tooMany(): ProviderError {
  return new ProviderError({
    kind: 'misconfigured',
    message: `the list has more than ${mostModels} models, and is left there`,
  });
}

function asOwn(thrown: unknown, provider: Provider | null): MajordomoError {
  if (thrown instanceof MajordomoError && !(thrown instanceof ProviderError)) return thrown;
  const scrub = (text: string): string => provider?.scrub?.(text) ?? text;
  const kind = classify(thrown);
  if (kind === null) throw scrubbedBug(thrown, scrub);
  return asProviderError(thrown, { kind, scrub });
}

function tooLate(timeoutMs: number): ProviderError {
  return new ProviderError({
    kind: 'timeout',
    message: `no whole list of models within ${formatDuration(timeoutMs)}`,
  });
}

function fromCommand(): ConfigError {
  return new ConfigError(
    'key-cmd',
    'its key comes from a command, which is only run to ask a model',
    'key_env or key_file would do for a look at its models',
  );
}
