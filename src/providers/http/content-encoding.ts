import { ProviderError } from '../../core/errors.js';
import { asProviderError } from './network-errors.js';

/** The decoders of node:zlib by the names of RFC 9110 section 8.4.1; nothing is asked for, some servers compress anyway. */
const decoders = {
  gzip: 'createGunzip',
  'x-gzip': 'createGunzip',
  deflate: 'createInflate',
  br: 'createBrotliDecompress',
} as const;

/** Whether a `content-encoding` header means that the body is not what was asked for. */
export function isEncoded(contentEncoding: string | undefined): contentEncoding is string {
  return contentEncoding !== undefined && !['', 'identity'].includes(normalised(contentEncoding));
}

/** Whether {@link decoded} can read it. */
export function isDecodable(contentEncoding: string): boolean {
  return Object.hasOwn(decoders, normalised(contentEncoding));
}

/** Throws a `ProviderError` of kind `misconfigured` for an encoding that cannot be read. */
export function decoded(body: AsyncIterable<Uint8Array>, contentEncoding: string): AsyncIterable<Uint8Array> {
  const name = normalised(contentEncoding);
  if (!isDecodable(contentEncoding)) {
    throw new ProviderError({
      kind: 'misconfigured',
      message: 'the server compressed its answer in a way that was not asked for and cannot be read',
      hint: 'is there a proxy or gateway in between that compresses?',
    });
  }
  return inflated(body, decoders[name as keyof typeof decoders]);
}

function normalised(contentEncoding: string): string {
  return contentEncoding.trim().toLowerCase();
}

async function* inflated(
  body: AsyncIterable<Uint8Array>,
  create: (typeof decoders)[keyof typeof decoders],
): AsyncGenerator<Uint8Array> {
  const [zlib, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')]);
  const decoder = zlib[create]();
  // The pipeline ends the body when the decoder is destroyed, and the decoder when the body fails.
  pipeline(body, decoder, () => {});
  try {
    yield* decoder;
  } catch (error) {
    throw asProviderError(error, { phase: 'body' });
  }
}
