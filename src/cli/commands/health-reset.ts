import { UnknownProviderError, UsageError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import type { HealthEntry } from '../../core/ports.js';
import { canonicalTarget } from '../../core/provider-names.js';
import { type SpecNode, splitSpec } from '../../core/spec.js';
import type { Registry } from '../../registry.js';

interface Known {
  readonly entries: readonly HealthEntry[];
  readonly registry: Registry;
}

/**
 * The entries that a spec is about: of a target its own, of a provider also those of its targets, of an alias or a chain those of its
 * targets. What is remembered may be named although it is configured no more. Throws what is wrong with the spec, and an
 * `UnknownProviderError` for a name that is neither.
 */
export async function meantBy(spec: string, known: Known): Promise<readonly HealthEntry[]> {
  const meant = new Set<HealthEntry>();
  for (const name of splitSpec(spec)) {
    for (const entry of await meantByOne(name, known)) meant.add(entry);
  }
  return known.entries.filter((entry) => meant.has(entry));
}

async function meantByOne(name: string, { entries, registry }: Known): Promise<readonly HealthEntry[]> {
  const isAlias = registry.aliases.has(name);
  const [resolution] = isAlias ? await registry.resolve([name]) : [];
  const names = isAlias ? targetsIn(resolution?.tree ?? []) : [name];
  const found = entries.filter((entry) => names.some((each) => isOf(entry, each)));
  if (found.length > 0) return found;
  const error = (resolution ?? (await registry.resolve([name]))[0])?.error ?? null;
  if (error instanceof UnknownProviderError && !isAlias) {
    const hint = didYouMean(name, candidates(name, { entries, registry }));
    const elsewhere = 'majordomo health --memory shows what is remembered';
    throw new UnknownProviderError(name, error.message, hint || elsewhere);
  }
  const isNothing =
    names.length === 0 || error instanceof UnknownProviderError || error instanceof UsageError;
  if (error !== null && isNothing) throw error;
  return [];
}

function targetsIn(tree: readonly SpecNode[]): readonly string[] {
  return tree.flatMap(({ name, kind, children }) => (kind === 'target' ? [name] : targetsIn(children)));
}

function isOf({ name }: HealthEntry, wanted: string): boolean {
  const [own, other] = [canonicalTarget(name), canonicalTarget(wanted)];
  return own === other || own.startsWith(`${other}/`);
}

/** What a name may have been meant for. */
function candidates(name: string, { entries, registry }: Known): readonly string[] {
  const slash = name.indexOf('/');
  const names = entries.map((entry) => entry.name);
  if (slash >= 0) return [...names, ...registry.providerNames.map((each) => each + name.slice(slash))];
  const providers = names.map((each) => each.split('/')[0] ?? each);
  return [...providers, ...registry.aliases.keys(), ...registry.providerNames];
}
