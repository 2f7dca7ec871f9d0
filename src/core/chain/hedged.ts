import type { ChainEvent } from '../events.js';
import type { ChainTarget } from './parts.js';
import type { RunState } from './state.js';
import { Visit, type VisitEnd } from './visit.js';

type Step = IteratorResult<ChainEvent, VisitEnd>;

/** One target being asked, and what it says next. */
interface Lane {
  readonly events: AsyncGenerator<ChainEvent, VisitEnd, void>;
  readonly controller: AbortController;
  readonly target: string;
  /** Started beside a slow one. */
  readonly hedge: boolean;
  /** When its last request was made (monotonic); null before. */
  askedMs: number | null;
  next: Promise<{ readonly lane: Lane; readonly step: Step }> | null;
}

/** The reason a target is left with when another one was faster. */
const abandoned = Symbol('abandoned');

/**
 * Asks a target and, when its first token is late, the next one beside it: the first that shows content wins, the other
 * is aborted. Never more than two at once, none of them twice, and no further one after an error that ends the chain.
 */
export class Hedged {
  readonly #run: RunState;
  readonly #targets: readonly ChainTarget[];
  readonly #lanes = new Set<Lane>();
  #opened = 0;
  /** A target beside the first said that the chain must not go on. */
  #stopped = false;
  #cancelAlarm: () => void = () => {};
  #alarm: Promise<'late'> | null = null;

  constructor(run: RunState, targets: readonly ChainTarget[]) {
    this.#run = run;
    this.#targets = targets;
  }

  /** How many of the targets were asked or skipped. */
  get visited(): number {
    return this.#opened;
  }

  async *events(): AsyncGenerator<ChainEvent, VisitEnd, void> {
    try {
      this.#open(null);
      return yield* this.#race();
    } finally {
      this.#cancelAlarm();
      for (const lane of this.#lanes) {
        lane.controller.abort(abandoned);
        await end(lane);
      }
    }
  }

  async *#race(): AsyncGenerator<ChainEvent, VisitEnd, void> {
    for (;;) {
      this.#setAlarm();
      const waits: Promise<'late' | { lane: Lane; step: Step }>[] = [...this.#lanes].map(step);
      if (this.#alarm !== null) waits.push(this.#alarm);
      const happened = await Promise.race(waits);
      if (happened === 'late') {
        const [slow] = this.#lanes;
        this.#open(slow?.target ?? null);
        continue;
      }
      const { lane, step: told } = happened;
      lane.next = null;
      if (told.done === true) {
        this.#lanes.delete(lane);
        const end = yield* this.#ended(lane, told.value);
        if (end !== null) return end;
      } else if (told.value.type === 'text-delta' || told.value.type === 'reasoning-delta') {
        yield* this.#abandonOthers(lane);
        yield told.value;
        this.#lanes.delete(lane);
        return yield* lane.events;
      } else {
        if (told.value.type === 'attempt-start') lane.askedMs = this.#run.parts.clock.monotonic();
        yield told.value;
      }
    }
  }

  /** What the end of one lane means for all; null while others go on. */
  async *#ended(lane: Lane, end: VisitEnd): AsyncGenerator<ChainEvent, VisitEnd | null, void> {
    if (end === 'answered' || (end === 'stop' && !lane.hedge)) {
      yield* this.#abandonOthers(lane);
      return end;
    }
    if (end === 'stop') this.#stopped = true;
    if (this.#lanes.size > 0) return null;
    return this.#stopped ? 'stop' : end;
  }

  #open(beside: string | null): void {
    const entry = this.#targets[this.#opened] as ChainTarget;
    this.#opened += 1;
    const controller = new AbortController();
    const visit = new Visit(this.#run, {
      entry,
      next: this.#targets[this.#opened] ?? null,
      force: false,
      beside,
      abandon: controller.signal,
      accompanied: () => this.#lanes.size > 1,
    });
    const lane = { target: entry.target, hedge: beside !== null, askedMs: null, next: null };
    this.#lanes.add({ ...lane, events: visit.events(), controller });
  }

  /**
   * For the one target that is being asked, if another may be asked beside it; from its last request on. It rings at
   * once where that is long ago, as when the one beside it has just failed.
   */
  #setAlarm(): void {
    this.#cancelAlarm();
    this.#cancelAlarm = () => {};
    this.#alarm = null;
    const { parts, trail, tuning, signal } = this.#run;
    const [only, second] = this.#lanes;
    const isRoom = second === undefined && this.#opened < this.#targets.length;
    const askedMs = only?.askedMs ?? null;
    if (!isRoom || askedMs === null || this.#stopped || signal.aborted) return;
    if (trail.made >= tuning.maxAttempts) return;
    const waitMs = Math.max(0, askedMs + (tuning.hedgeMs ?? 0) - parts.clock.monotonic());
    this.#alarm = new Promise((resolve) => {
      this.#cancelAlarm = parts.clock.setTimer(waitMs, () => resolve('late'));
    });
  }

  /** Aborts all but the winner, and tells their end. */
  async *#abandonOthers(winner: Lane): AsyncGenerator<ChainEvent, void, void> {
    for (const lane of this.#lanes) {
      if (lane === winner) continue;
      this.#lanes.delete(lane);
      lane.controller.abort(abandoned);
      for (;;) {
        const last = await step(lane).catch((thrown: unknown) => {
          if (thrown !== abandoned) throw thrown;
          return null;
        });
        lane.next = null;
        if (last === null || last.step.done === true) break;
        const { value } = last.step;
        if (value.type !== 'text-delta' && value.type !== 'reasoning-delta') yield value;
      }
    }
  }
}

function step(lane: Lane): Promise<{ readonly lane: Lane; readonly step: Step }> {
  lane.next ??= lane.events.next().then((told) => ({ lane, step: told }));
  return lane.next;
}

/** Lets a lane tidy up that nobody listens to any more. */
async function end(lane: Lane): Promise<void> {
  lane.next?.catch(() => {});
  await lane.events.return('abandoned').catch(() => {});
}
