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

/** The same for programs: tabs between, and none within, as each cell is made one harmless line. */
export function tabbed(rows: readonly (readonly string[])[]): string[] {
  let columns = -1;
  let harmless = /^$/;
  return rows.map((row) => {
    if (row.length !== columns) {
      columns = row.length;
      // fingerprints of keys begin with an ellipsis
      harmless = new RegExp(`^[ -~…]*(?:\\t[ -~…]*){${Math.max(columns - 1, 0)}}$`);
    }
    // of thousands of cells each takes longer to be looked at than all of a row
    const line = row.join('\t');
    return harmless.test(line) ? line : row.map(oneLine).join('\t');
  });
}
