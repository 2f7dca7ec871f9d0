import type { Expectation } from '../expectation.js';
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
  /** Set where each of them counts in the memory of failures. */
  readonly recording?: Pick<RecordingParts, 'health' | 'isHurried'> | null;
}

/** Makes a check once or several times, and judges what the model wrote. The last one that says the verdict stands for all. */
export async function checkRepeatedly(
  subject: CheckSubject,
  parts: ClimbParts & RepeatOptions,
): Promise<CheckResult> {
  const { repeat, atLeast, recording = null } = parts;
  const once = (): Promise<CheckResult> =>
    recording === null ? climb(subject, parts) : recordedClimb(subject, { ...parts, ...recording });
  const results: CheckResult[] = [];
  for (let time = 0; time < repeat; time += 1) {
    const result = judged(await once(), { subject, expectations: parts.expectations });
    results.push(result);
    // what is not even configured is no better the next time
    if (result.levelReached === null) break;
  }
  if (repeat === 1) return results[0] as CheckResult;
  const good = results.filter(({ status }) => status === 'pass' || status === 'warn');
  const bad = results.filter(({ status }) => status === 'fail' || status === 'skip');
  const isEnough = good.length >= atLeast;
  const speaker = (isEnough ? good : bad).at(-1) ?? results[0];
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
  if (answer === undefined || result.levelReached !== 'generates' || expectations.length === 0) return result;
  const judgements = expectations.map((expectation) =>
    expectation.judge({ ...answer, servedBy: subject.name }),
  );
  const missed = judgements.find(({ passed }) => !passed);
  if (missed === undefined) return { ...result, expectations: judgements };
  return {
    ...result,
    status: 'fail',
    expectations: judgements,
    message: `the answer is not as expected: ${missed.actual ?? 'it is not known'}`,
    expected: missed.text,
    hint: null,
  };
}
