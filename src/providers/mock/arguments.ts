import type { TimeoutPhase } from '../../core/classify.js';
import { parseDuration } from '../../core/duration.js';
import type { FaultArgument, FaultRow, FaultStep } from './faults.js';

/** Why a part of a step cannot be read, and how to mend it; never holds what was written. */
export class Unreadable {
  readonly what: string;
  readonly mend: string;

  constructor(what: string, mend: string) {
    this.what = what;
    this.mend = mend;
  }
}

type Argument = Partial<Pick<FaultStep, 'status' | 'tokens' | 'durationMs' | 'phase'>>;
type ReadArgument = (text: string | null, row: FaultRow) => Argument | Unreadable;

const maxTokens = 1_000_000;
const maxCount = 1_000_000;
const phases = ['connect', 'first-token', 'idle', 'attempt'] as const satisfies readonly TimeoutPhase[];

/** The digits of a whole number within the range, else null. */
function readInteger(text: string, range: { least: number; most: number }): number | null {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= range.least && value <= range.most ? value : null;
}

export function readStatus(text: string): number | Unreadable {
  const status = readInteger(text, { least: 300, most: 599 });
  return status ?? new Unreadable('an HTTP status out of range', 'Write one from 300 to 599.');
}

/** What stands after `*`: nothing means for ever. */
export function readCount(text: string): number | Unreadable {
  if (text === '') return Number.POSITIVE_INFINITY;
  const count = readInteger(text, { least: 1, most: maxCount });
  return count ?? new Unreadable('an unreadable count', 'Write *3 for three requests, * alone for ever.');
}

export const readRetryAfter: ReadArgument = (text) => {
  if (text === null) return {};
  // HTTP's own unit is the second, so that a bare number is clear here and nowhere else.
  const durationMs = parseDuration(/^\d+(\.\d+)?$/.test(text) ? `${text}s` : text);
  return durationMs === undefined
    ? new Unreadable('an unreadable Retry-After', 'Write seconds or a duration: 429:2, 429:1500ms.')
    : { durationMs };
};

const readWait: ReadArgument = (text) => {
  const durationMs = text === null ? undefined : parseDuration(text);
  return durationMs === undefined
    ? new Unreadable('a fault without a readable duration', 'Write one with its unit: late:20s, outage:60s.')
    : { durationMs };
};

const readTokens: ReadArgument = (text, row) => {
  const { unset, least } = row.tokens ?? { unset: 0, least: 0 };
  const tokens = text === null ? unset : readInteger(text, { least, most: maxTokens });
  return tokens === null
    ? new Unreadable('an unreadable number of tokens', `Write a whole number from ${least} to ${maxTokens}.`)
    : { tokens };
};

/** How what stands after the colon is read; null means that there is no colon. */
export const argumentReaders: Readonly<Record<FaultArgument, ReadArgument>> = {
  none: (text) => (text === null ? {} : new Unreadable('an argument', 'This fault takes none.')),
  'retry-after': readRetryAfter,
  wait: readWait,
  'optional-wait': (text, row) => (text === null ? {} : readWait(text, row)),
  tokens: readTokens,
  'tokens-and-wait': (text, row) => {
    const colon = text?.indexOf(':') ?? -1;
    if (text === null || colon < 0) return readTokens(text, row);
    const tokens = readTokens(text.slice(0, colon), row);
    const wait = readWait(text.slice(colon + 1), row);
    if (tokens instanceof Unreadable) return tokens;
    return wait instanceof Unreadable ? wait : { ...tokens, ...wait };
  },
  'html-status': (text) => {
    // Pages with status 200 are real: somebody's login page, or a wrong base URL.
    const status = text === null ? 502 : text === '200' ? 200 : readStatus(text);
    return status instanceof Unreadable ? status : { status };
  },
  phase: (text) => {
    const phase = text === null ? 'first-token' : phases.find((known) => known === text);
    return phase === undefined
      ? new Unreadable('an unknown timer', `Known are ${phases.join(', ')}.`)
      : { phase };
  },
};
