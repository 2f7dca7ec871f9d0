import { ProviderError } from '../errors.js';
import { type Expectation, missedBy } from '../expectation.js';
import { type CheckSubject, type ClimbParts, climb } from './climb.js';
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
    const at = { ...parts, timeoutMs };
    if (health === undefined) return climb(subject, at);
    return recordedClimb(subject, { ...at, health, isHurried: timeoutMs < parts.timeoutMs });
  };
  const results: CheckResult[] = [];
  for (let time = 0; time < repeat; time += 1) {
    const leftMs = Math.max(0, parts.endsMs - parts.clock.monotonic());
    const timeoutMs = Math.min(parts.timeoutMs, leftMs);
    const result = leftMs === 0 ? notBegun(subject) : await once(timeoutMs);
    results.push(judged(result, { subject, expectations: parts.expectations }));
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

function judged(
  result: CheckResult,
  {
    subject,
    expectations,
  }: { readonly subject: CheckSubject; readonly expectations: readonly Expectation[] },
): CheckResult {
  const [answer] = result.generated;
  if (expectations.length === 0) return result;
  if (answer === undefined || result.levelReached !== 'generates') return unjudged(result);
  const judgements = expectations.map((expectation) =>
    expectation.judge({ ...answer, servedBy: subject.name, scrub: subject.info.provider?.scrub }),
  );
  const missed = judgements.find(({ passed }) => !passed);
  if (missed === undefined) return { ...result, expectations: judgements };
  return {
    ...result,
    status: 'fail',
    expectations: judgements,
    message: missedBy(missed),
    expected: missed.text,
    hint: missed.actual === null ? (expectations[judgements.indexOf(missed)]?.whenUnknown ?? null) : null,
  };
}

/** An expectation that there is no answer for is not fulfilled. */
function unjudged(result: CheckResult): CheckResult {
  if (result.status !== 'pass' && result.status !== 'warn') return result;
  return { ...result, status: 'fail', message: result.message ?? 'there is no answer to judge' };
}

/** Its turn did not come before the deadline. */
function notBegun({ name, info, required, level }: CheckSubject): CheckResult {
  const error = new ProviderError({
    kind: 'timeout',
    message: 'not checked: the deadline was over before its turn',
  });
  return {
    subject: name,
    provider: info.name,
    required,
    status: 'fail',
    level,
    levelReached: null,
    kind: error.kind,
    httpStatus: null,
    message: error.message,
    expected: null,
    hint: 'give it more time with --timeout',
    durationMs: 0,
    certificateDays: null,
    phases: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null },
    generated: [],
    repeats: null,
    expectations: [],
  };
}
