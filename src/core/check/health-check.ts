import { ConfigError, type Warning } from '../errors.js';
import type { HealthTracker } from '../health-tracker.js';
import type { Clock } from '../ports.js';
import type { ProviderInfo } from '../provider-info.js';
import { visible } from '../shown.js';
import { SignalFan } from '../signal-fan.js';
import type { ChainConfig } from '../tuning.js';
import { type CheckSubject, probeTokens } from './climb.js';
import { type DrillOptions, type DrillStep, foreseenDrill, refusedDrill } from './drill.js';
import { type CheckTuning, checkTuning, type HealthCheckOptions } from './options.js';
import { planChecks, type Question } from './plan.js';
import { infosOf, type QuestionParts, questionsOf } from './questions.js';
import { checkRepeatedly } from './repeated.js';
import type { CheckResult } from './result.js';
import { schedule } from './schedule.js';
import { type ChainVerdict, chainVerdict, chainWarning, type HealthState, overallState } from './verdict.js';

export interface HealthCheckReport {
  readonly state: HealthState;
  readonly checks: readonly CheckResult[];
  readonly chains: readonly ChainVerdict[];
  /** What is odd: a chain that would end, or be refused, before its healthy target is asked, and one that could not be drilled. */
  readonly warnings: readonly Warning[];
  /** The deadline, or the cost limit, ended checks or a drill that were not done. */
  readonly cutShort: boolean;
}

export interface HealthCheckParts extends QuestionParts {
  /** Undefined for every provider. */
  readonly names: readonly string[] | undefined;
  readonly clock: Clock;
  readonly config: ChainConfig;
  readonly health: HealthTracker;
  /** Really asks a chain, its first targets being made to fail. */
  readonly drill: (spec: string, options: DrillOptions) => Promise<readonly DrillStep[]>;
}

/**
 * Checks what was asked for, without retries and without heeding what is remembered of targets that failed. Throws a `UsageError` or a
 * `ConfigError` where that would check less than it seems, the signal's reason, and bugs of providers.
 */
export async function checkHealth(
  parts: HealthCheckParts,
  options: HealthCheckOptions,
): Promise<HealthCheckReport> {
  const { clock, config, names } = parts;
  const tuning = checkTuning(names, options);
  const questions = questionsOf(names, parts);
  const infoOf = await infosOf(questions, parts);
  const asked = options.drill === true ? drillable(questions, infoOf) : null;
  const at = { ...parts, ...tuning, options, endsMs: clock.monotonic() + tuning.timeoutMs };
  const checks = await checkAll(questions, { ...at, infoOf });
  const results = new Map(checks.map((result) => [result.subject, result]));
  const { advanceOnPermanent = false } = config;
  const warnings: Warning[] = [];
  const chains: ChainVerdict[] = [];
  for (const { spec, targets } of chainsOf(questions)) {
    const required = options.optional?.includes(spec) !== true;
    const chain = chainVerdict({ spec, targets, required }, results);
    const broken = targets.find((target) => infoOf(providerOf(target)).provider === null);
    const warning = chainWarning(chain, { results, advanceOnPermanent, broken });
    if (warning !== null) warnings.push(warning);
    if (asked?.has(spec) === false) warnings.push(undrilled(spec));
    const drill = asked?.has(spec) === true ? await drillOf(chain, { ...at, results, broken }) : null;
    chains.push({ ...chain, answeredBy: warning === null ? chain.firstHealthy : null, drill });
  }
  return {
    state: overallState({ checks, chains }),
    checks,
    chains,
    warnings,
    cutShort: clock.monotonic() >= at.endsMs || tuning.purse?.wasRefused === true,
  };
}

interface Situation extends HealthCheckParts, CheckTuning {
  readonly options: HealthCheckOptions;
  /** When all has to be done: milliseconds of the monotonic clock. */
  readonly endsMs: number;
}

async function checkAll(
  questions: readonly Question[],
  at: Situation & { readonly infoOf: (provider: string) => ProviderInfo },
): Promise<readonly CheckResult[]> {
  const { options, purse } = at;
  const subjects = planChecks(questions, {
    infoOf: at.infoOf,
    level: options.level ?? null,
    required: new Set(options.required),
    optional: new Set(options.optional),
  });
  options.onPlanned?.(subjects.map(({ name, level }) => ({ subject: name, level })));
  const fan = new SignalFan(options.signal ?? new AbortController().signal);
  const recorded = options.record === true ? at.health : undefined;
  const how = { ...at, priceOf: options.priceOf, timeoutMs: at.checkTimeoutMs, health: recorded };
  const check = async (subject: CheckSubject): Promise<CheckResult> => {
    options.onBegun?.({ subject: subject.name });
    const result = await fan.lend((signal) => checkRepeatedly(subject, { ...how, signal }));
    options.onChecked?.(result);
    return result;
  };
  const jobOf = (subject: CheckSubject) => ({ endpoint: subject.info.endpoint, run: () => check(subject) });
  const running = purse === undefined ? schedule(subjects.map(jobOf), at.jobs) : oneByOne(subjects, check);
  return running.finally(() => fan.close());
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

function chainsOf(questions: readonly Question[]): readonly Extract<Question, { kind: 'chain' }>[] {
  return questions.filter((question) => question.kind === 'chain');
}

function providerOf(target: string): string {
  return target.split('/')[0] ?? target;
}

/** The chains in which one target can stand in for another. Throws a `ConfigError` where there are none: a drill would prove nothing. */
function drillable(
  questions: readonly Question[],
  infoOf: (provider: string) => ProviderInfo,
): ReadonlySet<string> {
  const isUsable = (target: string): boolean => infoOf(providerOf(target)).status === 'ready';
  const chains = chainsOf(questions).filter(({ targets }) => targets.filter(isUsable).length > 1);
  if (chains.length > 0) return new Set(chains.map(({ spec }) => spec));
  throw new ConfigError(
    'nothing-to-drill',
    'there is nothing to drill: no chain is named in which one target could stand in for another',
    'name a chain with at least two targets that can be asked: majordomo health --drill m1/qwen3,m2/llama',
  );
}

function undrilled(spec: string): Warning {
  const message = `${visible(spec)} is not drilled: it has fewer than two targets that can be asked`;
  return { code: 'not-drilled', message };
}

async function drillOf(
  { spec, targets }: ChainVerdict,
  at: Situation & {
    readonly results: ReadonlyMap<string, CheckResult>;
    readonly broken: string | undefined;
  },
): Promise<readonly DrillStep[]> {
  const { options, config, clock, endsMs, broken, results } = at;
  if (broken !== undefined) {
    const why = results.get(broken)?.message ?? 'it cannot be used';
    return refusedDrill(targets, `${broken}: ${why}`);
  }
  if (options.level !== 'generates') return foreseenDrill(targets, results, config);
  options.onDrill?.(spec);
  const steps = await at.drill(spec, {
    request: { prompt: at.prompt, maxTokens: probeTokens },
    clock,
    signal: options.signal ?? new AbortController().signal,
    timeoutMs: at.checkTimeoutMs,
    endsMs,
    priceOf: options.priceOf ?? (async () => null),
    purse: at.purse,
    expectations: at.expectations,
  });
  options.onDrilled?.(spec, steps);
  return steps;
}
