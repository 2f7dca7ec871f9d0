import type { Socket } from 'node:net';

/** How an interim response begins; 101 is none, but the end of HTTP. */
const interim = /^HTTP\/1\.1 1(?!01)\d\d/;
const commonStart = 'HTTP/1.1 1';
const startLength = 12;
const headEnd = /\r?\n\r?\n/;
/** A longer head is left to the parser of responses, which refuses it. */
const maxHeadBytes = 16 * 1024;

/**
 * Takes interim responses (1xx) out of what is read from the socket: a client must expect them before any response,
 * asked for or not (RFC 9110 section 15.2), while undici gives the connection up at a `100 Continue`. The function
 * that is returned is to be called before each request; only the first bytes after it are looked at.
 */
export function skipInterimResponses(socket: Socket): () => void {
  const read: (size?: number) => Buffer | null = socket.read.bind(socket);
  /** What came so far and may be an interim response; null once the final one has begun. */
  let held: Buffer | null = null;
  socket.read = (size) => {
    // streams ask themselves for 0 bytes, which takes nothing out
    if (held === null || size === 0) return read(size);
    for (let chunk = read(); chunk !== null; chunk = read()) {
      held = withoutInterim(held.length === 0 ? chunk : Buffer.concat([held, chunk]));
      if (mayBeInterim(held)) continue;
      const rest = held;
      held = null;
      return rest;
    }
    return null;
  };
  return () => {
    held = Buffer.alloc(0);
  };
}

function startOf(bytes: Buffer): string {
  return bytes.toString('latin1', 0, startLength);
}

/** The bytes after the interim responses that are complete. */
function withoutInterim(bytes: Buffer): Buffer {
  let rest = bytes;
  while (interim.test(startOf(rest))) {
    const end = headEnd.exec(rest.toString('latin1', 0, maxHeadBytes));
    if (end === null) break;
    rest = rest.subarray(end.index + end[0].length);
  }
  return rest;
}

/** Whether more has to come before it is known; nothing at all may become one, too. */
function mayBeInterim(bytes: Buffer): boolean {
  const start = startOf(bytes);
  if (start.length < startLength) return start.startsWith(commonStart) || commonStart.startsWith(start);
  return interim.test(start) && bytes.length < maxHeadBytes;
}
