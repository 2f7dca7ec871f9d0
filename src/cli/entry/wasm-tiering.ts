/**
 * Keeps V8 from optimising undici's HTTP parser in a process that lives for one request.
 *
 * undici compiles its parser's WebAssembly once, at the first connection. V8 counts what each function of it
 * executes, and past `--wasm-tiering-budget` recompiles it with its optimising compiler: on Node 20 that is
 * about 200 ms of CPU and 35 MiB for a program that parses a few kilobytes. The budget is copied into the
 * module as it is compiled, so it is enough to raise the flag around that one compilation.
 *
 * The flag must be back at its default at once: V8 refuses every code cache (Node's own for its built-in
 * modules, and ours) while any flag differs from what it was when the cache was made.
 *
 * This is a trick on V8's internals. It does nothing on a Node whose default is not in the table below, nor when the
 * user has set the flag, and importing the library never does any of it.
 */

/** V8's default of `--wasm-tiering-budget` by Node major, from `node --v8-options`. */
const defaultBudgets: Readonly<Record<string, number>> = {
  20: 1_800_000,
  22: 13_000_000,
  24: 13_000_000,
};

/** Never reached by one process's worth of HTTP; V8 keeps the budget in 32 bits. */
const heldBackBudget = 1_000_000_000;

export interface WasmTieringOptions {
  /** `process.versions.node`. */
  readonly nodeVersion: string;
  /** Flags Node was started with: `process.execArgv` and `NODE_OPTIONS`. */
  readonly nodeFlags: string;
  /** The namespace whose `Module` constructor is watched: `globalThis.WebAssembly`. */
  readonly webAssembly: { Module: WebAssemblyModuleConstructor };
  /** `v8.setFlagsFromString`; called only around the compilation. */
  readonly setFlag: (flag: string) => void;
}

type WebAssemblyModuleConstructor = new (bytes: never) => object;

/**
 * Makes the next `new WebAssembly.Module(…)` of this process, and that one only, compile with a budget that is
 * never reached. Returns whether it was installed.
 */
export function holdBackWasmTiering(options: WasmTieringOptions): boolean {
  const { webAssembly, setFlag } = options;
  const defaultBudget = defaultBudgets[options.nodeVersion.split('.', 1)[0] ?? ''];
  if (defaultBudget === undefined || /wasm[-_]tiering[-_]budget/.test(options.nodeFlags)) return false;
  // by --frozen-intrinsics
  if (Object.isFrozen(webAssembly)) return false;
  const original = webAssembly.Module;
  webAssembly.Module = new Proxy(original, {
    construct(target, parameters) {
      webAssembly.Module = original;
      setFlag(`--wasm-tiering-budget=${heldBackBudget}`);
      try {
        return Reflect.construct(target, parameters);
      } finally {
        setFlag(`--wasm-tiering-budget=${defaultBudget}`);
      }
    },
  });
  return true;
}
