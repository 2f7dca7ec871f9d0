import type { TextStream } from './context.js';
import { OutputError } from './output-error.js';

/** How a write fails where nobody reads any more: the last one is of a socket with something unread. */
const readerGone: readonly (string | undefined)[] = ['EPIPE', 'ERR_STREAM_DESTROYED', 'ECONNRESET'];

/**
 * Standard output: what comes in one turn of the event loop leaves in one write, since a write a token is what
 * makes long answers slow. A reader that went away is told once, and everything after is dropped.
 */
export class Output {
  readonly #stream: TextStream;
  readonly #onClosed: () => void;
  #pending = '';
  #scheduled = false;
  #closed = false;
  #failure: OutputError | null = null;
  #last = '';

  constructor(stream: TextStream, onClosed: () => void) {
    this.#stream = stream;
    this.#onClosed = onClosed;
    stream.on('error', this.#onError);
  }

  /** The last character written, or '' when nothing was. */
  get last(): string {
    return this.#last.at(-1) ?? '';
  }

  write(text: string): void {
    this.hold(text);
    if (this.#scheduled || this.#pending === '') return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** Writes it with what follows, at the latest at the end. */
  hold(text: string): void {
    if (text === '' || this.#closed) return;
    this.#last = text;
    this.#pending += text;
  }

  /**
   * Writes now what has come so far: before something else appears on the same screen. Half a character (of two
   * UTF-16 units) waits for its other half, since alone it would be written as U+FFFD.
   */
  flush(): void {
    this.#scheduled = false;
    const half = /[\uD800-\uDBFF]$/.exec(this.#pending)?.[0] ?? '';
    this.#send(this.#pending.slice(0, this.#pending.length - half.length));
    this.#pending = half;
  }

  /**
   * Resolves when everything is written, or the reader has gone; rejects with an `OutputError` when it could not
   * be (a full disk).
   */
  async end(): Promise<void> {
    const last = this.#pending;
    this.#pending = '';
    if (last !== '' && !this.#closed) {
      if (this.#stream.writeLast === undefined) this.#stream.write(last);
      else this.#stream.writeLast(last);
    }
    if (!this.#closed) {
      await new Promise<void>((resolve) => {
        this.#stream.write('', () => resolve());
      });
    }
    if (this.#failure !== null) throw this.#failure;
  }

  #send(text: string): void {
    if (text !== '' && !this.#closed) this.#stream.write(text);
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#pending = '';
    if (!readerGone.includes(error.code)) {
      const code = error.code ?? 'for no reason told';
      this.#failure = new OutputError('stdout', `standard output cannot be written (${code})`);
    }
    this.#onClosed();
  };
}
