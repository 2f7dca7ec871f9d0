import type { Writable } from 'node:stream';

/**
 * Standard output: what comes in one turn of the event loop leaves in one write, since a write a token is what
 * makes long answers slow. A reader that went away is told once, and everything after is dropped.
 */
export class Output {
  readonly #stream: Writable;
  readonly #onClosed: () => void;
  #pending = '';
  #scheduled = false;
  #closed = false;
  #failure: Error | null = null;
  #last = '';

  constructor(stream: Writable, onClosed: () => void) {
    this.#stream = stream;
    this.#onClosed = onClosed;
    stream.on('error', this.#onError);
  }

  /** The last character written, or '' when nothing was. */
  get last(): string {
    return this.#last;
  }

  /** Whether the reader has gone. */
  get closed(): boolean {
    return this.#closed;
  }

  write(text: string): void {
    if (text === '' || this.#closed) return;
    this.#last = text.at(-1) ?? '';
    this.#pending += text;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** Writes now what has come so far: before something else appears on the same screen. */
  flush(): void {
    this.#scheduled = false;
    const text = this.#pending;
    this.#pending = '';
    if (text !== '' && !this.#closed) this.#stream.write(text);
  }

  /** Resolves when everything is written, or the reader has gone; rejects when it could not be (a full disk). */
  async end(): Promise<void> {
    this.flush();
    if (!this.#closed) {
      await new Promise<void>((resolve) => {
        this.#stream.write('', () => resolve());
      });
    }
    if (this.#failure !== null) throw this.#failure;
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#pending = '';
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') this.#failure = error;
    this.#onClosed();
  };
}
