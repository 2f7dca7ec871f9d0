import { UsageError } from '../core/errors.js';
import { exitCodes } from './exit-codes.js';
import type { Output } from './output.js';
import { healthReport, nothingFound } from './render/health-report.js';
import { visibleJson } from './render/json.js';
import { memoryReport } from './render/memory-report.js';
import { providersReport } from './render/providers-report.js';
import type { CommonFacts, CommonReport } from './render/report-frame.js';
import { resolveReport } from './render/resolve-report.js';
import { runReport } from './render/run-report.js';
import { oneLine } from './render/sanitize.js';
import { usageMessage } from './usage-message.js';

/**
 * With `--json` a command line that could not be read is answered by the command's object too, once the command
 * is known. The flags are looked for in the raw words, because it is their reading that failed.
 */
export function reportUsageAsJson(parts: {
  output: Output;
  argv: readonly string[];
  command: string;
  message: string;
  hint: string | null;
}): void {
  const { output, argv } = parts;
  const format = requestedFormat(argv);
  if (format === null) return;
  const error = new UsageError(
    'usage',
    oneLine(usageMessage(parts.message.replace(/^error: /, ''))),
    parts.hint,
  );
  const facts = { error, warnings: [], exitCode: exitCodes.usage, durationMs: 0 };
  const report = reportOf(parts.command, { facts, argv });
  if (report === null) return;
  output.write(`${visibleJson(report, format === 'json' ? 2 : 0)}\n`);
}

function reportOf(
  command: string,
  { facts, argv }: { readonly facts: CommonFacts; readonly argv: readonly string[] },
): CommonReport | null {
  if (command === 'health') {
    if (argv.some((word) => /^--(memory$|reset($|=))/.test(word)))
      return memoryReport({ ...facts, entries: [], now: 0 });
    return healthReport({ ...facts, found: nothingFound });
  }
  if (command === 'resolve') return resolveReport({ ...facts, resolutions: [], diff: null, now: 0 });
  if (command === 'providers') {
    return providersReport({ ...facts, providers: [], ignored: [], folded: 0, now: 0, matches: () => true });
  }
  // Its result is a script, whatever the format.
  if (command === 'completion') return null;
  return runReport({ ...facts, spec: '', answer: null, attempts: [] });
}

/** The last one that is named counts, as for commander. */
function requestedFormat(argv: readonly string[]): 'json' | 'ndjson' | null {
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  let format: string | null = null;
  for (const [index, word] of flags.entries()) {
    if (word === '--json') format = 'json';
    else if (word.startsWith('--format=')) format = word.slice('--format='.length);
    else if (word === '--format') format = flags[index + 1] ?? null;
  }
  return format === 'json' || format === 'ndjson' ? format : null;
}
