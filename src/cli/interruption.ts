import type { Process } from './context.js';
import { exitCodes } from './exit-codes.js';

const exitCodeOfSignal = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;

type Signal = keyof typeof exitCodeOfSignal;

/** Why a command is to stop early: Ctrl-C, SIGTERM, or a reader of standard output that went away. */
export class Interruption {
  readonly #process: Process;
  readonly #controller = new AbortController();
  #exitCode: number | null = null;

  constructor(process: Process) {
    this.#process = process;
    for (const name of signals) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What to exit with, once interrupted. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** The reader has all it wanted: that is no error. */
  closedOutput(): void {
    this.#stop(exitCodes.done);
  }

  /** From here on a signal has its usual effect: a second Ctrl-C ends what the first one did not. */
  dispose(): void {
    for (const name of signals) this.#process.off(name, this.#onSignal);
  }

  #stop(exitCode: number): void {
    this.#exitCode ??= exitCode;
    this.#controller.abort(new Error('interrupted'));
  }

  readonly #onSignal = (name: Signal): void => {
    // Not at once: what restores the cursor after a spinner ends the process where it finds no other listener.
    setImmediate(() => this.dispose());
    this.#stop(exitCodeOfSignal[name]);
  };
}

const signals = Object.keys(exitCodeOfSignal) as Signal[];
