import { ConfigError, UsageError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { shownPath } from '../core/shown.js';
import type { Pair } from './flags.js';
import { OutputError } from './output-error.js';
import type { HealthReport } from './render/health-report.js';
import { visibleJson } from './render/json.js';
import { runnerReads, withoutWorkflowCommands } from './render/workflow-commands.js';
import type { Delivery } from './report-command.js';
import { appendToFile, replacedPlace, replaceFile, whyNotAppendable, whyNotWritable } from './report-file.js';

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

/**
 * Reads the flags. Throws a `UsageError`, or a `ConfigError` for a file that nobody will be able to write: before anything is asked,
 * and perhaps paid for.
 */
export function reportFiles(pairs: readonly Pair[], env: Environment): readonly ReportFile[] {
  const places = new Set<string>();
  const files = pairs.map((pair) => {
    const format = formatOf(pair.key);
    const file = pair.value;
    if (file === '')
      throw new UsageError(
        'report',
        `--report ${format}= names no file`,
        `write ${format}=FILE, or ${format}=- for standard output`,
      );
    if (file !== '-') look(file, places);
    return { format, file };
  });
  const summary = summaryOf(files, env);
  const why = summary === null ? null : whyNotAppendable(summary);
  if (summary !== null && why !== null) {
    throw new ConfigError('report', `GITHUB_STEP_SUMMARY: ${unwritten(summary, why)}`, hintOf(why));
  }
  return files;
}

function formatOf(word: string): ReportFormat {
  if (Object.hasOwn(writers, word)) return word as ReportFormat;
  const formats = Object.keys(writers);
  const near = didYouMean(word, formats);
  throw new UsageError(
    'report',
    'there is no such report',
    near === '' ? `write one of ${formats.join(', ')}` : near,
  );
}

/** `places`: where the reports before it will be. */
function look(file: string, places: Set<string>): void {
  const why = whyNotWritable(file);
  if (why !== null) throw new ConfigError('report', unwritten(file, why), hintOf(why));
  const place = replacedPlace(file);
  if (place === null) return;
  if (places.has(place)) {
    throw new UsageError(
      'report',
      `two reports would be written to ${shownPath(file)}`,
      'give each a file of its own',
    );
  }
  places.add(place);
}

/** The file that GitHub Actions shows as the summary of the job; null where it gets nothing. */
function summaryOf(files: readonly ReportFile[], env: Environment): string | null {
  return files.some(({ format }) => format === 'github') ? env.GITHUB_STEP_SUMMARY || null : null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Writes the reports, each file as a whole or not at all: a collector may read it at any moment. Under GitHub Actions the
 * summary of the job gets what the annotations say. What cannot be written keeps nothing else from being written.
 */
export async function writeReports(
  files: readonly ReportFile[],
  at: {
    readonly report: HealthReport;
    readonly now: number;
    readonly env: Environment;
  },
): Promise<Delivery> {
  const { report, now, env } = at;
  let printed = '';
  let error: OutputError | null = null;
  const attempt = async (file: string, write: () => Promise<void>): Promise<void> => {
    try {
      await write();
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code ?? 'for no reason told';
      error ??= new OutputError('report', unwritten(file, code), hintOf(code));
    }
  };
  for (const { format, file } of files) {
    const text = await writers[format](report, now);
    // annotations are commands on purpose
    const isHarmless = format === 'github' || !runnerReads(env);
    if (file === '-') printed += isHarmless ? text : harmless(text);
    else await attempt(file, () => replaceFile(file, text));
  }
  const summary = summaryOf(files, env);
  if (summary !== null) {
    const { githubSummary } = await import('./render/reports/github.js');
    await attempt(summary, () => appendToFile(summary, githubSummary(report)));
  }
  return { text: printed, error };
}

function harmless(text: string): string {
  return text.split('\n').map(withoutWorkflowCommands).join('\n');
}

/** What can be done about a code of the system. */
function hintOf(code: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'its disk is full: make room there, or write it elsewhere';
    case 'ENXIO':
      return 'nobody reads this pipe: start its reader first';
    case 'EAGAIN':
      return 'who reads this pipe does not go on reading';
    default:
      return 'check its directory and your permissions';
  }
}

function unwritten(file: string, code: string): string {
  return `the report ${shownPath(file)} cannot be written (${code})`;
}
