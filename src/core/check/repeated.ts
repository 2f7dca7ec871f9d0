import { ProviderError } from '../errors.js';
import type { Expectation } from '../expectation.js';
import { judgeAll, missedBy } from '../judgements.js';
import { probeTokens } from './ask-model.js';
import { type CheckSubject, type ClimbParts, climb } from './climb.js';
import { resultOf } from './end.js';
import { type RecordingParts, recordedClimb } from './recording.js';
import type { CheckResult } from './result.js';

export interface RepeatOptions {
  /** What is expected of what the model writes. */
  readonly expectations: readonly Expectation[];
  /** How often each check is made. */
  readonly repeat: number;
  /** How many of them have to pass; all by default. */
  readonly atLeast: number;
  /** When no further one is begun, and the one that runs is ended: monotonic milliseconds. */
  readonly endsMs: number;
  /** Set where each of them counts in the memory of failures. */
  readonly health?: RecordingParts['health'] | undefined;
}

/** Makes a check once or several times, and judges what the model wrote. The last one that says the verdict stands for all. */
export async function checkRepeatedly(
  subject: CheckSubject,
  parts: ClimbParts & RepeatOptions,
): Promise<CheckResult> {
  const { repeat, atLeast, health } = parts;
  const once = (timeoutMs: number): Promise<CheckResult> => {
    const at = { ...parts, timeoutMs, isHurried: timeoutMs < parts.timeoutMs };
    return health === undefined ? climb(subject, at) : recordedClimb(subject, { ...at, health });
  };
  const results: CheckResult[] = [];
  for (let time = 0; time < repeat; time += 1) {
    const leftMs = Math.max(0, parts.endsMs - parts.clock.monotonic());
    const timeoutMs = Math.min(parts.timeoutMs, leftMs);
    const result = leftMs === 0 ? notBegun(subject) : await once(timeoutMs);
    results.push(await judged(result, { subject, expectations: parts.expectations }));
    // what is not even configured is no better the next time
    if (result.levelReached === null) break;
  }
  if (repeat === 1) return results[0] as CheckResult;
  const good = results.filter(({ status }) => status === 'pass' || status === 'warn');
  const failed = results.filter(({ status }) => status === 'fail');
  const skipped = results.filter(({ status }) => status === 'skip');
  // what was passed over decides where it could have made enough of them
  const spoken =
    good.length >= atLeast
      ? good
      : good.length + skipped.length >= atLeast
        ? skipped
        : [...skipped, ...failed];
  const speaker = spoken.at(-1) ?? results[0];
  return {
    ...(speaker as CheckResult),
    durationMs: results.reduce((sum, { durationMs }) => sum + durationMs, 0),
    repeats: { passed: good.length, total: results.length },
    generated: results.flatMap(({ generated }) => generated),
  };
}

async function judged(
  result: CheckResult,
  {
    subject,
    expectations,
  }: { readonly subject: CheckSubject; readonly expectations: readonly Expectation[] },
): Promise<CheckResult> {
  const [answer] = result.generated;
  if (expectations.length === 0) return result;
  if (answer === undefined || result.levelReached !== 'generates') return unjudged(result);
  const scrub = subject.info.provider?.scrub;
  const judgements = await judgeAll(expectations, { ...answer, servedBy: subject.name, scrub });
  const at = judgements.findIndex(({ passed }) => !passed);
  const missed = judgements[at];
  if (missed === undefined) return { ...result, expectations: judgements };
  const isCut = answer.finishReason === 'length' && expectations[at]?.ofText === true;
  return {
    ...result,
    status: 'fail',
    expectations: judgements,
    message: isCut ? `${missedBy(missed)}, cut after ${probeTokens} tokens` : missedBy(missed),
    expected: missed.text,
    hint: missed.actual === null ? (expectations[at]?.whenUnknown ?? null) : isCut ? cutHint : null,
  };
}

/** A model that thinks first may have no token left for its answer. */
const cutHint = `a check asks for ${probeTokens} tokens, of which thinking is a part: majordomo run --expect judges a whole answer`;

/** An expectation that there is no answer for is not fulfilled. */
function unjudged(result: CheckResult): CheckResult {
  if (result.status !== 'pass' && result.status !== 'warn') return result;
  return { ...result, status: 'fail', message: result.message ?? 'there is no answer to judge' };
}

/** Its turn did not come before the deadline. */
function notBegun(subject: CheckSubject): CheckResult {
  const error = new ProviderError({
    kind: 'timeout',
    message: 'not checked: the deadline was over before its turn',
    hint: 'give it more time with --timeout',
  });
  return resultOf(subject, { status: 'fail', error, message: error.message, hint: error.hint });
}
