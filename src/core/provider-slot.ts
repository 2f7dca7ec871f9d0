import { parseDsn, type SchemeLookup } from './dsn.js';
import { ConfigError, type Warning } from './errors.js';
import type { FactoryContext, Provider } from './ports.js';
import { factoryError, isProvider, noProvider } from './provider-faults.js';
import type { Scheme } from './registry-parts.js';
import { scrubber } from './secrets.js';
import { visible } from './shown.js';
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
export interface Definition {
  readonly variable: string;
  readonly text: string;
  readonly source: Source;
}

/** What a definition came to. */
type Slot =
  | { readonly resolved: ResolvedProvider; readonly scheme: string }
  | { readonly error: ConfigError };

export interface SlotParts {
  readonly schemes: ReadonlyMap<string, Scheme>;
  /** The same as the parser asks for them. */
  readonly lookup: SchemeLookup;
  readonly context: FactoryContext;
}

/** A name that was defined. Its provider is built when somebody asks for it: of many that are defined a run needs a few. */
export class DefinedName {
  readonly definition: Definition | null;
  readonly #build: () => Slot;
  #slot: Slot | null = null;

  private constructor(definition: Definition | null, build: () => Slot) {
    this.definition = definition;
    this.#build = build;
  }

  static by(definition: Definition, { name, parts }: { name: string; parts: SlotParts }): DefinedName {
    return new DefinedName(definition, () => buildSlot(name, definition, parts));
  }

  static inFile(
    { text, source }: Omit<Definition, 'variable'>,
    at: { name: string; parts: SlotParts },
  ): DefinedName {
    const definition = {
      text,
      source,
      get variable() {
        return `${source.key}: providers.${visible(at.name)}`;
      },
    };
    return DefinedName.by(definition, at);
  }

  /** Nobody's, as two claim it. */
  static broken(error: ConfigError): DefinedName {
    return new DefinedName(null, () => ({ error }));
  }

  get slot(): Slot {
    this.#slot ??= this.#build();
    return this.#slot;
  }

  /** The scheme means something else now. Of a DSN that could not be read the scheme is not known: it is tried again, too. */
  forget(scheme: string): void {
    if (this.#slot !== null && ('error' in this.#slot || this.#slot.scheme === scheme)) this.#slot = null;
  }
}

/** Builds the provider that a definition stands for; what is wrong with it is kept in its place. */
export function buildSlot(name: string, definition: Definition, parts: SlotParts): Slot {
  try {
    return open(name, definition, parts);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { error };
  }
}

/** The scheme of a definition that cannot be used, as far as it can be read: a known one, or null. */
export function schemeOf(definition: Definition | null, { schemes }: SlotParts): string | null {
  const scheme = /^[\s"']*([a-z][a-z0-9.-]*)(\+[a-z]+)?:\/\//.exec(definition?.text ?? '')?.[1];
  return scheme !== undefined && schemes.has(scheme) ? scheme : null;
}

function open(
  name: string,
  { variable, text, source }: Definition,
  { schemes, lookup, context }: SlotParts,
): Slot {
  const dsn = parseDsn(variable, text, lookup);
  const scheme = schemes.get(dsn.scheme);
  if (scheme === undefined) throw new Error('the parser accepted a scheme that nobody registered');
  let provider: Provider;
  try {
    provider = scheme.factory(name, dsn, context);
    if (!isProvider(provider)) throw noProvider(variable);
  } catch (thrown) {
    throw factoryError(thrown, dsn);
  }
  const own = scrubber(dsn.secrets());
  const scrub = (outside: string): string => own(provider.scrub?.(outside) ?? outside);
  return { resolved: { provider, source, scrub, warnings: dsn.warnings }, scheme: dsn.scheme };
}
