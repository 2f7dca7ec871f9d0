import { ChainError } from '../chain/error.js';
import type { ChainTarget } from '../chain/parts.js';
import type { Chain } from '../chain.js';
import { dispositionOf, type ErrorKind, isErrorKind } from '../classify.js';
import { ProviderError } from '../errors.js';
import type { Answer, Attempt } from '../events.js';
import type { Model, ModelEvent, Unavailable } from '../ports.js';
import { chainTuning } from '../tuning.js';
import { InstantClock } from './instant-clock.js';
import { isMissed } from './passage.js';
import type { CheckResult } from './result.js';

/** What would come of a run. */
export interface Foresight {
  /** Who would answer, be it not as expected; null for nobody. */
  readonly answeredBy: string | null;
  readonly end: ChainEnd | null;
}

/** Why a chain ends without an answer although it has targets that were not asked. */
export interface ChainEnd {
  /** `attempts`: there are to be no more of them; `failure`: the last one failed in a way that ends a chain. */
  readonly by: 'attempts' | 'failure';
  /** Who was asked last. */
  readonly last: string;
  /** The first of those that were not asked. */
  readonly unasked: string;
}

/** Nothing but a wait between two requests has an end. */
const patient = {
  timeoutMs: Number.POSITIVE_INFINITY,
  attemptTimeoutMs: Number.POSITIVE_INFINITY,
  firstTokenTimeoutMs: Number.POSITIVE_INFINITY,
  idleTimeoutMs: Number.POSITIVE_INFINITY,
  connectTimeoutMs: Number.POSITIVE_INFINITY,
} as const;

/**
 * What a run would do that begins without a memory, as far as the checks tell: the chain itself is run, its retries, `maxAttempts` and
 * circuits included, on targets that only say what their checks have met, and those of `failed` that they are down. Nobody is asked.
 */
export async function foresee(
  chain: Chain,
  results: ReadonlyMap<string, CheckResult>,
  failed: readonly string[] = [],
): Promise<Foresight> {
  const down = new Set(failed);
  const thought = chain
    .withOwnMemory({ clock: new InstantClock(), random: () => 0 })
    .withTargets((entry) =>
      down.has(entry.target) ? madeToFail(entry) : asChecked(entry, results.get(entry.target)),
    );
  const hedgeMs = chain.config.hedgeMs == null ? null : Number.POSITIVE_INFINITY;
  const end = await outcomeOf(thought.generate({ prompt: 'Hello' }, { ...patient, hedgeMs }));
  if (end instanceof ChainError) return { answeredBy: null, end: endOf(chain, end.attempts) };
  return { answeredBy: end.servedBy, end: null };
}

/** The answer of a run, or why there is none. Rejects for bugs. */
export function outcomeOf(run: Promise<Answer>): Promise<Answer | ChainError> {
  return run.catch((thrown: unknown) => {
    if (thrown instanceof ChainError) return thrown;
    throw thrown;
  });
}

/** Why a run that gave no answer ended; null where it has asked everybody. */
export function endOf(chain: Chain, attempts: readonly Attempt[]): ChainEnd | null {
  const met = new Set(attempts.map(({ target }) => target));
  const unasked = chain.targets.find(({ target }) => !met.has(target))?.target;
  if (unasked === undefined) return null;
  const last = attempts.at(-1);
  const { maxAttempts, advanceOnPermanent } = chainTuning(chain.config, {});
  const goesOn =
    last === undefined || !isErrorKind(last.outcome) || advances(last.outcome, advanceOnPermanent);
  const made = attempts.filter(({ outcome }) => outcome !== 'skipped').length;
  if (goesOn && made < maxAttempts) return null;
  return { by: goesOn ? 'attempts' : 'failure', last: last?.target ?? unasked, unasked };
}

function advances(kind: ErrorKind, advanceOnPermanent: boolean): boolean {
  const { advance } = dispositionOf(kind);
  return advance === 'always' || advance === 'yes' || (advance === 'if-allowed' && advanceOnPermanent);
}

/** What is to be said where a chain has no attempts left. */
export function usedUp({ config }: Chain, { unasked }: ChainEnd): string {
  const { maxAttempts } = chainTuning(config, {});
  const attempts = maxAttempts === 1 ? 'one attempt' : `${maxAttempts} attempts`;
  return `the ${attempts} that chain.maxAttempts allows end before ${unasked} is asked: allow more in the configuration, or fewer retries (retries=0 in a DSN)`;
}

/** The target as it would be if it was down: the fault is its own, and not the request's. Nothing is sent. */
export function madeToFail(entry: ChainTarget): ChainTarget {
  const error = new ProviderError({ kind: 'server-error', message: 'made to fail', httpStatus: 503 });
  return standIn(entry, async function* () {
    yield* [];
    throw error;
  });
}

function asChecked(entry: ChainTarget, result: CheckResult | undefined): ChainTarget {
  const isAnswer = result?.status === 'pass' || result?.status === 'warn';
  if (isAnswer || (result !== undefined && isMissed(result))) return standIn(entry, answer);
  const { kind = null, httpStatus = null, failure, message } = result ?? {};
  const why = message ?? 'not checked';
  if (kind === null || result?.status === 'skip')
    return standIn(entry, answer, { reason: 'no-credential', message: why });
  return standIn(entry, async function* () {
    yield* [];
    throw new ProviderError({ kind, message: why, httpStatus, ...failure });
  });
}

async function* answer(): AsyncGenerator<ModelEvent> {
  yield { type: 'text-delta', text: 'OK' };
  yield { type: 'finish', finishReason: 'stop', rawFinishReason: 'stop', servedModel: null, usage: null };
}

function standIn(
  entry: ChainTarget,
  stream: Model['stream'],
  unavailable: Unavailable | null = null,
): ChainTarget {
  const { name, tuning } = entry.provider;
  const prepare = async (): Promise<Unavailable | null> => unavailable;
  return {
    ...entry,
    provider: { name, ...(tuning && { tuning }), prepare, model: (id) => ({ id, stream }) },
  };
}
