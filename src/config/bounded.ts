import { runInNewContext } from 'node:vm';

/**
 * What `work` returns, or null when it is not done in time: JavaScript's engine does nothing else meanwhile, not even heed
 * Ctrl-C.
 */
export function within<Value>(mostMs: number, work: () => Value): { readonly value: Value } | null {
  try {
    return { value: runInNewContext('work()', { work }, { timeout: mostMs }) as Value };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null;
    throw error;
  }
}
