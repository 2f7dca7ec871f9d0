import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';

export interface ReadLimits {
  /** A longer file is refused with the code `EFBIG`: what is read may be a device without an end. */
  readonly mostBytes: number;
  readonly signal?: AbortSignal;
}

/** A file's text in UTF-8, without a byte order mark. Rejects with an error of the system, or `EFBIG`. */
export async function readText(path: string, limits: ReadLimits): Promise<string> {
  return (await readBytes(path, limits)).toString('utf8').replace(/^\uFEFF/, '');
}

/** What is in a file, a device or a pipe (`<(…)`, a FIFO). */
async function readBytes(path: string, limits: ReadLimits): Promise<Buffer> {
  const stats = statSync(path);
  if (stats.size > limits.mostBytes) throw tooLarge();
  // what the system makes up while it is read has a size of 0, too; a file of this size is read at once sooner than it is waited for
  if (stats.isFile() && stats.size > 0) return wholeFile(path);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of await opened(path, { stats, signal: limits.signal })) {
    length += (chunk as Buffer).length;
    if (length > limits.mostBytes) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** By calls of Node's that have been made before in every run: to compile others takes longer than to read. */
function wholeFile(path: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    const bytes = Buffer.allocUnsafeSlow(fstatSync(descriptor).size);
    const isWhole = readSync(descriptor, bytes, 0, bytes.length, 0) === bytes.length;
    return isWhole ? bytes : readFileSync(path);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * A pipe is read without a thread that would wait for its writer: that one could not be interrupted, not even by the end
 * of the process.
 */
async function opened(
  path: string,
  { stats, signal }: { readonly stats: Stats; readonly signal: AbortSignal | undefined },
): Promise<AsyncIterable<unknown>> {
  const until = signal === undefined ? {} : { signal };
  if (!stats.isFIFO()) return createReadStream(path, until);
  const { Socket } = await import('node:net');
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false, ...until });
}

function tooLarge(): Error {
  return Object.assign(new Error('too large'), { code: 'EFBIG' });
}

const ways: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file: check the path',
  ENOTDIR: 'a part of the path is no directory: check it',
  EISDIR: 'it is a directory: name a file in it',
  EACCES: 'you may not read it: check its permissions',
  EPERM: 'you may not read it: check its permissions',
  EFBIG: 'it is too large for what it should be: check the path',
};

/** Why a file cannot be read: the system's code, and what to do about it. */
export function readFault(error: unknown): { readonly code: string; readonly hint: string } {
  const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
  return { code, hint: ways[code] ?? 'check its path and its permissions' };
}
