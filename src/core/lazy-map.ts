/** Values by name, many at once: they are made when they are asked for. */
interface Layer<Value> {
  /** An object with these names; what they lead to is `make`'s. */
  readonly names: object;
  /** `before` is what the name had until this layer came. */
  readonly make: (name: string, before: Value | undefined) => Value;
}

/** A map of which values may be made when they are asked for: of the hundreds of names in a file a run needs a few. */
export class LazyMap<Value extends object> implements ReadonlyMap<string, Value> {
  readonly #layers: Layer<Value>[] = [];
  readonly #made = new Map<string, Value>();

  /** Gives each own name of an object the value that `make` gives for it, which is called once. */
  setAll(names: object, make: Layer<Value>['make']): void {
    this.#layers.push({ names, make });
    for (const [name, before] of this.#made) {
      if (Object.hasOwn(names, name)) this.#made.set(name, make(name, before));
    }
  }

  set(name: string, value: Value): void {
    this.#made.set(name, value);
  }

  get(name: string): Value | undefined {
    let value = this.#made.get(name);
    if (value !== undefined) return value;
    for (const { names, make } of this.#layers) {
      if (Object.hasOwn(names, name)) value = make(name, value);
    }
    if (value !== undefined) this.#made.set(name, value);
    return value;
  }

  has(name: string): boolean {
    return this.#made.has(name) || this.#layers.some(({ names }) => Object.hasOwn(names, name));
  }

  /** The values that have been made. */
  made(): Iterable<Value> {
    return this.#made.values();
  }

  get size(): number {
    return this.#names().size;
  }

  /** First those of objects. */
  keys(): MapIterator<string> {
    return this.#names().values();
  }

  values(): MapIterator<Value> {
    return this.#whole().values();
  }

  entries(): MapIterator<[string, Value]> {
    return this.#whole().entries();
  }

  [Symbol.iterator](): MapIterator<[string, Value]> {
    return this.entries();
  }

  forEach(call: (value: Value, name: string, map: ReadonlyMap<string, Value>) => void): void {
    for (const [name, value] of this) call(value, name, this);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): ReadonlyMap<string, Value> {
    return this.#whole();
  }

  #names(): ReadonlySet<string> {
    const given = this.#layers.flatMap(({ names }) => Object.keys(names));
    return new Set([...given, ...this.#made.keys()]);
  }

  #whole(): ReadonlyMap<string, Value> {
    return new Map(Array.from(this.#names(), (name) => [name, this.get(name) as Value]));
  }
}
