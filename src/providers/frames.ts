import { ProviderError } from '../core/errors.js';

/** Takes one frame of a stream: its text, and its name where the framing has names. */
export type FrameSink = (data: string, name: string | undefined) => void;

/** Cuts the bytes of a stream into frames. Everything happens synchronously within `push` and `end`. */
export interface FrameReader {
  /** Throws a `ProviderError` of kind `network` for a frame that is too long, and whatever the sink throws. */
  push(chunk: Uint8Array): void;
  /** The body has ended properly: hands out what no line end or blank line has closed. */
  end(): void;
  /** What was no frame, as text cut at {@link maxStrayChars}: an error that the server sent in place of a stream. */
  readonly stray: string;
}

/** No event of any API comes near it: 32 Mi characters, against servers that never end a line. */
export const maxFrameChars = 32 * 1024 * 1024;

export const maxStrayChars = 256 * 1024;

export function frameTooLong(limitChars: number): ProviderError {
  return new ProviderError({
    kind: 'network',
    message: `the server sent an event of more than ${limitChars} characters`,
  });
}

/** Lines that are no frames, kept up to {@link maxStrayChars}. */
export class StrayText {
  text = '';

  add(line: string): void {
    if (this.text.length >= maxStrayChars) return;
    this.text += `${this.text === '' ? '' : '\n'}${line}`;
    if (this.text.length > maxStrayChars) this.text = this.text.slice(0, maxStrayChars);
  }
}
