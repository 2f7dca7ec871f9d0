import type { Clock } from './core/ports.js';

/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

/** The computer's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, longestDelayMs));
    return () => clearTimeout(timer);
  },
};
