import { appendFileSync } from 'node:fs';
import { ConfigError, MajordomoError, UsageError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { shownPath } from '../core/shown.js';
import type { Pair } from './flags.js';
import type { HealthReport } from './render/health-report.js';
import { visibleJson } from './render/json.js';
import { runnerReads, withoutWorkflowCommands } from './render/workflow-commands.js';
import type { Delivery } from './report-command.js';
import { replaceFile, whyNotWritable } from './report-file.js';

/** How `--report FORMAT=FILE` writes what was checked. */
type Writer = (report: HealthReport, now: number) => string | Promise<string>;

const writers = {
  json: (report) => `${visibleJson(report, 2)}\n`,
  junit: async (report) => (await import('./render/reports/junit.js')).junitReport(report),
  tap: async (report) => (await import('./render/reports/tap.js')).tapReport(report),
  github: async (report) => (await import('./render/reports/github.js')).githubAnnotations(report),
  prometheus: async (report, now) =>
    (await import('./render/reports/prometheus.js')).prometheusReport(report, now),
} as const satisfies Record<string, Writer>;

type ReportFormat = keyof typeof writers;

export interface ReportFile {
  readonly format: ReportFormat;
  /** `-` for standard output. */
  readonly file: string;
}

/** Reads the flags. Throws a `UsageError`, or a `ConfigError` for a file that nobody will be able to write. */
export function reportFiles(pairs: readonly Pair[]): readonly ReportFile[] {
  return pairs.map(({ key, value }) => {
    if (!Object.hasOwn(writers, key)) {
      const formats = Object.keys(writers);
      const near = didYouMean(key, formats);
      throw new UsageError(
        'report',
        'there is no such report',
        near === '' ? `write one of ${formats.join(', ')}` : near,
      );
    }
    if (value === '')
      throw new UsageError(
        'report',
        `--report ${key}= names no file`,
        `write ${key}=FILE, or ${key}=- for standard output`,
      );
    // before anything is asked, and perhaps paid for
    const why = value === '-' ? null : whyNotWritable(value);
    if (why !== null) throw new ConfigError('report', unwritten(value, why), hint);
    return { format: key as ReportFormat, file: value };
  });
}

/**
 * Writes the reports, each file as a whole or not at all: a collector may read it at any moment. Under GitHub Actions the
 * summary of the job gets what the annotations say. What cannot be written keeps nothing else from being written.
 */
export async function writeReports(
  files: readonly ReportFile[],
  at: {
    readonly report: HealthReport;
    readonly now: number;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<Delivery> {
  const { report, now, env } = at;
  let printed = '';
  let error: MajordomoError | null = null;
  const attempt = (file: string, write: () => void): void => {
    try {
      write();
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code ?? 'for no reason told';
      error ??= new MajordomoError('report', unwritten(file, code), hint);
    }
  };
  for (const { format, file } of files) {
    const text = await writers[format](report, now);
    // annotations are commands on purpose
    const isHarmless = format === 'github' || !runnerReads(env);
    if (file === '-') printed += isHarmless ? text : harmless(text);
    else attempt(file, () => replaceFile(file, text));
    const summary = env.GITHUB_STEP_SUMMARY;
    if (format === 'github' && summary) {
      const { githubSummary } = await import('./render/reports/github.js');
      attempt(summary, () => appendFileSync(summary, githubSummary(report)));
    }
  }
  return { text: printed, error };
}

function harmless(text: string): string {
  return text.split('\n').map(withoutWorkflowCommands).join('\n');
}

const hint = 'check its directory and your permissions';

function unwritten(file: string, code: string): string {
  return `the report ${shownPath(file)} cannot be written (${code})`;
}
