/** Where the keys of a JSON text stand. */
export interface JsonIndex {
  /** How many there are, in all objects together; those of one name in one object count each. */
  readonly keys: number;
  /** The line of a key of the text's object, or of a member of one that has no more levels, from 1; undefined where it takes more to find it. */
  lineOf(keys: readonly string[]): number | undefined;
}

/** What one key of the text's object says. */
interface Section {
  readonly keyAt: number;
  readonly from: number;
  to: number;
  /** Whether there are objects and lists in it. */
  isFlat: boolean;
  /** How often a member was looked for. */
  looks: number;
  /** Where all of them stand, once that is cheaper than to look for each. */
  members: ReadonlyMap<string, number> | null;
}

/** Who looks for so many members of a section is going to look for all. */
const fewLooks = 8;

/** Names that are written as they are: without escapes, a closing quote cannot be taken for an opening one. */
const plainName = /^[\w.-]+$/;

/**
 * Looks through a text that is known to be JSON, which takes a fraction of the time of a parser that knows where things stand:
 * strings, with the colon behind those that are keys, and brackets.
 */
export function jsonIndex(text: string): JsonIndex {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"\s*:?|[{}[\]]/g;
  const sections = new Map<string, Section>();
  let open: Section | null = null;
  let keys = 0;
  let depth = 0;
  for (let from = 0; token.test(text); from = token.lastIndex) {
    const last = text.charAt(token.lastIndex - 1);
    if (last === ':') {
      keys += 1;
      if (depth > 1) continue;
      const keyAt = text.indexOf('"', from);
      if (open !== null) open.to = keyAt;
      open = { keyAt, from: token.lastIndex, to: text.length, isFlat: true, looks: 0, members: null };
      sections.set(text.slice(keyAt + 1, text.indexOf('"', keyAt + 1)), open);
    } else if (last === '{' || last === '[') {
      depth += 1;
      if (depth > 2 && open !== null) open.isFlat = false;
    } else if (last === '}' || last === ']') {
      depth -= 1;
    }
  }
  const lineAt = lineFinder(text);
  return {
    keys,
    lineOf([name = '', member, ...more]) {
      const section = plainName.test(name) ? sections.get(name) : undefined;
      if (section === undefined) return undefined;
      if (member === undefined) return lineAt(section.keyAt);
      if (!section.isFlat || more.length > 0 || !plainName.test(member)) return undefined;
      const at = keyAt(text, member, section);
      return at < 0 ? undefined : lineAt(at);
    },
  };
}

function keyAt(text: string, name: string, section: Section): number {
  section.looks += 1;
  if (section.looks > fewLooks) section.members ??= membersOf(text, section);
  if (section.members !== null) return section.members.get(name) ?? -1;
  const { from, to } = section;
  const quoted = `"${name}"`;
  for (let at = text.indexOf(quoted, from); at >= 0 && at < to; at = text.indexOf(quoted, at + 1)) {
    // an escaped quote is part of a name that ends like this one
    if (
      text.charAt(at - 1) !== '\\' &&
      /\s*:/y.test(text.slice(at + quoted.length, at + quoted.length + 100))
    )
      return at;
  }
  return -1;
}

function membersOf(text: string, { from, to }: Section): ReadonlyMap<string, number> {
  const members = new Map<string, number>();
  const member = /("[^"\\]*(?:\\.[^"\\]*)*")\s*(:?)/g;
  member.lastIndex = from;
  for (let found = member.exec(text); found !== null && found.index < to; found = member.exec(text)) {
    const [, quoted = '', colon] = found;
    if (colon === ':') members.set(quoted.slice(1, -1), found.index);
  }
  return members;
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

/** The same number of a value that was read from the text: smaller where one key stands in an object twice. */
export function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value);
  return members.reduce<number>(
    (sum, member) => sum + keysIn(member),
    Array.isArray(value) ? 0 : members.length,
  );
}
