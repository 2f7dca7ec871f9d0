import { type FrameReader, type FrameSink, frameTooLong, maxFrameChars, StrayText } from './frames.js';
import { utf8Decoder } from './utf8.js';

/**
 * Reads lines of JSON from bytes split anywhere; LF or CRLF, blank lines skipped, the last one with or without its
 * line end. Every line goes to `onLine`, also one that is no JSON. Lines that cannot be a JSON object of their own
 * are kept in `stray` too: an error page, or an error as JSON of several lines.
 */
export function ndjsonReader(onLine: FrameSink, { maxChars = maxFrameChars } = {}): FrameReader {
  const decode = utf8Decoder();
  const stray = new StrayText();
  // A line of many chunks is joined once, when its end has come.
  let fragments: string[] = [];
  let fragmentChars = 0;

  const deliver = (raw: string) => {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const trimmed = line.trim();
    if (trimmed === '') return;
    if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) stray.add(line);
    onLine(line, undefined);
  };
  const takeFragments = (): string => {
    const text = fragments.join('');
    fragments = [];
    fragmentChars = 0;
    return text;
  };
  const feed = (text: string) => {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      deliver(fragments.length === 0 ? text.slice(start, end) : takeFragments() + text.slice(start, end));
      start = end + 1;
    }
    if (start === text.length) return;
    fragments.push(text.slice(start));
    fragmentChars += text.length - start;
    if (fragmentChars > maxChars) throw frameTooLong(maxChars);
  };
  return {
    push: (chunk) => feed(decode(chunk)),
    end: () => {
      feed(decode());
      deliver(takeFragments());
    },
    get stray() {
      return stray.text;
    },
  };
}
