import { reaches } from './level.js';
import type { CheckResult } from './result.js';

/** It answers, though not as expected: a chain takes that answer all the same. */
export function isMissed({ status, kind, levelReached }: CheckResult): boolean {
  return status === 'fail' && kind === null && levelReached === 'generates';
}

/** That it would answer is as good as sure: no less than its model was found, and all that was asked for. */
export function isProven({
  status,
  level,
  levelReached,
}: Pick<CheckResult, 'status' | 'level' | 'levelReached'>): boolean {
  return reaches(levelReached, 'model') && (status === 'pass' || reaches(levelReached, level));
}
