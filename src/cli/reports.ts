import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { pid } from 'node:process';
import { MajordomoError, UsageError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import type { Process } from './context.js';
import type { Pair } from './flags.js';
import type { Output } from './output.js';
import type { HealthReport } from './render/health-report.js';
import { visibleJson } from './render/json.js';

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

/** Reads the flags. Throws a `UsageError`. */
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
    return { format: key as ReportFormat, file: value };
  });
}

/**
 * Writes the reports, each file as a whole or not at all: a collector may read it at any moment. Under GitHub Actions the
 * summary of the job gets what the annotations say. Throws a `MajordomoError` for a file that cannot be written.
 */
export async function writeReports(
  files: readonly ReportFile[],
  at: {
    readonly report: HealthReport;
    readonly now: number;
    readonly output: Output;
    readonly process: Process;
  },
): Promise<void> {
  const { report, now, output, process } = at;
  for (const { format, file } of files) {
    const text = await writers[format](report, now);
    if (file === '-') output.write(text);
    else replace(file, text);
    const summary = process.env.GITHUB_STEP_SUMMARY;
    if (format === 'github' && summary) {
      const { githubSummary } = await import('./render/reports/github.js');
      attempt(summary, () => appendFileSync(summary, githubSummary(report)));
    }
  }
}

function replace(file: string, text: string): void {
  // of its own for each process, since several may write the same report
  const draft = `${file}.${pid}.tmp`;
  attempt(file, () => {
    // a device or a pipe cannot be replaced
    if (file.startsWith('/dev/')) return writeFileSync(file, text);
    writeFileSync(draft, text);
    try {
      renameSync(draft, file);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  });
}

function attempt(file: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'for no reason told';
    throw new MajordomoError(
      'report',
      `the report ${file} cannot be written (${code})`,
      'check its directory and your permissions',
    );
  }
}
