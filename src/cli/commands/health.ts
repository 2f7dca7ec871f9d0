import type { HealthCheckReport } from '../../core/check/health-check.js';
import type { HealthCheckOptions } from '../../core/check/options.js';
import type { CheckResult } from '../../core/check/result.js';
import { type ChainVerdict, isNegative } from '../../core/check/verdict.js';
import { UsageError } from '../../core/errors.js';
import type { Expectation } from '../../core/expectation.js';
import type { Priced } from '../../providers/catalogue.js';
import type { Process } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { healthLines, healthRows, spentLine } from '../render/health-lines.js';
import { type HealthReport, healthReport, nothingFound } from '../render/health-report.js';
import { nagiosCodes, nagiosLine, nagiosLines, nagiosWord } from '../render/reports/nagios.js';
import { tabbed } from '../render/table.js';
import { reportCommand } from '../report-command.js';
import { type ReportFile, reportFiles } from '../reports.js';
import type { HealthFlags } from './health-flags.js';
import { inSpinner, openTable, type Progress } from './health-progress.js';

/** `majordomo health [name…]`: checks, level by level, that what is configured works. Resolves to the exit code. */
export async function health(
  names: readonly string[],
  context: { readonly flags: HealthFlags; readonly process: Process },
): Promise<number> {
  const { flags } = context;
  const isNagios = flags.exitStyle === 'nagios';
  const live = await openTable(context);
  const done: Done = { checks: [], chains: new Map() };
  let files: readonly ReportFile[] = [];
  return reportCommand<HealthCheckReport, HealthReport>(context, {
    // checks heed nothing that is remembered
    memory: flags.record === true ? 'wanted' : 'unused',
    prepare: () => {
      files = reportFiles(flags.report ?? [], context.process.env);
    },
    // what was asked before Ctrl-C may have been paid for
    nothing: () => ({ ...nothingFound, checks: done.checks, chains: [...done.chains.values()] }),
    ...(flags.record === true && { storePatienceMs: recordPatienceMs }),
    isWanted: ({ code }) => flags.record === true && code === 'health-store',
    live: live?.table ?? null,
    find: async ({ registry, spinner, interruption, warnings }) => {
      const options = await optionsOf(flags);
      const asked = names.length > 0 ? names : undefined;
      const progress = noting(done, live?.progress ?? inSpinner(spinner));
      const report = await registry
        .check(asked, { ...options, signal: interruption.signal, ...progress })
        .catch(nameFlags);
      const all = [...registry.health.takeWarnings(), ...report.warnings];
      warnings.push(...all);
      return { ...report, warnings: all };
    },
    exitCode: (found) => {
      if (isNagios) return nagiosCodes[nagiosWord(found, flags.failOn)];
      if (found.cutShort) return exitCodes.deadline;
      return isNegative(found, flags.failOn) ? exitCodes.negative : exitCodes.done;
    },
    ...(isNagios && { exitCodeOfError: () => nagiosCodes.UNKNOWN }),
    deliver: async (report, { now }) => {
      const line = isNagios && report.error !== null ? `${nagiosLine(report)}\n` : '';
      // what was cancelled says nothing of anybody's health: earlier reports stay as they are
      if (files.length === 0 || report.error?.code === 'cancelled') return { text: line, error: null };
      const { writeReports } = await import('../reports.js');
      const { text, error } = await writeReports(files, { report, now, env: context.process.env });
      return { text: `${line}${text}`, error };
    },
    beside: ({ spend }) => (spend.requests === 0 ? [] : [spentLine(spend)]),
    report: (found, facts) => healthReport({ ...facts, found }),
    lines: async (report, { format, layout }) => {
      // the exit code says it all
      if (isNagios) return nagiosLines(report);
      if (flags.quiet === true) return [];
      if (format === 'plain') return tabbed(healthRows(report));
      return healthLines(report, await layout());
    },
  });
}

/** Nobody waits for an answer while a check is recorded, so that the memory may take its time, in milliseconds. */
const recordPatienceMs = 5_000;

/** What there is to tell when the rest is not waited for. */
interface Done {
  readonly checks: CheckResult[];
  readonly chains: Map<string, ChainVerdict>;
}

function noting(
  { checks, chains }: Done,
  progress: Progress,
): Progress & Pick<HealthCheckOptions, 'onChain'> {
  return {
    ...progress,
    onChecked: (result) => {
      checks.push(result);
      progress.onChecked(result);
    },
    onChain: (chain) => chains.set(chain.spec, chain),
  };
}

async function optionsOf(flags: HealthFlags): Promise<HealthCheckOptions> {
  const {
    level,
    probe,
    required,
    optional,
    jobs,
    timeout,
    checkTimeout,
    expect = [],
    repeat,
    require,
    maxCost,
    record,
    drill,
  } = flags;
  if (probe === true && level !== undefined && level !== 'generates') {
    throw new UsageError(
      'level',
      `--probe climbs to generates, --level ${level} ends before`,
      'leave one of them out',
    );
  }
  const wanted = probe === true ? 'generates' : level;
  const given = {
    level: wanted,
    required,
    optional,
    jobs,
    timeoutMs: timeout,
    checkTimeoutMs: checkTimeout,
    repeat,
    atLeast: require,
    record,
    drill,
    maxCostUsd: maxCost,
    ...(wanted === 'generates' && { priceOf: catalogue }),
    ...(expect.length > 0 && { expectations: await expectations(expect) }),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Loaded where something is spent, and only then. */
async function catalogue(asked: Priced): Promise<number | null> {
  const { cataloguePrice } = await import('../../providers/catalogue.js');
  return cataloguePrice(asked);
}

async function expectations(texts: readonly string[]): Promise<readonly Expectation[]> {
  const { readExpectation } = await import('../../config/expectations.js');
  return Promise.all(texts.map(readExpectation));
}

/** The flags that options of a check are set by. */
const flagOf = {
  expectations: '--expect',
  atLeast: '--require',
  repeat: '--repeat',
  maxCostUsd: '--max-cost',
} as const satisfies Partial<Record<keyof HealthCheckOptions, string>>;

/** What is wrong with an option is told by the flag's name. */
function nameFlags(error: unknown): never {
  if (!(error instanceof UsageError) || error.code !== 'check-options') throw error;
  const message = Object.entries(flagOf).reduce(
    (text, [option, flag]) => text.replaceAll(new RegExp(`\\b${option}\\b`, 'g'), flag),
    error.message,
  );
  throw new UsageError(error.code, message, error.hint);
}
