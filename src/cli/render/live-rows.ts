/** One line of a live table. */
export interface LiveRow {
  readonly name: string;
  /** Its turn has not come, it is being worked at, or it stays as it is: well, or badly. */
  readonly state: 'waiting' | 'running' | 'good' | 'bad';
  /** What is told of it once that is known, painted. */
  readonly text: string;
  /** Since when it is running, in milliseconds of a monotonic clock. */
  readonly sinceMs: number;
}

/** Who is shown first where there is no room for all. */
const precedence = ['running', 'bad', 'waiting', 'good'] as const satisfies readonly LiveRow['state'][];

/** As many rows as fit into so many lines, in their order, and how many are left out: a line says so. */
export function fittingRows<Row extends Pick<LiveRow, 'state'>>(
  rows: readonly Row[],
  lines: number,
): { readonly shown: readonly Row[]; readonly left: number } {
  if (rows.length <= lines) return { shown: rows, left: 0 };
  const room = Math.max(0, lines - 1);
  const inLine = precedence.flatMap((state) => rows.filter((row) => row.state === state));
  const chosen = new Set(inLine.slice(0, room));
  return { shown: rows.filter((row) => chosen.has(row)), left: rows.length - room };
}

/** By how many lines a terminal that fills lines anew has moved these apart, when it got narrower. */
export function reflowedBy(widths: readonly number[], columns: number): number {
  return widths.reduce((more, width) => more + Math.max(0, Math.ceil(width / columns) - 1), 0);
}
