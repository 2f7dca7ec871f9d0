import type { ChainParts, ChainRequest, ChainTarget, GenerateOptions, StreamOptions } from './chain/parts.js';
import { ChainRun } from './chain/run.js';
import type { Answer, ChainEvent } from './events.js';
import { ForgetfulStore } from './forgetful-store.js';
import { healthConfig } from './health.js';
import { HealthTracker } from './health-tracker.js';
import { canonicalName } from './provider-names.js';
import type { Expansion } from './spec.js';

/** Targets in the order in which they are asked. */
export class Chain {
  readonly spec: string;
  /** How the spec expanded, aliases included. */
  readonly expansion: Expansion;
  readonly targets: readonly ChainTarget[];
  readonly #parts: ChainParts;

  constructor(parts: ChainParts) {
    this.spec = parts.spec;
    this.expansion = parts.expansion;
    this.targets = parts.targets;
    this.#parts = parts;
  }

  /** The same chain with other targets in place of its own: for drills. */
  withTargets(change: (target: ChainTarget) => ChainTarget): Chain {
    return new Chain({ ...this.#parts, targets: this.targets.map(change) });
  }

  /** The same chain without a memory: no circuit is heeded, and no result is counted. For drills, too. */
  withoutMemory(): Chain {
    const { clock, random } = this.#parts;
    const health = new HealthTracker({ store: new ForgetfulStore(), clock, random, config: healthConfig() });
    return new Chain({ ...this.#parts, health });
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
    // A generator's own `return` waits for the event that is due; the request behind it must end at once.
    events.return = (value) => {
      run.leave();
      return end(value);
    };
    return events;
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
