import type { Expectation } from '../expectation.js';
import type { HealthTracker } from '../health-tracker.js';
import type { Clock } from '../ports.js';
import type { ProviderInfo } from '../provider-info.js';
import { SignalFan } from '../signal-fan.js';
import type { ChainConfig } from '../tuning.js';
import type { CheckSubject } from './climb.js';
import type { Level } from './level.js';
import { planChecks, type Question } from './plan.js';
import { type PriceOf, Purse } from './purse.js';
import { checkRepeatedly } from './repeated.js';
import type { CheckResult } from './result.js';
import { schedule } from './schedule.js';
import { type ChainVerdict, chainVerdict, type HealthState, overallState } from './verdict.js';

export interface HealthCheckOptions {
  /** The highest level that is climbed. By default the model of a target, the credential of a provider. `generates` costs tokens. */
  readonly level?: Level;
  /** Providers and targets that count as required although a chain names them. */
  readonly required?: readonly string[];
  /** Those whose failure is no failure of the whole. */
  readonly optional?: readonly string[];
  /** At most so many checks at once with servers elsewhere, and one with each of them. Default 4. */
  readonly jobs?: number;
  /** One deadline for all checks, in milliseconds. Default 60 s. */
  readonly timeoutMs?: number;
  /** How long one check may take, in milliseconds. Default 10 s. */
  readonly checkTimeoutMs?: number;
  /** What a model is asked where `level` is `generates`. */
  readonly prompt?: string;
  /** What is expected of what a model writes. Needs the level `generates`. */
  readonly expectations?: readonly Expectation[];
  /** How often each check is made. Default 1. */
  readonly repeat?: number;
  /** The price of a request where its DSN names none, in US dollars; null where it is not known. */
  readonly priceOf?: PriceOf;
  /** What may be spent, in US dollars. Who comes after that is not asked. Unknown prices count as more than any limit. */
  readonly maxCostUsd?: number;
  /** The same as a purse that others share, a drill for example. */
  readonly purse?: Purse;
  /** How many of them have to pass. Default: all. */
  readonly atLeast?: number;
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
}

export interface HealthCheckReport {
  readonly state: HealthState;
  readonly checks: readonly CheckResult[];
  readonly chains: readonly ChainVerdict[];
  /** The deadline, or the cost limit, ended checks that were not done. */
  readonly cutShort: boolean;
}

export interface HealthCheckParts {
  readonly questions: readonly Question[];
  readonly infoOf: (provider: string) => ProviderInfo;
  readonly clock: Clock;
  readonly config: ChainConfig;
  readonly health: HealthTracker;
}

const defaults = {
  jobs: 4,
  timeoutMs: 60_000,
  checkTimeoutMs: 10_000,
  prompt: 'Reply with the word OK.',
} as const;

/**
 * Checks what was asked for, without retries and without heeding what is remembered of targets that failed. Throws the
 * signal's reason, and bugs of providers.
 */
export async function checkHealth(
  { questions, infoOf, clock, config, health }: HealthCheckParts,
  options: HealthCheckOptions,
): Promise<HealthCheckReport> {
  const { jobs, timeoutMs, checkTimeoutMs, prompt } = { ...defaults, ...given(options) };
  const subjects = planChecks(questions, {
    infoOf,
    level: options.level ?? null,
    required: new Set(options.required),
    optional: new Set(options.optional),
  });
  options.onPlanned?.(subjects.map(({ name, level }) => ({ subject: name, level })));
  const endsMs = clock.monotonic() + timeoutMs;
  const fan = new SignalFan(options.signal ?? new AbortController().signal);
  const purse =
    options.purse ?? (options.maxCostUsd === undefined ? undefined : new Purse(options.maxCostUsd));
  let cutShort = false;
  const { expectations = [], repeat = 1, atLeast = repeat, priceOf } = options;
  const kept = { prompt, expectations, repeat, atLeast, priceOf, purse, endsMs };
  const how = { clock, config, ...kept, health: options.record === true ? health : undefined };
  const check = async (subject: CheckSubject): Promise<CheckResult> => {
    options.onBegun?.({ subject: subject.name });
    const result = await fan.lend((signal) =>
      checkRepeatedly(subject, { ...how, signal, timeoutMs: checkTimeoutMs }),
    );
    cutShort ||= clock.monotonic() >= endsMs;
    options.onChecked?.(result);
    return result;
  };
  const jobOf = (subject: CheckSubject) => ({ endpoint: subject.info.endpoint, run: () => check(subject) });
  const running = purse === undefined ? schedule(subjects.map(jobOf), jobs) : oneByOne(subjects, check);
  const checks = await running.finally(() => fan.close());
  const results = new Map(checks.map((result) => [result.subject, result]));
  const chains = questions.flatMap((question) =>
    question.kind === 'chain' ? [chainVerdict(question.spec, question.targets, results)] : [],
  );
  return {
    state: overallState(checks, chains),
    checks,
    chains,
    cutShort: cutShort || purse?.wasRefused === true,
  };
}

/** What one has cost has to be known before the next is asked. */
async function oneByOne(
  subjects: readonly CheckSubject[],
  check: (subject: CheckSubject) => Promise<CheckResult>,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const subject of subjects) results.push(await check(subject));
  return results;
}

function given(options: HealthCheckOptions): Partial<typeof defaults> {
  const names = Object.keys(defaults) as (keyof typeof defaults)[];
  const set = names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
  return Object.fromEntries(set);
}
