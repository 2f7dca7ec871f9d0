import type { CachedCode } from './chunks.js';

/*
 * A cache file: one line of JSON, `["majordomo-code-3",1,[["pack-main.cjs",1234],…]]`, then the packs' code one after the other, and
 * all of that a second time. The number is that of the runs that made it. Each piece is filled up with spaces to a multiple of eight
 * bytes: V8 copies code that begins elsewhere.
 *
 * V8 checks that cached code fits its version and flags but not that it is undamaged, and damaged code crashes
 * the process. Comparing two copies takes a fraction of a millisecond, as long as the second is looked at through a small
 * window (most of the time goes to touching new memory); loading a module with a hash function in it takes ten times as long.
 */

/** Fills the buffer from that position of the file; false when the file ends before. */
export type ReadAt = (buffer: Buffer, position: number) => boolean;

const magic = 'majordomo-code-3';
const alignment = 8;
const longestHeader = 4096;
const windowBytes = 32 * 1024;

/** The file in pieces: to join them would take as long as to write them. */
export function encodeCache({ runs, packs }: CachedCode): Buffer[] {
  const sizes = [...packs].map(([name, code]) => [name, code.length]);
  const header = JSON.stringify([magic, runs, sizes]);
  const line = `${header.padEnd(aligned(header.length + 1) - 1)}\n`;
  const body = [Buffer.from(line), ...packs.values()].flatMap((piece) => [
    piece,
    Buffer.alloc(aligned(piece.length) - piece.length, ' '),
  ]);
  return [...body, ...body];
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** What is in a cache file of so many bytes; null for a file that is damaged, cut or of another kind. */
export function decodeCache(bytes: number, readAt: ReadAt): CachedCode | null {
  if (bytes % 2 !== 0) return null;
  const body = Buffer.allocUnsafeSlow(bytes / 2);
  if (!readAt(body, 0) || !isAt(body.length, body, readAt)) return null;
  const head = body.toString('latin1', 0, longestHeader);
  let offset = head.indexOf('\n') + 1;
  const header = decodeHeader(head.slice(0, offset));
  if (header === null) return null;
  const packs = new Map<string, Buffer>();
  for (const [name, size] of header.sizes) {
    packs.set(name, body.subarray(offset, offset + size));
    offset += aligned(size);
  }
  return offset === body.length ? { runs: header.runs, packs } : null;
}

/** Whether the same bytes stand at that position of the file. */
function isAt(position: number, bytes: Buffer, readAt: ReadAt): boolean {
  const window = Buffer.allocUnsafeSlow(Math.min(bytes.length, windowBytes));
  for (let offset = 0; offset < bytes.length; offset += windowBytes) {
    const part = window.subarray(0, bytes.length - offset);
    const same = readAt(part, position + offset) && part.equals(bytes.subarray(offset, offset + part.length));
    if (!same) return false;
  }
  return true;
}

interface Header {
  readonly runs: number;
  readonly sizes: readonly (readonly [name: string, size: number])[];
}

function decodeHeader(line: string): Header | null {
  try {
    const [word, runs, sizes] = JSON.parse(line);
    const sound =
      word === magic &&
      Number.isSafeInteger(runs) &&
      Array.isArray(sizes) &&
      sizes.every(([name, size]) => typeof name === 'string' && Number.isSafeInteger(size) && size > 0);
    return sound ? { runs, sizes } : null;
  } catch {
    return null;
  }
}
