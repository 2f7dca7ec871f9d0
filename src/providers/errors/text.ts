import { seenText } from '../../core/control-filter.js';

/** The longest part of a server's message that is looked at, in characters. */
const longestRead = 8_000;
/** The longest message that is kept, in characters. */
const longestKept = 300;

/** Lines of stack traces: Node, Java, Python, Go, Rust. */
const traceLine =
  /^\s*(at\s.+[(:]|File ".*", line \d+|Traceback \(most recent call last\)|goroutine \d+|stack backtrace:|\^+\s*$|\.\.\. \d+ more)/;

/** A server's text as it may be matched: bounded, and as a reader sees it. */
export function readableText(text: string): string {
  return seenText(text.slice(0, longestRead));
}

/**
 * The first line that says something, at most 300 characters: servers send stack traces, blank first lines and
 * Python tracebacks, whose last line is the one that says what happened.
 */
export function firstMeaningfulLine(text: string): string {
  const readable = readableText(text);
  const lines = readable.split('\n').filter((line) => line.trim() !== '' && !traceLine.test(line));
  const traceback = /^\s*Traceback \(most recent call last\)/.test(readable);
  const said = traceback ? lines.filter((line) => !/^\s/.test(line)).at(-1) : lines[0];
  const first = (said ?? lines[0] ?? '').trim();
  // a heading alone says nothing: `Error:` and then the list of what is wrong
  const next = first.endsWith(':') && !traceback ? (lines[1]?.trim() ?? '') : '';
  return bounded(`${first} ${next}`.replace(/\s+/g, ' ').trim());
}

/** Cut at 300 characters, never inside one. */
function bounded(text: string): string {
  if (text.length <= longestKept) return text;
  const characters = Array.from(text.slice(0, 2 * longestKept + 2));
  return characters.length <= longestKept ? text : `${characters.slice(0, longestKept - 1).join('')}…`;
}

/** Whether a body is a web page and not an answer of an API. */
export function looksLikeHtml(body: string, contentType: string | undefined): boolean {
  const start = body
    .slice(0, 1_000)
    .replace(/^\ufeff/, '')
    .trimStart()
    .toLowerCase();
  if (/^<(!--|(!doctype|\?xml|html|head|body|div|p|h[1-6]|center|title|script|style)\b)/.test(start))
    return true;
  return contentType !== undefined && /\btext\/html\b/i.test(contentType) && start.startsWith('<');
}

/** The title, or else the first heading, of a web page; null where there is none. */
export function pageTitle(html: string): string | null {
  const found = /<(title|h1)\b[^>]{0,200}>([^<]{1,200})</i.exec(html.slice(0, longestRead));
  const title = found?.[2]?.replace(/\s+/g, ' ').trim() ?? '';
  return title === '' ? null : bounded(readableText(title));
}
