/** Units from the largest to the smallest, in milliseconds. */
const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** The longest duration that may be configured; a timer of JavaScript holds little more (2³¹ − 1 ms). */
export const maxDurationMs = 24 * 24 * units.h;

// a number and its unit, once or in falling order of units, with or without a space between: 1h30m, 1m 30s
const grammar =
  /^(?:(\d+(?:\.\d+)?)h)?(?: ?(\d+(?:\.\d+)?)m)?(?: ?(\d+(?:\.\d+)?)s)?(?: ?(\d+(?:\.\d+)?)ms)?$/;

/**
 * Reads a duration such as `500ms`, `1.5s`, `2m` or `1h30m` and returns whole milliseconds (0 or more).
 * Undefined when it is not one: without a unit, negative, in an unknown unit, or longer than 24 days.
 */
export function parseDuration(text: string): number | undefined {
  const match = grammar.exec(text);
  if (match === null || text === '' || text.startsWith(' ')) return undefined;
  const [, h = '0', m = '0', s = '0', ms = '0'] = match;
  const total = Number(h) * units.h + Number(m) * units.m + Number(s) * units.s + Number(ms);
  return total <= maxDurationMs ? Math.round(total) : undefined;
}

/** A duration in milliseconds as people read it: `850ms`, `2s`, `1.5s`, `1m 30s`, `2h 5m`. Less than 0 shows as `0ms`, no number as `?`. */
export function formatDuration(durationMs: number): string {
  const milliseconds = Math.round(durationMs);
  if (!Number.isFinite(milliseconds)) return '?';
  if (milliseconds <= 0) return '0ms';
  if (milliseconds < 1000) return `${milliseconds}ms`;
  // each step looks at the rounded number, so that 59.96 s is 1m and never 60s
  const tenths = Math.round(milliseconds / 100);
  if (tenths < 600) return `${tenths / 10}s`;
  const seconds = Math.round(milliseconds / units.s);
  if (seconds < 3600) return pair(seconds, 'm', 's');
  return pair(Math.round(milliseconds / units.m), 'h', 'm');
}

function pair(amount: number, large: string, small: string): string {
  const rest = amount % 60;
  const whole = `${(amount - rest) / 60}${large}`;
  return rest === 0 ? whole : `${whole} ${rest}${small}`;
}
