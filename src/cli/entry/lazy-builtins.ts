/**
 * Modules of Node that take 1 to 5 ms to load, and that packages require at their top for what few runs do:
 * commander asks for child_process, undici for http2. Each is a plain namespace, never called or extended itself.
 */
const slowModules: ReadonlySet<string> = new Set(
  ['child_process', 'crypto', 'dns', 'fs/promises', 'http', 'http2', 'https', 'tls', 'zlib'].flatMap(
    (name) => [name, `node:${name}`],
  ),
);

/** A `require` that loads those modules when something of them is first used. */
export function lazyRequire(require: (id: string) => unknown): (id: string) => unknown {
  return (id) => {
    // undici takes the clock from there, which is global; the module's other half costs more than a millisecond.
    if (id === 'node:perf_hooks') return { performance };
    return slowModules.has(id) ? lazyNamespace(() => require(id) as object) : require(id);
  };
}

function lazyNamespace(load: () => object): object {
  return new Proxy(
    {},
    {
      get: (_target, key) => Reflect.get(load(), key),
      has: (_target, key) => Reflect.has(load(), key),
      ownKeys: () => Reflect.ownKeys(load()),
      getOwnPropertyDescriptor(_target, key) {
        const descriptor = Reflect.getOwnPropertyDescriptor(load(), key);
        // A proxy may not call a property fixed that its target, an empty object, does not have.
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
}
