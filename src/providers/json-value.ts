/** JSON that somebody else wrote: nothing about its shape may be taken for granted. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a text says as JSON, a byte order mark before it passed over; undefined for a text that is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

/** Whether a text is what APIs answer with: an object or an array. */
export function isApiText(text: string): boolean {
  const value = jsonOf(text);
  return typeof value === 'object' && value !== null;
}

/** The value if it is an object and no array, else null. */
export function objectIn(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** The value if it is an array, else an empty one. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value if it is a string with something in it, else null. */
export function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The value if it can be a number of tokens, else null: our own JSON promises whole numbers. */
export function countIn(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

/**
 * Lays the fields of a later, cumulative count over those of an earlier one. A field that the later one leaves
 * out or sends as null keeps its value.
 */
export function laterCounts(earlier: JsonObject, later: unknown): JsonObject {
  const fields = Object.entries(objectIn(later) ?? {}).filter(([, value]) => value !== null);
  return { ...earlier, ...Object.fromEntries(fields) };
}
