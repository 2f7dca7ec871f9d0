import { UsageError } from '../errors.js';
import type { Expectation } from '../expectation.js';
import { didYouMean } from '../nearest.js';
import type { DrillStep } from './drill.js';
import { type Level, levels } from './level.js';
import { type PriceOf, Purse } from './purse.js';
import type { CheckResult } from './result.js';
import type { ChainVerdict } from './verdict.js';

export interface HealthCheckOptions {
  /** The highest level that is climbed. By default the model of a target, the credential of a provider. `generates` costs tokens. */
  readonly level?: Level;
  /** Providers and targets that count as required although a chain names them. */
  readonly required?: readonly string[];
  /** Providers, targets and chains whose failure is no failure of the whole. */
  readonly optional?: readonly string[];
  /** At most so many checks at once with servers elsewhere, and one with each of them. Default 4. */
  readonly jobs?: number;
  /** One deadline for all checks, and for the drill after them, in milliseconds. Default 60 s. */
  readonly timeoutMs?: number;
  /** How long one check, or one step of a drill, may take, in milliseconds. Default 10 s. */
  readonly checkTimeoutMs?: number;
  /** What a model is asked where `level` is `generates`. */
  readonly prompt?: string;
  /** What is expected of what a model writes. Needs the level `generates`; where there is no answer to judge, the check fails. */
  readonly expectations?: readonly Expectation[];
  /** How often each check is made. Default 1. */
  readonly repeat?: number;
  /** How many of them have to pass. Default: all. */
  readonly atLeast?: number;
  /**
   * Lets the first target of each chain fail, then the first two, and so on: who answers? Where `level` is `generates` the rest is really
   * asked, else it is foreseen by what was checked.
   */
  readonly drill?: boolean;
  /**
   * The price of a request where its DSN names none, in US dollars; null where it is not known. What it throws ends the check, and is
   * thrown as it is; so it is with the callbacks below.
   */
  readonly priceOf?: PriceOf;
  /** What may be spent, in US dollars. Who comes after that is not asked. Unknown prices count as more than any limit. */
  readonly maxCostUsd?: number;
  /** The same as a purse that others share. */
  readonly purse?: Purse;
  /**
   * Each check counts in the memory of failures, as an attempt of a run would: what failed against whom it is the fault of, an answer
   * for target and provider, and what was proven on the way for the provider. Without it nothing is remembered.
   */
  readonly record?: boolean;
  readonly signal?: AbortSignal;
  /** Told once what will be checked, and then of each check that begins and that is done. */
  readonly onPlanned?: (checks: readonly { readonly subject: string; readonly level: Level }[]) => void;
  /** The turn of one has come. */
  readonly onBegun?: (check: { readonly subject: string }) => void;
  readonly onChecked?: (result: CheckResult) => void;
  /** Told of each drill that really asks, when it begins and when it is done. */
  readonly onDrill?: (spec: string) => void;
  readonly onDrilled?: (spec: string, steps: readonly DrillStep[]) => void;
  /** Told how each chain stands once its targets are checked, and again with each step of its drill, be it broken off. */
  readonly onChain?: (chain: ChainVerdict) => void;
}

/** Everything decided. */
export interface CheckTuning {
  readonly jobs: number;
  readonly timeoutMs: number;
  readonly checkTimeoutMs: number;
  readonly prompt: string;
  readonly expectations: readonly Expectation[];
  readonly repeat: number;
  readonly atLeast: number;
  readonly purse: Purse | undefined;
}

/** Throws a `UsageError` (`check-options`) for names and options with which less would be checked than it seems. */
export function checkTuning(names: readonly string[] | undefined, options: HealthCheckOptions): CheckTuning {
  // programs without types give anything
  if (typeof options !== 'object' || options === null) refuse('the options must be an object');
  refuseNonLists({ names, required: options.required, optional: options.optional });
  const {
    jobs = 4,
    timeoutMs = 60_000,
    checkTimeoutMs = 10_000,
    prompt = 'Reply with the word OK.',
    expectations = [],
    repeat = 1,
    atLeast = repeat,
    maxCostUsd,
    level,
  } = options;
  for (const [name, ms] of Object.entries({ timeoutMs, checkTimeoutMs })) {
    if (!Number.isFinite(ms) || ms <= 0) refuse(`${name} must be a number of milliseconds above 0`);
  }
  for (const [name, count] of Object.entries({ jobs, repeat, atLeast })) {
    if (!Number.isSafeInteger(count) || count < 1) refuse(`${name} must be a whole number from 1`);
  }
  if (atLeast > repeat) {
    refuse(`atLeast ${atLeast} is more than repeat ${repeat}`, 'check as often as that');
  }
  if (maxCostUsd !== undefined && !(typeof maxCostUsd === 'number' && maxCostUsd >= 0)) {
    refuse('maxCostUsd must be a number of US dollars, 0 or more');
  }
  if (level !== undefined && !levels.includes(level)) {
    refuse(`level must be one of ${levels.join(', ')}`, didYouMean(String(level), levels) || null);
  }
  if (!Array.isArray(expectations)) refuse('expectations must be a list');
  if (expectations.length > 0 && level !== 'generates') {
    refuse('expectations: at this level nobody is asked for an answer to judge', 'add --probe');
  }
  if (maxCostUsd !== undefined && options.purse !== undefined) {
    refuse('maxCostUsd and purse are two limits', 'give one of them');
  }
  const purse = options.purse ?? (maxCostUsd === undefined ? undefined : new Purse(maxCostUsd));
  return { jobs, timeoutMs, checkTimeoutMs, prompt, expectations, repeat, atLeast, purse };
}

/** A text has characters where a list has names, and an object has neither. */
function refuseNonLists(lists: Readonly<Record<string, unknown>>): void {
  for (const [name, list] of Object.entries(lists)) {
    if (list === undefined || (Array.isArray(list) && list.every((each) => typeof each === 'string')))
      continue;
    refuse(
      name === 'names' ? 'the names must be a list' : `${name} must be a list of names`,
      "for example ['m1/qwen3', 'openai']",
    );
  }
}

function refuse(message: string, hint: string | null = null): never {
  throw new UsageError('check-options', message, hint);
}
