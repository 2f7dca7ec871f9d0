import { StringDecoder } from 'node:string_decoder';

const byteOrderMark = '\uFEFF';

/**
 * Decodes UTF-8 that comes in pieces: keeps the bytes of a character until the last of them has come, and takes a
 * byte order mark off the beginning. Without an argument it hands out what is left. Several times as fast as
 * `TextDecoder` in its streaming mode on Node 20, which matters for long answers.
 */
export function utf8Decoder(): (chunk?: Uint8Array) => string {
  const decoder = new StringDecoder('utf8');
  let begun = false;
  return (chunk) => {
    const text = chunk === undefined ? decoder.end() : decoder.write(chunk);
    if (begun || text === '') return text;
    begun = true;
    return text.startsWith(byteOrderMark) ? text.slice(1) : text;
  };
}
