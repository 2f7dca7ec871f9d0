/** How far a check goes, from what costs nothing and says little to what costs tokens and proves everything. */
export const levels = ['configured', 'reachable', 'credential', 'model', 'generates'] as const;

export type Level = (typeof levels)[number];

/** Whether the first is as high as the second, or higher. */
export function reaches(level: Level | null, wanted: Level): boolean {
  return level !== null && levels.indexOf(level) >= levels.indexOf(wanted);
}
