import type { Readable } from 'node:stream';

export interface BodyOptions {
  /** What an error of the stream is told as. */
  readonly translate: (error: unknown) => unknown;
  /** An error that makes a proper end a failure, if there is one. */
  readonly flaw: () => unknown;
  /** Called once, when nothing more will come: `whole` says that the body was read to its proper end. */
  readonly onDone: (whole: boolean) => void;
}

/** Beyond this the sender has to wait until the reader catches up. */
const maxWaitingBytes = 1024 * 1024;

/**
 * The body of a response, for one reader. What came before a failure is handed out before the failure: it may
 * hold the end of the answer. Chunks are not copied and cost no promise unless the reader has to wait.
 */
export class ResponseBody implements AsyncIterableIterator<Uint8Array> {
  readonly #source: Readable;
  readonly #options: BodyOptions;
  #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #state: 'open' | 'ended' | 'failed' = 'open';
  #error: unknown = null;
  #wake: (() => void) | null = null;

  constructor(source: Readable, options: BodyOptions) {
    this.#source = source;
    this.#options = options;
    source.on('data', (chunk: Uint8Array) => this.#take(chunk));
    source.on('end', () => {
      const flaw = options.flaw();
      if (flaw === null) this.#finish('ended');
      else this.#finish('failed', options.translate(flaw));
    });
    source.on('error', (error) => this.#finish('failed', options.translate(error)));
    source.on('close', () => {
      const cut = Object.assign(new Error('closed'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
      this.#finish('failed', options.translate(cut));
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (true) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#waitingBytes -= chunk.length;
        if (this.#waitingBytes < maxWaitingBytes && this.#source.isPaused()) this.#source.resume();
        return { done: false, value: chunk };
      }
      if (this.#state === 'failed') throw this.#error;
      if (this.#state === 'ended') return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The reader wants no more: the connection goes at once, unless the body was read already. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#chunks = [];
    this.#finish('ended', null, false);
    return { done: true, value: undefined };
  }

  /** Ends the body with `error`, dropping what was not read yet; does nothing once all was read. */
  abort(error: unknown): void {
    this.#finish('failed', error);
    if (this.#state === 'ended' && this.#chunks.length === 0) return;
    this.#chunks = [];
    this.#state = 'failed';
    this.#error = error;
  }

  #take(chunk: Uint8Array): void {
    if (this.#state !== 'open') return;
    this.#chunks.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= maxWaitingBytes) this.#source.pause();
    this.#rouse();
  }

  #finish(state: 'ended' | 'failed', error: unknown = null, whole = state === 'ended'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#error = error;
    this.#options.onDone(whole);
    this.#rouse();
  }

  #rouse(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

/** The rest of a body as UTF-8 text, cut at `limitBytes`; a cut ends the body. */
export async function readText(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let left = limitBytes;
  for await (const chunk of body) {
    text += decoder.decode(chunk.subarray(0, left), { stream: true });
    left -= chunk.length;
    // What is cut may end inside a character: its bytes are dropped with the decoder.
    if (left <= 0) return text;
  }
  return text + decoder.decode();
}
