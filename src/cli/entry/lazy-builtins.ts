/**
 * Modules of Node that take 0.5 to 5 ms to load, and that packages require at their top for what few runs do:
 * commander asks for child_process, undici for http2. Each is a plain namespace, never called or extended itself.
 */
const slowModules: ReadonlySet<string> = new Set(
  [
    'child_process',
    'crypto',
    'dns',
    'fs/promises',
    'http',
    'http2',
    'https',
    'os',
    'timers/promises',
    'tls',
    'zlib',
  ].flatMap((name) => [name, `node:${name}`]),
);

/** A `require` that loads those modules when something of them is first used. */
export function lazyRequire(require: (id: string) => unknown): (id: string) => unknown {
  return (id) => {
    // undici takes the clock from there; the global of that name would load the module, which takes a millisecond.
    if (id === 'node:perf_hooks') {
      return {
        get performance() {
          return performance;
        },
      };
    }
    if (id === 'node:process') return process;
    if (id === 'node:assert') return lazyAssert(() => require(id) as Assert);
    return slowModules.has(id) ? lazyNamespace(() => require(id) as object) : require(id);
  };
}

type Assert = (value: unknown, message?: string) => void;

/** Loaded when something is to be complained about. */
function lazyAssert(load: () => Assert): Assert {
  const assert: Assert = (value, message) => {
    if (!value) load()(value, message);
  };
  return new Proxy(assert, { get: (_target, key) => Reflect.get(load(), key) });
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
