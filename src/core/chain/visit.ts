import type { ErrorKind } from '../classify.js';
import { classifyWith } from '../classify-error.js';
import { ConfigError } from '../errors.js';
import type { ChainEvent } from '../events.js';
import type { Permit } from '../health-tracker.js';
import { leaseSlackMs } from '../permit.js';
import type { Model, Unavailable } from '../ports.js';
import { asProviderError, cleanText, scrubbedBug } from '../provider-failure.js';
import { type Decision, decide } from '../retry.js';
import { type ResolvedTargetTuning, targetTuning } from '../tuning.js';
import { orAborted, sleep } from '../waiting.js';
import { type AttemptOutcome, runAttempt } from './attempt.js';
import { abandonedRecord, cutOffRecord, requestRecord } from './attempt-record.js';
import { decisionFacts, type Failed, failureReport } from './failed.js';
import { modelRequest } from './model-request.js';
import type { ChainTarget } from './parts.js';
import type { RunState } from './state.js';
import { sequelOf } from './trail.js';
import { cancelled } from './verdict.js';

/** The reason a target is left with when another one was faster. */
export const abandoned = Symbol('abandoned');

/** What became of one target. */
export type VisitEnd = 'answered' | 'advance' | 'stop' | 'abandoned';

export interface VisitOptions {
  readonly entry: ChainTarget;
  /** Who is asked when this one fails, as things stand. */
  readonly next: () => ChainTarget | null;
  /** The one that is asked although all circuits are open. */
  readonly force: boolean;
  /** The slow target beside which this one is asked. */
  readonly beside: string | null;
  /** Aborted when another target was faster; null where there is none. */
  readonly abandon: AbortSignal | null;
  /** Whether another target is being asked at this moment: then nothing is asked twice. */
  readonly accompanied: () => boolean;
  /** Resolves when none is. */
  readonly whenAlone: () => Promise<void>;
  /** Called before anything is shown: false when another target was faster. */
  readonly claim: () => boolean;
}

/** Asks one target until it answers or its retries are used up. Used once. */
export class Visit {
  readonly #run: RunState;
  readonly #at: VisitOptions;
  readonly #signal: AbortSignal;
  readonly #tuning: ResolvedTargetTuning;
  /** What its preparation threw: the first request fails by it. */
  #unprepared: { readonly thrown: unknown } | null = null;
  /** Whether what it says is the answer, as far as it goes. */
  #claimed = false;

  constructor(run: RunState, at: VisitOptions) {
    this.#run = run;
    this.#at = at;
    this.#signal = at.abandon === null ? run.signal : AbortSignal.any([run.signal, at.abandon]);
    this.#tuning = targetTuning(run.parts.config, at.entry.provider.tuning ?? {}, run.options);
  }

  async *events(): AsyncGenerator<ChainEvent, VisitEnd, void> {
    const { entry, force } = this.#at;
    const { trail, parts } = this.#run;
    const unavailable = await this.#prepare();
    if (unavailable !== null) {
      const hint = unavailable.hint ? cleanText(unavailable.hint, entry.scrub) : null;
      this.#run.skipHint ??= hint;
      yield trail.skipped(entry, {
        reason: unavailable.reason,
        message: cleanText(unavailable.message, entry.scrub),
        hint,
        atMs: parts.clock.now(),
        waitMs: null,
        next: this.#at.next(),
      });
      return 'advance';
    }
    const { connectTimeoutMs, firstTokenTimeoutMs } = this.#tuning;
    const leaseMs = connectTimeoutMs + firstTokenTimeoutMs + leaseSlackMs;
    const admission = await parts.health.admit(entry.health, { leaseMs, force });
    yield* this.#run.storeWarnings();
    if (!admission.admitted) {
      // Refused a second time, it was told before.
      if (!force) yield trail.barred(entry, admission, { atMs: parts.clock.now(), next: this.#at.next() });
      return 'advance';
    }
    try {
      return yield* this.#ask(admission.permit);
    } finally {
      // Without effect once there was a verdict: for cancelled runs, bugs, and consumers that left early.
      await parts.health.release(admission.permit);
    }
  }

  async #prepare(): Promise<Unavailable | null> {
    try {
      return await this.#run.preparations.of(this.#at.entry.provider, this.#signal);
    } catch (thrown) {
      this.#signal.throwIfAborted();
      this.#unprepared = { thrown };
      return null;
    }
  }

  async *#ask(permit: Permit): AsyncGenerator<ChainEvent, VisitEnd, void> {
    const run = this.#run;
    const { entry, beside } = this.#at;
    const { clock, health } = run.parts;
    let waitedOut = false;
    const retries = new Map<ErrorKind, number>();
    for (let retriesMade = 0; ; retriesMade += 1) {
      run.goOn();
      this.#signal.throwIfAborted();
      // others may have made requests while this one waited for its turn
      if (run.trail.made >= run.tuning.maxAttempts) return 'stop';
      const attempt = run.trail.begin();
      const startedAtMs = clock.now();
      yield { type: 'attempt-start', attempt, target: entry.target, atMs: startedAtMs, beside };
      const outcome = yield* this.#deltas({ permit, attempt, first: retriesMade === 0 });
      const facts = { outcome, startedAtMs, hedge: beside !== null };
      const isWhole = outcome.error === null;
      // an answer without a word is one when nobody else has a word to say
      if (isWhole && !this.#claimed && (await this.#isAlone())) this.#claimed = this.#at.claim();
      if (this.#isLost()) {
        yield run.trail.ended(attempt, abandonedRecord(entry, facts));
        return 'abandoned';
      }
      if (isWhole && this.#claimed) {
        // a drill says nothing of the target
        if (outcome.injected) await health.release(permit);
        else await health.onSuccess(permit);
        yield run.trail.ended(attempt, requestRecord(entry, { ...facts, result: 'ok', next: null }));
        run.answered = { entry, outcome };
        return 'answered';
      }
      const kind = run.signal.aborted ? 'cancelled' : classifyWith(run.tuning.classify, outcome.error);
      if (kind === null) throw scrubbedBug(outcome.error, entry.scrub);
      if (kind === 'cancelled') {
        // Without effect when it was the deadline; else the model or the program said so, and that ends the run too.
        run.leave();
        const byDeadline = run.signal.reason !== cancelled;
        yield run.trail.ended(attempt, cutOffRecord(entry, { ...facts, byDeadline }));
        return 'stop';
      }
      const error = asProviderError(outcome.error, { kind, scrub: entry.scrub });
      run.causes.push(error);
      const failed = { kind, error, retriesMade, retriesForKind: retries.get(kind) ?? 0, waitedOut, outcome };
      const { decision, later } = await this.#settle(permit, failed);
      const record = requestRecord(entry, { ...facts, result: kind, error, next: decision.next });
      const sequel = sequelOf(decision, { entry, next: this.#at.next(), hint: error.hint });
      const alone = later === null ? null : this.#at.whenAlone();
      yield run.trail.ended(attempt, record, sequel);
      const retry = later ?? decision;
      if (retry.next !== 'retry') return retry.next;
      retries.set(kind, (retries.get(kind) ?? 0) + 1);
      waitedOut = (error.retryAfterMs ?? 0) > 0;
      const untilMs = clock.monotonic() + retry.waitMs;
      if (alone !== null) await orAborted(alone, this.#signal);
      const waitMs = untilMs - clock.monotonic();
      if (waitMs > 0) await sleep(waitMs, { clock, signal: this.#signal });
    }
  }

  /** Waits until nobody else is being asked; false when it was ended before. */
  async #isAlone(): Promise<boolean> {
    if (!this.#at.accompanied()) return true;
    return orAborted(this.#at.whenAlone(), this.#signal).then(
      () => true,
      () => false,
    );
  }

  /** Whether another target was faster, and the run goes on. */
  #isLost(): boolean {
    return this.#at.abandon?.aborted === true && !this.#run.signal.aborted;
  }

  async *#deltas(at: {
    readonly permit: Permit;
    readonly attempt: number;
    readonly first: boolean;
  }): AsyncGenerator<ChainEvent, AttemptOutcome, void> {
    const { parts, request, options } = this.#run;
    const { entry } = this.#at;
    const steps = runAttempt({
      model: { id: entry.model, stream: (asked, context) => this.#open(at.first).stream(asked, context) },
      request: modelRequest(request, { name: entry.name, maxTokens: this.#tuning.maxTokens }),
      timeouts: this.#tuning,
      clock: parts.clock,
      signal: this.#signal,
    });
    let first = true;
    try {
      for (;;) {
        const step = await steps.next();
        if (step.done === true) return step.value;
        if (first) {
          first = false;
          await parts.health.onFirstContent(at.permit);
        }
        // shown to nobody, now that another target was faster
        if (this.#isLost()) continue;
        this.#claimed ||= this.#at.claim();
        if (!this.#claimed) continue;
        if (step.value.type === 'text-delta' && options.commit !== 'finish') this.#run.committed = true;
        yield { ...step.value, attempt: at.attempt };
      }
    } finally {
      await steps.return(undefined as never);
    }
  }

  /** The model, looked up by the attempt, so that a provider that fails at that fails like any other. */
  #open(first: boolean): Model {
    const { provider, model } = this.#at.entry;
    if (this.#unprepared === null) return provider.model(model);
    if (first) throw this.#unprepared.thrown;
    const prepared = this.#run.preparations.of(provider, this.#signal);
    return {
      id: model,
      async *stream(request, context) {
        const unavailable = await prepared;
        if (unavailable !== null) throw new ConfigError(unavailable.reason, unavailable.message);
        yield* provider.model(model).stream(request, context);
      },
    };
  }

  /**
   * Counts the failure and decides what comes next; a circuit that it opened ends the retries. Beside another target, that
   * one has its say first: `later` is the retry that is due when it has failed too.
   */
  async #settle(
    permit: Permit,
    failed: Failed,
  ): Promise<{ readonly decision: Decision; readonly later: Decision | null }> {
    const run = this.#run;
    const beside = this.#at.accompanied();
    const facts = decisionFacts(failed, {
      // A wait that was in vain is not repeated: the circuit opens.
      retries: permit.probe || failed.waitedOut ? 0 : this.#tuning.retries,
      hasNextTarget: this.#at.next() !== null,
      tuning: run.tuning,
      // the request of the other one has been made, and goes on
      attemptsMade: beside ? 0 : run.trail.made,
      timeLeftMs: run.timeLeftMs(),
      random: run.parts.random(),
    });
    const settled = (decision: Decision) => {
      const waits = beside && decision.next === 'retry';
      return waits ? { decision: advance, later: decision } : { decision, later: null };
    };
    const decision: Decision = run.committed ? { next: 'stop', waitMs: 0 } : decide(facts);
    if (failed.outcome.injected) return settled(decision);
    const opened = await run.parts.health.onFailure(permit, failureReport(failed, decision));
    if (!opened || decision.next !== 'retry') return settled(decision);
    return settled(decide({ ...facts, retriesAllowed: 0 }));
  }
}

const advance: Decision = { next: 'advance', waitMs: 0 };
