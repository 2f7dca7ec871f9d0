import type { Failure, Warning } from '../../core/errors.js';
import type { ModelListing } from '../../core/model-listing.js';
import type { CredentialInfo } from '../../core/ports.js';
import type { ProviderInfo } from '../../core/provider-info.js';
import { isModelName } from '../../core/provider-names.js';
import type { Source } from '../../core/source.js';
import { type CircuitReport, circuitReport } from './circuit.js';
import { type CommonFacts, type CommonReport, commonReport } from './report-frame.js';

export interface ProviderFacts {
  readonly info: ProviderInfo;
  /** Null where nobody asked for its models. */
  readonly listing: ModelListing | null;
  /** Names of the aliases that lead to it. */
  readonly aliases: readonly string[];
}

export interface ModelReport {
  readonly id: string;
  /** `endpoint` for one that the endpoint listed, else where its provider is defined: `LLM_M1`. */
  readonly source: string;
}

export interface ProviderReport {
  readonly name: string;
  readonly scheme: string | null;
  readonly dialect: string | null;
  readonly endpoint: string | null;
  readonly endpointVariable: string | null;
  readonly source: Source;
  readonly shadows: readonly Source[];
  readonly credential: CredentialInfo | null;
  readonly status: ProviderInfo['status'];
  readonly problem: string | null;
  readonly hint: string | null;
  readonly warnings: readonly Warning[];
  readonly defaultModel: string | null;
  /** Null where none are known. */
  readonly models: readonly ModelReport[] | null;
  /** Why the endpoint's list is not there, or not whole. */
  readonly modelsError: Failure | null;
  readonly aliases: readonly string[];
  /** What its definition sets; null where the chain's settings hold. */
  readonly options: Readonly<Record<keyof typeof unset, number | null>>;
  readonly circuit: CircuitReport | null;
}

const unset = {
  attemptTimeoutMs: null,
  connectTimeoutMs: null,
  firstTokenTimeoutMs: null,
  idleTimeoutMs: null,
  retries: null,
  maxTokens: null,
  priceIn: null,
  priceOut: null,
} as const;

/** `majordomo/providers@1`: what is configured. */
export interface ProvidersReport extends CommonReport {
  readonly schema: 'majordomo/providers@1';
  readonly providers: readonly ProviderReport[];
  /** `LLM_*` variables that define nothing, and why. */
  readonly ignored: readonly { readonly key: string; readonly reason: string }[];
  /** How many built-in providers without a key are left out. */
  readonly folded: number;
}

export function providersReport(
  facts: CommonFacts & {
    readonly providers: readonly ProviderFacts[];
    readonly ignored: ProvidersReport['ignored'];
    readonly folded: number;
    readonly now: number;
    readonly matches: (id: string) => boolean;
  },
): ProvidersReport {
  const { providers, ignored, folded, now, matches } = facts;
  return {
    schema: 'majordomo/providers@1',
    ...commonReport(facts),
    providers: providers.map((one) => providerReport(one, { now, matches })),
    ignored,
    folded,
  };
}

function providerReport(
  { info, listing, aliases }: ProviderFacts,
  { now, matches }: { readonly now: number; readonly matches: (id: string) => boolean },
): ProviderReport {
  // `x,other/y` of a server would be a chain with another target in it where it is pasted after -m
  const listed = new Set((listing?.models ?? []).filter(isModelName));
  const configured = info.models
    .filter((id) => !listed.has(id))
    .map((id) => ({ id, source: info.source.key }));
  const all = [...[...listed].sort().map((id) => ({ id, source: 'endpoint' })), ...configured];
  const isKnown = all.length > 0 || (listing !== null && listing.error === null);
  const { tuning, price, circuit } = info;
  return {
    name: info.name,
    scheme: info.scheme,
    dialect: info.dialect,
    endpoint: info.endpoint,
    endpointVariable: info.endpointVariable,
    source: info.source,
    shadows: info.shadows,
    credential: info.credential,
    status: info.status,
    problem: info.problem,
    hint: info.hint,
    warnings: info.warnings,
    defaultModel: info.defaultModel,
    models: isKnown ? all.filter(({ id }) => matches(id)) : null,
    modelsError: listing?.error?.toJSON() ?? null,
    aliases,
    options: { ...unset, ...tuning, priceIn: price.input, priceOut: price.output },
    circuit: circuit === null ? null : circuitReport(circuit, now),
  };
}
