import type { Chain } from '../../src/core/chain.js';
import type { ChainRequest, StreamOptions } from '../../src/core/chain-parts.js';
import { ProviderError, type ProviderErrorOptions } from '../../src/core/errors.js';
import type { Answer, Attempt, ChainEvent } from '../../src/core/events.js';
import type { HealthConfig } from '../../src/core/health.js';
import type {
  Clock,
  FinishReason,
  Model,
  ModelContext,
  ModelEvent,
  ModelRequest,
  Provider,
  Usage,
} from '../../src/core/ports.js';
import { CoreRegistry } from '../../src/core/registry.js';
import type { ChainConfig } from '../../src/core/tuning.js';
import { sleep } from '../../src/core/waiting.js';
import { MemoryStore } from '../../src/stores/memory.js';
import { ManualClock } from './manual-clock.js';

/** What a scripted model does next. */
export type Step =
  | ModelEvent
  /** Waits, and heeds its signal. */
  | { readonly type: 'wait'; readonly ms: number }
  /** Waits for ever, whatever its signal says. */
  | { readonly type: 'hang' }
  | { readonly type: 'fail'; readonly error: unknown }
  /** Ends the stream, finish or not. */
  | { readonly type: 'end' }
  | { readonly type: 'call'; readonly run: () => void };

export type Script = readonly Step[];

export const usage: Usage = {
  inputTokens: 100,
  outputTokens: 20,
  reasoningTokens: null,
  cachedInputTokens: null,
};

export const text = (value: string): Step => ({ type: 'text-delta', text: value });
export const reasoning = (value: string): Step => ({ type: 'reasoning-delta', text: value });
export const progress: Step = { type: 'progress' };
export const malformed: Step = { type: 'malformed' };
export const hang: Step = { type: 'hang' };
export const end: Step = { type: 'end' };
export const wait = (ms: number): Step => ({ type: 'wait', ms });
export const call = (run: () => void): Step => ({ type: 'call', run });

export const response = (httpStatus: number | null = 200, requestId: string | null = null): Step => ({
  type: 'response',
  httpStatus,
  requestId,
});

export function finish(
  finishReason: FinishReason = 'stop',
  more: Partial<Extract<ModelEvent, { type: 'finish' }>> = {},
): Step {
  return { type: 'finish', rawFinishReason: null, servedModel: null, usage: null, ...more, finishReason };
}

/** Throws a `ProviderError` of the kind, or whatever else is given. */
export function fail(
  error: ProviderErrorOptions['kind'] | Error,
  more: Partial<ProviderErrorOptions> = {},
): Step {
  if (error instanceof Error) return { type: 'fail', error };
  return { type: 'fail', error: new ProviderError({ kind: error, message: `${error}!`, ...more }) };
}

/** A whole answer. */
export const says = (value: string): Script => [response(), text(value), finish()];

/** One request, as the provider saw it. */
export interface Seen {
  readonly target: string;
  readonly request: ModelRequest;
  readonly context: ModelContext;
  readonly atMs: number;
  /** What it was told to do. */
  readonly script: Script;
  /** Its iterator has ended by itself, or was closed. */
  over: boolean;
}

/** A model's scripts, one for each request in turn; the last one serves all that follow. */
export type Scripts = readonly [Script, ...Script[]];

export interface ScriptedOptions extends Omit<Partial<Provider>, 'name' | 'model'> {
  readonly models: Readonly<Record<string, Scripts>>;
}

export interface ScriptedSetting {
  readonly clock: ManualClock;
  /** Every request is added here. */
  readonly seen: Seen[];
}

/** A provider that does what its scripts say. */
export function scriptedProvider(
  name: string,
  { models, ...rest }: ScriptedOptions,
  setting: ScriptedSetting,
): Provider {
  const asked = new Map<string, number>();
  return {
    ...rest,
    name,
    model(id: string): Model {
      const scripts = models[id];
      if (scripts === undefined) {
        throw new ProviderError({ kind: 'model-not-found', message: `no model ${id}` });
      }
      return {
        id,
        stream(request, context) {
          const nth = asked.get(id) ?? 0;
          asked.set(id, nth + 1);
          const script = scripts[Math.min(nth, scripts.length - 1)] as Script;
          const one: Seen = {
            target: `${name}/${id}`,
            request,
            context,
            atMs: setting.clock.elapsedMs,
            script,
            over: false,
          };
          setting.seen.push(one);
          return { [Symbol.asyncIterator]: () => watched(perform(script, context), one) };
        },
      };
    },
  };
}

async function* perform(script: Script, context: ModelContext): AsyncGenerator<ModelEvent, void> {
  for (const step of script) {
    switch (step.type) {
      case 'wait':
        await sleep(step.ms, { clock: context.clock, signal: context.signal });
        break;
      case 'hang':
        await new Promise<never>(() => {});
        break;
      case 'fail':
        throw step.error;
      case 'end':
        return;
      case 'call':
        step.run();
        break;
      default:
        yield step;
    }
  }
}

/** Tells when an iterator has ended or was asked to: a generator that hangs never gets to its `finally`. */
function watched(iterator: AsyncGenerator<ModelEvent, void>, seen: Seen): AsyncIterator<ModelEvent> {
  const over = (): void => {
    seen.over = true;
  };
  return {
    async next() {
      try {
        const step = await iterator.next();
        if (step.done === true) over();
        return step;
      } catch (error) {
        over();
        throw error;
      }
    },
    return() {
      over();
      return iterator.return(undefined);
    },
  };
}

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
      clock: this.clock satisfies Clock,
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
