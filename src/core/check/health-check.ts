import type { Chain } from '../chain.js';
import { ConfigError, type Warning } from '../errors.js';
import type { HealthTracker } from '../health-tracker.js';
import type { Clock } from '../ports.js';
import type { ProviderInfo } from '../provider-info.js';
import { visible } from '../shown.js';
import { SignalFan } from '../signal-fan.js';
import type { ChainConfig } from '../tuning.js';
import { probeTokens } from './ask-model.js';
import type { CheckSubject } from './climb.js';
import { type DrillStep, foreseenDrill, refusedDrill } from './drill.js';
import { drillChain } from './drill-chain.js';
import { foresee } from './foresight.js';
import { type CheckTuning, checkTuning, type HealthCheckOptions } from './options.js';
import { planChecks, type Question } from './plan.js';
import { infosOf, providerOf, type QuestionParts, questionsOf } from './questions.js';
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
  /** Throws where a run would be refused. */
  readonly chainOf: (spec: string) => Chain;
}

/**
 * Checks what was asked for, without retries and without heeding what is remembered of targets that failed. Throws a `UsageError` or a
 * `ConfigError` where that would check less than it seems, the signal's reason, and bugs of providers.
 */
export async function checkHealth(
  parts: HealthCheckParts,
  options: HealthCheckOptions,
): Promise<HealthCheckReport> {
  const { clock, names } = parts;
  const tuning = checkTuning(names, options);
  const questions = questionsOf(names, parts);
  const infoOf = await infosOf(questions, parts);
  const asked = options.drill === true ? drillable(questions, infoOf) : null;
  const at = { ...parts, ...tuning, options, endsMs: clock.monotonic() + tuning.timeoutMs };
  const checks = await checkAll(questions, { ...at, infoOf });
  const results = new Map(checks.map((result) => [result.subject, result]));
  const warnings: Warning[] = [];
  const chains: ChainVerdict[] = [];
  for (const { spec, targets } of chainsOf(questions)) {
    const required = options.optional?.includes(spec) !== true;
    const broken = targets.find((target) => infoOf(providerOf(target)).provider === null);
    const chain = broken === undefined ? parts.chainOf(spec) : null;
    const foresight = chain === null ? null : await foresee(chain, results);
    const foreseen = chain && foresight && { chain, foresight };
    const verdict = chainVerdict({ spec, targets, required }, { results, foresight });
    const warning = chainWarning(verdict, { results, foreseen, broken });
    if (warning !== null) warnings.push(warning);
    if (asked?.has(spec) === false) warnings.push(undrilled(spec));
    options.onChain?.(verdict);
    const drill =
      asked?.has(spec) === true ? await drillOf(verdict, { ...at, results, broken, chain }) : null;
    chains.push({ ...verdict, drill });
  }
  return {
    state: overallState({ checks, chains }),
    checks,
    chains,
    warnings,
    cutShort: isCutShort({ checks, chains, late: clock.monotonic() >= at.endsMs }),
  };
}

/** Not done for want of time or money; what was enough all the same is not cut short. */
function isCutShort(at: {
  readonly checks: readonly CheckResult[];
  readonly chains: readonly ChainVerdict[];
  /** The deadline is over. */
  readonly late: boolean;
}): boolean {
  const steps = at.chains.flatMap(({ drill }) => drill ?? []);
  if (at.checks.some(({ unasked }) => unasked) || steps.some(({ status }) => status === 'skip')) return true;
  return at.late && [...at.checks, ...steps].some(({ status }) => status === 'fail' || status === 'skip');
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
  const running: Promise<CheckResult>[] = [];
  const check = async (subject: CheckSubject): Promise<CheckResult> => {
    options.onBegun?.({ subject: subject.name });
    const checking = fan.lend((signal) => checkRepeatedly(subject, { ...how, signal }));
    running.push(checking);
    const result = await checking;
    options.onChecked?.(result);
    return result;
  };
  const jobOf = (subject: CheckSubject) => ({ endpoint: subject.info.endpoint, run: () => check(subject) });
  // only who asks models spends anything
  const isPaid = purse !== undefined && options.level === 'generates';
  const all = isPaid ? oneByOne(subjects, check) : schedule(subjects.map(jobOf), at.jobs);
  return all
    .catch(async (thrown: unknown) => {
      // nobody will be told of the others, which may still have something to give back to the memory
      fan.abort(thrown);
      await Promise.allSettled(running);
      throw thrown;
    })
    .finally(() => fan.close());
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
  verdict: ChainVerdict,
  at: Situation & {
    readonly results: ReadonlyMap<string, CheckResult>;
    readonly broken: string | undefined;
    /** Null where it is broken. */
    readonly chain: Chain | null;
  },
): Promise<readonly DrillStep[]> {
  const { options, clock, endsMs, broken = '', results, chain } = at;
  const { spec, targets } = verdict;
  if (chain === null) {
    const why = results.get(broken)?.message ?? 'it cannot be used';
    return refusedDrill(targets, `${broken}: ${why}`);
  }
  if (options.level !== 'generates') return foreseenDrill(chain, results);
  options.onDrill?.(spec);
  const made: DrillStep[] = [];
  const steps = await drillChain(chain, {
    request: { prompt: at.prompt, maxTokens: probeTokens },
    clock,
    signal: options.signal ?? new AbortController().signal,
    timeoutMs: at.checkTimeoutMs,
    endsMs,
    priceOf: options.priceOf ?? (async () => null),
    purse: at.purse,
    expectations: at.expectations,
    onStep: (step) => {
      made.push(step);
      options.onChain?.({ ...verdict, drill: [...made] });
    },
  });
  options.onDrilled?.(spec, steps);
  return steps;
}
