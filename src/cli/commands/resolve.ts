import { MajordomoError, type Warning } from '../../core/errors.js';
import type { Resolution } from '../../core/resolution.js';
import { systemClock } from '../../index.js';
import { type Process, wantsColor } from '../context.js';
import { exitCodeOf, exitCodes } from '../exit-codes.js';
import { helpWidth } from '../help-layout.js';
import { Output } from '../output.js';
import { errorLines } from '../render/error-lines.js';
import { visibleJson } from '../render/json.js';
import { type Paint, resolutionLines, resolutionRows } from '../render/resolve-lines.js';
import { type ResolveReport, resolveReport } from '../render/resolve-report.js';
import { oneLine } from '../render/sanitize.js';
import { tabbed } from '../render/table.js';
import { openNotices } from '../screen.js';
import { setUp } from '../setup.js';
import type { ResolveFlags } from './resolve-flags.js';

/** `majordomo resolve [spec…]`: what names mean, without sending anything. Resolves to the exit code. */
export async function resolve(
  specs: readonly string[],
  { flags, process }: { readonly flags: ResolveFlags; readonly process: Process },
): Promise<number> {
  const output = new Output(process.stdout, () => {});
  const notices = await openNotices({ flags, process, output, spinner: null });
  const startedMs = systemClock.monotonic();
  const now = systemClock.now();
  const warnings: Warning[] = [];
  let resolutions: readonly Resolution[] = [];
  let error: unknown = null;
  try {
    const { registry, warnings: early } = await setUp(flags, process);
    warnings.push(...early);
    try {
      const asked = specs.length > 0 ? specs : [...registry.aliases.keys()].sort();
      resolutions = await registry.resolve(asked);
      warnings.push(...registry.health.takeWarnings());
    } finally {
      await registry.health.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof MajordomoError)) throw thrown;
    error = thrown;
  }
  const isBroken = resolutions.some((resolution) => resolution.error !== null);
  const exitCode = error !== null ? exitCodeOf(error) : isBroken ? exitCodes.configuration : exitCodes.done;
  const durationMs = systemClock.monotonic() - startedMs;
  const report = resolveReport({ resolutions, now, warnings, error, exitCode, durationMs });
  for (const warning of warnings) notices.notice(warning.message);
  const format = flags.format ?? (process.stdout.isTTY ? 'pretty' : 'plain');
  if (format === 'json') output.write(`${visibleJson(report, 2)}\n`);
  else if (format === 'plain') writeRows(report, { output, now });
  else await writeTrees(report, { output, now, flags, process });
  if (error !== null) {
    for (const [index, line] of errorLines(error).entries())
      notices.line(line, index === 0 ? 'red' : undefined);
  } else if (resolutions.length === 0) {
    notices.notice(
      'there are no aliases; name a spec, or define one: export MAJORDOMO_ALIAS_FAST=m1/qwen3,openai/gpt-x',
    );
  }
  await output.end();
  return exitCode;
}

function writeRows({ resolutions }: ResolveReport, { output, now }: { output: Output; now: number }): void {
  const rows = resolutions.flatMap((resolution) => resolutionRows(resolution, now));
  for (const line of tabbed(rows.map((row) => row.map(oneLine)))) output.write(`${line}\n`);
}

async function writeTrees(
  { resolutions }: ResolveReport,
  at: { output: Output; now: number; flags: ResolveFlags; process: Process },
): Promise<void> {
  const { output, now, flags, process } = at;
  const { stdout, env } = process;
  const colored = wantsColor({ flag: flags.color, env, isTTY: stdout.isTTY === true });
  const chalk = colored ? new (await import('chalk')).Chalk({ level: 1 }) : null;
  const paint: Paint = (style, text) => (chalk === null ? text : chalk[style](text));
  for (const [index, resolution] of resolutions.entries()) {
    const lines = resolutionLines(resolution, { now, width: helpWidth(stdout), paint });
    output.write(`${index === 0 ? '' : '\n'}${lines.join('\n')}\n`);
  }
}
