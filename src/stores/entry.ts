import { isErrorKind } from '../core/classify.js';
import { type Circuit, freeAt } from '../core/health.js';
import type { HealthEntry } from '../core/ports.js';

/** No cooldown, Retry-After or lease lasts longer; a clock that was wrong once must not close a target for ever. */
const longestMs = 24 * 3_600_000;

/** Whether what was stored makes sense: it may be of another program, of a later version, or damaged. */
export function isEntry(value: unknown): value is HealthEntry {
  if (!isObject(value)) return false;
  const { key, name, scope, circuit, kind, updatedAtMs } = value;
  return (
    typeof key === 'string' &&
    typeof name === 'string' &&
    (scope === 'target' || scope === 'provider') &&
    (kind === null || isErrorKind(kind)) &&
    isTime(updatedAtMs) &&
    isCircuit(circuit) &&
    freeAt(circuit) <= updatedAtMs + longestMs
  );
}

function isCircuit(value: unknown): value is Circuit {
  if (!isObject(value) || !isCount(value.generation) || !isCount(value.failures)) return false;
  switch (value.state) {
    case 'closed':
      return true;
    case 'open':
      return isCount(value.openings) && isTime(value.untilMs) && typeof value.byRetryAfter === 'boolean';
    case 'half-open':
      return isCount(value.openings) && isTime(value.untilMs) && isTime(value.leaseUntilMs);
    default:
      return false;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A time within what a date can be. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8.64e15;
}
