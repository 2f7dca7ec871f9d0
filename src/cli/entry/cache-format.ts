import type { CachedChunks } from './chunks.js';

/*
 * A cache file: one line of JSON, `["majordomo-code-1",[["main.cjs",1234],…]]`, then the chunks' code one after the other, then all
 * of that code a second time.
 *
 * V8 checks that cached code fits its version and flags but not that it is undamaged, and damaged code crashes
 * the process. Comparing two copies is a memcmp and takes a tenth of a millisecond; loading a module with a hash
 * function in it takes twenty times as long.
 */

const magic = 'majordomo-code-1';
const newline = 0x0a;

export function encodeCache(chunks: CachedChunks): Buffer {
  const sizes = [...chunks].map(([name, code]) => [name, code.length]);
  const header = Buffer.from(`${JSON.stringify([magic, sizes])}\n`);
  return Buffer.concat([header, ...chunks.values(), ...chunks.values()]);
}

/** The chunks in a cache file; null for a file that is damaged, cut or of another kind. */
export function decodeCache(file: Buffer): Map<string, Buffer> | null {
  const sizes = decodeHeader(file);
  if (!sizes) return null;
  const code = file.subarray(file.indexOf(newline) + 1);
  const half = code.length / 2;
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (half !== total || code.compare(code, half, code.length, 0, half) !== 0) return null;
  const chunks = new Map<string, Buffer>();
  let offset = 0;
  for (const [name, size] of sizes) {
    chunks.set(name, code.subarray(offset, offset + size));
    offset += size;
  }
  return chunks;
}

function decodeHeader(file: Buffer): [name: string, size: number][] | null {
  try {
    const [word, sizes] = JSON.parse(file.toString('latin1', 0, Math.max(0, file.indexOf(newline))));
    const sound =
      word === magic &&
      Array.isArray(sizes) &&
      sizes.every(([name, size]) => typeof name === 'string' && Number.isSafeInteger(size) && size > 0);
    return sound ? sizes : null;
  } catch {
    return null;
  }
}
