import type { HealthCheckOptions } from '../../core/check/options.js';
import type { Process } from '../context.js';
import { checkLine, drillLine } from '../render/health-lines.js';
import { keyless } from '../render/keyless.js';
import type { LiveTable } from '../render/live-table.js';
import { oneLine } from '../render/sanitize.js';
import type { Spinner } from '../render/spinner.js';
import type { Paint } from '../render/wrapped.js';
import { colorFor, mayMove } from '../screen.js';
import type { HealthFlags } from './health-flags.js';

/** Tells how far the checks and drills have come. */
export type Progress = Required<
  Pick<HealthCheckOptions, 'onPlanned' | 'onBegun' | 'onChecked' | 'onDrill' | 'onDrilled'>
>;

/** With fewer lines a table would show next to nothing. */
const fewestLines = 4;

export interface LiveProgress {
  readonly table: LiveTable;
  readonly progress: Progress;
}

/** A table of what is checked, where a person looks on: standard output and standard error are a terminal. Else null. */
export async function openTable(context: {
  readonly flags: HealthFlags;
  readonly process: Process;
}): Promise<LiveProgress | null> {
  const { flags, process } = context;
  const { stdout, stderr, env } = process;
  const isPretty = (flags.format ?? 'pretty') === 'pretty' && flags.exitStyle === undefined;
  if (!isPretty || stdout.isTTY !== true || !mayMove(context)) return null;
  if ((stderr.rows ?? fewestLines) < fewestLines) return null;
  const { LiveTable } = await import('../render/live-table.js');
  const color = await colorFor(stderr, { flag: flags.color, env });
  const table = new LiveTable({ stream: stderr, process, color });
  const paint: Paint = (style, text) => color?.[style](text) ?? text;
  return { table, progress: inTable(table, paint) };
}

function inTable(table: LiveTable, paint: Paint): Progress {
  const shown = (name: string): string => oneLine(keyless(name));
  const drillOf = (spec: string): string => shown(`drill of ${spec}`);
  return {
    onPlanned: (planned) => table.plan(planned.map(({ subject }) => shown(subject))),
    onBegun: ({ subject }) => table.begin(shown(subject)),
    onChecked: (result) => {
      const state = result.status === 'pass' ? 'good' : 'bad';
      table.settle(shown(result.subject), { state, text: checkLine(keyless(result), paint) });
    },
    onDrill: (spec) => {
      table.plan([drillOf(spec)]);
      table.begin(drillOf(spec));
    },
    onDrilled: (spec, steps) => {
      const state = steps.every(({ status }) => status === 'pass') ? 'good' : 'bad';
      table.settle(drillOf(spec), { state, text: drillLine(drillOf(spec), steps, paint) });
    },
  };
}

/** The same for a spinner, which has room for a few names. */
export function inSpinner(spinner: Spinner | null): Progress {
  const waiting = new Set<string>();
  const tell = (): void => {
    const shown = [...waiting].slice(0, 3).join(', ');
    if (waiting.size > 0) spinner?.show(`${shown}${waiting.size > 3 ? ` and ${waiting.size - 3} more` : ''}`);
  };
  return {
    onPlanned: (planned) => {
      for (const { subject } of planned) waiting.add(subject);
      tell();
    },
    onBegun: () => {},
    onChecked: ({ subject }) => {
      waiting.delete(subject);
      tell();
    },
    onDrill: (spec) => spinner?.show(`drill of ${spec}`),
    onDrilled: () => {},
  };
}
