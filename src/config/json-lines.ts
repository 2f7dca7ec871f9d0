/** What stands under one key of a text's object: where the key is, and where what it leads to has keys or elements. */
interface Section {
  readonly at: number;
  /** By name or, in an array, by index. */
  readonly members: Map<string, number>;
}

/** So many keys are looked for one by one; for more it takes longer than to see where all of them are. */
const few = 12;

/**
 * What tells the line, from 1, of a key of a JSON text's object or of what stands directly below one, by the keys that lead
 * there. `value` is what the text says: as it is known to be JSON, in which no object has a key twice, a look at its strings and brackets
 * is enough, where a parser that knows where things stand takes many times as long.
 */
export function jsonLines(text: string, value: unknown): (keys: readonly string[]) => number | undefined {
  let sections: ReadonlyMap<string, Section> | null = null;
  let left = few;
  const lineAt = lineFinder(text);
  const placeOf = ([name = '', member]: readonly string[]): number | undefined => {
    sections ??= sectionsOf(text);
    const section = sections.get(name);
    return member === undefined ? section?.at : section?.members.get(member);
  };
  return (keys) => {
    if (keys.length === 0 || keys.length > 2) return undefined;
    left -= 1;
    const at =
      (left >= 0 && hasKey(value, keys) ? onlyKey(text, keys.at(-1) ?? '') : undefined) ?? placeOf(keys);
    return at === undefined ? undefined : lineAt(at);
  };
}

function hasKey(value: unknown, keys: readonly string[]): boolean {
  let object = value;
  for (const key of keys) {
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return false;
    if (!Object.hasOwn(object, key)) return false;
    object = object[key as keyof typeof object];
  }
  return true;
}

/**
 * Where a key stands that is there, if nothing else looks like it. Without a backslash in the text every key is written as it
 * is, and so among what is found.
 */
function onlyKey(text: string, name: string): number | undefined {
  if (text.includes('\\')) return undefined;
  const written = `"${name}"`;
  const colon = /\s*:/y;
  let found: number | undefined;
  for (let at = text.indexOf(written); at >= 0; at = text.indexOf(written, at + 1)) {
    colon.lastIndex = at + written.length;
    if (!colon.test(text)) continue;
    if (found !== undefined) return undefined;
    found = at;
  }
  return found;
}

function sectionsOf(text: string): Map<string, Section> {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[{}[\]]|[^\s"{}[\],]+/g;
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
  let starts: readonly number[] | null = null;
  return (offset) => {
    starts ??= lineStarts(text);
    let [from, to] = [0, starts.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((starts[middle] as number) <= offset) from = middle + 1;
      else to = middle;
    }
    return from + 1;
  };
}

/** Where the lines but for the first one begin. */
function lineStarts(text: string): number[] {
  const starts: number[] = [];
  if (text.includes('\r')) {
    const end = /\r\n?|\n/g;
    while (end.test(text)) starts.push(end.lastIndex);
  } else {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  }
  return starts;
}
