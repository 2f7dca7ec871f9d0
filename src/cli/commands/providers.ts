import { modelCachePath, type RememberedModels, rememberModels } from '../../config/model-cache.js';
import { dispositionOf, isErrorKind } from '../../core/classify.js';
import { UnknownProviderError, type Warning } from '../../core/errors.js';
import type { ModelListing } from '../../core/model-listing.js';
import type { ProviderInfo } from '../../core/provider-info.js';
import { isModelName } from '../../core/provider-names.js';
import { shown } from '../../core/shown.js';
import type { Registry } from '../../registry.js';
import { systemClock } from '../../system-clock.js';
import type { Process } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { modelFilter } from '../model-filter.js';
import { modelRows, providerRows } from '../render/provider-rows.js';
import { type ProviderFacts, providersReport } from '../render/providers-report.js';
import type { Spinner } from '../render/spinner.js';
import { tabbed } from '../render/table.js';
import { reportCommand } from '../report-command.js';
import type { ProvidersFlags } from './providers-flags.js';

interface Found {
  readonly providers: readonly ProviderFacts[];
  readonly ignored: Registry['ignored'];
  /** Built-in ones that nobody has set up and nobody asked for. */
  readonly folded: number;
}

/** `majordomo providers [name…]`: what is configured, and with `--models` what it offers. Resolves to the exit code. */
export async function providers(
  names: readonly string[],
  context: { readonly flags: ProvidersFlags; readonly process: Process },
): Promise<number> {
  const { flags } = context;
  const nothing: Found = { providers: [], ignored: [], folded: 0 };
  const isNamed = names.length > 0;
  return reportCommand(context, {
    nothing: () => nothing,
    find: async ({ registry, warnings, spinner, interruption }) => {
      const infos = await lookUp(names, { registry, all: flags.all === true });
      warnings.push(...registry.health.takeWarnings());
      const { shown, folded } = infos;
      const ignored = registry.ignored;
      if (flags.models !== true) {
        const aliases = isNamed ? await aliasesOf(registry) : new Map<string, readonly string[]>();
        const facts = shown.map((info) => ({ info, listing: null, aliases: aliases.get(info.name) ?? [] }));
        return { providers: facts, ignored, folded };
      }
      const asked = shown.filter(({ status }) => status === 'ready').map(({ name }) => name);
      const onSettled = progress(asked, spinner);
      const timeout = flags.timeout === undefined ? {} : { timeoutMs: flags.timeout };
      const listings = await registry.listModels(asked, {
        signal: interruption.signal,
        onSettled,
        ...timeout,
      });
      spinner?.stop();
      warnings.push(...listings.flatMap(unnamed));
      await remember(listings, { shown, process: context.process });
      const listingOf = new Map(listings.map((listing) => [listing.provider, listing]));
      const facts = shown.map((info) => ({ info, listing: listingOf.get(info.name) ?? null, aliases: [] }));
      return { providers: facts, ignored, folded };
    },
    exitCode: (found) => exitCodeOf(found.providers, isNamed),
    report: (found, facts) => {
      const matches = flags.filter === undefined ? () => true : modelFilter(flags.filter);
      return providersReport({ ...facts, ...found, matches });
    },
    lines: async (report, { format, notices, layout }) => {
      const showsModels = flags.models === true;
      if (report.providers.length === 0) {
        notices.notice(nothingConfigured);
        if (flags.all !== true) {
          for (const { key, reason } of report.ignored) notices.notice(`${shown(key)} is ignored: ${reason}`);
        }
      }
      if (!showsModels && (flags.filter ?? flags.timeout) !== undefined) {
        notices.notice('--filter and --timeout are for --models: without it they do nothing');
      }
      if (format === 'plain') {
        for (const { name, modelsError, problem, hint } of report.providers) {
          const why = modelsError ?? (showsModels && problem !== null ? { message: problem, hint } : null);
          if (why === null) continue;
          notices.notice(`${name}: ${why.message}${why.hint === null ? '' : `; ${why.hint}`}`);
        }
        const rows = showsModels
          ? modelRows(report)
          : providerRows(report, { ignored: flags.all === true && !isNamed });
        return tabbed(rows);
      }
      const { detailLines, modelLines, tableLines } = await import('../render/providers-lines.js');
      const how = await layout();
      if (showsModels) return modelLines(report, how);
      if (isNamed) return detailLines(report, how);
      return tableLines(report, { ...how, all: flags.all === true });
    },
  });
}

const nothingConfigured =
  'nothing is configured; for example: export LLM_M1=ollama://m1.lan or export OPENAI_API_KEY=…; --all shows what is built in';

async function lookUp(
  names: readonly string[],
  { registry, all }: { readonly registry: Registry; readonly all: boolean },
): Promise<{ readonly shown: readonly ProviderInfo[]; readonly folded: number }> {
  if (names.length > 0) {
    const infos = await registry.describe(names).catch((error: unknown) => {
      throw aliasNotProvider(error, registry);
    });
    const first = new Map(infos.toReversed().map((info) => [info.name, info]));
    return { shown: infos.filter((info) => first.get(info.name) === info), folded: 0 };
  }
  const setUp = new Set(registry.usable());
  const others = registry.providerNames.filter((name) => !setUp.has(name));
  const shown = [...[...setUp].sort(), ...(all ? others.sort() : [])];
  return { shown: await registry.describe(shown), folded: all ? 0 : others.length };
}

/** Who asks for an alias here is told where aliases are shown. */
function aliasNotProvider(error: unknown, { aliases }: Registry): unknown {
  if (!(error instanceof UnknownProviderError) || !aliases.has(error.provider)) return error;
  const name = shown(error.provider);
  return new UnknownProviderError(error.provider, error.message, `it is an alias: majordomo resolve ${name}`);
}

/** Which aliases lead to which provider. */
async function aliasesOf(registry: Registry): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = [...registry.aliases.keys()].sort();
  const leading = new Map<string, string[]>();
  for (const { spec, targets } of await registry.resolve(names)) {
    for (const provider of new Set(targets.map((target) => target.provider))) {
      leading.set(provider, [...(leading.get(provider) ?? []), spec]);
    }
  }
  return leading;
}

/** What is left out of a list, so that each of its lines can be a target. */
function unnamed({ provider, models }: ModelListing): readonly Warning[] {
  const left = models.filter((id) => !isModelName(id)).length;
  if (left === 0) return [];
  const what = 'names with a comma, white space or invisible characters, which no spec can hold';
  return [{ code: 'model-name', message: `${provider}: left out of the list: ${left} ${what}` }];
}

/** For the completion of command lines, which asks nobody itself. That it cannot be kept is no reason to fail. */
async function remember(
  listings: readonly ModelListing[],
  { shown, process }: { readonly shown: readonly ProviderInfo[]; readonly process: Process },
): Promise<void> {
  const path = modelCachePath(process.env, process.platform);
  if (path === null) return;
  const endpoints = new Map(shown.map(({ name, endpoint }) => [name, endpoint]));
  const whole = listings.filter(({ error }) => error === null);
  const found = whole.map(({ provider, models }): [string, RememberedModels] => {
    return [provider, { endpoint: endpoints.get(provider) ?? '', models, updatedAtMs: systemClock.now() }];
  });
  await rememberModels(path, new Map(found));
}

/** Tells who is still being waited for. */
function progress(asked: readonly string[], spinner: Spinner | null): (listing: ModelListing) => void {
  const waiting = new Set(asked);
  const tell = (): void => {
    if (waiting.size > 0)
      spinner?.show(`${[...waiting].slice(0, 3).join(', ')}${waiting.size > 3 ? ', …' : ''}`);
  };
  tell();
  return ({ provider }) => {
    waiting.delete(provider);
    tell();
  };
}

function exitCodeOf(found: readonly ProviderFacts[], isNamed: boolean): number {
  const statuses = new Set(found.map(({ info }) => info.status));
  if (statuses.has('invalid') || (isNamed && statuses.has('no-credential'))) return exitCodes.configuration;
  const errors = isNamed
    ? found.map(({ listing }) => listing?.error ?? null).filter((error) => error !== null)
    : [];
  if (errors.length === 0) return exitCodes.done;
  const kinds = errors.map(({ code }) => code).filter(isErrorKind);
  if (kinds.length < errors.length) return exitCodes.configuration;
  return kinds.some((kind) => dispositionOf(kind).rerun) ? exitCodes.exhausted : exitCodes.permanent;
}
