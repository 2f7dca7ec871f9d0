import { type Dsn, parseDsn } from '../../../src/core/dsn.js';
import { ProviderError } from '../../../src/core/errors.js';
import type {
  Clock,
  Model,
  ModelContext,
  ModelEvent,
  ModelRequest,
  Provider,
} from '../../../src/core/ports.js';
import { mockFactory, mockTraits } from '../../../src/providers/mock.js';
// loaded with the first request, which would take time that nobody waits for here
import '../../../src/providers/mock/faulty.js';
import '../../../src/providers/mock/model.js';

/** Time that stands still until it is told to go on. */
export class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  now(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that were neither fired nor cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      await settled();
      const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#timers.delete(next);
      next.callback();
    }
    this.#nowMs = untilMs;
    await settled();
  }
}

/** Everything that needs no time has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function mockDsn(text: string): Dsn {
  return parseDsn('LLM_M1', text, {
    traits: (scheme) => (scheme === 'mock' ? mockTraits : undefined),
    names: () => ['mock'],
  });
}

export function providerOf(name: string, dsn: Dsn): Provider {
  return mockFactory(name, dsn, {
    envLookup: () => undefined,
    openCredential: () => {
      throw new Error('a mock has no credential');
    },
  });
}

/** The provider `m1` of `mock://?query`; the query is percent-encoded as far as it needs to be. */
export function mockProvider(query = ''): Provider {
  return providerOf('m1', mockDsn(`mock://${query === '' ? '' : `?${query}`}`));
}

export function asking(
  content: string,
  more: Partial<ModelRequest> & { readonly lastRole?: 'user' | 'assistant' } = {},
): ModelRequest {
  const { lastRole = 'user', ...rest } = more;
  return {
    system: null,
    messages: [{ role: lastRole, content }],
    options: {},
    body: {},
    whole: false,
    ...rest,
  };
}

/** One request under way: what has come so far, and how it ended. */
export interface Attempt {
  readonly events: readonly ModelEvent[];
  readonly text: () => string;
  readonly reasoning: () => string;
  readonly finish: () => Extract<ModelEvent, { type: 'finish' }> | undefined;
  readonly controller: AbortController;
  readonly clock: SteppedClock;
  /** `open`: still waiting; `ended`: the iteration is over; else what was thrown. */
  readonly state: () => unknown;
  /** What was thrown, which must be a `ProviderError`. */
  readonly error: () => ProviderError;
}

/** Begins a request and lets everything happen that needs no time. */
export async function attempt(
  model: Model,
  options: { clock?: SteppedClock; request?: ModelRequest; controller?: AbortController } = {},
): Promise<Attempt> {
  const { clock = new SteppedClock(), request = asking('hi'), controller = new AbortController() } = options;
  const context: ModelContext = { signal: controller.signal, clock, connectTimeoutMs: 5000 };
  const events: ModelEvent[] = [];
  let state: unknown = 'open';
  const run = async (): Promise<void> => {
    try {
      for await (const event of model.stream(request, context)) events.push(event);
      state = 'ended';
    } catch (error) {
      state = error;
    }
  };
  void run();
  await settled();
  const texts = (type: 'text-delta' | 'reasoning-delta') => (): string =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  return {
    events,
    text: texts('text-delta'),
    reasoning: texts('reasoning-delta'),
    finish: () => events.find((event) => event.type === 'finish'),
    controller,
    clock,
    state: () => state,
    error: () => {
      if (state instanceof ProviderError) return state;
      throw new Error(`expected a ProviderError, the request is ${String(state)}`);
    },
  };
}
