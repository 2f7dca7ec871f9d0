import { type Dsn, parseDsn, type SchemeTraits } from './dsn.js';
import { ConfigError, DsnError, UnknownProviderError, type Warning } from './errors.js';
import { didYouMean } from './nearest.js';
import type { EnvLookup, FactoryContext, Provider } from './ports.js';
import { cleanText } from './provider-failure.js';
import type { RegistryParts, Scheme } from './registry-parts.js';
import { scrubber } from './secrets.js';
import type { Source } from './source.js';

/** A provider ready to be asked, and where it was defined. */
export interface ResolvedProvider {
  readonly provider: Provider;
  readonly source: Source;
  /** Takes its secrets out of a text from outside. */
  readonly scrub: (text: string) => string;
  /** What is odd about its DSN without making it unusable. */
  readonly warnings: readonly Warning[];
}

/** A definition that was seen; the text is a secret and stays here. */
interface Definition {
  readonly variable: string;
  readonly text: string;
  readonly source: Source;
}

type Slot = { readonly resolved: ResolvedProvider } | { readonly error: Error; readonly definition: Definition | null };

const prefix = 'LLM_';

/** `my-prov` → `LLM_MY_PROV`. */
export function variableOf(name: string): string {
  return `${prefix}${name.toUpperCase().replaceAll('-', '_')}`;
}

/** `LLM_MY_PROV` → `my-prov`. */
function nameOf(variable: string): string {
  return variable.slice(prefix.length).toLowerCase().replaceAll('_', '-');
}

/**
 * Who answers to a provider's name: what the program registered, else what the environment says, be it good or
 * broken, else what a file says, else what is built in. A variable hides the built-in of its name even when it cannot be read, so that
 * a prompt meant for a gateway never goes to the public API.
 */
export class Providers {
  readonly #registered = new Map<string, ResolvedProvider>();
  readonly #environment = new Map<string, Slot>();
  readonly #files = new Map<string, Slot>();
  readonly #builtin = new Map<string, ResolvedProvider>();
  readonly #builtinNames: ReadonlySet<string>;
  readonly #schemes = new Map<string, Scheme>();
  readonly #ignored = new Map<string, string>();
  readonly #envLookup: EnvLookup;
  readonly #context: FactoryContext;

  constructor(parts: RegistryParts) {
    for (const scheme of parts.schemes) this.#schemes.set(scheme.scheme, scheme);
    this.#builtinNames = new Set(parts.builtins);
    this.#envLookup = (name) => parts.envLookup(name) || undefined;
    this.#context = {
      envLookup: this.#envLookup,
      openCredential: (dsn, usual) => parts.openCredential(dsn, usual, this.#envLookup),
    };
  }

  register(provider: Provider): void {
    const { name } = provider;
    if (name === '' || /[\s/,\p{Cc}]/u.test(name)) {
      throw new ConfigError('provider-name', 'a provider has a name with a slash, a comma or white space, or none', 'name it in one word: my-gateway');
    }
    const source: Source = { kind: 'program', key: 'program' };
    this.#registered.set(name, { provider, source, scrub: (text) => provider.scrub?.(text) ?? text, warnings: [] });
  }

  registerScheme(scheme: Scheme): void {
    if (!/^[a-z][a-z0-9.-]*$/.test(scheme.scheme)) {
      throw new ConfigError('scheme-name', 'a scheme is named by lower-case letters, digits, dots and hyphens', 'for example: my-scheme');
    }
    this.#schemes.set(scheme.scheme, scheme);
    // Variables that named this scheme before anybody knew it get their chance now.
    for (const [name, slot] of this.#environment) {
      if ('error' in slot && slot.definition !== null && slot.error instanceof DsnError && slot.error.code === 'dsn-unknown-scheme') {
        this.#environment.set(name, this.#build(name, slot.definition));
      }
    }
  }

  /** Defines a provider by its DSN, weaker than the environment; what is wrong with it is told when it is used. */
  define(name: string, definition: { text: string; source: Source }): void {
    this.#files.set(name, this.#build(name, { ...definition, variable: definition.source.key }));
  }

  loadEnv(env: Readonly<Record<string, string | undefined>>): void {
    const seen = new Map<string, string>();
    for (const [variable, text] of Object.entries(env)) {
      if (!variable.startsWith(prefix) || text === undefined || text === '') continue;
      const reason = whyIgnored(variable, text);
      if (reason !== null) {
        this.#ignored.set(variable, reason);
        continue;
      }
      const name = nameOf(variable);
      const twin = seen.get(name);
      seen.set(name, variable);
      this.#environment.set(name, twin === undefined ? this.#load(name, { variable, text }) : twins(name, [twin, variable]));
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

  /** Throws what was recorded under the name, or an `UnknownProviderError`. */
  resolve(name: string): ResolvedProvider {
    const registered = this.#registered.get(name);
    if (registered !== undefined) return registered;
    const slot = this.#environment.get(name) ?? this.#lookUp(name) ?? this.#files.get(name);
    if (slot !== undefined) {
      if ('error' in slot) throw slot.error;
      return slot.resolved;
    }
    const builtin = this.#builtin.get(name) ?? this.#buildBuiltin(name);
    if (builtin !== undefined) return builtin;
    const near = didYouMean(name, this.names());
    throw new UnknownProviderError(
      name,
      `unknown provider "${name}": neither the registry nor the variable ${variableOf(name)} has it`,
      near === '' ? `set ${variableOf(name)}=scheme://…` : near,
    );
  }

  /** Every name somebody answers to, broken ones included. */
  names(): readonly string[] {
    return [...new Set([...this.#registered.keys(), ...this.#environment.keys(), ...this.#files.keys(), ...this.#builtinNames])];
  }

  usable(): readonly string[] {
    const own = [...this.#registered.keys(), ...this.#environment.keys(), ...this.#files.keys()];
    const builtin = [...this.#builtinNames].filter((name) => !own.includes(name) && this.find(name)?.credential?.() != null);
    return [...new Set([...own, ...builtin])];
  }

  get ignored(): readonly { readonly key: string; readonly reason: string }[] {
    return [...this.#ignored].map(([key, reason]) => ({ key, reason }));
  }

  /** Looked up when first used, and remembered: the first registration wins. */
  #lookUp(name: string): Slot | undefined {
    if (!/^[a-z0-9-]+$/.test(name)) return undefined;
    const variable = variableOf(name);
    const text = this.#envLookup(variable);
    if (text === undefined || whyIgnored(variable, text) !== null) return undefined;
    const slot = this.#load(name, { variable, text });
    this.#environment.set(name, slot);
    return slot;
  }

  #load(name: string, found: { variable: string; text: string }): Slot {
    return this.#build(name, { ...found, source: { kind: 'env', key: found.variable } });
  }

  #buildBuiltin(name: string): ResolvedProvider | undefined {
    if (!this.#builtinNames.has(name)) return undefined;
    const source: Source = { kind: 'builtin', key: 'built in' };
    const slot = this.#build(name, { variable: name, text: `${name}://`, source });
    if ('error' in slot) throw slot.error;
    this.#builtin.set(name, slot.resolved);
    return slot.resolved;
  }

  #build(name: string, definition: Definition): Slot {
    try {
      return { resolved: this.#open(name, definition) };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { error, definition };
    }
  }

  #open(name: string, definition: Definition): ResolvedProvider {
    const dsn: Dsn = parseDsn(definition.variable, definition.text, {
      traits: (scheme): SchemeTraits | undefined => this.#schemes.get(scheme)?.traits,
      names: () => [...this.#schemes.keys()],
    });
    const scheme = this.#schemes.get(dsn.scheme);
    if (scheme === undefined) throw new Error('the parser accepted a scheme that nobody registered');
    const own = scrubber(dsn.secrets());
    let provider: Provider;
    try {
      provider = scheme.factory(name, dsn, this.#context);
    } catch (thrown) {
      throw factoryError(thrown, { dsn, scrub: own });
    }
    const scrub = (text: string): string => own(provider.scrub?.(text) ?? text);
    return { provider, source: definition.source, scrub, warnings: dsn.warnings };
  }
}

/** What a factory throws may quote the DSN: only its words are kept, without the secrets. */
function factoryError(thrown: unknown, at: { dsn: Dsn; scrub: (text: string) => string }): ConfigError {
  if (thrown instanceof ConfigError) return thrown;
  const why = thrown instanceof Error ? `: ${cleanText(thrown.message, at.scrub)}` : '';
  return new ConfigError('scheme-factory', `${at.dsn.variable}: the scheme's factory failed${why}`);
}

function whyIgnored(variable: string, text: string): string | null {
  if (variable === prefix) return 'the name ends after LLM_';
  return text.includes('://') ? null : 'the value is no DSN: it has no ://';
}

function twins(name: string, variables: readonly string[]): Slot {
  const error = new ConfigError('provider-name-twice', `${variables.join(' and ')} both name the provider "${name}"`, 'unset one of them');
  return { error, definition: null };
}
