import type { SchemeLookup } from './dsn.js';
import { ConfigError } from './errors.js';
import { LazyMap } from './lazy-map.js';
import type { EnvLookup, FactoryContext, Provider } from './ports.js';
import {
  hiddenBuiltin,
  type IgnoredVariable,
  nameTwice,
  unknownProvider,
  unnamable,
} from './provider-faults.js';
import {
  canonicalName,
  isProviderVariable,
  isSpecName,
  nameOf,
  unnamableIn,
  variableOf,
  whyIgnored,
} from './provider-names.js';
import {
  buildSlot,
  DefinedName,
  type Definition,
  type ResolvedProvider,
  type SlotParts,
  schemeOf,
} from './provider-slot.js';
import type { RegistryParts, Scheme } from './registry-parts.js';
import type { Source } from './source.js';

/** Who answers to a name: a provider, or the error that stands in its place. */
export interface ProviderEntry {
  readonly name: string;
  readonly found: { readonly resolved: ResolvedProvider } | { readonly error: ConfigError };
  /** Where it was defined; null for nowhere. */
  readonly source: Source | null;
  /** The scheme as far as it could be read. */
  readonly scheme: string | null;
  /** Weaker definitions of the same name, strongest first. */
  readonly shadows: readonly Source[];
}

type Defined = DefinedName | undefined;

const builtinSource: Source = { kind: 'builtin', key: 'built in' };

/**
 * Who answers to a provider's name: what the program registered, else what the environment says, be it good or
 * broken, else what a file says, else what is built in. A variable hides the built-in of its name even when it cannot be read, so that
 * a prompt meant for a gateway never goes to the public API.
 */
export class Providers {
  readonly #registered = new Map<string, ResolvedProvider>();
  readonly #environment = new Map<string, DefinedName>();
  /** The variables that gave each name, however many times they were loaded. */
  readonly #variables = new Map<string, readonly string[]>();
  readonly #files = new LazyMap<DefinedName>();
  readonly #builtin = new Map<string, ResolvedProvider>();
  readonly #builtinNames: ReadonlySet<string>;
  readonly #schemes = new Map<string, Scheme>();
  readonly #ignored = new Map<string, string>();
  readonly #envLookup: EnvLookup;
  readonly #slotParts: SlotParts;

  constructor(parts: RegistryParts) {
    for (const scheme of parts.schemes) this.#schemes.set(scheme.scheme, scheme);
    this.#builtinNames = new Set(parts.builtins);
    this.#envLookup = (name) => parts.envLookup(name) || undefined;
    const context: FactoryContext = {
      envLookup: this.#envLookup,
      openCredential: (dsn, usual) => parts.openCredential(dsn, usual, this.#envLookup),
    };
    const lookup: SchemeLookup = {
      traits: (scheme) => this.#schemes.get(scheme)?.traits,
      names: () => [...this.#schemes.keys()],
    };
    this.#slotParts = { schemes: this.#schemes, lookup, context };
  }

  register(provider: Provider): void {
    const { name } = provider;
    if (!isSpecName(name)) throw unnamable('provider', { key: 'registerProvider' });
    const source: Source = { kind: 'program', key: 'program' };
    const scrub = (text: string): string => provider.scrub?.(text) ?? text;
    this.#registered.set(name, { provider, source, scrub, warnings: [] });
  }

  registerScheme(scheme: Scheme): void {
    if (!/^[a-z][a-z0-9.-]*$/.test(scheme.scheme)) {
      throw new ConfigError(
        'scheme-name',
        'a scheme is named by lower-case letters, digits, dots and hyphens',
        'for example: my-scheme',
      );
    }
    this.#schemes.set(scheme.scheme, scheme);
    this.#builtin.delete(scheme.scheme);
    // what named this scheme before it was registered, or while another had its name, gets its chance now
    for (const defined of [...this.#environment.values(), ...this.#files.made()])
      defined.forget(scheme.scheme);
  }

  /** Defines a provider by its DSN, weaker than the environment; what is wrong with it is told when it is used. */
  define(name: string, definition: { text: string; source: Source }): void {
    if (!isSpecName(name)) throw unnamable('provider', definition.source);
    this.#files.set(name, DefinedName.inFile(definition, { name, parts: this.#slotParts }));
  }

  /** The same for many. Each is looked at when it is asked for. */
  defineAll(dsns: Readonly<Record<string, string>>, sourceOf: (name: string) => Source): void {
    const wrong = unnamableIn(Object.keys(dsns));
    if (wrong !== undefined) throw unnamable('provider', sourceOf(wrong));
    this.#files.setAll(dsns, (name) =>
      DefinedName.inFile(
        { text: dsns[name] as string, source: sourceOf(name) },
        { name, parts: this.#slotParts },
      ),
    );
  }

  loadEnv(env: Readonly<Record<string, string | undefined>>): void {
    for (const variable of Object.keys(env)) {
      if (!isProviderVariable(variable)) continue;
      const text = env[variable];
      if (text === undefined || text === '') continue;
      const reason = whyIgnored(variable, text);
      if (reason !== null) {
        this.#ignored.set(variable, reason);
        continue;
      }
      this.#ignored.delete(variable);
      this.#load(nameOf(variable), { variable, text });
    }
  }

  find(name: string): Provider | undefined {
    try {
      return this.resolve(name).provider;
    } catch (error) {
      if (error instanceof ConfigError) return undefined;
      throw error;
    }
  }

  /**
   * The one name of a provider, however it is spelled: `MY_PROV` is `my-prov`. A name that the program or a file
   * wrote otherwise stands as it was written, and is found by nothing else.
   */
  nameFor(spelling: string): string {
    if (this.#registered.has(spelling)) return spelling;
    const name = canonicalName(spelling);
    if (this.#registered.has(name) || this.#fromEnvironment(name) !== undefined) return name;
    return this.#files.has(spelling) ? spelling : name;
  }

  /** Throws what was recorded under the name, or an `UnknownProviderError`. */
  resolve(spelling: string): ResolvedProvider {
    const name = this.nameFor(spelling);
    const registered = this.#registered.get(name);
    if (registered !== undefined) return registered;
    const slot = (this.#fromEnvironment(canonicalName(name)) ?? this.#files.get(name))?.slot;
    if (slot !== undefined) {
      if ('error' in slot) throw slot.error;
      return slot.resolved;
    }
    const builtin = this.#resolveBuiltin(name);
    if (builtin !== undefined) return builtin;
    const variable = variableOf(name);
    throw unknownProvider(name, { variable, names: this.names(), ignored: this.ignoredFor(name) });
  }

  /** What is known of a name, whatever is wrong with it. */
  entry(spelling: string): ProviderEntry {
    const name = this.nameFor(spelling);
    const fromEnvironment = this.#fromEnvironment(canonicalName(name));
    const fromFile = this.#files.get(name);
    const [source = null, ...shadows] = this.#sources(name, { fromEnvironment, fromFile });
    const { definition = null } = fromEnvironment ?? fromFile ?? {};
    try {
      const resolved = this.resolve(name);
      return { name, found: { resolved }, source, scheme: resolved.provider.scheme ?? null, shadows };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { name, found: { error }, source, scheme: schemeOf(definition, this.#slotParts), shadows };
    }
  }

  /** Who defines a name, strongest first. */
  #sources(name: string, found: { fromEnvironment: Defined; fromFile: Defined }): Source[] {
    const sources: Source[] = [];
    const registered = this.#registered.get(name);
    if (registered !== undefined) sources.push(registered.source);
    for (const defined of [found.fromEnvironment, found.fromFile]) {
      if (defined !== undefined) sources.push(this.#sourceOf(name, defined));
    }
    if (!this.#builtinNames.has(name)) return sources;
    const ignored = this.ignoredFor(name);
    if (ignored !== undefined) sources.push({ kind: 'env', key: ignored.key });
    return [...sources, builtinSource];
  }

  /** The variable of that name that is there, but is no DSN. */
  ignoredFor(name: string): IgnoredVariable | undefined {
    const canonical = canonicalName(name);
    const known = this.ignored.find(({ key }) => canonicalName(nameOf(key)) === canonical);
    if (known !== undefined) return known;
    const key = variableOf(name);
    const text = this.#envLookup(key);
    const reason = text === undefined ? null : whyIgnored(key, text);
    return reason === null ? undefined : { key, reason };
  }

  /** Every name somebody answers to, broken ones included. */
  names(): readonly string[] {
    return [
      ...new Set([
        ...this.#registered.keys(),
        ...this.#environment.keys(),
        ...this.#files.keys(),
        ...this.#builtinNames,
      ]),
    ];
  }

  usable(): readonly string[] {
    const own = [...this.#registered.keys(), ...this.#environment.keys(), ...this.#files.keys()];
    const builtin = [...this.#builtinNames].filter((name) => this.#isSetUp(name));
    return [...new Set([...own, ...builtin])];
  }

  /** Whether anybody has given a built-in provider a key or an address, or hidden it. To look is cheaper than to build it. */
  #isSetUp(name: string): boolean {
    if (this.#fromEnvironment(name) !== undefined || this.ignoredFor(name) !== undefined) return true;
    const variables = this.#schemes.get(name)?.usualVariables;
    if (variables?.every((variable) => this.#envLookup(variable) === undefined)) return false;
    const { found } = this.entry(name);
    if ('error' in found) return true;
    const { provider } = found.resolved;
    return provider.credential?.() != null || (provider.endpointVariable ?? null) !== null;
  }

  get ignored(): readonly IgnoredVariable[] {
    return [...this.#ignored].map(([key, reason]) => ({ key, reason }));
  }

  /** Looked up when first used, and remembered: the first registration wins. */
  #fromEnvironment(name: string): DefinedName | undefined {
    const loaded = this.#environment.get(name);
    if (loaded !== undefined) return loaded;
    const variable = variableOf(name);
    const text = this.#envLookup(variable);
    if (text === undefined || whyIgnored(variable, text) !== null) return undefined;
    this.#ignored.delete(variable);
    return this.#load(name, { variable, text });
  }

  /** A variable loaded again replaces what it said before; another one of the same name makes it nobody's. */
  #load(name: string, found: { variable: string; text: string }): DefinedName {
    const before = this.#variables.get(name) ?? [];
    const variables = before.includes(found.variable) ? before : [...before, found.variable];
    this.#variables.set(name, variables);
    const definition: Definition = { ...found, source: { kind: 'env', key: found.variable } };
    const defined =
      variables.length === 1
        ? DefinedName.by(definition, { name, parts: this.#slotParts })
        : DefinedName.broken(nameTwice(name, variables));
    this.#environment.set(name, defined);
    return defined;
  }

  #resolveBuiltin(name: string): ResolvedProvider | undefined {
    if (!this.#builtinNames.has(name)) return undefined;
    const ignored = this.ignoredFor(name);
    if (ignored !== undefined) throw hiddenBuiltin(name, ignored);
    const known = this.#builtin.get(name);
    if (known !== undefined) return known;
    const slot = buildSlot(
      name,
      { variable: name, text: `${name}://`, source: builtinSource },
      this.#slotParts,
    );
    if ('error' in slot) throw slot.error;
    const key = slot.resolved.provider.endpointVariable ?? null;
    const source: Source = key === null ? builtinSource : { kind: 'env', key };
    const resolved = { ...slot.resolved, source };
    this.#builtin.set(name, resolved);
    return resolved;
  }

  #sourceOf(name: string, { definition }: DefinedName): Source {
    return definition?.source ?? { kind: 'env', key: (this.#variables.get(name) ?? []).join(' and ') };
  }
}
