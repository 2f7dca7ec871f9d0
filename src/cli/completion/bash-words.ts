/**
 * A word as bash would read it, quotes and backslashes taken away. Nothing in it is expanded, and a quote that is still open
 * counts as closed at the end. The script for bash passes words as they were typed.
 */
export function asBashReads(word: string): string {
  return word.replace(
    /'([^']*)'?|"((?:[^"\\]|\\[\s\S]?)*)"?|\\([\s\S]?)/g,
    (_, single: string | undefined, double: string | undefined, escaped: string | undefined) =>
      single ?? double?.replace(/\\([$`"\\])/g, '$1') ?? escaped ?? '',
  );
}
