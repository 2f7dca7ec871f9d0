import { stripVTControlCharacters } from 'node:util';
import { isPrintableAscii } from '../../core/printable-ascii.js';
import { oneLine } from './sanitize.js';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';
/** Paints a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export interface Layout {
  readonly now: number;
  /** In columns. */
  readonly width: number;
  readonly paint: Paint;
  /** How many columns a text without colours takes; by default one for each of its characters. */
  readonly columns?: (text: string) => number;
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

/**
 * Parts beside each other as far as there is room; what is longer than a line is not cut, so that it can be copied, but between the wide
 * characters of scripts that know no spaces.
 */
export function wrapped(
  parts: readonly Part[],
  at: { readonly layout: Layout; readonly first: string; readonly rest: string; readonly gap?: string },
): string[] {
  const { layout, first, rest, gap: between = '  ' } = at;
  const { width, columns = (text: string) => text.length } = layout;
  const columnsOf = (text: string): number => columns(stripVTControlCharacters(text));
  const lines: string[] = [];
  let line = first;
  let length = columnsOf(first);
  let isEmpty = true;
  for (const { text, painted, glued = false } of parts.flatMap((one) => pieces(one, columns))) {
    const gap = isEmpty || glued ? '' : between;
    const taken = columns(text);
    if (!isEmpty && length + gap.length + taken > width) {
      lines.push(line);
      line = rest + painted;
      length = columnsOf(rest) + taken;
    } else {
      line += gap + painted;
      length += gap.length + taken;
    }
    isEmpty = false;
  }
  return [...lines, line];
}

interface Piece extends Part {
  /** Belongs to the piece before it. */
  readonly glued?: boolean;
}

/** A part as it may be broken: before each wide character that follows another character. */
function pieces(part: Part, columns: (text: string) => number): readonly Piece[] {
  const { text, painted } = part;
  if (isPrintableAscii(text) || painted !== text) return [part];
  const found: string[] = [];
  for (const { segment } of new Intl.Segmenter('en').segment(text)) {
    const before = found.at(-1);
    if (before === undefined || columns(segment) > 1) found.push(segment);
    else found[found.length - 1] = before + segment;
  }
  return found.map((piece, index) => ({ text: piece, painted: piece, glued: index > 0 }));
}
