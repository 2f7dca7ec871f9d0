import { shown } from '../../core/shown.js';
import { splitSpec } from '../../core/spec.js';
import type { Candidate } from './candidate.js';
import type { Facts, ProviderFacts } from './facts.js';

/** A provider with more models than this is offered as `provider/`, until its slash is typed. */
const mostModelsAtOnce = 12;

/** What may go on a spec: aliases, providers and targets for its last element. */
export function specCandidates(text: string, facts: Facts): readonly Candidate[] {
  const start = text.lastIndexOf(',') + 1;
  const before = text.slice(0, start);
  const element = text.slice(start);
  const named = new Set(before.split(','));
  return elementCandidates(element, facts)
    .filter((candidate) => !named.has(candidate.text))
    .map((candidate) => ({ ...candidate, text: before + candidate.text }));
}

function elementCandidates(element: string, facts: Facts): readonly Candidate[] {
  const matching = (candidates: readonly Candidate[]): readonly Candidate[] =>
    distinct(candidates).filter(({ text }) => text.startsWith(element));
  const open = element.includes('/');
  const setUp = facts.providers.filter(({ isSetUp }) => isSetUp);
  const found = matching([
    ...facts.aliases.map(({ name, spec }) => ({ text: name, about: shown(spec) })),
    ...setUp.flatMap((provider) => providerCandidates(provider, open)),
    ...facts.aliases.flatMap(({ spec }) => targetsIn(spec)).map((text) => ({ text, about: '' })),
  ]);
  if (found.length > 0) return found;
  const others = facts.providers.filter(({ isSetUp }) => !isSetUp);
  return matching(others.flatMap((provider) => providerCandidates(provider, open)));
}

function providerCandidates(provider: ProviderFacts, open: boolean): readonly Candidate[] {
  const { name, endpoint, defaultModel, models } = provider;
  const all = [...(defaultModel === null ? [] : [defaultModel]), ...models];
  const targets = all.map((model) => ({ text: `${name}/${model}`, about: '' }));
  const bare = defaultModel === null ? [] : [{ text: name, about: `${name}/${defaultModel}` }];
  if (open) return targets;
  const few = all.length > 0 && all.length <= mostModelsAtOnce;
  return [...bare, ...(few ? targets : [{ text: `${name}/`, about: endpoint }])];
}

/** The targets that an alias names itself. */
export function targetsIn(spec: string): readonly string[] {
  try {
    return splitSpec(spec).filter((element) => element.includes('/'));
  } catch {
    return [];
  }
}

/** The first of those with one text: it has the most to say. */
function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const byText = new Map<string, Candidate>();
  for (const candidate of candidates) if (!byText.has(candidate.text)) byText.set(candidate.text, candidate);
  return [...byText.values()];
}
