import type { ChainRequest, StreamOptions } from '../../src/core/chain/parts.js';
import type { Chain } from '../../src/core/chain.js';
import type { Answer, Attempt, ChainEvent } from '../../src/core/events.js';
import type { HealthConfig } from '../../src/core/health.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import { CoreRegistry } from '../../src/core/registry.js';
import type { ChainConfig } from '../../src/core/tuning.js';
import { ManualClock } from './manual-clock.js';
import { type Script, type ScriptedOptions, type Seen, says, scriptedProvider } from './scripted-provider.js';

export interface RigOptions {
  readonly providers: Readonly<Record<string, ScriptedOptions>>;
  /** Default: every provider's models, in the order in which they are written. */
  readonly spec?: string;
  readonly chain?: ChainConfig;
  readonly health?: Partial<HealthConfig>;
  /** Default 0.5. */
  readonly random?: () => number;
  readonly clock?: ManualClock;
}

export interface Run {
  readonly events: readonly ChainEvent[];
  readonly answer: Answer | null;
  /** What the iteration threw, or null. */
  readonly error: unknown;
  readonly attempts: readonly Attempt[];
}

/** A circuit as a word: `closed`, `closed 2` with its failures, `open 10000` with what is left of its time. */
export type Circuits = Readonly<Record<string, string>>;

/** A registry with scripted providers, a manual clock and a memory of its own. */
export class ChainRig {
  readonly clock: ManualClock;
  readonly registry: CoreRegistry;
  readonly store = new MemoryStore();
  /** Every request that was made. */
  readonly seen: Seen[] = [];
  readonly chain: Chain;

  constructor(options: RigOptions) {
    this.clock = options.clock ?? new ManualClock();
    this.registry = new CoreRegistry({
      schemes: [],
      builtins: [],
      env: null,
      envLookup: () => undefined,
      openCredential: () => ({ info: () => null, read: async () => null }),
      clock: this.clock,
      random: options.random ?? (() => 0.5),
      store: this.store,
      health: options.health,
      chain: options.chain,
    });
    const entries = Object.entries(options.providers);
    for (const [name, provider] of entries)
      this.registry.registerProvider(scriptedProvider(name, provider, this));
    const all = entries.flatMap(([name, { models }]) => Object.keys(models).map((id) => `${name}/${id}`));
    this.chain = this.registry.parse(options.spec ?? all.join(','));
  }

  /** Runs a chain to its end; time moves on as far as it must. */
  async run(options: StreamOptions = {}, request: ChainRequest = { prompt: 'Hello' }): Promise<Run> {
    return this.clock.drive(this.collect(options, { request }));
  }

  /** Reads a chain's events to their end, without moving time. */
  async collect(
    options: StreamOptions = {},
    more: {
      readonly chain?: Chain;
      readonly request?: ChainRequest;
      readonly onEvent?: (event: ChainEvent) => unknown;
    } = {},
  ): Promise<Run> {
    const { chain = this.chain, request = { prompt: 'Hello' }, onEvent } = more;
    const events: ChainEvent[] = [];
    let error: unknown = null;
    try {
      for await (const event of chain.stream(request, options)) {
        events.push(event);
        await onEvent?.(event);
      }
    } catch (thrown) {
      error = thrown;
    }
    const last = events.at(-1);
    return {
      events,
      answer: last?.type === 'chain-end' ? last.answer : null,
      error,
      attempts: events.flatMap((event) => (event.type === 'attempt-end' ? [event.record] : [])),
    };
  }

  /** Makes a circuit open for `ms`, as if others had found the target or provider failing. */
  async open(name: string, ms: number, byRetryAfter = false): Promise<void> {
    const entry = this.chain.targets.find((target) => target.target === name || target.name === name);
    if (entry === undefined) throw new Error(`${name} is not in the chain`);
    const scope = entry.target === name ? 'target' : 'provider';
    const { key } = entry.health[scope];
    const now = this.clock.now();
    await this.store.update(key, () => ({
      key,
      name,
      scope,
      circuit: { state: 'open', generation: 1, failures: 3, openings: 1, untilMs: now + ms, byRetryAfter },
      kind: null,
      updatedAtMs: now,
    }));
  }

  /** Every circuit about which anything is remembered, by target or provider. */
  async circuits(): Promise<Circuits> {
    const entries = await this.registry.health.entries();
    return Object.fromEntries(
      entries.map(({ name, circuit }) => {
        const failures = circuit.failures === 0 ? '' : ` ${circuit.failures}`;
        if (circuit.state === 'open')
          return [name, `open ${Math.max(0, circuit.untilMs - this.clock.now())}`];
        return [name, `${circuit.state}${failures}`];
      }),
    );
  }

  /** The targets that were asked, in order. */
  get asked(): readonly string[] {
    return this.seen.map(({ target }) => target);
  }

  /** When each request was made, in milliseconds since the clock was made. */
  get askedAtMs(): readonly number[] {
    return this.seen.map(({ atMs }) => atMs);
  }
}

/** A chain of two providers: the first does as told, the second answers `two`. */
export function pair(first: Script, more: Partial<RigOptions> = {}): ChainRig {
  const providers = { m1: { models: { a: [first] } }, m2: { models: { b: [says('two')] } } } as const;
  return new ChainRig({ providers, ...more });
}

/** Events in short, as somebody who watches would tell them. */
export function told(events: readonly ChainEvent[]): string[] {
  return events.map(tell);
}

function tell(event: ChainEvent): string {
  switch (event.type) {
    case 'attempt-start':
      return `${event.attempt} asks ${event.target}`;
    case 'text-delta':
      return `${event.attempt} text ${event.text}`;
    case 'reasoning-delta':
      return `${event.attempt} reasoning ${event.text}`;
    case 'attempt-end':
      return `${event.attempt} ${event.record.outcome} ${event.record.next ?? 'done'} ${event.nextTarget ?? '-'}`;
    case 'warning':
      return `warning ${event.warning.code}`;
    case 'chain-end':
      return `end ${event.answer?.text ?? event.error?.name}`;
  }
}
