import type { Usage } from '../core/ports.js';

/** The package whose prices are used where a DSN names none, with its version: a price is as old as that. */
export const catalogueName = '@pydantic/genai-prices 0.1.8';

/** Which tokens were used where. */
export interface Priced {
  /** The endpoint as it is shown: an API is known by its address, so that a gateway in front of it is not taken for it. */
  readonly endpoint: string | null;
  readonly model: string;
  readonly usage: Usage | null;
}

/** The price of a request in US dollars by the catalogue; null where it does not know it. Loads the catalogue. */
export async function cataloguePrice({ endpoint, model, usage }: Priced): Promise<number | null> {
  if (usage === null || endpoint === null || !endpoint.startsWith('https://')) return null;
  const { calcPrice } = await import('@pydantic/genai-prices');
  const tokens = {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    ...(usage.cachedInputTokens !== null && { cache_read_tokens: usage.cachedInputTokens }),
  };
  try {
    return calcPrice(tokens, model, { providerApiUrl: endpoint })?.total_price ?? null;
  } catch {
    // counts that make no sense to it, such as more cached tokens than there were
    return null;
  }
}
