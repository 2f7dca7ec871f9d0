import type { CachedChunks } from './chunks.js';

/*
 * A cache file: one line of JSON, `["majordomo-code-1",[["main.cjs",1234],…]]`, then the chunks' code one after the other, then all
 * of that code a second time.
 *
 * V8 checks that cached code fits its version and flags but not that it is undamaged, and damaged code crashes
 * the process. Comparing two copies takes a fraction of a millisecond, as long as the second is looked at through a small
 * window (most of the time goes to touching new memory); loading a module with a hash function in it takes ten times as long.
 */

/** Fills the buffer from that position of the file; false when the file ends before. */
export type ReadAt = (buffer: Buffer, position: number) => boolean;

const magic = 'majordomo-code-1';
const newline = 0x0a;
const longestHeader = 4096;
const windowBytes = 64 * 1024;

export function encodeCache(chunks: CachedChunks): Buffer {
  const sizes = [...chunks].map(([name, code]) => [name, code.length]);
  const header = Buffer.from(`${JSON.stringify([magic, sizes])}\n`);
  return Buffer.concat([header, ...chunks.values(), ...chunks.values()]);
}

/** The chunks in a cache file of so many bytes; null for a file that is damaged, cut or of another kind. */
export function decodeCache(bytes: number, readAt: ReadAt): Map<string, Buffer> | null {
  const head = Buffer.allocUnsafeSlow(Math.min(bytes, longestHeader));
  if (!readAt(head, 0)) return null;
  const start = head.indexOf(newline) + 1;
  const sizes = decodeHeader(head.toString('latin1', 0, start));
  if (!sizes) return null;
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (bytes !== start + 2 * total) return null;
  const code = Buffer.allocUnsafeSlow(total);
  if (!readAt(code, start) || !isAt(start + total, code, readAt)) return null;
  const chunks = new Map<string, Buffer>();
  let offset = 0;
  for (const [name, size] of sizes) {
    chunks.set(name, code.subarray(offset, offset + size));
    offset += size;
  }
  return chunks;
}

/** Whether the same bytes stand at that position of the file. */
function isAt(position: number, code: Buffer, readAt: ReadAt): boolean {
  const window = Buffer.allocUnsafeSlow(Math.min(code.length, windowBytes));
  for (let offset = 0; offset < code.length; offset += windowBytes) {
    const part = window.subarray(0, code.length - offset);
    const same =
      readAt(part, position + offset) &&
      code.compare(part, 0, part.length, offset, offset + part.length) === 0;
    if (!same) return false;
  }
  return true;
}

function decodeHeader(line: string): [name: string, size: number][] | null {
  try {
    const [word, sizes] = JSON.parse(line);
    const sound =
      word === magic &&
      Array.isArray(sizes) &&
      sizes.every(([name, size]) => typeof name === 'string' && Number.isSafeInteger(size) && size > 0);
    return sound ? sizes : null;
  } catch {
    return null;
  }
}
