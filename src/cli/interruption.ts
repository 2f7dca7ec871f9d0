import { isAtHand, orAborted } from '../core/waiting.js';
import type { Process } from './context.js';
import { exitCodes } from './exit-codes.js';

const exitCodeOfSignal = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;

type Signal = keyof typeof exitCodeOfSignal;

/**
 * Why a command is to stop early: Ctrl-C, SIGTERM, or a reader of standard output that went away. The signals keep their usual
 * effect until something is waited for: a program that is busy would hear of none.
 */
export class Interruption {
  readonly #process: Process;
  /** Made for whom it is asked: to set up the first one takes a twentieth of a short run. */
  #controller: AbortController | null = null;
  #listening: 'not yet' | 'now' | 'no more' = 'not yet';
  #exitCode: number | null = null;

  constructor(process: Process) {
    this.#process = process;
  }

  /** Who asks for it is going to wait. */
  get signal(): AbortSignal {
    this.#listen();
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.stopped) this.#controller.abort(interrupted());
    }
    return this.#controller.signal;
  }

  get stopped(): boolean {
    return this.#exitCode !== null;
  }

  /** What the work comes to; rejects as soon as the command is to stop. */
  async orStopped<T>(work: Promise<T>): Promise<T> {
    if (!this.stopped && (await isAtHand(work))) return work;
    return orAborted(work, this.signal);
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
    const was = this.#listening;
    this.#listening = 'no more';
    if (was !== 'now') return;
    for (const name of signals) this.#process.off(name, this.#onSignal);
  }

  #listen(): void {
    if (this.#listening !== 'not yet') return;
    this.#listening = 'now';
    for (const name of signals) this.#process.on(name, this.#onSignal);
  }

  #stop(exitCode: number): void {
    this.#exitCode ??= exitCode;
    this.#controller?.abort(interrupted());
  }

  readonly #onSignal = (name: Signal): void => {
    // Not at once: what restores the cursor after a spinner ends the process where it finds no other listener.
    setImmediate(() => this.dispose());
    this.#stop(exitCodeOfSignal[name]);
  };
}

function interrupted(): Error {
  return new Error('interrupted');
}

const signals = Object.keys(exitCodeOfSignal) as Signal[];
