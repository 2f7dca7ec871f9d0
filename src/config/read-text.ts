import { constants, openSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';

const maxBytes = 4 * 1024 * 1024;

/**
 * A file's text in UTF-8, without a byte order mark. A pipe (`<(…)`, a FIFO) is read without a thread that would wait for
 * its writer: that one could not be interrupted, not even by the end of the process.
 */
export async function readText(path: string): Promise<string> {
  const stats = await stat(path);
  if (stats.size > maxBytes) throw Object.assign(new Error('too large'), { code: 'EFBIG' });
  const bytes = stats.isFIFO() ? await readPipe(path) : await readFile(path);
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

async function readPipe(path: string): Promise<Buffer> {
  const { Socket } = await import('node:net');
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const chunks: Buffer[] = [];
  for await (const chunk of new Socket({ fd, readable: true, writable: false })) chunks.push(chunk);
  return Buffer.concat(chunks);
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
