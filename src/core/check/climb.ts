import type { ErrorKind } from '../classify.js';
import { classifyWith } from '../classify-error.js';
import { ConfigError, ProviderError } from '../errors.js';
import type { Clock, ModelContext, Provider } from '../ports.js';
import { asProviderError, scrubbedBug } from '../provider-failure.js';
import type { ProviderInfo } from '../provider-info.js';
import { type ChainConfig, targetTuning } from '../tuning.js';
import { orAborted } from '../waiting.js';
import { askModel, CallbackFailure, callerFaults } from './ask-model.js';
import { doubtOf, type End, endOfCertificate, passed, resultOf } from './end.js';
import { checkHint, isListTrouble, modelHint, noAnswer, probeHint, tooLate } from './failures.js';
import { type Level, levels, reaches } from './level.js';
import { isFree, type PriceOf, type Purse } from './purse.js';
import type { CheckResult, Generated } from './result.js';

/** What is to be checked, and how far. */
export interface CheckSubject {
  /** `provider` or `provider/model`, as it is told. */
  readonly name: string;
  readonly info: ProviderInfo;
  /** Null for a provider without a model to look for. */
  readonly model: string | null;
  readonly required: boolean;
  readonly level: Level;
}

export interface ClimbParts {
  readonly clock: Clock;
  readonly config: ChainConfig;
  /** How long all of one check may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The deadline of all checks leaves this one less than its own time. */
  readonly isHurried?: boolean;
  readonly signal: AbortSignal;
  /** Sent where a model is asked for a few tokens. */
  readonly prompt: string;
  /** The price of a request where its DSN names none, in US dollars; null where it is not known. */
  readonly priceOf?: PriceOf | undefined;
  /** What may be spent, for all checks together. */
  readonly purse?: Purse | undefined;
  /** Told what a provider failed by. */
  readonly onFailure?: (error: ProviderError) => void;
}

/**
 * Climbs the levels of one subject until one of them fails. Without retries and without a look at the remembered circuits;
 * nothing is remembered either. Throws the signal's reason, and bugs of providers.
 */
export async function climb(subject: CheckSubject, parts: ClimbParts): Promise<CheckResult> {
  return new Climb(subject, parts).run();
}

class Climb {
  readonly #subject: CheckSubject;
  readonly #parts: ClimbParts;
  readonly #ending = new AbortController();
  /** Ends what is asked before the model, so that there is time left for it. */
  readonly #listEnding = new AbortController();
  readonly #listSignal = AbortSignal.any([this.#ending.signal, this.#listEnding.signal]);
  #reached: Level | null = null;
  #end: End | null = null;
  /** What could not be proven on the way. */
  #doubt: End | null = null;
  /** It will be wrong before long, and is told where nothing else is. */
  #certificateEnd: End | null = null;
  #httpStatus: number | null = null;
  #certificateDays: number | null = null;
  #phases: CheckResult['phases'] = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null };
  #generated: Generated[] = [];

  constructor(subject: CheckSubject, parts: ClimbParts) {
    this.#subject = subject;
    this.#parts = parts;
  }

  async run(): Promise<CheckResult> {
    const { clock, signal, timeoutMs, isHurried = false } = this.#parts;
    const startedMs = clock.monotonic();
    signal.throwIfAborted();
    const onAbort = (): void => this.#ending.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const cancel = clock.setTimer(timeoutMs, () => this.#ending.abort(tooLate(timeoutMs, isHurried)));
    const listMs = this.#asksModel() ? Math.ceil(timeoutMs / 2) : timeoutMs;
    const cancelList = clock.setTimer(listMs, () => this.#listEnding.abort(noAnswer(listMs)));
    try {
      // a provider that does not heed its signal holds nobody up
      await orAborted(this.#climb(), this.#ending.signal);
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof CallbackFailure) throw thrown.thrown;
      this.#fail(this.#ending.signal.aborted ? this.#ending.signal.reason : thrown);
    } finally {
      cancel();
      cancelList();
      signal.removeEventListener('abort', onAbort);
      this.#ending.abort(new Error('the check is over'));
    }
    return this.#result(clock.monotonic() - startedMs);
  }

  async #climb(): Promise<void> {
    for (const level of levels) {
      if (!reaches(this.#subject.level, level) || this.#end !== null) return;
      const isProven = await this.#steps[level]().catch((thrown: unknown) => this.#putOff(level, thrown));
      if (isProven && this.#end === null) this.#reached = level;
    }
  }

  /** Where the model is to be asked anyway, its answer decides, and not a list that an API may not have or give. */
  #putOff(level: Level, thrown: unknown): false {
    const goesOn = this.#asksModel() && !this.#ending.signal.aborted;
    if (!goesOn || !(thrown instanceof ProviderError) || !isListTrouble(level, thrown)) throw thrown;
    this.#doubt ??= { status: 'warn', message: thrown.message, hint: thrown.hint };
    return false;
  }

  #asksModel(): boolean {
    return this.#subject.level === 'generates' && this.#subject.model !== null;
  }

  /** Each resolves to whether the level is proven. */
  readonly #steps: Readonly<Record<Level, () => Promise<boolean>>> = {
    configured: async () => {
      const { status, problem, hint, provider } = this.#subject.info;
      if (provider === null || status === 'invalid')
        return this.#stop({ status: 'fail', message: problem ?? 'it cannot be used', hint });
      const missing = (await provider.prepare?.({ signal: this.#ending.signal })) ?? null;
      if (missing === null) return true;
      // in a chain, or where it is optional, it is passed over
      const missed = this.#subject.required ? 'fail' : 'skip';
      return this.#stop({ status: missed, message: missing.message, hint: missing.hint ?? null });
    },
    reachable: async () => {
      const reached = await this.#provider().reach?.(this.#context());
      if (reached === undefined) return true;
      const { dnsMs, connectMs, tlsMs, certificateDays, keyRefusal = null, doubt = null } = reached;
      this.#certificateDays = certificateDays;
      this.#certificateEnd = endOfCertificate(reached);
      this.#phases = { ...this.#phases, dnsMs, connectMs, tlsMs };
      this.#reached = 'reachable';
      if (keyRefusal !== null) throw keyRefusal;
      if (doubt !== null) this.#doubt = doubtOf(this.#clean(doubt, doubt.kind));
      return true;
    },
    credential: async () => {
      const provider = this.#provider();
      if ((provider.credential?.() ?? null) === null) return false;
      if (provider.proveCredential === undefined)
        return this.#leaveOpen('there is nothing that proves the key');
      const { proven, reason, httpStatus, firstByteMs } = await provider.proveCredential(this.#context());
      this.#httpStatus = httpStatus;
      this.#phases = { ...this.#phases, firstByteMs };
      return proven || this.#leaveOpen(reason ?? 'the key is not proven');
    },
    model: async () => {
      const { model, name } = this.#subject;
      const provider = this.#provider();
      if (model === null) {
        const hint = `name ${name}/MODEL, or set model= in its DSN`;
        this.#doubt ??= { status: 'warn', message: 'there is no model to ask', hint };
        return false;
      }
      if (provider.findModel === undefined)
        return this.#leaveOpen('there is no list to look for the model in');
      const { found, reason, nearest } = await provider.findModel(model, this.#context());
      if (found === false) {
        return this.#stop({
          status: 'fail',
          error: new ProviderError({ kind: 'model-not-found', message: 'the model is not there' }),
          message: reason === null ? `the endpoint has no model ${model}` : `${model}: ${reason}`,
          expected: model,
          hint:
            nearest.length === 0
              ? 'see the models that it has: majordomo providers --models'
              : `did you mean ${nearest.join(' or ')}?`,
        });
      }
      if (found === null) return this.#leaveOpen(reason ?? 'the model is not proven');
      // what was not proven below is not proven by this
      return this.#doubt === null;
    },
    generates: () => this.#generate(),
  };

  async #generate(): Promise<boolean> {
    const { info, model } = this.#subject;
    if (model === null) return false;
    const { clock, config, prompt, purse } = this.#parts;
    const priceOf = callerFaults(this.#parts.priceOf);
    const free = purse !== undefined && (await isFree({ ...info, model, priceOf }));
    if (purse?.isEmpty(free) === true)
      return this.#stop({ status: 'skip', message: purse.refusal, hint: purse.hint, unasked: true });
    const asked = await askModel(
      { provider: this.#provider(), info, model },
      { clock, config, signal: this.#ending.signal, prompt, priceOf, purse, free },
    );
    this.#httpStatus = asked.httpStatus ?? this.#httpStatus;
    this.#generated.push(asked.generated);
    if (asked.error !== null) throw asked.error;
    this.#doubt = asked.flaw === null ? null : { status: 'warn', ...asked.flaw };
    return true;
  }

  #provider(): Provider {
    const { provider } = this.#subject.info;
    if (provider === null) throw new Error('a provider that cannot be used was to be asked');
    return provider;
  }

  #context(): ModelContext {
    const { clock, config } = this.#parts;
    const tuning = targetTuning(config, this.#subject.info.tuning, {});
    const { connectTimeoutMs, attemptTimeoutMs, firstTokenTimeoutMs } = tuning;
    return { signal: this.#listSignal, clock, connectTimeoutMs, attemptTimeoutMs, firstTokenTimeoutMs };
  }

  #leaveOpen(message: string): false {
    const { model, name } = this.#subject;
    this.#doubt ??= { status: 'warn', message, hint: model === null ? modelHint(name) : probeHint };
    return false;
  }

  #stop(end: End): false {
    this.#end = end;
    return false;
  }

  #fail(thrown: unknown): void {
    if (thrown instanceof ConfigError) {
      this.#stop({ status: 'fail', message: thrown.message, hint: thrown.hint });
      return;
    }
    const kind = classifyWith(this.#parts.config.classify, thrown);
    if (kind === null) throw scrubbedBug(thrown, this.#scrub);
    const error = this.#clean(thrown, kind);
    this.#parts.onFailure?.(error);
    this.#stop({ status: 'fail', error, message: error.message, hint: error.hint ?? checkHint(error) });
  }

  readonly #scrub = (text: string): string => this.#subject.info.provider?.scrub?.(text) ?? text;

  #clean(thrown: unknown, kind: ErrorKind): ProviderError {
    return asProviderError(thrown, { kind, scrub: this.#scrub });
  }

  #result(durationMs: number): CheckResult {
    const end = this.#end ?? this.#doubt ?? this.#certificateEnd ?? passed;
    return {
      ...resultOf(this.#subject, end),
      levelReached: this.#reached,
      // the status that was seen last is not that of a request which nobody answered
      httpStatus: end.error?.httpStatus ?? (end.error?.kind === 'timeout' ? null : this.#httpStatus),
      durationMs: Math.round(durationMs),
      certificateDays: this.#certificateDays,
      phases: this.#phases,
      generated: this.#generated,
    };
  }
}
