import type { ErrorKind } from '../classify.js';
import { classifyWith } from '../classify-error.js';
import { ConfigError, type ProviderError, UsageError } from '../errors.js';
import type { Answer, ChainEvent } from '../events.js';
import type { Model, Provider, Unavailable } from '../ports.js';
import { asProviderError, cleanText, scrubbedBug } from '../provider-failure.js';
import { type Decision, decide } from '../retry.js';
import { type ChainTuning, chainTuning, targetTuning } from '../tuning.js';
import { sleep } from '../waiting.js';
import { answerOf, answerWarnings } from './answer.js';
import { type Asking, decisionFacts, type Failed, failureReport } from './asking.js';
import { type AttemptOutcome, runAttempt } from './attempt.js';
import { cutOffRecord, requestRecord } from './attempt-record.js';
import { modelRequest } from './model-request.js';
import type { ChainParts, ChainRequest, ChainTarget, StreamOptions } from './parts.js';
import { Preparations } from './preparations.js';
import { ChainTrail, sequelOf } from './trail.js';
import { cancelled, chainFailure, deadlineError } from './verdict.js';

/** What became of one target. */
type Visit = 'answered' | 'advance' | 'stop';

/** After a probe has its connection and its first token, this much is left for the rest. */
const leaseSlackMs = 5000;

/** One run of a chain: asks target after target and tells what happens. Used once. */
export class ChainRun {
  readonly #parts: ChainParts;
  readonly #request: ChainRequest;
  readonly #options: StreamOptions;
  readonly #tuning: ChainTuning;
  readonly #targets: readonly ChainTarget[];
  readonly #ending = new AbortController();
  readonly #preparations = new Preparations();
  readonly #trail = new ChainTrail();
  readonly #causes: ProviderError[] = [];
  #startedMs = 0;
  #committed = false;
  #answer: Answer | null = null;

  constructor(parts: ChainParts, request: ChainRequest, options: StreamOptions) {
    this.#parts = parts;
    this.#request = request;
    this.#options = options;
    this.#tuning = chainTuning(parts.config, options);
    this.#targets = this.#tuning.failover ? parts.targets : parts.targets.slice(0, 1);
  }

  async *events(): AsyncGenerator<ChainEvent, void, void> {
    const { clock } = this.#parts;
    const { prompt, messages = [] } = this.#request;
    if (prompt === undefined && messages.length === 0) {
      throw new UsageError('no-prompt', 'there is nothing to ask: give a prompt or messages');
    }
    // Not in the constructor: a stream that nobody reads yet uses up none of its time.
    this.#startedMs = clock.monotonic();
    const { signal } = this.#options;
    const onAbort = (): void => this.leave();
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    const cancelDeadline = clock.setTimer(this.#tuning.timeoutMs, () =>
      this.#ending.abort(deadlineError(this.#tuning.timeoutMs)),
    );
    let bug: { thrown: unknown } | null = null;
    try {
      for (const warning of this.#parts.warnings) yield this.#trail.warn(warning);
      yield* this.#askAll();
    } catch (thrown) {
      if (!this.#ending.signal.aborted) bug = { thrown };
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
    yield* this.#storeWarnings();
    const error = this.#answer === null ? this.#failure() : null;
    yield { type: 'chain-end', answer: this.#answer, error };
    if (error !== null) throw error;
  }

  /** Ends the run from outside, be it in the middle of a request. */
  leave(): void {
    this.#ending.abort(cancelled);
  }

  /** Throws when the run was ended. Looks at the clock too: the timers of a busy program are late. */
  #goOn(): void {
    if (this.#timeLeftMs() <= 0) this.#ending.abort(deadlineError(this.#tuning.timeoutMs));
    this.#ending.signal.throwIfAborted();
  }

  #timeLeftMs(): number {
    return this.#startedMs + this.#tuning.timeoutMs - this.#parts.clock.monotonic();
  }

  async *#askAll(): AsyncGenerator<ChainEvent, void, void> {
    for (const [index, entry] of this.#targets.entries()) {
      this.#goOn();
      const visit = yield* this.#visit(entry, { next: this.#targets[index + 1] ?? null, force: false });
      if (visit !== 'advance') return;
    }
    const first = this.#trail.soonest();
    if (first !== undefined) yield* this.#visit(first, { next: null, force: true });
  }

  async *#visit(
    entry: ChainTarget,
    at: { next: ChainTarget | null; force: boolean },
  ): AsyncGenerator<ChainEvent, Visit, void> {
    const { provider } = entry;
    const { unavailable, unprepared } = await this.#prepare(provider);
    if (unavailable !== null) {
      const hint = unavailable.hint ?? null;
      const atMs = this.#parts.clock.now();
      yield this.#trail.skipped(entry, {
        reason: unavailable.reason,
        message: cleanText(unavailable.message, entry.scrub),
        hint: hint === null ? null : cleanText(hint, entry.scrub),
        atMs,
        waitMs: null,
        next: at.next,
      });
      return 'advance';
    }
    const tuning = targetTuning(this.#parts.config, provider.tuning ?? {}, this.#options);
    const leaseMs = tuning.connectTimeoutMs + tuning.firstTokenTimeoutMs + leaseSlackMs;
    const admission = await this.#parts.health.admit(entry.health, { leaseMs, force: at.force });
    yield* this.#storeWarnings();
    if (!admission.admitted) {
      // Refused a second time, it was told before.
      if (!at.force)
        yield this.#trail.barred(entry, admission, { atMs: this.#parts.clock.now(), next: at.next });
      return 'advance';
    }
    return yield* this.#ask(entry, { permit: admission.permit, tuning, next: at.next, unprepared });
  }

  async #prepare(
    provider: Provider,
  ): Promise<{ unavailable: Unavailable | null; unprepared: Asking['unprepared'] }> {
    try {
      return { unavailable: await this.#preparations.of(provider, this.#ending.signal), unprepared: null };
    } catch (thrown) {
      this.#ending.signal.throwIfAborted();
      return { unavailable: null, unprepared: { thrown } };
    }
  }

  /** Asks one target until it answers or its retries are used up. */
  async *#ask(entry: ChainTarget, at: Asking): AsyncGenerator<ChainEvent, Visit, void> {
    try {
      return yield* this.#askWithPermit(entry, at);
    } finally {
      // Without effect once there was a verdict: for cancelled runs, bugs, and consumers that left early.
      await this.#parts.health.release(at.permit);
    }
  }

  async *#askWithPermit(entry: ChainTarget, at: Asking): AsyncGenerator<ChainEvent, Visit, void> {
    const { clock, health } = this.#parts;
    let waitedOut = false;
    const retries = new Map<ErrorKind, number>();
    for (let retriesMade = 0; ; retriesMade += 1) {
      this.#goOn();
      this.#trail.made += 1;
      const attempt = this.#trail.made;
      const startedAtMs = clock.now();
      yield { type: 'attempt-start', attempt, target: entry.target, atMs: startedAtMs };
      const outcome = yield* this.#deltas(entry, { ...at, first: retriesMade === 0 }, attempt);
      if (outcome.error === null) {
        await health.onSuccess(at.permit);
        yield this.#trail.ended(requestRecord(entry, { outcome, startedAtMs, result: 'ok', next: null }));
        yield* this.#conclude(entry, outcome);
        return 'answered';
      }
      const kind = this.#ending.signal.aborted
        ? 'cancelled'
        : classifyWith(this.#tuning.classify, outcome.error);
      if (kind === null) throw scrubbedBug(outcome.error, entry.scrub);
      if (kind === 'cancelled') {
        // Without effect when it was the deadline; else the model or the program said so, and that ends the run too.
        this.leave();
        const byDeadline = this.#ending.signal.reason !== cancelled;
        yield this.#trail.ended(cutOffRecord(entry, { outcome, startedAtMs, byDeadline }));
        return 'stop';
      }
      const error = asProviderError(outcome.error, { kind, scrub: entry.scrub });
      this.#causes.push(error);
      const decision = await this.#settle({
        ...at,
        kind,
        error,
        retriesMade,
        retriesForKind: retries.get(kind) ?? 0,
        waitedOut,
        outcome,
      });
      const record = requestRecord(entry, { outcome, startedAtMs, result: kind, error, next: decision.next });
      yield this.#trail.ended(record, sequelOf(decision, { entry, next: at.next, hint: error.hint }));
      if (decision.next !== 'retry') return decision.next;
      retries.set(kind, (retries.get(kind) ?? 0) + 1);
      waitedOut = (error.retryAfterMs ?? 0) > 0;
      if (decision.waitMs > 0) await sleep(decision.waitMs, { clock, signal: this.#ending.signal });
    }
  }

  async *#deltas(
    entry: ChainTarget,
    at: Asking & { readonly first: boolean },
    attempt: number,
  ): AsyncGenerator<ChainEvent, AttemptOutcome, void> {
    const { model: id } = entry;
    const steps = runAttempt({
      model: { id, stream: (request, context) => this.#open(entry, at).stream(request, context) },
      request: modelRequest(this.#request, { name: entry.name, maxTokens: at.tuning.maxTokens }),
      timeouts: at.tuning,
      clock: this.#parts.clock,
      signal: this.#ending.signal,
    });
    let first = true;
    try {
      for (;;) {
        const step = await steps.next();
        if (step.done === true) return step.value;
        if (first) {
          first = false;
          await this.#parts.health.onFirstContent(at.permit);
        }
        if (step.value.type === 'text-delta' && this.#options.commit !== 'finish') this.#committed = true;
        yield { ...step.value, attempt };
      }
    } finally {
      await steps.return(undefined as never);
    }
  }

  /** The model, looked up by the attempt, so that a provider that fails at that fails like any other. */
  #open({ provider, model }: ChainTarget, at: Asking & { readonly first: boolean }): Model {
    if (at.unprepared === null) return provider.model(model);
    if (at.first) throw at.unprepared.thrown;
    const prepared = this.#preparations.of(provider, this.#ending.signal);
    return {
      id: model,
      async *stream(request, context) {
        const unavailable = await prepared;
        if (unavailable !== null) throw new ConfigError(unavailable.reason, unavailable.message);
        yield* provider.model(model).stream(request, context);
      },
    };
  }

  /** Counts the failure and decides what comes next; a circuit that it opened ends the retries. */
  async #settle(at: Asking & Failed): Promise<Decision> {
    const facts = decisionFacts(at, {
      tuning: this.#tuning,
      attemptsMade: this.#trail.made,
      timeLeftMs: this.#timeLeftMs(),
      random: this.#parts.random(),
    });
    const decision: Decision = this.#committed ? { next: 'stop', waitMs: 0 } : decide(facts);
    const opened = await this.#parts.health.onFailure(at.permit, failureReport(at, decision));
    if (!opened || decision.next !== 'retry') return decision;
    return decide({ ...facts, retriesAllowed: 0 });
  }

  async *#conclude(entry: ChainTarget, outcome: AttemptOutcome): AsyncGenerator<ChainEvent, void, void> {
    yield* this.#storeWarnings();
    for (const warning of answerWarnings(entry, outcome)) yield this.#trail.warn(warning);
    this.#answer = answerOf(entry, {
      outcome,
      spec: this.#parts.spec,
      failover: entry !== this.#targets[0],
      beforeMs: outcome.startedMs - this.#startedMs,
      attempts: [...this.#trail.records],
      warnings: [...this.#trail.warnings],
    });
  }

  *#storeWarnings(): Generator<ChainEvent, void, void> {
    for (const warning of this.#parts.health.takeWarnings()) yield this.#trail.warn(warning);
  }

  #failure(): Error {
    return chainFailure({
      reason: this.#ending.signal.aborted ? this.#ending.signal.reason : null,
      committed: this.#committed,
      attempts: this.#trail.records,
      causes: this.#causes,
      now: this.#parts.clock.now(),
      timeoutMs: this.#tuning.timeoutMs,
    });
  }
}
