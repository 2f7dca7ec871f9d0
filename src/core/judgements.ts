import type { Expectation, ExpectationResult, JudgedAnswer } from './expectation.js';

/** One after the other, in order. */
export async function judgeAll(
  expectations: readonly Expectation[],
  answer: JudgedAnswer,
): Promise<readonly ExpectationResult[]> {
  const results: ExpectationResult[] = [];
  for (const expectation of expectations) results.push(await expectation.judge(answer));
  return results;
}

/** What was found in place of what was expected, in words; null where that is not known. */
export function foundBy({ actual }: ExpectationResult): string | null {
  return actual === '' ? 'empty' : actual;
}

/** What to say of one that was missed. */
export function missedBy(result: ExpectationResult): string {
  const found = foundBy(result);
  return found === null
    ? 'it is not known whether the answer is as expected'
    : `the answer is not as expected: ${found}`;
}
