import { ConfigError, type Warning } from '../../core/errors.js';
import type { HealthEntry } from '../../core/ports.js';
import type { Registry } from '../../registry.js';
import type { Process } from '../context.js';
import { memoryReport, memoryRows } from '../render/memory-report.js';
import { oneLine } from '../render/sanitize.js';
import { tabbed, table } from '../render/table.js';
import { reportCommand } from '../report-command.js';
import type { HealthFlags } from './health-flags.js';
import { meantBy } from './health-reset.js';

/** Who asks for the memory itself waits for it, as for any database. */
const storePatienceMs = 10_000;

/** `majordomo health --memory` and `--reset`. Resolves to the exit code. */
export async function healthMemory(context: {
  readonly flags: HealthFlags;
  readonly process: Process;
}): Promise<number> {
  const { memory, reset } = context.flags;
  const nothing: readonly HealthEntry[] = [];
  return reportCommand(context, {
    nothing: () => nothing,
    storePatienceMs,
    find: async ({ registry, notices, warnings }) => {
      const entries = await registry.health.entries();
      warnings.push(...remarks(registry));
      if (reset === undefined) return entries;
      const forgotten = reset === true ? entries : await meantBy(reset, { entries, registry });
      await registry.health.clear(forgotten.map(({ key }) => key));
      warnings.push(...remarks(registry));
      notices.notice(forgotten.length === 0 ? 'nothing was remembered' : `forgotten: ${namesOf(forgotten)}`);
      return entries.filter((entry) => !forgotten.includes(entry));
    },
    report: (entries, facts) => memoryReport({ ...facts, entries }),
    lines: (report, { now, format, notices }) => {
      if (memory !== true) return [];
      const rows = memoryRows(report, now).map((row) => row.map(oneLine));
      if (rows.length === 0) notices.notice('nothing is remembered');
      return format === 'pretty' ? table(rows) : tabbed(rows);
    },
  });
}

/** What is odd about the memory. That it is away is an error here: a run goes on without, but this command is about it. */
function remarks(registry: Registry): readonly Warning[] {
  const all = registry.health.takeWarnings();
  const away = all.find(({ code }) => code === 'health-store');
  if (away !== undefined) throw new ConfigError(away.code, away.message.replace(/^.*?only: /, ''));
  return all;
}

function namesOf(entries: readonly HealthEntry[]): string {
  return [...new Set(entries.map(({ name }) => name))].join(', ');
}
