import { fstatSync, writeSync } from 'node:fs';

/** What the program uses of `process.stdout` and `process.stderr`. */
export interface StandardStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly writableLength: number;
  write(text: string | Uint8Array, written?: () => void): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** What a pipe certainly takes at once; who is written more to is a stream, which waits for a slow reader. */
const directBytes = 16 * 1024;

/** The process's two streams, each set up when it is first used. */
export class StandardStreams {
  readonly #process: NodeJS.Process;
  #stdout: StandardStream | null = null;
  #stderr: StandardStream | null = null;

  constructor(process: NodeJS.Process) {
    this.#process = process;
  }

  get stdout(): StandardStream {
    this.#stdout ??= this.#open(1, () => this.#process.stdout);
    return this.#stdout;
  }

  get stderr(): StandardStream {
    if (this.#stderr === null) {
      this.#stderr = this.#open(2, () => this.#process.stderr);
      // That nobody can be told is no reason to end.
      this.#stderr.on('error', () => {});
    }
    return this.#stderr;
  }

  /** Those with text that their readers have not taken yet. */
  pending(): readonly StandardStream[] {
    return [this.#stdout, this.#stderr].filter(
      (stream) => stream !== null && stream.writableLength > 0,
    ) as StandardStream[];
  }

  /**
   * Setting up a stream of Node takes several milliseconds, more than printing help. A file, a pipe or a socket
   * is written to directly as long as little is written; everything else, above all a terminal, is a stream from the
   * beginning.
   */
  #open(descriptor: 1 | 2, open: () => StandardStream): StandardStream {
    const direct = this.#process.platform !== 'win32' && takesDirectWrites(descriptor);
    return direct ? new DirectStream(descriptor, open) : open();
  }
}

function takesDirectWrites(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    return stats.isFile() || stats.isFIFO() || stats.isSocket();
  } catch {
    return false;
  }
}

class DirectStream implements StandardStream {
  readonly #descriptor: number;
  readonly #openStream: () => StandardStream;
  readonly #listeners: ((error: NodeJS.ErrnoException) => void)[] = [];
  #stream: StandardStream | null = null;
  #leftBytes = directBytes;
  #failed = false;

  constructor(descriptor: number, open: () => StandardStream) {
    this.#descriptor = descriptor;
    this.#openStream = open;
  }

  get writableLength(): number {
    return this.#stream?.writableLength ?? 0;
  }

  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): void {
    this.#listeners.push(listener);
    this.#stream?.on(event, listener);
  }

  write(text: string | Uint8Array, written?: () => void): void {
    if (this.#stream !== null) return void this.#stream.write(text, written);
    const bytes = Buffer.from(text);
    this.#leftBytes -= bytes.length;
    const done = this.#failed ? bytes.length : this.#writeNow(bytes);
    if (done < bytes.length) return void this.#open().write(bytes.subarray(done), written);
    if (written === undefined) return;
    // in the order of listeners to an error, if there was one; a promise takes less than the first tick of a process
    if (this.#failed) process.nextTick(written);
    else void Promise.resolve().then(written);
  }

  /** Whatever its length: a slow reader may hold up a program that has nothing else to do. */
  writeLast(text: string): void {
    this.#leftBytes = Number.POSITIVE_INFINITY;
    this.write(text);
  }

  /** Returns how many bytes are done with: written, or lost for ever. */
  #writeNow(bytes: Buffer): number {
    let done = 0;
    try {
      while (done < bytes.length && this.#leftBytes >= 0) done += writeSync(this.#descriptor, bytes, done);
      return done;
    } catch (error) {
      // full for the moment
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return done;
      this.#failed = true;
      for (const listener of this.#listeners) process.nextTick(listener, error);
      return bytes.length;
    }
  }

  #open(): StandardStream {
    const stream = this.#openStream();
    for (const listener of this.#listeners) stream.on('error', listener);
    this.#stream = stream;
    return stream;
  }
}
