import type { ChainParts, ChainRequest, ChainTarget, GenerateOptions, StreamOptions } from './chain/parts.js';
import { ChainRun } from './chain/run.js';
import type { Answer, ChainEvent } from './events.js';
import type { Clock, Random } from './ports.js';
import { canonicalName } from './provider-names.js';
import type { Expansion } from './spec.js';
import type { ChainConfig } from './tuning.js';

/** Targets in the order in which they are asked. */
export class Chain {
  readonly spec: string;
  /** How the spec expanded, aliases included. */
  readonly expansion: Expansion;
  readonly targets: readonly ChainTarget[];
  /** How it is run, as far as a call or a target's DSN says nothing else. */
  readonly config: ChainConfig;
  readonly #parts: ChainParts;

  constructor(parts: ChainParts) {
    this.config = parts.config;
    this.spec = parts.spec;
    this.expansion = parts.expansion;
    this.targets = parts.targets;
    this.#parts = parts;
  }

  /** The same chain with other targets in place of its own: for drills. */
  withTargets(change: (target: ChainTarget) => ChainTarget): Chain {
    return new Chain({ ...this.#parts, targets: this.targets.map(change) });
  }

  /**
   * The same chain with a memory of its own, which begins empty: what is remembered is neither heeded nor changed. For drills, too;
   * those that nobody asks may bring a clock.
   */
  withOwnMemory(at: { readonly clock?: Clock; readonly random?: Random } = {}): Chain {
    const parts = { ...this.#parts, ...at };
    return new Chain({ ...parts, health: parts.health.emptied(parts) });
  }

  /**
   * Asks the targets in turn until one gives a whole answer. Throws a {@link ChainError}, a
   * {@link CancelledError} when the signal is aborted, or whatever bug a provider threw.
   */
  async generate(request: ChainRequest, options: GenerateOptions = {}): Promise<Answer> {
    let answer: Answer | null = null;
    for await (const event of this.stream(request, { ...options, commit: 'finish' })) {
      if (event.type === 'chain-end') answer = event.answer;
    }
    if (answer === null) throw new Error('the chain ended without a verdict');
    return answer;
  }

  /**
   * The same, told as it happens. The last event is `chain-end`; when the chain failed, the iteration throws
   * the error after it. Leaving the iteration early aborts the request upstream.
   */
  stream(request: ChainRequest, options: StreamOptions = {}): AsyncGenerator<ChainEvent, void, void> {
    const run = new ChainRun(this.#parts, this.#withProviderNames(request), options);
    const events = run.events();
    const end = events.return.bind(events);
    // A generator's own `return` waits for the event that is due; the request behind it must end at once. Defined, as nothing can be
    // assigned in its place where built-in objects are frozen.
    const value: typeof end = (result) => {
      run.leave();
      return end(result);
    };
    return Object.defineProperty(events, 'return', { value, writable: true, configurable: true });
  }

  /** Keys for one provider are given by any spelling of its name, as targets are. */
  #withProviderNames(request: ChainRequest): ChainRequest {
    if (request.providerBody === undefined) return request;
    const names = new Set(this.targets.map(({ name }) => name));
    const bodies = new Map<string, Readonly<Record<string, unknown>>>();
    for (const [spelling, body] of Object.entries(request.providerBody)) {
      const name = names.has(spelling) ? spelling : canonicalName(spelling);
      bodies.set(name, { ...bodies.get(name), ...body });
    }
    return { ...request, providerBody: Object.fromEntries(bodies) };
  }
}
