import { createParser } from 'eventsource-parser';
import { type FrameReader, type FrameSink, frameTooLong, maxFrameChars, StrayText } from './frames.js';
import { utf8Decoder } from './utf8.js';

/**
 * Reads server-sent events (WHATWG HTML section 9.2.6) from bytes split anywhere, with two differences: an event that
 * the end of the body cuts off from its blank line still counts, because servers forget that line; and lines
 * that are no field become `stray`: Gemini sends an error as raw JSON of several lines.
 *
 * Events without data are dropped, as the standard has it. `onEvent` gets the `event:` field as name.
 */
export function sseReader(onEvent: FrameSink, { maxChars = maxFrameChars } = {}): FrameReader {
  const decode = utf8Decoder();
  const stray = new StrayText();
  const normalise = lineEnds();
  const parser = createParser({
    maxBufferSize: maxChars,
    onEvent: ({ data, event }) => {
      if (data !== '') onEvent(data, event);
    },
    onError: ({ type, line }) => {
      if (type === 'max-buffer-size-exceeded') throw frameTooLong(maxChars);
      if (type === 'unknown-field') stray.add(line ?? '');
    },
  });
  return {
    push: (chunk) => parser.feed(normalise(decode(chunk))),
    end: () => parser.feed(`${normalise(decode())}\n\n`),
    get stray() {
      return stray.text;
    },
  };
}

/**
 * Makes CR and CRLF line feeds. The parser would do it too, but it holds a CR at the end of a chunk back until
 * the next chunk, and that may be the end of the answer.
 */
function lineEnds(): (text: string) => string {
  let afterCarriageReturn = false;
  return (text) => {
    if (text === '') return text;
    const rest = afterCarriageReturn && text.startsWith('\n') ? text.slice(1) : text;
    afterCarriageReturn = text.endsWith('\r');
    return rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest;
  };
}
