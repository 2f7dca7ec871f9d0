import type { ErrorKind } from './classify.js';
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
import { MemoryStore } from './memory-store.js';
import {
  type Admission,
  type AdmitOptions,
  type AskedSubject,
  type FailureReport,
  type HealthSubject,
  type Permit,
  refusal,
  type Scope,
  scopeOf,
  scopes,
} from './permit.js';
import type { Clock, HealthEntry, HealthStore, Random } from './ports.js';

export type { Admission, FailureReport, HealthSubject, Permit } from './permit.js';

/** `kind`: the last failure that is remembered. */
type Transition = (circuit: Circuit, kind: ErrorKind | null) => Circuit;

interface Change {
  readonly scope: Scope;
  readonly kind: ErrorKind | null;
  readonly transition: Transition;
  readonly exclusively?: boolean;
}

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

  /** Another one by the same rules that remembers nothing yet, and nothing beyond this process. */
  emptied({ clock, random }: { readonly clock: Clock; readonly random: Random }): HealthTracker {
    return new HealthTracker({ store: new MemoryStore(), clock, random, config: this.#config });
  }

  /** A run begins. */
  beginRun(): void {
    this.#guard?.renewPatience();
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
  async admit(subject: AskedSubject, options: AdmitOptions): Promise<Admission> {
    const { leaseMs, force = false, probes = scopes } = options;
    const now = this.#clock.now();
    const circuits = await this.#circuits(subject);
    const counted = scopes.filter(
      (scope) => subject[scope] !== null && (probes.includes(scope) || circuits[scope].state === 'closed'),
    );
    const refused = (all: Record<Scope, Circuit>) => refusal(now, ...counted.map((scope) => all[scope]));
    const mayForce = (circuit: Circuit): boolean =>
      force && circuit.state === 'open' && !circuit.byRetryAfter;
    const bars = (circuit: Circuit): boolean => freeAt(circuit) > now && !mayForce(circuit);
    if (counted.some((scope) => bars(circuits[scope]))) return refused(circuits);
    const generations = {
      provider: circuits.provider.generation,
      target: circuits.target.generation,
    };
    let probe = false;
    for (const scope of counted) {
      const seen = circuits[scope];
      if (seen.state === 'closed') continue;
      // Where no other target is left, a probe that may not be the only one is better than none.
      const taken = await this.#take({ subject, scope, seen, leaseMs, exclusively: !force });
      if (taken === null) {
        if (probe) await this.release({ subject, generations, scopes: counted, probe });
        return refused(await this.#circuits(subject));
      }
      generations[scope] = taken.generation;
      probe = true;
    }
    return { admitted: true, permit: { subject, generations, scopes: counted, probe } };
  }

  async onFirstContent(permit: Permit): Promise<void> {
    if (!permit.probe) return;
    const now = this.#clock.now();
    await this.#both(permit, (circuit, generation) => onFirstContent(circuit, { now, generation }));
  }

  async onSuccess(permit: Permit): Promise<void> {
    await this.#both(permit, (circuit, generation) => onSuccess(circuit, { generation }));
  }

  /**
   * Something was proven of the provider, although no answer came: its circuit closes if that disproves what it failed by. The
   * target's is as it was.
   */
  async onProof(permit: Permit, disproves: (kind: ErrorKind) => boolean): Promise<void> {
    const generation = permit.generations.provider;
    await this.#transit(permit.subject, {
      scope: 'provider',
      kind: null,
      transition: (circuit, kind) =>
        kind !== null && disproves(kind) ? onSuccess(circuit, { generation }) : circuit,
    });
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
    const counted = await this.#settle(permit, {
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
      return this.#settle(permit, { scope, kind: null, transition });
    }
    const opens = at.opens && scope === 'target';
    return this.#settle(permit, {
      scope,
      kind: at.kind,
      transition: (circuit) =>
        circuit.state === 'half-open' || opens
          ? onFailure(circuit, { ...at, retryAfterMs: null, plannedWaitMs: null, opens, generation })
          : circuit,
    });
  }

  async #circuits({ provider, target }: AskedSubject): Promise<Readonly<Record<Scope, Circuit>>> {
    const keys = target === null ? [provider.key] : [provider.key, target.key];
    const entries = await this.#store.read(keys);
    const [own = closedCircuit, its = closedCircuit] = entries.map((entry) => this.#fresh(entry)?.circuit);
    return { provider: own, target: its };
  }

  /** Undefined for an entry that is too old to mean anything, or that comes from a clock that is wrong. */
  #fresh(entry: HealthEntry | undefined): HealthEntry | undefined {
    return entry !== undefined && isCurrent(entry.updatedAtMs, this.#clock.now()) ? entry : undefined;
  }

  async #take(at: {
    subject: AskedSubject;
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
    for (const scope of permit.scopes) {
      const generation = permit.generations[scope];
      await this.#transit(permit.subject, {
        scope,
        kind: null,
        transition: (circuit) => transition(circuit, generation),
      });
    }
  }

  /** A change of a circuit that the permit is not for is none. */
  async #settle(permit: Permit, change: Change): Promise<Circuit> {
    return permit.scopes.includes(change.scope) ? this.#transit(permit.subject, change) : closedCircuit;
  }

  async #transit(subject: AskedSubject, change: Change): Promise<Circuit> {
    const asked = subject[change.scope];
    if (asked === null) return closedCircuit;
    const { key, name } = asked;
    const transition = (before: HealthEntry | undefined): HealthEntry | undefined => {
      const known = this.#fresh(before);
      const circuit = known?.circuit ?? closedCircuit;
      const after = change.transition(circuit, known?.kind ?? null);
      if (after === circuit) return before;
      const kind = change.kind ?? known?.kind ?? null;
      return { key, name, scope: change.scope, circuit: after, kind, updatedAtMs: this.#clock.now() };
    };
    const exclusively = change.exclusively === true;
    const entry = await this.#store.update(key, transition, { exclusively });
    return this.#fresh(entry)?.circuit ?? closedCircuit;
  }
}
