import { runInNewContext } from 'node:vm';

const mostMs = 1000;

/**
 * What `work` returns, or null when it is not done within a second: what a stranger wrote meets an expression that takes
 * exponential time for it, and JavaScript's engine does nothing else meanwhile, not even heed Ctrl-C.
 */
export function withinASecond<Value>(work: () => Value): { readonly value: Value } | null {
  try {
    return { value: runInNewContext('work()', { work }, { timeout: mostMs }) as Value };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  }
}
