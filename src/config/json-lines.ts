/** What stands under one key of a text's object: where the key is, and where what it leads to has keys or elements. */
interface Section {
  readonly at: number;
  /** By name or, in an array, by index. */
  readonly members: Map<string, number>;
}

/**
 * What tells the line, from 1, of a key of the text's object or of what stands directly below one, by the keys that lead there. The
 * text has to be known to be JSON, so that it takes a look at its brackets and strings, with the colon behind those that
 * are keys, where a parser that knows where things stand takes many times as long.
 */
export function jsonLines(text: string): (keys: readonly string[]) => number | undefined {
  let sections: ReadonlyMap<string, Section> | null = null;
  const lineAt = lineFinder(text);
  return ([name = '', member, ...more]) => {
    if (more.length > 0) return undefined;
    sections ??= sectionsOf(text);
    const section = sections.get(name);
    const at = member === undefined ? section?.at : section?.members.get(member);
    return at === undefined ? undefined : lineAt(at);
  };
}

function sectionsOf(text: string): Map<string, Section> {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"\s*:?|[{}[\]]|[^\s"{}[\],]+/g;
  const sections = new Map<string, Section>();
  let members = new Map<string, number>();
  // of the array directly below a key; null where there is none
  let elements: number | null = null;
  let depth = 0;
  for (let from = 0; token.test(text); from = token.lastIndex) {
    const end = token.lastIndex - 1;
    const last = text.charAt(end);
    if (last === ':') {
      if (depth > 2) continue;
      const at = text.indexOf('"', from);
      const name = unescaped(text.slice(at + 1, text.lastIndexOf('"', end)));
      if (depth === 2) {
        members.set(name, at);
      } else {
        members = new Map();
        sections.set(name, { at, members });
      }
    } else if (last === '}' || last === ']') {
      depth -= 1;
    } else {
      if (depth === 2 && elements !== null) members.set(String(elements++), end);
      if (last !== '{' && last !== '[') continue;
      depth += 1;
      if (depth === 2) elements = last === '[' ? 0 : null;
    }
  }
  return sections;
}

function unescaped(written: string): string {
  return written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written;
}

function lineFinder(text: string): (offset: number) => number {
  let ends: number[] | null = null;
  return (offset) => {
    ends ??= Array.from(text.matchAll(/\r\n?|\n/g), ({ index }) => index);
    let [from, to] = [0, ends.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((ends[middle] as number) < offset) from = middle + 1;
      else to = middle;
    }
    return from + 1;
  };
}
