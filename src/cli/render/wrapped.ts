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
