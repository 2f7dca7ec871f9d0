import type { Process } from './context.js';

/** A program without a shell is not stopped by the signal, and so continued by none. */
const noShellAfterMs = 100;

/** What moves on the terminal. */
interface View {
  /** Leaves what is drawn where it is, and gives the cursor back. Draws nothing from then on. */
  leave(): void;
  /** Begins anew, where the cursor is now. */
  enter(): void;
}

/** Ctrl-Z while something moves: the terminal is the shell's until it continues us, and what it wrote meanwhile stays. */
export class Suspension {
  readonly #process: Pick<Process, 'on' | 'off' | 'kill' | 'pid'>;
  readonly #view: View;
  #timer: NodeJS.Timeout | undefined;

  constructor(process: Pick<Process, 'on' | 'off' | 'kill' | 'pid'>, view: View) {
    this.#process = process;
    this.#view = view;
    process.on('SIGTSTP', this.#onStop);
    process.on('SIGCONT', this.#onContinue);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#process.off('SIGTSTP', this.#onStop);
    this.#process.off('SIGCONT', this.#onContinue);
  }

  readonly #onStop = (): void => {
    this.#view.leave();
    // without a listener the signal has its usual effect, in the middle of this
    this.#process.off('SIGTSTP', this.#onStop);
    this.#process.kill(this.#process.pid, 'SIGTSTP');
    this.#process.on('SIGTSTP', this.#onStop);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onContinue, noShellAfterMs);
  };

  readonly #onContinue = (): void => {
    clearTimeout(this.#timer);
    // after SIGSTOP, which nobody hears of, it has not been left yet
    this.#view.leave();
    this.#view.enter();
  };
}
