import { oneLine } from './sanitize.js';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';
/** Paints a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export interface Layout {
  readonly now: number;
  /** In columns. */
  readonly width: number;
  readonly paint: Paint;
}

/** A text without its colours, which take no room, and with them. */
export interface Part {
  readonly text: string;
  readonly painted: string;
}

export function part(text: string, paint: (text: string) => string = (same) => same): Part {
  const clean = oneLine(text);
  return { text: clean, painted: paint(clean) };
}

export function words(text: string): Part[] {
  return oneLine(text)
    .split(' ')
    .map((word) => ({ text: word, painted: word }));
}

/**
 * A sentence in words that keep their line, all of it painted, or only its sign (its first word): a line in yellow is hard to read
 * on a light screen, and what to do must not be dim.
 */
export function sentence(
  text: string,
  at: {
    readonly layout: Layout;
    readonly first: string;
    readonly rest: string;
    readonly style?: Style;
    readonly sign?: Style;
  },
): string[] {
  const { layout, first, rest, style, sign } = at;
  const [head, ...others] = words(text);
  const parts =
    head === undefined || sign === undefined
      ? words(text)
      : [{ ...head, painted: layout.paint(sign, head.text) }, ...others];
  const lines = wrapped(parts, { layout, first, rest, gap: ' ' });
  return style === undefined ? lines : lines.map((line) => layout.paint(style, line));
}

/** Parts beside each other as far as there is room; what is longer than a line is not cut, so that it can be copied. */
export function wrapped(
  parts: readonly Part[],
  at: { readonly layout: Layout; readonly first: string; readonly rest: string; readonly gap?: string },
): string[] {
  const { layout, first, rest, gap = '  ' } = at;
  const lines: string[] = [];
  let line = first;
  let length = first.length;
  let isEmpty = true;
  for (const { text, painted } of parts) {
    if (!isEmpty && length + gap.length + text.length > layout.width) {
      lines.push(line);
      line = rest;
      length = rest.length;
      isEmpty = true;
    }
    line += isEmpty ? painted : gap + painted;
    length += text.length + (isEmpty ? 0 : gap.length);
    isEmpty = false;
  }
  return [...lines, line];
}
