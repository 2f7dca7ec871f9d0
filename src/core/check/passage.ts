import { dispositionOf } from '../classify.js';
import type { CheckResult } from './result.js';

/** What a chain does at a target: takes its answer, asks the next one, or ends without an answer that is any good. */
export type Passage = 'answers' | 'goes-on' | 'ends';

/** As far as the check of the target tells. What could not be proven may be good: a chain would ask it. */
export function passageOf(result: CheckResult | undefined, advanceOnPermanent: boolean): Passage {
  if (result === undefined) return 'goes-on';
  const { status, kind } = result;
  if (status === 'pass' || status === 'warn') return 'answers';
  if (isMissed(result)) return 'ends';
  if (status === 'skip' || kind === null) return 'goes-on';
  const { advance } = dispositionOf(kind);
  const isEnd = advance === 'no' || (advance === 'if-allowed' && !advanceOnPermanent);
  return isEnd ? 'ends' : 'goes-on';
}

/** It answers, though not as expected: a chain takes that answer all the same. */
export function isMissed({ status, kind, levelReached }: CheckResult): boolean {
  return status === 'fail' && kind === null && levelReached === 'generates';
}
