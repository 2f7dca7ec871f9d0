import { ConfigError, MajordomoError, type Warning } from './errors.js';
import { type Circuit, closedCircuit } from './health.js';
import { healthSubject } from './health-subject.js';
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
  const found = specs.map((spec) => {
    if (nodes >= mostNodes) return { spec, error: tooMany(), tree: [], duplicates: [], hits: [] };
    const one = find(spec, parts);
    nodes += size(one.tree) + (one.error === null ? 0 : nodesOfMistake);
    return one;
  });
  const circuits = await parts.health.circuits(
    found.flatMap(({ hits }) => hits.map(({ subject }) => subject)),
  );
  let next = 0;
  return found.map(({ hits, ...rest }) => ({
    ...rest,
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

interface Hit {
  /** Its circuit is looked up afterwards, with those of all others. */
  readonly target: Omit<ResolvedTarget, 'circuit'> & { circuit: Circuit };
  readonly from: Provider;
  readonly subject: HealthSubject;
}

function find(
  spec: string,
  parts: ResolutionParts,
): Omit<Resolution, 'targets'> & { readonly hits: readonly Hit[] } {
  const { error, tree, duplicates, targets } = expandFar(spec, parts.names);
  const errors: unknown[] = error === null ? [] : [error];
  const hits: Hit[] = [];
  const endpoints = new Set<string>();
  for (const target of targets) {
    try {
      const found = hit(target, { resolved: parts.provider(target, tree), before: hits, endpoints });
      hits.push(found);
      endpoints.add(found.target.endpoint);
    } catch (thrown) {
      errors.push(thrown);
    }
  }
  for (const thrown of errors) if (!(thrown instanceof MajordomoError)) throw thrown;
  if (errors.length === 0 && hits.every(({ target }) => !target.usable)) errors.push(nothingUsable(spec));
  return { spec, error: (errors[0] as MajordomoError | undefined) ?? null, tree, duplicates, hits };
}

interface HitParts {
  readonly resolved: ResolvedProvider;
  readonly before: readonly Hit[];
  /** Theirs; '' of those that do not say it. */
  readonly endpoints: ReadonlySet<string>;
}

function hit(targetName: TargetName, { resolved, before, endpoints }: HitParts): Hit {
  const { target, provider: name, model } = targetName;
  const { provider, source, warnings } = resolved;
  const subject = healthSubject(targetName, provider);
  const missing = provider.unavailable?.() ?? null;
  const notes: Warning[] = [...warnings, ...(provider.warnings?.() ?? [])];
  if (missing !== null) {
    const { reason: code, message, hint } = missing;
    notes.push({ code, message: hint ? `${message}; ${hint}` : message });
  }
  const endpoint = provider.endpoint ?? '';
  const mayBeKin = endpoint === '' || endpoints.has('') || endpoints.has(endpoint);
  const kin = (mayBeKin ? before : []).find((other) => isKin(other, { endpoint, from: provider, subject }));
  if (kin !== undefined) {
    notes.push({
      code: 'shared-fate',
      message: `same endpoint and key as ${shown(kin.target.target)}: when that is away, this is away too`,
    });
  }
  const found = {
    target,
    provider: name,
    model,
    scheme: provider.scheme ?? '',
    endpoint,
    endpointVariable: provider.endpointVariable ?? null,
    source,
    credential: provider.credential?.() ?? null,
    usable: missing === null,
    notes,
    circuit: closedCircuit,
  };
  return { target: found, from: provider, subject };
}

/** Whether both are one endpoint with one key. Where the endpoints differ the keys, which are hashes, are not made. */
function isKin(
  { target: { endpoint }, from, subject }: Hit,
  other: Pick<Hit, 'from' | 'subject'> & { readonly endpoint: string },
): boolean {
  if (from === other.from) return true;
  const differ = endpoint !== '' && other.endpoint !== '' && endpoint !== other.endpoint;
  return !differ && subject.provider.key === other.subject.provider.key;
}

function nothingUsable(spec: string): ConfigError {
  return new ConfigError(
    'no-credential',
    `no target of ${shown(spec)} has a credential`,
    'see the notes of its targets',
  );
}
