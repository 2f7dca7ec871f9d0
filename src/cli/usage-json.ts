import { UsageError } from '../core/errors.js';
import type { Process } from './context.js';
import { exitCodes } from './exit-codes.js';
import { runReport } from './render/run-report.js';
import { oneLine } from './render/sanitize.js';

/**
 * With `--json` a command line that could not be read is answered by the command's object too, once the command
 * is known. The flags are looked for in the raw words, because it is their reading that failed.
 */
export function reportUsageAsJson(parts: {
  process: Process;
  argv: readonly string[];
  message: string;
}): void {
  const { process, argv } = parts;
  const format = requestedFormat(argv);
  if (format === null || !argv.includes('run')) return;
  const error = new UsageError('usage', oneLine(parts.message.replace(/^error: /, '')));
  const report = runReport({
    spec: '',
    answer: null,
    error,
    attempts: [],
    warnings: [],
    exitCode: exitCodes.usage,
    durationMs: 0,
  });
  process.stdout.write(`${format === 'json' ? JSON.stringify(report, null, 2) : JSON.stringify(report)}\n`);
}

function requestedFormat(argv: readonly string[]): 'json' | 'ndjson' | null {
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  for (const [index, word] of flags.entries()) {
    if (word === '--json' || word === '--format=json') return 'json';
    if (word === '--format=ndjson') return 'ndjson';
    const value = flags[index + 1];
    if (word === '--format' && (value === 'json' || value === 'ndjson')) return value;
  }
  return null;
}
