import type { ChainEvent } from '../events.js';
import type { ChainTarget } from './parts.js';
import type { RunState } from './state.js';
import { abandoned, Visit, type VisitEnd } from './visit.js';

type Step = IteratorResult<ChainEvent, VisitEnd>;

/** One target being asked, and what it says next. */
interface Lane {
  readonly entry: ChainTarget;
  readonly controller: AbortController;
  events: AsyncGenerator<ChainEvent, VisitEnd, void>;
  /** When the request that is open was made (monotonic); null while there is none. */
  askedMs: number | null;
  next: Promise<{ readonly lane: Lane; readonly step: Step }> | null;
  /** Set while it waits for the other one to end; called to let it go on. */
  wake: (() => void) | null;
}

/**
 * Asks a target and, when its first token is late, the next one beside it: the first that shows content wins, the other
 * is aborted. Never more than two at once, none of them a second time while the other is being asked, and no further one
 * after an error that ends the chain.
 */
export class Hedged {
  /** Those that had their say. One that was left for a faster one may still be asked, should that one fail. */
  readonly done = new Set<ChainTarget>();
  readonly #run: RunState;
  readonly #targets: readonly ChainTarget[];
  /** In the order of the chain. */
  readonly #lanes = new Set<Lane>();
  #opened = 0;
  #winner: Lane | null = null;
  /** A target beside the first said that the chain must not go on. */
  #stopped = false;
  #cancelAlarm: () => void = () => {};
  #alarm: Promise<'late'> | null = null;

  constructor(run: RunState, targets: readonly ChainTarget[]) {
    this.#run = run;
    this.#targets = targets;
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
      const happened = await this.#happening().catch((thrown: unknown) => ({ thrown }));
      if ('thrown' in happened) {
        // what the other one was asked for belongs to the trail of a run that was ended, too
        if (this.#run.signal.aborted) yield* this.#tellEnds([...this.#lanes]);
        throw happened.thrown;
      }
      if ('late' in happened) {
        const slow = [...this.#lanes].find(({ wake }) => wake === null);
        if (this.#winner === null) this.#open(slow?.entry.target ?? null);
        continue;
      }
      const { lane, step: told } = happened;
      lane.next = null;
      if (told.done === true) {
        const end = yield* this.#ended(lane, told.value);
        if (end !== null) return end;
      } else if (told.value.type === 'text-delta' || told.value.type === 'reasoning-delta') {
        yield* this.#leaveOthers(lane);
        yield told.value;
        const end = yield* lane.events;
        this.#lanes.delete(lane);
        if (end === 'advance') this.done.add(lane.entry);
        return end;
      } else {
        if (told.value.type === 'attempt-start') lane.askedMs = this.#run.parts.clock.monotonic();
        if (told.value.type === 'attempt-end') lane.askedMs = null;
        yield told.value;
      }
    }
  }

  #happening(): Promise<{ late: true } | { lane: Lane; step: Step }> {
    const waits: Promise<{ late: true } | { lane: Lane; step: Step }>[] = [...this.#lanes].map(step);
    if (this.#alarm !== null) waits.push(this.#alarm.then(() => ({ late: true })));
    return Promise.race(waits);
  }

  /** What the end of one lane means for all; null while others go on. */
  async *#ended(lane: Lane, end: VisitEnd): AsyncGenerator<ChainEvent, VisitEnd | null, void> {
    const [first] = this.#lanes;
    this.#lanes.delete(lane);
    if (end === 'answered' || (end === 'stop' && lane === first)) {
      yield* this.#leaveOthers(lane);
      return end;
    }
    if (end === 'stop') this.#stopped = true;
    if (end !== 'abandoned') this.done.add(lane.entry);
    this.#wakeOne();
    if (this.#lanes.size > 0) return null;
    return this.#stopped ? 'stop' : end;
  }

  #open(beside: string | null): void {
    const entry = this.#targets[this.#opened] as ChainTarget;
    this.#opened += 1;
    const controller = new AbortController();
    const lane: Lane = {
      entry,
      controller,
      askedMs: null,
      next: null,
      wake: null,
      events: new Visit(this.#run, {
        entry,
        next: () => this.#after(lane),
        force: false,
        beside,
        abandon: controller.signal,
        accompanied: () => this.#isAccompanied(lane),
        whenAlone: () => this.#park(lane),
        claim: () => this.#claim(lane),
      }).events(),
    };
    this.#lanes.add(lane);
  }

  /** Who has the say when this lane fails: the one beside it, else the first that has had none. */
  #after(lane: Lane): ChainTarget | null {
    const left = [...this.#lanes].find((other) => other !== lane && !other.controller.signal.aborted);
    if (left !== undefined) return left.entry;
    return this.#targets.find((entry) => entry !== lane.entry && !this.done.has(entry)) ?? null;
  }

  #isAccompanied(lane: Lane): boolean {
    return [...this.#lanes].some(
      (other) => other !== lane && other.wake === null && !other.controller.signal.aborted,
    );
  }

  /** Resolves when no other one is being asked. */
  #park(lane: Lane): Promise<void> {
    if (!this.#isAccompanied(lane)) return Promise.resolve();
    return new Promise((resolve) => {
      lane.wake = () => {
        lane.wake = null;
        resolve();
      };
    });
  }

  #wakeOne(): void {
    const [waiting] = [...this.#lanes].filter(({ wake }) => wake !== null);
    if (waiting !== undefined && !this.#isAccompanied(waiting)) waiting.wake?.();
  }

  /** The first to ask for it is the winner, and all others are left at that moment. */
  #claim(lane: Lane): boolean {
    this.#winner ??= lane;
    if (this.#winner !== lane) return false;
    for (const other of this.#lanes) if (other !== lane) other.controller.abort(abandoned);
    return true;
  }

  /**
   * For the one target that is being asked, if another may be asked beside it; from its request on. It rings at
   * once where that is long ago, as when the one beside it has just failed.
   */
  #setAlarm(): void {
    this.#cancelAlarm();
    this.#cancelAlarm = () => {};
    this.#alarm = null;
    const { parts, trail, tuning, signal } = this.#run;
    const [only, second] = [...this.#lanes].filter(({ wake }) => wake === null);
    const isRoom = second === undefined && this.#opened < this.#targets.length;
    const askedMs = only?.askedMs ?? null;
    if (!isRoom || askedMs === null || this.#stopped || this.#winner !== null || signal.aborted) return;
    if (trail.made >= tuning.maxAttempts) return;
    const waitMs = Math.max(0, askedMs + (tuning.hedgeMs ?? 0) - parts.clock.monotonic());
    this.#alarm = new Promise((resolve) => {
      this.#cancelAlarm = parts.clock.setTimer(waitMs, () => resolve('late'));
    });
  }

  /** Aborts all but the winner, and tells their end. */
  async *#leaveOthers(winner: Lane): AsyncGenerator<ChainEvent, void, void> {
    const others = [...this.#lanes].filter((lane) => lane !== winner);
    for (const lane of others) lane.controller.abort(abandoned);
    yield* this.#tellEnds(others);
  }

  /** What lanes that were aborted have left to say, but for what they would show. */
  async *#tellEnds(lanes: readonly Lane[]): AsyncGenerator<ChainEvent, void, void> {
    for (const lane of lanes) {
      this.#lanes.delete(lane);
      for (;;) {
        const last = await step(lane).catch((thrown: unknown) => {
          if (!this.#run.signal.aborted) throw thrown;
          return null;
        });
        lane.next = null;
        if (last === null) break;
        if (last.step.done === true) {
          if (last.step.value === 'advance') this.done.add(lane.entry);
          break;
        }
        const { value } = last.step;
        if (value.type !== 'text-delta' && value.type !== 'reasoning-delta') yield value;
      }
    }
  }
}

function step(lane: Lane): Promise<{ readonly lane: Lane; readonly step: Step }> {
  lane.next ??= lane.events.next().then(
    (told) => ({ lane, step: told }),
    (thrown: unknown) => {
      // it was waiting for something of its own, without a request, when another one was faster
      if (thrown === abandoned) return { lane, step: { done: true, value: 'abandoned' } };
      throw thrown;
    },
  );
  return lane.next;
}

/** Lets a lane tidy up that nobody listens to any more. */
async function end(lane: Lane): Promise<void> {
  lane.next?.catch(() => {});
  await lane.events.return('abandoned').catch(() => {});
}
