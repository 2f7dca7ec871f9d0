import { dispositionOf, type ErrorKind, type TimeoutPhase } from './classify.js';
import type { Warning } from './errors.js';
import { GuardedStore, type GuardedStoreOptions } from './guarded-store.js';
import {
  type Circuit,
  closedCircuit,
  type FailureFacts,
  freeAt,
  type HealthConfig,
  isCurrent,
  onFailure,
  onFirstContent,
  onRelease,
  onSuccess,
  takeProbe,
  worse,
} from './health.js';
import type { Clock, HealthEntry, HealthStore, Random } from './ports.js';

/** The two circuits a request depends on. A key may be made when it is asked for. */
export interface HealthSubject {
  readonly provider: { readonly key: string; readonly name: string };
  readonly target: { readonly key: string; readonly name: string };
}

/** Leave to make requests to one target, with the generations it was given for. */
export interface Permit {
  readonly subject: HealthSubject;
  readonly generations: Readonly<Record<Scope, number>>;
  /** One request only, no retries: its result decides whether the circuit closes. */
  readonly probe: boolean;
}

export type Admission =
  | { readonly admitted: true; readonly permit: Permit }
  | { readonly admitted: false; readonly freeAtMs: number; readonly byRetryAfter: boolean };

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

type Scope = 'target' | 'provider';
type Transition = (circuit: Circuit) => Circuit;

export interface HealthTrackerOptions extends Omit<GuardedStoreOptions, 'memory'> {
  /** Takes over when the store fails or is slow; without it the store's errors are the caller's. */
  readonly memory?: HealthStore;
  readonly random: Random;
  readonly config: HealthConfig;
}

/** Remembers which targets and providers failed of late, through a store. */
export class HealthTracker {
  readonly #store: HealthStore;
  readonly #guard: GuardedStore | null;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #config: HealthConfig;

  constructor(options: HealthTrackerOptions) {
    const { store, memory } = options;
    this.#guard = memory === undefined ? null : new GuardedStore({ ...options, memory });
    this.#store = this.#guard ?? store;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#config = options.config;
  }

  /** What is to be told of the store, each thing once. */
  takeWarnings(): readonly Warning[] {
    return this.#guard?.takeWarnings() ?? [];
  }

  /** Lets go of the store's connections. */
  async close(): Promise<void> {
    await this.#store.close?.();
  }

  /** Forgets these keys, or everything. */
  async clear(keys?: readonly string[]): Promise<void> {
    await this.#store.clear(keys);
  }

  /** Everything remembered. */
  async entries(): Promise<readonly HealthEntry[]> {
    const entries = await this.#store.list();
    return entries.filter((entry) => this.#fresh(entry) !== undefined);
  }

  /** The worse of a target's two circuits, as it stands: closed when nothing is known. Takes no lease. */
  async circuit(subject: HealthSubject): Promise<Circuit> {
    return (await this.circuits([subject]))[0] ?? closedCircuit;
  }

  /** The same of many, read at once. */
  async circuits(subjects: readonly HealthSubject[]): Promise<readonly Circuit[]> {
    // as a rule nothing has failed: then the keys, which are hashes, need not be made
    if (await this.#store.isEmpty?.()) return subjects.map(() => closedCircuit);
    const entries = await this.#store.read(
      subjects.flatMap(({ provider, target }) => [provider.key, target.key]),
    );
    const known = entries.map((entry) => this.#fresh(entry)?.circuit ?? closedCircuit);
    return subjects.map((_, index) =>
      worse(known[2 * index] ?? closedCircuit, known[2 * index + 1] ?? closedCircuit),
    );
  }

  /**
   * Asks whether a request may be made now. An open circuit whose cooldown is over gives the lease of its one
   * probe; `force` gives it even earlier, but not before the time that the server itself asked for.
   */
  async admit(subject: HealthSubject, options: { leaseMs: number; force?: boolean }): Promise<Admission> {
    const now = this.#clock.now();
    const circuits = await this.#circuits(subject);
    const mayForce = (circuit: Circuit): boolean =>
      options.force === true && circuit.state === 'open' && !circuit.byRetryAfter;
    if (circuits.some((circuit) => freeAt(circuit) > now && !mayForce(circuit))) return refusal(circuits);
    const generations = { provider: circuits[0].generation, target: circuits[1].generation };
    let probe = false;
    for (const [scope, circuit] of [
      ['provider', circuits[0]],
      ['target', circuits[1]],
    ] as const) {
      if (circuit.state === 'closed') continue;
      // Where no other target is left, a probe that may not be the only one is better than none.
      const exclusively = options.force !== true;
      const taken = await this.#take({
        subject,
        scope,
        seen: circuit,
        leaseMs: options.leaseMs,
        exclusively,
      });
      if (taken === null) {
        if (probe) await this.release({ subject, generations, probe });
        return refusal(await this.#circuits(subject));
      }
      generations[scope] = taken.generation;
      probe = true;
    }
    return { admitted: true, permit: { subject, generations, probe } };
  }

  async onFirstContent(permit: Permit): Promise<void> {
    if (!permit.probe) return;
    const now = this.#clock.now();
    await this.#both(permit, (circuit, generation) => onFirstContent(circuit, { now, generation }));
  }

  async onSuccess(permit: Permit): Promise<void> {
    await this.#both(permit, (circuit, generation) => onSuccess(circuit, { generation }));
  }

  /** The request ended without a verdict on anybody's health: cancelled, or the fault of the request. */
  async release(permit: Permit): Promise<void> {
    if (!permit.probe) return;
    const now = this.#clock.now();
    await this.#both(permit, (circuit, generation) => onRelease(circuit, { now, generation }));
  }

  /** Counts a failure where its kind belongs. Returns whether a circuit of this target is open now. */
  async onFailure(permit: Permit, report: FailureReport): Promise<boolean> {
    const scope = scopeOf(report);
    if (scope === 'none') {
      await this.release(permit);
      return false;
    }
    const { kind, opens, ...told } = report;
    const facts = { ...told, now: this.#clock.now(), config: this.#config, random: this.#random() };
    const counted = await this.#transit(permit.subject, {
      scope,
      kind,
      // what was waited for in vain is the target's doing, whatever came after it
      transition: (circuit) =>
        onFailure(circuit, {
          ...facts,
          opens: opens && scope === 'target',
          generation: permit.generations[scope],
        }),
    });
    const other = await this.#settleOther(permit, { ...facts, kind, opens, scope });
    return counted.state === 'open' || other.state === 'open';
  }

  /**
   * The circuit that the failure is not about. An HTTP answer proves the provider. Anything else proves nothing of a
   * closed circuit; but a probe that failed is no success, whosever fault it was.
   */
  async #settleOther(
    permit: Permit,
    at: Omit<FailureFacts, 'generation'> & { kind: ErrorKind; scope: Scope; answered: boolean },
  ): Promise<Circuit> {
    const scope: Scope = at.scope === 'target' ? 'provider' : 'target';
    const generation = permit.generations[scope];
    if (scope === 'provider' && at.answered) {
      const transition: Transition = (circuit) => onSuccess(circuit, { generation });
      return this.#transit(permit.subject, { scope, kind: null, transition });
    }
    const opens = at.opens && scope === 'target';
    return this.#transit(permit.subject, {
      scope,
      kind: at.kind,
      transition: (circuit) =>
        circuit.state === 'half-open' || opens
          ? onFailure(circuit, { ...at, retryAfterMs: null, plannedWaitMs: null, opens, generation })
          : circuit,
    });
  }

  async #circuits(subject: HealthSubject): Promise<readonly [Circuit, Circuit]> {
    const [provider, target] = await this.#store.read([subject.provider.key, subject.target.key]);
    return [this.#fresh(provider)?.circuit ?? closedCircuit, this.#fresh(target)?.circuit ?? closedCircuit];
  }

  /** Undefined for an entry that is too old to mean anything, or that comes from a clock that is wrong. */
  #fresh(entry: HealthEntry | undefined): HealthEntry | undefined {
    return entry !== undefined && isCurrent(entry.updatedAtMs, this.#clock.now()) ? entry : undefined;
  }

  async #take(at: {
    subject: HealthSubject;
    scope: Scope;
    seen: Circuit;
    leaseMs: number;
    exclusively: boolean;
  }): Promise<Circuit | null> {
    const now = this.#clock.now();
    let taken: Circuit | null = null;
    const stands = await this.#transit(at.subject, {
      scope: at.scope,
      kind: null,
      exclusively: at.exclusively,
      transition: (circuit) => {
        taken =
          circuit.generation === at.seen.generation ? takeProbe(circuit, { now, leaseMs: at.leaseMs }) : null;
        return taken ?? circuit;
      },
    });
    return stands === taken ? taken : null;
  }

  async #both(permit: Permit, transition: (circuit: Circuit, generation: number) => Circuit): Promise<void> {
    for (const scope of ['provider', 'target'] as const) {
      const generation = permit.generations[scope];
      await this.#transit(permit.subject, {
        scope,
        kind: null,
        transition: (circuit) => transition(circuit, generation),
      });
    }
  }

  async #transit(
    subject: HealthSubject,
    change: { scope: Scope; kind: ErrorKind | null; transition: Transition; exclusively?: boolean },
  ): Promise<Circuit> {
    const { key, name } = subject[change.scope];
    const transition = (before: HealthEntry | undefined): HealthEntry | undefined => {
      const known = this.#fresh(before);
      const circuit = known?.circuit ?? closedCircuit;
      const after = change.transition(circuit);
      if (after === circuit) return before;
      const kind = change.kind ?? known?.kind ?? null;
      return { key, name, scope: change.scope, circuit: after, kind, updatedAtMs: this.#clock.now() };
    };
    const exclusively = change.exclusively === true;
    const entry = await this.#store.update(key, transition, { exclusively });
    return this.#fresh(entry)?.circuit ?? closedCircuit;
  }
}

function refusal(circuits: readonly [Circuit, Circuit]): Admission {
  const [provider, target] = circuits;
  const later = freeAt(provider) >= freeAt(target) ? provider : target;
  return {
    admitted: false,
    freeAtMs: freeAt(later),
    byRetryAfter: later.state === 'open' && later.byRetryAfter,
  };
}

/** Whose health a failure counts against: a silent connect is the provider's, and auth only if the chain went on. */
function scopeOf(report: FailureReport): Scope | 'none' {
  const { scope } = dispositionOf(report.kind);
  if (report.kind === 'timeout' && report.phase === 'connect') return 'provider';
  if (scope === 'provider-if-advanced') return report.advanced ? 'provider' : 'none';
  return scope;
}
