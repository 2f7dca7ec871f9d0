import { UsageError } from '../errors.js';
import type { Answer, ChainEvent } from '../events.js';
import { answerOf, answerWarnings } from './answer.js';
import type { ChainParts, ChainRequest, ChainTarget, StreamOptions } from './parts.js';
import { RunState } from './state.js';
import { chainFailure } from './verdict.js';
import type { Visit } from './visit.js';

/** Of a target that nobody runs against. */
const alone = {
  beside: null,
  abandon: null,
  accompanied: () => false,
  whenAlone: async () => {},
  claim: () => true,
};

interface VisitOrder {
  readonly next: ChainTarget | null;
  readonly force: boolean;
}

/** One run of a chain: asks target after target and tells what happens. Used once. */
export class ChainRun {
  readonly #state: RunState;
  readonly #targets: readonly ChainTarget[];

  constructor(parts: ChainParts, request: ChainRequest, options: StreamOptions) {
    this.#state = new RunState(parts, request, options);
    this.#targets = this.#state.tuning.failover ? parts.targets : parts.targets.slice(0, 1);
  }

  async *events(): AsyncGenerator<ChainEvent, void, void> {
    const state = this.#state;
    const { clock } = state.parts;
    const { prompt, messages = [] } = state.request;
    if (prompt === undefined && messages.length === 0) {
      throw new UsageError('no-prompt', 'there is nothing to ask: give a prompt or messages');
    }
    // Not in the constructor: a stream that nobody reads yet uses up none of its time.
    state.startedMs = clock.monotonic();
    state.parts.health.beginRun();
    const { signal } = state.options;
    const onAbort = (): void => this.leave();
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const cancelDeadline = clock.setTimer(state.tuning.timeoutMs, () => state.expire());
    let bug: { thrown: unknown } | null = null;
    try {
      for (const warning of state.parts.warnings) yield state.trail.warn(warning);
      yield* this.#askAll();
    } catch (thrown) {
      if (!state.signal.aborted) bug = { thrown };
    } finally {
      cancelDeadline();
      signal?.removeEventListener('abort', onAbort);
    }
    if (bug !== null) {
      yield {
        type: 'chain-end',
        answer: null,
        error: bug.thrown instanceof Error ? bug.thrown : new Error('a provider threw no error'),
      };
      throw bug.thrown;
    }
    const answer = yield* this.#conclude();
    const error = answer === null ? this.#failure() : null;
    yield { type: 'chain-end', answer, error };
    if (error !== null) throw error;
  }

  /** Ends the run from outside, be it in the middle of a request. */
  leave(): void {
    this.#state.leave();
  }

  async *#askAll(): AsyncGenerator<ChainEvent, void, void> {
    const state = this.#state;
    // Loaded with the first run: who only looks at chains does without.
    const { Visit } = await import('./visit.js');
    const Hedged = state.tuning.hedgeMs === null ? null : (await import('./hedged.js')).Hedged;
    const visit = (entry: ChainTarget, at: VisitOrder): Visit =>
      new Visit(state, { ...alone, entry, force: at.force, next: () => at.next });
    for (let left = this.#targets; left[0] !== undefined; ) {
      state.goOn();
      const hedged = Hedged && new Hedged(state, left);
      const end = yield* hedged === null
        ? visit(left[0], { next: left[1] ?? null, force: false }).events()
        : hedged.events();
      if (end !== 'advance') return;
      left = hedged === null ? left.slice(1) : left.filter((entry) => !hedged.done.has(entry));
    }
    const first = state.trail.soonest();
    if (first !== undefined) yield* visit(first, { next: null, force: true }).events();
  }

  *#conclude(): Generator<ChainEvent, Answer | null, void> {
    const state = this.#state;
    yield* state.storeWarnings();
    if (state.answered === null) return null;
    const { entry, outcome } = state.answered;
    for (const warning of answerWarnings(entry, outcome)) yield state.trail.warn(warning);
    return answerOf(entry, {
      outcome,
      spec: state.parts.spec,
      failover: entry !== this.#targets[0],
      beforeMs: outcome.startedMs - state.startedMs,
      attempts: [...state.trail.records],
      warnings: [...state.trail.warnings],
    });
  }

  #failure(): Error {
    const state = this.#state;
    return chainFailure({
      reason: state.signal.aborted ? state.signal.reason : null,
      committed: state.committed,
      attempts: state.trail.records,
      causes: state.causes,
      skipHint: state.skipHint,
      now: state.parts.clock.now(),
      timeoutMs: state.tuning.timeoutMs,
    });
  }
}
