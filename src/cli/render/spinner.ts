import type { Ora } from 'ora';
import type { Process, TextStream } from '../context.js';
import { Suspension } from '../suspension.js';
import { oneLine } from './sanitize.js';

/** Before this nothing is shown: most first tokens come earlier, and loading the spinner costs time. */
const showAfterMs = 150;

/** What moves on standard error, and makes room for what else is written there. */
export interface Live {
  around(write: () => void): void;
  stop(end?: { readonly interrupted: boolean }): void;
}

export interface SpinnerOptions {
  readonly stream: TextStream;
  readonly process: Process;
  readonly color: boolean;
}

/** A spinner on standard error until the first token; only made when that is a terminal. */
export class Spinner implements Live {
  readonly #stream: TextStream;
  readonly #process: Process;
  readonly #color: boolean;
  #ora: Ora | null = null;
  #timer: NodeJS.Timeout | null = null;
  #text = '';
  #stopped = false;
  #suspension: Suspension | null = null;

  constructor({ stream, process, color }: SpinnerOptions) {
    this.#stream = stream;
    this.#process = process;
    this.#color = color;
  }

  show(text: string): void {
    if (this.#stopped) return;
    this.#text = oneLine(text);
    if (this.#ora !== null) this.#ora.text = this.#text;
    else this.#timer ??= setTimeout(() => void this.#start(), showAfterMs);
  }

  /** Writes something else on the same stream without tearing the spinner's line. */
  around(write: () => void): void {
    this.#ora?.clear();
    write();
    this.#ora?.render();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#suspension?.dispose();
    this.#ora?.stop();
    this.#ora = null;
  }

  async #start(): Promise<void> {
    const { default: ora } = await import('ora');
    if (this.#stopped) return;
    const spinner = ora({
      text: this.#text,
      // a terminal is always a stream of Node
      stream: this.#stream as NodeJS.WriteStream,
      // Ctrl-C must reach us, and standard input is the prompt's.
      discardStdin: false,
      ...(this.#color ? {} : { color: false }),
    });
    this.#ora = spinner;
    this.#suspension = new Suspension(this.#process, {
      leave: () => spinner.stop(),
      enter: () => spinner.start(),
    });
    spinner.start();
  }
}
