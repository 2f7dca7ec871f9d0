import type { Clock } from './core/ports.js';

/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/** Not `performance.now()`: the first use of that global loads a module of Node that takes a millisecond. */
function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** The computer's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: monotonicMs,
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, longestDelayMs));
    return () => clearTimeout(timer);
  },
};
