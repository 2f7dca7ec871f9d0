import { oneLine } from './sanitize.js';

/** Rows in columns as wide as their widest cell; the last column is not filled up. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, [...cell].length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - [...cell].length),
      )
      .join('  '),
  );
}

/** What needs no look at each cell; fingerprints of keys begin with an ellipsis. */
const harmless = /^[ -~…]*$/;

/** The same for programs: tabs between, and none within, as each cell is made one harmless line. */
export function tabbed(rows: readonly (readonly string[])[]): string[] {
  return rows.map((row) => (harmless.test(row.join('')) ? row : row.map(oneLine)).join('\t'));
}
