import type { Resolution } from '../../core/resolution.js';
import type { Registry } from '../../registry.js';
import type { Process } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { resolutionLines, resolutionRows } from '../render/resolve-lines.js';
import { resolveReport } from '../render/resolve-report.js';
import { tabbed } from '../render/table.js';
import { reportCommand } from '../report-command.js';
import { type Setup, setUp } from '../setup.js';
import type { ResolveFlags } from './resolve-flags.js';

interface Found {
  readonly now: readonly Resolution[];
  /** With `--diff`: the same specs with the variables of the file. */
  readonly after: readonly Resolution[] | null;
}

/** `majordomo resolve [spec…]`: what names mean, without sending anything. Resolves to the exit code. */
export async function resolve(
  specs: readonly string[],
  context: { readonly flags: ResolveFlags; readonly process: Process },
): Promise<number> {
  const { flags } = context;
  const nothing: Found = { now: [], after: null };
  return reportCommand(context, {
    nothing: () => nothing,
    find: async ({ registry, warnings }) => {
      const other = flags.diff === undefined ? null : await changed(flags.diff, context);
      if (other !== null) warnings.push(...other.warnings);
      const asked = specs.length > 0 ? specs : aliasesOf([registry, other?.registry]);
      try {
        const now = await registry.resolve(asked);
        warnings.push(...registry.health.takeWarnings());
        return { now, after: (await other?.registry.resolve(asked)) ?? null };
      } finally {
        await other?.registry.health.close();
      }
    },
    exitCode: ({ now, after }) =>
      (after ?? now).some(({ error }) => error !== null) ? exitCodes.configuration : exitCodes.done,
    report: ({ now: resolutions, after }, facts) => {
      const diff =
        flags.diff === undefined || after === null ? null : { file: flags.diff, resolutions: after };
      return resolveReport({ ...facts, resolutions, diff });
    },
    plain:
      flags.diff === undefined
        ? ({ now: resolutions }, { now, notices }) => {
            if (resolutions.length === 0) notices.notice(noAliases);
            return tabbed(resolutions.flatMap((one) => resolutionRows(one, now)));
          }
        : undefined,
    lines: async ({ resolutions, diff }, { format, notices, layout }) => {
      if (resolutions.length === 0) notices.notice(noAliases);
      if (diff !== null) {
        const { diffLines, diffRows } = await import('../render/resolve-diff.js');
        const pairs = resolutions.map((before, index) => ({
          before,
          after: diff.resolutions[index] ?? before,
        }));
        if (format === 'plain') return tabbed(pairs.flatMap(diffRows));
        const how = await layout();
        return pairs.flatMap((pair, index) => [...(index === 0 ? [] : ['']), ...diffLines(pair, how)]);
      }
      const how = await layout();
      return resolutions.flatMap((one, index) => [
        ...(index === 0 ? [] : ['']),
        ...resolutionLines(one, how),
      ]);
    },
  });
}

const noAliases =
  'there are no aliases; name a spec, or define one: export MAJORDOMO_ALIAS_FAST=m1/qwen3,openai/gpt-x';

function aliasesOf(registries: readonly (Registry | undefined)[]): string[] {
  return [...new Set(registries.flatMap((registry) => [...(registry?.aliases.keys() ?? [])]))].sort();
}

/** The registry as it would be with the variables of a dotenv file; they win over those that are set, and an empty one unsets. */
async function changed(
  file: string,
  { flags, process }: { readonly flags: ResolveFlags; readonly process: Process },
): Promise<Pick<Setup, 'registry' | 'warnings'>> {
  const { readEnvFile } = await import('../../config/env-file.js');
  const { values, warnings } = await readEnvFile(file);
  const { registry } = await setUp(flags, {
    env: { ...process.env, ...values },
    platform: process.platform,
    cwd: () => process.cwd(),
  });
  return { registry, warnings };
}
