import { dispositionOf, type ErrorKind, type TimeoutPhase } from './classify.js';
import { type Circuit, freeAt } from './health.js';

/** The two circuits a request depends on. A key may be made when it is asked for. */
export interface HealthSubject {
  readonly provider: { readonly key: string; readonly name: string };
  readonly target: { readonly key: string; readonly name: string };
}

/** The same of a request that may be about no target: a look at a provider. */
export interface AskedSubject {
  readonly provider: HealthSubject['provider'];
  readonly target: HealthSubject['target'] | null;
}

export const scopes = ['provider', 'target'] as const;

export type Scope = (typeof scopes)[number];

/** After a probe has its connection and its first token, this much of its lease is left for the rest. */
export const leaseSlackMs = 5000;

/** Leave to make requests to one target, with the generations it was given for. */
export interface Permit {
  readonly subject: AskedSubject;
  readonly generations: Readonly<Record<Scope, number>>;
  /** The circuits that its results count for. */
  readonly scopes: readonly Scope[];
  /** One request only, no retries: its result decides whether the circuit closes. */
  readonly probe: boolean;
}

export interface AdmitOptions {
  readonly leaseMs: number;
  /** Gives the lease of an open circuit before its cooldown is over, too. */
  readonly force?: boolean;
  /**
   * The circuits whose lease may be taken; both by default. Another one counts the results while it is closed, and neither keeps
   * the request away nor hears of it otherwise.
   */
  readonly probes?: readonly Scope[];
}

export type Admission =
  | { readonly admitted: true; readonly permit: Permit }
  | {
      readonly admitted: false;
      readonly freeAtMs: number;
      readonly byRetryAfter: boolean;
      /** Somebody else is asking it, to see whether it is back. */
      readonly isProbed: boolean;
    };

export interface FailureReport {
  readonly kind: ErrorKind;
  readonly phase: TimeoutPhase | null;
  /** Whether the server answered over HTTP: then the provider is there, whatever the target does. */
  readonly answered: boolean;
  readonly costMs: number;
  /** Set when the chain does not wait it out. */
  readonly retryAfterMs: number | null;
  /** The same, when the chain waits it out unless a circuit opens. */
  readonly plannedWaitMs: number | null;
  /** A Retry-After was waited out and the retry failed too. */
  readonly opens: boolean;
  /** The chain went on to another target. */
  readonly advanced: boolean;
}

/** When the last of these circuits lets a request through. */
export function refusal(
  now: number,
  ...circuits: readonly Circuit[]
): Extract<Admission, { admitted: false }> {
  const last = circuits.reduce((later, circuit) => (freeAt(circuit) > freeAt(later) ? circuit : later));
  return {
    admitted: false,
    freeAtMs: freeAt(last),
    byRetryAfter: last.state === 'open' && last.byRetryAfter,
    isProbed: circuits.some((circuit) => circuit.state === 'half-open' && freeAt(circuit) > now),
  };
}

/** Whose health a failure counts against: a silent connect is the provider's, and auth only if the chain went on. */
export function scopeOf(report: Pick<FailureReport, 'kind' | 'phase' | 'advanced'>): Scope | 'none' {
  const { scope } = dispositionOf(report.kind);
  if (report.kind === 'timeout' && report.phase === 'connect') return 'provider';
  if (scope === 'provider-if-advanced') return report.advanced ? 'provider' : 'none';
  return scope;
}
