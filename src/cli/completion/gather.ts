import { modelCachePath, readModelCache } from '../../config/model-cache.js';
import type { Registry } from '../../registry.js';
import type { Process } from '../context.js';
import { defaultModel } from '../default-model.js';
import { openHealthStore } from '../health-store.js';
import type { Setup } from '../setup.js';
import type { Cursor } from './cursor.js';
import { type Facts, noFacts, type ProviderFacts } from './facts.js';
import { setUpWhatCanBe, setupFlags } from './surroundings.js';
import type { ValueKind } from './values.js';

/**
 * Reads what the candidates at a cursor are made from: environment, files, the models that were listed last, the health
 * memory in its file. Asks nobody, runs no command and reads no key.
 */
export async function gatherFacts(
  needs: Exclude<ValueKind['needs'], 'nothing'>,
  given: Cursor['given'],
  process: Process,
): Promise<Facts> {
  const setup = await setUpWhatCanBe(setupFlags(given, process.env), process);
  if (needs === 'health-memory') {
    const chosen = given.get('--health-store')?.at(-1);
    return { ...noFacts, remembered: await remembered(setup, { chosen, platform: process.platform }) };
  }
  const { registry } = setup;
  return {
    ...noFacts,
    aliases: [...registry.aliases.values()]
      .filter(({ error }) => error === undefined)
      .map(({ name, spec }) => ({ name, spec })),
    providers: await providerFacts(registry, modelCachePath(process.env, process.platform)),
    chain: chainOf(setup, given.get('--model')?.at(-1)),
  };
}

async function providerFacts(
  registry: Registry,
  cachePath: string | null,
): Promise<readonly ProviderFacts[]> {
  const cache = cachePath === null ? new Map<string, never>() : await readModelCache(cachePath);
  const setUp = new Set(registry.usable());
  return registry.providerNames.flatMap((name) => {
    const provider = registry.provider(name);
    if (provider === undefined) return [];
    const { endpoint = '', defaultModel = null, models = [] } = provider;
    const listed = cache.get(name);
    const isListed = listed !== undefined && listed.endpoint === endpoint;
    return {
      name,
      isSetUp: setUp.has(name) || isListed,
      endpoint,
      defaultModel,
      // one with a comma cannot be named: what follows the comma would be another target
      models: (isListed ? [...models, ...listed.models] : models).filter((model) => !model.includes(',')),
    };
  });
}

/** The targets that would be asked; none where that cannot be told. */
function chainOf(setup: Setup, spec: string | undefined): readonly string[] {
  try {
    return setup.registry.parse(spec ?? defaultModel(setup).spec).targets.map(({ target }) => target);
  } catch {
    return [];
  }
}

/** Names in the health memory, if it is a file. */
async function remembered(
  { env, config }: Setup,
  { chosen, platform }: { readonly chosen: string | undefined; readonly platform: NodeJS.Platform },
): Promise<readonly string[]> {
  const store = chosen ?? (env.MAJORDOMO_HEALTH_STORE || config.healthStore?.name || 'file');
  if (store !== 'file') return [];
  try {
    const opened = await openHealthStore({ chosen: store, env, platform });
    const entries = (await opened.store?.list()) ?? [];
    return [...new Set(entries.map(({ name }) => name))].sort();
  } catch {
    return [];
  }
}
