import { ConfigError, MajordomoError, StoreError, type Warning } from '../../core/errors.js';
import type { HealthEntry } from '../../core/ports.js';
import { type Registry, systemClock } from '../../index.js';
import type { Process } from '../context.js';
import { exitCodeOf, exitCodes } from '../exit-codes.js';
import { Output } from '../output.js';
import { errorLines } from '../render/error-lines.js';
import { visibleJson } from '../render/json.js';
import { memoryReport, memoryRows } from '../render/memory-report.js';
import { oneLine } from '../render/sanitize.js';
import { tabbed, table } from '../render/table.js';
import { openNotices } from '../screen.js';
import { setUp } from '../setup.js';
import type { HealthFlags } from './health-flags.js';

/** `majordomo health --memory` and `--reset`. Resolves to the exit code. */
export async function health(context: {
  readonly flags: HealthFlags;
  readonly process: Process;
}): Promise<number> {
  const { flags, process } = context;
  const output = new Output(process.stdout, () => {});
  const notices = await openNotices({ flags, process, output, spinner: null });
  const startedMs = systemClock.monotonic();
  const now = systemClock.now();
  const warnings: Warning[] = [];
  let entries: readonly HealthEntry[] = [];
  let error: unknown = null;
  try {
    const { registry, warnings: early } = await setUp(flags, process);
    warnings.push(...early);
    try {
      entries = await registry.health.entries();
      warnings.push(...remarks(registry));
      if (flags.reset !== undefined) {
        const { kept, forgotten } = split(entries, flags.reset);
        await registry.health.clear(forgotten.map(({ key }) => key));
        warnings.push(...remarks(registry));
        entries = kept;
        notices.notice(
          forgotten.length === 0 ? 'nothing was remembered' : `forgotten: ${namesOf(forgotten)}`,
        );
      }
    } finally {
      await registry.health.close();
    }
  } catch (thrown) {
    error = thrown instanceof StoreError ? new ConfigError(thrown.code, thrown.message, thrown.hint) : thrown;
    if (!(error instanceof MajordomoError)) throw error;
  }
  const exitCode = error === null ? exitCodes.done : exitCodeOf(error);
  const report = memoryReport({
    entries: error === null ? entries : [],
    now,
    warnings,
    error,
    exitCode,
    durationMs: systemClock.monotonic() - startedMs,
  });
  for (const warning of warnings) notices.notice(warning.message);
  const format = flags.format ?? (process.stdout.isTTY ? 'pretty' : 'plain');
  if (format === 'json') output.write(`${visibleJson(report, 2)}\n`);
  else if (error === null && flags.memory === true) {
    const rows = memoryRows(report, now).map((row) => row.map(oneLine));
    for (const line of format === 'pretty' ? table(rows) : tabbed(rows)) output.write(`${line}\n`);
    if (rows.length === 0) notices.notice('nothing is remembered');
  }
  if (error !== null) {
    for (const [index, line] of errorLines(error).entries())
      notices.line(line, index === 0 ? 'red' : undefined);
  }
  await output.end();
  return exitCode;
}

/** What is odd about the memory. That it is away is an error here: a run goes on without, but this command is about it. */
function remarks(registry: Registry): readonly Warning[] {
  const all = registry.health.takeWarnings();
  const away = all.find(({ code }) => code === 'health-store');
  if (away !== undefined) throw new ConfigError(away.code, away.message.replace(/^.*?only: /, ''));
  return all;
}

/** Of a target its own circuit; of a provider also those of its targets. */
function split(
  entries: readonly HealthEntry[],
  reset: string | true,
): { readonly kept: readonly HealthEntry[]; readonly forgotten: readonly HealthEntry[] } {
  const meant = ({ name }: HealthEntry): boolean =>
    reset === true || name === reset || name.startsWith(`${reset}/`);
  return { kept: entries.filter((entry) => !meant(entry)), forgotten: entries.filter(meant) };
}

function namesOf(entries: readonly HealthEntry[]): string {
  return [...new Set(entries.map(({ name }) => name))].join(', ');
}
