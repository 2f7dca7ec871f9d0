type Make<Value> = (name: string) => Value;

/** A map of which a value may be made when it is asked for: of the hundreds of names in a file a run needs a few. */
export class LazyMap<Value extends object> {
  readonly #values = new Map<string, Value | Make<Value>>();

  /** What `make` gives is kept, and it is called once. */
  setLazily(name: string, make: Make<Value>): void {
    this.#values.set(name, make);
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  get(name: string): Value | undefined {
    const known = this.#values.get(name);
    if (typeof known !== 'function') return known;
    const value = known(name);
    this.#values.set(name, value);
    return value;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  /** The values that have been made. */
  made(): readonly Value[] {
    return [...this.#values.values()].filter((value) => typeof value !== 'function');
  }
}
