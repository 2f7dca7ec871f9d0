import type { Resolution } from '../../core/resolution.js';
import type { Process } from '../context.js';
import { helpWidth } from '../help-layout.js';
import { type Paint, resolutionLines, resolutionRows } from '../render/resolve-lines.js';
import { resolveReport } from '../render/resolve-report.js';
import { oneLine } from '../render/sanitize.js';
import { tabbed } from '../render/table.js';
import { type ReportFlags, reportCommand } from '../report-command.js';

/** `majordomo resolve [spec…]`: what names mean, without sending anything. Resolves to the exit code. */
export async function resolve(
  specs: readonly string[],
  context: { readonly flags: ReportFlags; readonly process: Process },
): Promise<number> {
  const nothing: readonly Resolution[] = [];
  return reportCommand(context, {
    nothing,
    find: async ({ registry, warnings }) => {
      const asked = specs.length > 0 ? specs : [...registry.aliases.keys()].sort();
      const resolutions = await registry.resolve(asked);
      warnings.push(...registry.health.takeWarnings());
      return resolutions;
    },
    isBroken: (resolutions) => resolutions.some(({ error }) => error !== null),
    report: (resolutions, facts) => resolveReport({ ...facts, resolutions }),
    lines: async ({ resolutions }, { now, format, notices, color }) => {
      if (resolutions.length === 0) {
        notices.notice(
          'there are no aliases; name a spec, or define one: export MAJORDOMO_ALIAS_FAST=m1/qwen3,openai/gpt-x',
        );
      }
      if (format === 'plain') {
        return tabbed(resolutions.flatMap((one) => resolutionRows(one, now)).map((row) => row.map(oneLine)));
      }
      const chalk = await color();
      const paint: Paint = (style, text) => chalk?.[style](text) ?? text;
      const layout = { now, width: helpWidth(context.process.stdout), paint };
      return resolutions.flatMap((one, index) => [
        ...(index === 0 ? [] : ['']),
        ...resolutionLines(one, layout),
      ]);
    },
  });
}
