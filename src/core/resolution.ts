import { ConfigError, MajordomoError, type Warning } from './errors.js';
import { type Circuit, closedCircuit } from './health.js';
import { providerSubject, targetSubject } from './health-subject.js';
import type { HealthSubject, HealthTracker } from './health-tracker.js';
import type { CredentialInfo, Provider } from './ports.js';
import type { ResolvedProvider } from './provider-slot.js';
import { shown } from './shown.js';
import type { Source } from './source.js';
import { expandFar, type SpecNames, type SpecNode, type TargetName } from './spec.js';

/** What a spec really means now. Nothing was sent, no command run and no lease taken to find out. */
export interface Resolution {
  readonly spec: string;
  /** Why the spec cannot be run; the rest is then what led there. */
  readonly error: MajordomoError | null;
  readonly tree: readonly SpecNode[];
  /** Targets that were named again; the first mention stands. */
  readonly duplicates: readonly string[];
  /** In the order in which they would be asked. */
  readonly targets: readonly ResolvedTarget[];
}

export interface ResolvedTarget {
  /** `provider/model`. */
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  /** Empty where a program's own provider does not say. */
  readonly scheme: string;
  readonly endpoint: string;
  /** The variable that named the endpoint, where the definition did not. */
  readonly endpointVariable: string | null;
  /** Where the provider is defined. */
  readonly source: Source;
  readonly credential: CredentialInfo | null;
  /** The worse of the circuits of target and provider. */
  readonly circuit: Circuit;
  /** Whether its configuration is complete; a circuit that is open says nothing about that. */
  readonly usable: boolean;
  /** What is odd: `no-credential`, `shared-fate`, and what a DSN is warned of. */
  readonly notes: readonly Warning[];
}

export interface ResolutionParts {
  readonly names: SpecNames;
  /** Throws what is wrong with it. */
  readonly provider: (target: TargetName, tree: readonly SpecNode[]) => ResolvedProvider;
  readonly health: HealthTracker;
}

/** How many names all specs together may expand to; one alone may take a thousand. A mistake costs as much as many. */
const mostNodes = 100_000;
const nodesOfMistake = 100;

/**
 * Resolves specs, each on its own: what is wrong with one is told in its own `error`. Of very many, as a file may have them,
 * the last ones are not expanded.
 */
export async function resolveSpecs(
  specs: readonly string[],
  parts: ResolutionParts,
): Promise<readonly Resolution[]> {
  let nodes = 0;
  const known = new Map<ResolvedProvider, ProviderFacts>();
  const factsOf = (name: string, resolved: ResolvedProvider): ProviderFacts => {
    let facts = known.get(resolved);
    if (facts === undefined) {
      facts = providerFacts(name, resolved);
      known.set(resolved, facts);
    }
    return facts;
  };
  const findParts = { ...parts, factsOf };
  const found = specs.map((spec) => {
    if (nodes >= mostNodes) return { spec, error: tooMany(), tree: [], duplicates: [], hits: [] };
    const one = find(spec, findParts);
    nodes += size(one.tree) + (one.error === null ? 0 : nodesOfMistake);
    return one;
  });
  const circuits = await parts.health.circuits(
    found.flatMap(({ hits }) => hits.map(({ target, from }) => targetSubject(target, from.subject))),
  );
  let next = 0;
  return found.map(({ spec, error, tree, duplicates, hits }) => ({
    spec,
    error,
    tree,
    duplicates,
    targets: hits.map(({ target }) => {
      target.circuit = circuits[next++] as Circuit;
      return target;
    }),
  }));
}

function size(tree: readonly SpecNode[]): number {
  return tree.reduce((sum, { children }) => sum + 1 + size(children), 0);
}

function tooMany(): ConfigError {
  return new ConfigError(
    'alias-too-large',
    `all together they expand to more than ${mostNodes} names`,
    'ask for fewer at once',
  );
}

/** What is the same for every model of a provider, of which many aliases may name some. */
interface ProviderFacts {
  readonly provider: Provider;
  readonly subject: HealthSubject['provider'];
  /** Of each of its targets. */
  readonly facts: Pick<
    ResolvedTarget,
    'scheme' | 'endpoint' | 'endpointVariable' | 'source' | 'credential' | 'usable'
  >;
  readonly notes: readonly Warning[];
}

function providerFacts(name: string, { provider, source, warnings }: ResolvedProvider): ProviderFacts {
  const missing = provider.unavailable?.() ?? null;
  const notes: Warning[] = [...warnings, ...(provider.warnings?.() ?? [])];
  if (missing !== null) {
    const { reason: code, message, hint } = missing;
    notes.push({ code, message: hint ? `${message}; ${hint}` : message });
  }
  const facts = {
    scheme: provider.scheme ?? '',
    endpoint: provider.endpoint ?? '',
    endpointVariable: provider.endpointVariable ?? null,
    source,
    credential: provider.credential?.() ?? null,
    usable: missing === null,
  };
  return { provider, subject: providerSubject(name, provider), facts, notes: Object.freeze(notes) };
}

interface Hit {
  /** Its circuit is looked up afterwards, with those of all others. */
  readonly target: Omit<ResolvedTarget, 'circuit'> & { circuit: Circuit };
  readonly from: ProviderFacts;
}

interface FindParts extends ResolutionParts {
  readonly factsOf: (name: string, resolved: ResolvedProvider) => ProviderFacts;
}

function find(
  spec: string,
  parts: FindParts,
): Omit<Resolution, 'targets'> & { readonly hits: readonly Hit[] } {
  const { error, tree, duplicates, targets } = expandFar(spec, parts.names);
  const errors: unknown[] = error === null ? [] : [error];
  const hits: Hit[] = [];
  const endpoints = new Set<string>();
  for (const target of targets) {
    try {
      const from = parts.factsOf(target.provider, parts.provider(target, tree));
      hits.push(hit(target, { from, before: hits, endpoints }));
      endpoints.add(from.facts.endpoint);
    } catch (thrown) {
      errors.push(thrown);
    }
  }
  for (const thrown of errors) if (!(thrown instanceof MajordomoError)) throw thrown;
  if (errors.length === 0 && hits.every(({ target }) => !target.usable)) errors.push(nothingUsable(spec));
  return { spec, error: (errors[0] as MajordomoError | undefined) ?? null, tree, duplicates, hits };
}

interface HitParts {
  readonly from: ProviderFacts;
  readonly before: readonly Hit[];
  /** Theirs; '' of those that do not say it. */
  readonly endpoints: ReadonlySet<string>;
}

function hit(name: TargetName, { from, before, endpoints }: HitParts): Hit {
  const { target: asked, provider, model } = name;
  const { scheme, endpoint, endpointVariable, source, credential, usable } = from.facts;
  const mayBeKin = endpoint === '' || endpoints.has('') || endpoints.has(endpoint);
  const kin = mayBeKin ? before.find((other) => isKin(other.from, from)) : undefined;
  // key by key: to spread two objects into a third takes several times as long
  const target = {
    target: asked,
    provider,
    model,
    scheme,
    endpoint,
    endpointVariable,
    source,
    credential,
    usable,
    notes: kin === undefined ? from.notes : [...from.notes, sharedFate(kin)],
    circuit: closedCircuit,
  };
  return { target, from };
}

function sharedFate({ target: { target } }: Hit): Warning {
  return {
    code: 'shared-fate',
    message: `same endpoint and key as ${shown(target)}: when that is away, this is away too`,
  };
}

/** Whether both are one endpoint with one key. Where the endpoints differ the keys, which are hashes, are not made. */
function isKin(one: ProviderFacts, other: ProviderFacts): boolean {
  if (one.provider === other.provider) return true;
  const [a, b] = [one.facts.endpoint, other.facts.endpoint];
  const differ = a !== '' && b !== '' && a !== b;
  return !differ && one.subject.key === other.subject.key;
}

function nothingUsable(spec: string): ConfigError {
  return new ConfigError(
    'no-credential',
    `no target of ${shown(spec)} has a credential`,
    'see the notes of its targets',
  );
}
