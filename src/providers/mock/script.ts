import { ConfigError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import { argumentReaders, readCount, readRetryAfter, readStatus, Unreadable } from './arguments.js';
import { type FaultRow, type FaultStep, faults, isFaultName } from './faults.js';

/** Where a script stands, for messages: `LLM_M1` and `the option fault`, or `--inject` and `its script`. */
export interface ScriptPlace {
  readonly subject: string;
  readonly part: string;
}

const anonymous: ScriptPlace = { subject: 'fault script', part: 'its text' };
const nothing = { status: null, tokens: 0, durationMs: null, phase: null } as const;

/**
 * Reads a fault script: steps `NAME[:ARGUMENT][*COUNT]` separated by commas, `*` alone meaning for ever.
 * Throws a `ConfigError` (`fault-script`) that names the step and the character (1-based, within the script)
 * and repeats nothing of what was written.
 */
export function parseFaultScript(text: string, place: ScriptPlace = anonymous): readonly FaultStep[] {
  const steps: FaultStep[] = [];
  let start = 0;
  for (const element of text.split(',')) {
    const position = start + (element.length - element.trimStart().length) + 1;
    start += element.length + 1;
    const step = parseStep(element.trim(), steps.at(-1));
    if (step instanceof Unreadable) {
      const where = `${place.part}, step ${steps.length + 1} (character ${position})`;
      throw new ConfigError('fault-script', `${place.subject}: ${step.what} in ${where}. ${step.mend}`);
    }
    steps.push(step);
  }
  return steps;
}

function parseStep(text: string, previous: FaultStep | undefined): FaultStep | Unreadable {
  if (text === '') {
    return new Unreadable('no fault', 'Name one; single commas go between faults, none at the ends.');
  }
  if (previous?.count === Number.POSITIVE_INFINITY) {
    return new Unreadable('a fault that is never reached', 'Only the last step may be for ever (*).');
  }
  const star = text.indexOf('*');
  const count = star < 0 ? 1 : readCount(text.slice(star + 1));
  const [name, argument] = splitAtColon(star < 0 ? text : text.slice(0, star));
  if (/^\d+$/.test(name)) return parseStatusStep({ name, argument, count });
  if (!isFaultName(name)) return unknownFault(name);
  if (count instanceof Unreadable) return count;
  if (name === 'outage' && star >= 0) {
    return new Unreadable(
      'an outage with a count',
      'It lasts by its duration, however many requests it meets.',
    );
  }
  const row: FaultRow = faults[name];
  const read = argumentReaders[row.argument](argument, row);
  return read instanceof Unreadable ? read : { ...nothing, ...read, name, count };
}

function parseStatusStep(parts: {
  name: string;
  argument: string | null;
  count: number | Unreadable;
}): FaultStep | Unreadable {
  const status = readStatus(parts.name);
  if (status instanceof Unreadable) return status;
  if (parts.count instanceof Unreadable) return parts.count;
  const read = readRetryAfter(parts.argument, { argument: 'retry-after' });
  return read instanceof Unreadable
    ? read
    : { ...nothing, ...read, name: 'http-status', status, count: parts.count };
}

function splitAtColon(text: string): readonly [string, string | null] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, null] : [text.slice(0, colon), text.slice(colon + 1)];
}

function unknownFault(name: string): Unreadable {
  const names = Object.keys(faults);
  const guess = didYouMean(name, names);
  const known = `Known are HTTP statuses and ${names.join(', ')}.`;
  return new Unreadable(
    'an unknown fault',
    guess === '' ? known : `${guess.slice(0, 1).toUpperCase()}${guess.slice(1)} ${known}`,
  );
}

const healthy: FaultStep = { ...nothing, name: 'ok', count: Number.POSITIVE_INFINITY };

/** The script of successive requests: each takes the next step; after the last one all is well. */
export class FaultScript {
  readonly #steps: readonly FaultStep[];
  #index = 0;
  #used = 0;
  #outageSinceMs: number | null = null;

  constructor(steps: readonly FaultStep[]) {
    this.#steps = steps;
  }

  /** What the request that is made now meets; `nowMs` is monotonic time. */
  next(nowMs: number): FaultStep {
    for (let step = this.#steps[this.#index]; step !== undefined; step = this.#advance()) {
      if (step.name === 'outage') {
        this.#outageSinceMs ??= nowMs;
        if (nowMs - this.#outageSinceMs < (step.durationMs ?? 0)) return step;
      } else {
        this.#used += 1;
        if (this.#used >= step.count) this.#advance();
        return step;
      }
    }
    return healthy;
  }

  #advance(): FaultStep | undefined {
    this.#index += 1;
    this.#used = 0;
    this.#outageSinceMs = null;
    return this.#steps[this.#index];
  }
}
