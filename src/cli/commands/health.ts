import { type DrillStep, foreseenDrill } from '../../core/check/drill.js';
import type { HealthCheckOptions, HealthCheckReport } from '../../core/check/health-check.js';
import { Purse } from '../../core/check/purse.js';
import type { CheckResult } from '../../core/check/result.js';
import { isNegative } from '../../core/check/verdict.js';
import { ConfigError, UsageError } from '../../core/errors.js';
import type { Expectation } from '../../core/expectation.js';
import type { Priced } from '../../providers/catalogue.js';
import type { Registry } from '../../registry.js';
import { systemClock } from '../../system-clock.js';
import type { Process } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { healthLines, healthRows, spentLine } from '../render/health-lines.js';
import { type HealthFacts, type HealthReport, healthReport } from '../render/health-report.js';
import { nagiosCodes, nagiosLine, nagiosWord } from '../render/reports/nagios.js';
import { oneLine } from '../render/sanitize.js';
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
  const checked: CheckResult[] = [];
  let files: readonly ReportFile[] = [];
  return reportCommand<HealthFacts, HealthReport>(flags.record === true ? context : unremembered(context), {
    prepare: () => {
      files = reportFiles(flags.report ?? []);
    },
    // what was asked before Ctrl-C may have been paid for
    nothing: () => ({ state: 'down', checks: checked, chains: [], cutShort: false, drills: new Map() }),
    live: live?.table ?? null,
    find: async ({ registry, spinner, signal, warnings }) => {
      const options = await optionsOf(flags);
      const asked = names.length > 0 ? names : [...registry.usable()].sort();
      if (asked.length === 0) throw nothingToCheck;
      const progress = noting(checked, live?.progress ?? inSpinner(spinner));
      const report = await registry.check(asked, { ...options, signal, ...progress });
      warnings.push(...registry.health.takeWarnings());
      const { purse } = options;
      const drills =
        flags.drill === true
          ? await drill(report, { registry, flags, signal, purse, progress })
          : new Map<string, readonly DrillStep[]>();
      return { ...report, drills, cutShort: report.cutShort || purse?.wasRefused === true };
    },
    exitCode: (found) => {
      if (isNagios) return nagiosCodes[nagiosWord(found, flags.failOn)];
      if (found.cutShort) return exitCodes.deadline;
      const steps = [...found.drills.values()].flat();
      const isProven = steps.every(({ answeredBy }) => answeredBy !== null);
      const isHealthy = isProven && !isNegative(found, flags.failOn ?? 'down');
      return isHealthy ? exitCodes.done : exitCodes.negative;
    },
    ...(isNagios && { exitCodeOfError: () => nagiosCodes.UNKNOWN }),
    deliver: async (report, { now }) => {
      const line = isNagios && report.error !== null ? `${nagiosLine(report, flags.failOn)}\n` : '';
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
      if (isNagios)
        return [
          nagiosLine(report, flags.failOn),
          ...tabbed(healthRows(report).map((row) => row.map(oneLine))),
        ];
      if (flags.quiet === true) return [];
      if (format === 'plain') return tabbed(healthRows(report).map((row) => row.map(oneLine)));
      return healthLines(report, await layout());
    },
  });
}

/** Keeps what was checked, for when the rest is not waited for. */
function noting(checked: CheckResult[], progress: Progress): Progress {
  return {
    ...progress,
    onChecked: (result) => {
      checked.push(result);
      progress.onChecked?.(result);
    },
  };
}

/** Checks neither heed what is remembered of failures nor, without `--record`, add to it. */
function unremembered<Context extends { readonly flags: HealthFlags }>(context: Context): Context {
  return { ...context, flags: { ...context.flags, healthStore: 'memory' } };
}

/** What would become of each chain without its first targets; with `--probe` what becomes of it. */
async function drill(
  { checks, chains }: HealthCheckReport,
  at: {
    readonly registry: Registry;
    readonly flags: HealthFlags;
    readonly signal: AbortSignal;
    readonly purse: Purse | undefined;
    readonly progress: Progress;
  },
): Promise<ReadonlyMap<string, readonly DrillStep[]>> {
  const { registry, flags, signal, purse, progress } = at;
  const results = new Map(checks.map((result) => [result.subject, result]));
  const drills = new Map<string, readonly DrillStep[]>();
  for (const { spec, targets } of chains) {
    if (!isProbed(flags)) {
      drills.set(spec, foreseenDrill(targets, results));
      continue;
    }
    const { drillChain } = await import('../../providers/drill.js');
    const request = { prompt: 'Reply with the word OK.', maxTokens: 16 };
    const timeoutMs = flags.checkTimeout ?? 10_000;
    const options = { request, clock: systemClock, signal, timeoutMs, priceOf: catalogue, purse };
    progress.onDrill(spec);
    const steps = await drillChain(registry.parse(spec), options);
    progress.onDrilled(spec, steps);
    drills.set(spec, steps);
  }
  return drills;
}

function isProbed({ probe, level }: HealthFlags): boolean {
  return probe === true || level === 'generates';
}

const nothingToCheck = new ConfigError(
  'nothing-to-check',
  'there is nothing to check: no provider is configured and none is named',
  'for example: export LLM_M1=ollama://m1.lan, or majordomo health mock',
);

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
  } = flags;
  if (probe === true && level !== undefined && level !== 'generates') {
    throw new UsageError(
      'level',
      `--probe climbs to generates, --level ${level} ends before`,
      'leave one of them out',
    );
  }
  const wanted = probe === true ? 'generates' : level;
  if (expect.length > 0 && wanted !== 'generates') {
    throw new UsageError(
      'expectation',
      '--expect judges an answer, and nobody is asked for one',
      'add --probe',
    );
  }
  if (require !== undefined && require > (repeat ?? 1)) {
    throw new UsageError(
      'require',
      `--require ${require} is more than --repeat ${repeat ?? 1}`,
      'check as often as that',
    );
  }
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
    purse: maxCost === undefined ? undefined : new Purse(maxCost),
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
