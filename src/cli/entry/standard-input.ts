import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** What the program uses of `process.stdin`. */
export interface InputStream extends AsyncIterable<Uint8Array | string> {
  destroy(): unknown;
}

/** More than this is read by a stream, so that an endless input can be interrupted. */
const directBytes = 1024 * 1024;
const chunkBytes = 64 * 1024;

/**
 * Standard input that is read at once as far as it is there: setting up `process.stdin` takes a twelfth of a short run.
 * What has not been written yet, and whatever is neither a file nor a pipe, is read by the stream.
 */
export class StandardInput implements InputStream {
  readonly #process: Pick<NodeJS.Process, 'platform' | 'stdin'>;
  #stream: NodeJS.ReadStream | null = null;
  #destroyed = false;

  constructor(process: Pick<NodeJS.Process, 'platform' | 'stdin'>) {
    this.#process = process;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array | string, void> {
    const chunks: Uint8Array[] = [];
    const ended = this.#readNow(chunks);
    yield* chunks;
    if (ended || this.#destroyed) return;
    this.#stream = this.#process.stdin;
    yield* this.#stream;
  }

  destroy(): void {
    this.#destroyed = true;
    this.#stream?.destroy();
  }

  /** Whether the end was reached. An error is left to the stream, which meets it again. */
  #readNow(chunks: Uint8Array[]): boolean {
    let opened: number | null = null;
    try {
      const stats = fstatSync(0);
      if (stats.isFile()) return readAvailable(0, chunks);
      // Only Linux gives a pipe that is opened by its descriptor a mode of its own, in which reading does not wait.
      if (!stats.isFIFO() || this.#process.platform !== 'linux') return false;
      opened = openSync('/proc/self/fd/0', constants.O_RDONLY | constants.O_NONBLOCK);
      return readAvailable(opened, chunks);
    } catch {
      return false;
    } finally {
      if (opened !== null) closeSync(opened);
    }
  }
}

function readAvailable(descriptor: number, chunks: Uint8Array[]): boolean {
  for (let left = directBytes; left > 0; ) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, left));
    const bytes = readSync(descriptor, chunk, 0, chunk.length, null);
    if (bytes === 0) return true;
    chunks.push(chunk.subarray(0, bytes));
    left -= bytes;
  }
  return false;
}
