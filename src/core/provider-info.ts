import { type MajordomoError, UnknownProviderError, type Warning } from './errors.js';
import type { Circuit } from './health.js';
import { providerSubject } from './health-subject.js';
import type { HealthTracker } from './health-tracker.js';
import type { CredentialInfo, Provider, TargetTuning } from './ports.js';
import type { ProviderEntry } from './providers.js';
import type { Source } from './source.js';

/** Everything that can be known of a provider without sending anything. */
export interface ProviderInfo {
  readonly name: string;
  /** Null where the definition cannot be read, and where a program's own provider does not say. */
  readonly scheme: string | null;
  readonly dialect: string | null;
  readonly endpoint: string | null;
  /** The variable that named the endpoint, where the definition did not. */
  readonly endpointVariable: string | null;
  readonly source: Source;
  /** Weaker definitions of the same name, strongest first. */
  readonly shadows: readonly Source[];
  readonly credential: CredentialInfo | null;
  readonly status: 'ready' | 'no-credential' | 'invalid';
  /** Why it is not ready. */
  readonly problem: string | null;
  readonly hint: string | null;
  /** What is odd about its definition without making it unusable. */
  readonly warnings: readonly Warning[];
  /** The model that its bare name stands for. */
  readonly defaultModel: string | null;
  /** The models that its definition names. */
  readonly models: readonly string[];
  readonly tuning: TargetTuning;
  /** USD per million tokens. */
  readonly price: { readonly input: number | null; readonly output: number | null };
  readonly circuit: Circuit | null;
  /** Null for one that is invalid. */
  readonly provider: Provider | null;
}

export interface ProviderInfoParts {
  readonly entry: (name: string) => ProviderEntry;
  readonly health: HealthTracker;
}

/** In the order of the names. Throws an `UnknownProviderError`. */
export async function providerInfos(
  names: readonly string[],
  { entry, health }: ProviderInfoParts,
): Promise<readonly ProviderInfo[]> {
  const infos = names.map((name) => info(entry(name)));
  const usable = infos.filter(({ provider }) => provider !== null);
  const subjects = usable.map(({ name, provider }) => providerSubject(name, provider as Provider));
  const circuits = await health.circuits(subjects.map((subject) => ({ provider: subject, target: subject })));
  for (const [index, one] of usable.entries()) one.circuit = circuits[index] ?? null;
  return infos;
}

/** Its circuit is looked up afterwards, with those of all others. */
type Described = Omit<ProviderInfo, 'circuit'> & { circuit: Circuit | null };

function info({ name, found, source, scheme, shadows }: ProviderEntry): Described {
  if ('error' in found) {
    if (found.error instanceof UnknownProviderError) throw found.error;
    // of a built-in one nobody has said where it is: that is no mistake
    const isUnused = found.error.code === 'no-endpoint' && source?.kind === 'builtin';
    const status = isUnused ? 'no-credential' : 'invalid';
    return { ...blank, name, scheme, status, source: source ?? nowhere, shadows, ...said(found.error) };
  }
  const { provider, source: definedBy, warnings } = found.resolved;
  const missing = provider.unavailable?.() ?? null;
  const { input = null, output = null } = provider.price ?? {};
  const model = provider.defaultModel ?? null;
  const models = provider.models ?? [];
  return {
    name,
    scheme,
    dialect: provider.dialect ?? null,
    endpoint: provider.endpoint ?? null,
    endpointVariable: provider.endpointVariable ?? null,
    source: definedBy,
    shadows,
    credential: provider.credential?.() ?? null,
    status: missing === null ? 'ready' : missing.reason,
    problem: missing?.message ?? null,
    hint: missing?.hint ?? null,
    warnings: [...warnings, ...(provider.warnings?.() ?? [])],
    defaultModel: model,
    models: [...new Set(model === null ? models : [model, ...models])],
    tuning: provider.tuning ?? {},
    price: { input, output },
    circuit: null,
    provider,
  };
}

const nowhere: Source = { kind: 'program', key: 'program' };

const blank = {
  dialect: null,
  endpoint: null,
  endpointVariable: null,
  credential: null,
  status: 'invalid',
  problem: null,
  hint: null,
  warnings: [],
  defaultModel: null,
  models: [],
  tuning: {},
  price: { input: null, output: null },
  circuit: null,
  provider: null,
} as const;

function said({ message, hint }: MajordomoError): Pick<ProviderInfo, 'problem' | 'hint'> {
  return { problem: message, hint };
}
