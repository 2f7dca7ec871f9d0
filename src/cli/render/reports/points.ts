import { exitCodes } from '../../exit-codes.js';
import type { ChainReport, CheckReport, DrillReport, HealthReport } from '../health-report.js';
import { oneLine } from '../sanitize.js';

/**
 * `warn`: good, but something is to be said; `optional`: a failure that does not count; `error`: nothing could be found out.
 */
export type Outcome = 'pass' | 'warn' | 'fail' | 'optional' | 'skip' | 'error';

/** One line of a report that lists what was good and what was not. */
export interface Point {
  /** A provider, or `chain`, `drill`, `majordomo`. */
  readonly group: string;
  /** Else it is about something that is made of checks. */
  readonly isCheck: boolean;
  readonly name: string;
  readonly outcome: Outcome;
  /** What kind of failure it is. */
  readonly type: string;
  /** Empty where there is nothing to say. */
  readonly said: string;
  readonly durationMs: number;
}

/**
 * Everything that was checked, and last why nothing was, or why the verdict is negative although no point says so: who reads such a
 * report instead of the exit code must not take it for good.
 */
export function pointsOf(report: HealthReport): readonly Point[] {
  const points = [
    ...report.checks.map(checkPoint),
    ...report.chains.flatMap((chain) => [
      chainPoint(chain),
      ...(chain.drill ?? []).map((step) => drillPoint(chain, step)),
    ]),
  ];
  const { error } = report;
  if (error !== null) return [...points, wrong('error', error.code, oneLine(error.message))];
  const isTold = report.exitCode === exitCodes.done || points.some(({ outcome }) => outcome === 'fail');
  return isTold ? points : [...points, wrong('fail', 'verdict', verdictWords(report))];
}

function checkPoint(check: CheckReport): Point {
  const { status, required } = check;
  return {
    group: oneLine(check.provider),
    isCheck: true,
    name: oneLine(check.subject),
    outcome: status === 'fail' && !required ? 'optional' : status,
    type: check.kind ?? status,
    said: checkWords(check),
    durationMs: check.durationMs,
  };
}

function chainPoint({ spec, required, state, firstHealthy, answeredBy }: ChainReport): Point {
  const isOpen = state !== 'down' && firstHealthy === null;
  const said = {
    up: answeredBy === null ? 'nobody answers: a run refuses the chain' : '',
    degraded: `degraded: ${oneLine(answeredBy ?? 'nobody')} answers`,
    down:
      firstHealthy === null
        ? 'no target of the chain is healthy'
        : `a run ends before ${oneLine(firstHealthy)}, its first healthy target, is asked`,
  };
  const outcome = {
    up: answeredBy === null ? 'warn' : 'pass',
    degraded: 'warn',
    down: required ? 'fail' : 'optional',
  } as const;
  return {
    group: 'chain',
    isCheck: false,
    name: oneLine(spec),
    outcome: isOpen ? 'skip' : outcome[state],
    type: state,
    said: isOpen ? 'not all of its targets were asked' : said[state],
    durationMs: 0,
  };
}

function drillPoint(
  { spec, required }: ChainReport,
  { failed, status, answeredBy, message, durationMs }: DrillReport,
): Point {
  return {
    group: 'drill',
    isCheck: false,
    name: `${oneLine(spec)} without ${failed.map(oneLine).join(', ')}`,
    outcome: status === 'fail' && !required ? 'optional' : status,
    type: 'drill',
    said: oneLine(message ?? (answeredBy === null ? 'nobody answers' : '')),
    durationMs,
  };
}

function wrong(outcome: 'error' | 'fail', type: string, said: string): Point {
  return { group: 'majordomo', isCheck: false, name: 'health', outcome, type, said, durationMs: 0 };
}

function verdictWords({ exitCode, state }: HealthReport): string {
  return exitCode === exitCodes.deadline
    ? 'not everything was checked: the time or what may be spent was up'
    : `the state is ${state}, and what is not good counts as a failure here`;
}

/** What is to be said of a check, in one line: `auth 401: the key is wrong; expected …; hint: …`. Empty for one that passed. */
export function checkWords({ kind, httpStatus, status, message, expected, hint }: CheckReport): string {
  if (status === 'pass' || message === null) return '';
  const what = [kind, httpStatus === null ? null : String(httpStatus)]
    .filter((word) => word !== null)
    .join(' ');
  const parts = [
    what === '' ? message : `${what}: ${message}`,
    expected === null ? '' : `expected ${expected}`,
    hint === null ? '' : `hint: ${hint}`,
  ];
  return oneLine(parts.filter((part) => part !== '').join('; '));
}
