import type { ConfigError } from './errors.js';
import { LazyMap } from './lazy-map.js';
import { unnamable } from './provider-faults.js';
import { isSpecName, unnamableIn } from './provider-names.js';
import type { Source } from './source.js';
import type { Alias } from './spec.js';

/** Specs by bare name. What had a name before is replaced, and remembered as shadowed. */
export class Aliases {
  readonly #known = new LazyMap<Alias>();

  get known(): ReadonlyMap<string, Alias> {
    return this.#known;
  }

  /** Throws a `ConfigError` for a name that no spec can hold. */
  set(name: string, spec: string, source: Source): void {
    if (!isSpecName(name)) throw unnamable('alias', source);
    this.#set({ name, spec, source });
  }

  setBroken(name: string, error: ConfigError, source: Source): void {
    this.#set({ name, spec: '', source, error });
  }

  #set(alias: Omit<Alias, 'shadows'>): void {
    this.#known.set(alias.name, over(this.#known.get(alias.name), alias));
  }

  /** The same for many: each is looked at when it is asked for. */
  setAll(specs: Readonly<Record<string, string>>, sourceOf: (name: string) => Source): void {
    const wrong = unnamableIn(Object.keys(specs));
    if (wrong !== undefined) throw unnamable('alias', sourceOf(wrong));
    this.#known.setAll(specs, (name, before) =>
      over(before, { name, spec: specs[name] as string, source: sourceOf(name) }),
    );
  }
}

function over(before: Alias | undefined, alias: Omit<Alias, 'shadows'>): Alias {
  return { ...alias, shadows: before === undefined ? [] : [before.source, ...before.shadows] };
}
