import { ChainError } from '../../core/chain/error.js';
import { describeAttempt } from '../../core/chain/verdict.js';
import { MajordomoError } from '../../core/errors.js';
import { describeBug } from '../entry/finish.js';

/** An error as lines for a person: what, each attempt unless they have been told before, what to do. */
export function errorLines(error: unknown, { attemptsTold = false } = {}): string[] {
  if (error instanceof ChainError && (attemptsTold || error.attempts.length > 1)) {
    const what = error.message.split(':')[0] ?? error.message;
    return [
      `majordomo: ${what}`,
      ...(attemptsTold ? [] : error.attempts).map((attempt) => `  ${describeAttempt(attempt)}`),
      ...hint(error),
    ];
  }
  if (error instanceof MajordomoError) return [...`majordomo: ${error.message}`.split('\n'), ...hint(error)];
  return ['majordomo: this is a bug, please report these lines:', ...describeBug(error).split('\n')];
}

function hint(error: MajordomoError): string[] {
  return error.hint === null ? [] : [`  hint: ${error.hint}`];
}
