import { Aliases } from './aliases.js';
import type { ChainTarget } from './chain/parts.js';
import { Chain } from './chain.js';
import type { HealthCheckReport } from './check/health-check.js';
import type { HealthCheckOptions } from './check/options.js';
import type { Question } from './check/plan.js';
import type { SchemeTraits } from './dsn.js';
import { aliasPlace, placedError } from './error-place.js';
import { type ConfigError, UnknownProviderError, type Warning } from './errors.js';
import { healthConfig } from './health.js';
import { healthSubject } from './health-subject.js';
import { HealthTracker } from './health-tracker.js';
import type { ListModelsOptions, ModelListing } from './model-listing.js';
import type { Provider, SchemeFactory } from './ports.js';
import { noDefaultModel, unknownName } from './provider-faults.js';
import { type ProviderInfo, providerInfos } from './provider-info.js';
import { variableOf } from './provider-names.js';
import type { ResolvedProvider } from './provider-slot.js';
import { Providers } from './providers.js';
import type { RegistryParts } from './registry-parts.js';
import { type Resolution, resolveSpecs } from './resolution.js';
import { visible } from './shown.js';
import type { Source } from './source.js';
import {
  type Alias,
  aliasNaming,
  expandSpec,
  type SpecNames,
  type SpecNode,
  type TargetName,
} from './spec.js';

/** Knows providers, schemes and aliases, and turns a spec into a chain. */
export class CoreRegistry {
  /** What is remembered of targets and providers. */
  readonly health: HealthTracker;
  readonly #providers: Providers;
  readonly #aliases = new Aliases();
  readonly #parts: RegistryParts;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
    const { store, memory, clock, random, storePatienceMs: patienceMs } = parts;
    const config = healthConfig(parts.health);
    this.health = new HealthTracker({ store, ...(memory && { memory }), patienceMs, clock, random, config });
    this.#providers = new Providers(parts);
    if (parts.env !== null) this.loadEnv(parts.env);
  }

  /** Adds a provider under its name, or replaces the one there; stronger than environment and built-ins. */
  registerProvider(provider: Provider): void {
    this.#providers.register(provider);
  }

  /**
   * Gives a spec (a target, an alias or a chain) a bare name. What had the name before is replaced, and
   * remembered as shadowed. Throws a `ConfigError` for a name with a slash, a comma or white space.
   */
  registerAlias(name: string, spec: string, source: Source = { kind: 'program', key: 'program' }): void {
    this.#aliases.set(name, spec, source);
  }

  /**
   * The same for many at once, which takes a fraction of the time: each is made when it is asked for, as is its source by
   * `sourceOf`, so that `specs` must not change any more. Of names with a bad one among them none is registered.
   */
  registerAliases(specs: Readonly<Record<string, string>>, sourceOf: (name: string) => Source): void {
    this.#aliases.setAll(specs, sourceOf);
  }

  /** The same for one that cannot be used: the error is thrown when, and only when, it is named. */
  registerBrokenAlias(name: string, error: ConfigError, source: Source): void {
    this.#aliases.setBroken(name, error, source);
  }

  /**
   * Adds a kind of provider, or replaces one: `LLM_<NAME>` variables may use it from now on, those already seen
   * included. Without `options` in the traits the factory is given every option it does not share with others.
   */
  registerScheme(scheme: string, factory: SchemeFactory, traits: SchemeTraits = { options: 'any' }): void {
    this.#providers.registerScheme({ scheme, factory, traits });
  }

  /** Defines a provider by a DSN from a file: weaker than the environment, stronger than the built-in of that name. */
  defineProvider(name: string, dsn: string, source: Source): void {
    this.#providers.define(name, { text: dsn, source });
  }

  /**
   * The same for many at once: each is read when its provider is asked for, so that `dsns` must not change any more. Throws a
   * `ConfigError` for a name that no spec can hold; then none is defined.
   */
  defineProviders(dsns: Readonly<Record<string, string>>, sourceOf: (name: string) => Source): void {
    this.#providers.defineAll(dsns, sourceOf);
  }

  /** Every provider's name, broken ones and built-ins included. */
  get providerNames(): readonly string[] {
    return this.#providers.names();
  }

  /** Names of providers that somebody set up, broken ones included: not the built-ins that have neither key nor address. */
  usable(): readonly string[] {
    return this.#providers.usable();
  }

  /** The provider of that name: registered, from the environment, or built in; undefined for none or a broken one. */
  provider(name: string): Provider | undefined {
    return this.#providers.find(name);
  }

  /**
   * Loads every `LLM_*` variable. Never throws on a malformed one: the error is kept under its name and thrown
   * when that name is used.
   */
  loadEnv(env: Readonly<Record<string, string | undefined>>): void {
    this.#providers.loadEnv(env);
  }

  /** Everything configured under an alias, those of files first. */
  get aliases(): ReadonlyMap<string, Alias> {
    return this.#aliases.known;
  }

  /** `LLM_*` variables that are not DSNs, with the reason; values are never kept. */
  get ignored(): readonly { readonly key: string; readonly reason: string }[] {
    return this.#providers.ignored;
  }

  /**
   * Expands a spec to a chain. Throws a `UsageError` for its wording, a `ConfigError` (`AliasCycleError`,
   * `DsnError`, `UnknownProviderError`…) for what it names. Sends nothing.
   */
  parse(spec: string): Chain {
    const expansion = expandSpec(spec, this.#specNames());
    const warnings: Warning[] = expansion.duplicates.map((target) => ({
      code: 'duplicate-target',
      message: `${visible(target)} is named more than once: the first mention stands`,
    }));
    const seen = new Set<string>();
    const targets = expansion.targets.map((target) => {
      const resolved = this.#resolved(target, expansion.tree);
      if (!seen.has(target.provider)) {
        warnings.push(...resolved.warnings, ...(resolved.provider.warnings?.() ?? []));
      }
      seen.add(target.provider);
      return chainTarget(target, resolved);
    });
    const { chain: config = {}, clock, random } = this.#parts;
    return new Chain({ spec, expansion, targets, warnings, config, health: this.health, clock, random });
  }

  /**
   * What specs mean now: where each name leads and from where, whose turn it would be, and what stands in the way. Sends
   * nothing, and never throws for what is wrong with a spec.
   */
  resolve(specs: readonly string[]): Promise<readonly Resolution[]> {
    return resolveSpecs(specs, {
      names: this.#specNames(),
      provider: (target, tree) => this.#resolved(target, tree),
      health: this.health,
    });
  }

  /**
   * What is known of providers, by name or of all that somebody set up, whatever is wrong with them. Sends nothing, and runs
   * no command. Throws an `UnknownProviderError` for a name that nobody has.
   */
  describe(names: readonly string[] = this.usable()): Promise<readonly ProviderInfo[]> {
    return providerInfos(names, { entry: (name) => this.#providers.entry(name), health: this.health });
  }

  /**
   * Asks providers for their models, all at the same time; each fails for itself. Runs no `key_cmd`. Throws an
   * `UnknownProviderError` for a name that nobody has, before anything is sent.
   */
  async listModels(
    names: readonly string[],
    options: ListModelsOptions = {},
  ): Promise<readonly ModelListing[]> {
    const { clock, chain = {} } = this.#parts;
    const infos = await this.describe(names);
    const { listModels } = await import('./model-listing.js');
    return listModels(infos, { ...options, clock, chain });
  }

  /**
   * Checks providers, targets and chains by name, or every provider that somebody set up; `isNegative` judges the report. Spends no
   * tokens unless `level` is `generates`, and remembers nothing unless `record` is set. Throws before anything is sent: a `UsageError` for
   * options with which less would be checked than it seems, a `ConfigError` where there is nothing to check (`nothing-to-check`) or to
   * drill (`nothing-to-drill`), and what `parse` and `describe` throw for a name.
   */
  async check(names?: readonly string[], options: HealthCheckOptions = {}): Promise<HealthCheckReport> {
    const { clock, chain: config = {} } = this.#parts;
    const { checkHealth } = await import('./check/health-check.js');
    return checkHealth(
      {
        names,
        questionOf: (name) => this.#question(name),
        usable: () => this.usable(),
        describe: (providers) => this.describe(providers),
        providerName: (spelling) => this.#providers.nameFor(spelling),
        clock,
        config,
        health: this.health,
        chainOf: (spec) => this.parse(spec),
      },
      options,
    );
  }

  #question(name: string): Question {
    if (name.includes(',') || this.aliases.has(name)) {
      const { targets } = expandSpec(name, this.#specNames());
      return { kind: 'chain', spec: name, targets: targets.map(({ target }) => target) };
    }
    if (name.includes('/')) {
      const [target] = expandSpec(name, this.#specNames()).targets;
      if (target !== undefined) return { kind: 'target', target: target.target };
    }
    const { found } = this.#providers.entry(name);
    if ('error' in found && found.error instanceof UnknownProviderError) throw this.#unknownName(name);
    return { kind: 'provider', name };
  }

  #resolved(target: TargetName, tree: readonly SpecNode[]): ResolvedProvider {
    try {
      return this.#providers.resolve(target.provider);
    } catch (error) {
      const { name, source = null } = aliasNaming(target.target, tree) ?? { name: '' };
      throw placedError(error, source === null ? null : aliasPlace({ name, source }));
    }
  }

  #specNames(): SpecNames {
    return {
      alias: (name) => this.aliases.get(name),
      providerName: (spelling) => this.#providers.nameFor(spelling),
      defaultModel: (name) => this.#defaultModel(name),
      noDefaultModel: (name) => noDefaultModel(name, this.#names()),
      unknownName: (name) => this.#unknownName(name),
    };
  }

  #defaultModel(name: string): string | null | undefined {
    try {
      return this.#providers.resolve(name).provider.defaultModel ?? null;
    } catch (error) {
      if (error instanceof UnknownProviderError) return undefined;
      throw error;
    }
  }

  /** What a bare name may have been meant for. */
  #names(): readonly string[] {
    return [...this.aliases.keys(), ...this.#providers.names()];
  }

  #unknownName(name: string): UnknownProviderError {
    return unknownName(name, {
      variable: variableOf(name),
      names: this.#names(),
      ignored: this.#providers.ignoredFor(name),
      // as examples, so broken ones are none
      usable: this.usable().filter((other) => this.provider(other) !== undefined),
    });
  }
}

function chainTarget(
  name: TargetName,
  resolved: { readonly provider: Provider; readonly scrub: (text: string) => string },
): ChainTarget {
  const { provider, scrub } = resolved;
  return {
    target: name.target,
    name: name.provider,
    model: name.model,
    provider,
    scrub,
    health: healthSubject(name, provider),
  };
}
