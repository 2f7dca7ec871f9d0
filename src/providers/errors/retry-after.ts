/** What the server's wish to be left alone is read from. */
export interface RetryAfterFacts {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gemini's `RetryInfo.retryDelay`. */
  readonly retryDelay: string | null;
  /** Whether the error is a rate limit: only then do the reset times of limits mean anything. */
  readonly rateLimited: boolean;
  /** Epoch milliseconds, for dates; null leaves dates out. */
  readonly now: number | null;
}

/** Nobody waits longer, whatever a server asks: one hour, in milliseconds. */
const longestRetryAfterMs = 3_600_000;

/**
 * How long the server asked to be left alone, in milliseconds, at most an hour; null when it did not say, or
 * said something that is no time. In this order: `retry-after-ms` (Azure, OpenAI), `Retry-After` (seconds or a
 * date, RFC 9110), Gemini's `RetryInfo`, then the reset time of a limit that is used up
 * (`x-ratelimit-*` of OpenAI and those like it, `anthropic-ratelimit-*`).
 */
export function retryAfterMs(facts: RetryAfterFacts): number | null {
  const { headers, now } = facts;
  const found =
    scaled(headers['retry-after-ms'], 1) ??
    retryAfterHeader(headers['retry-after'], now) ??
    duration(facts.retryDelay ?? '') ??
    (facts.rateLimited ? resetOfLimits(headers, now) : null);
  return found === null ? null : Math.min(Math.ceil(found), longestRetryAfterMs);
}

/** A plain decimal number of units; no sign, no exponent. */
function scaled(text: string | undefined, unitMs: number): number | null {
  // a header sent twice arrives joined with a comma
  const first = text?.split(',')[0]?.trim() ?? '';
  return /^\d{1,15}(\.\d{1,15})?$/.test(first) ? Number(first) * unitMs : null;
}

function retryAfterHeader(text: string | undefined, now: number | null): number | null {
  return scaled(text, 1_000) ?? untilDate(text, now);
}

/** HTTP dates begin with the day's name, RFC 3339 ones with the year; anything else is not taken for a date. */
const dateForms = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? |^\d{4}-\d\d-\d\dT\d\d:\d\d/i;

function untilDate(text: string | undefined, now: number | null): number | null {
  const date = text?.trim() ?? '';
  if (now === null || !dateForms.test(date)) return null;
  const waitMs = Date.parse(date) - now;
  return waitMs >= 0 ? waitMs : null;
}

const unitsMs = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1, us: 0.001, µs: 0.001, ns: 0.000_001 } as const;

/** `6s`, `1m30s`, `12ms`, `34.4s`, `2m59.56s`: how Go prints a duration. */
function duration(text: string): number | null {
  if (!/^(\d{1,9}(\.\d{1,12})?(ms|us|µs|ns|[hms])){1,6}$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|[hms])/g)) {
    total += Number(amount) * unitsMs[unit as keyof typeof unitsMs];
  }
  return total;
}

/** The latest reset among the limits of which nothing remains. */
function resetOfLimits(headers: Readonly<Record<string, string>>, now: number | null): number | null {
  let latest: number | null = null;
  for (const [name, value] of Object.entries(headers)) {
    const remaining = remainingOf(name);
    if (remaining === null || Number.parseFloat(headers[remaining] ?? '') !== 0) continue;
    const waitMs = duration(value.trim()) ?? untilDate(value, now) ?? untilNumber(value, now);
    if (waitMs !== null) latest = Math.max(latest ?? 0, waitMs);
  }
  return latest;
}

/** The header that says what remains of the limit whose reset `name` tells; null if it tells none. */
function remainingOf(name: string): string | null {
  if (name.startsWith('x-ratelimit-reset')) return name.replace('-reset', '-remaining');
  if (name.startsWith('anthropic-ratelimit-') && name.endsWith('-reset')) {
    return name.replace(/-reset$/, '-remaining');
  }
  return null;
}

/** A bare number is seconds, or where it is too large for that an epoch in seconds or milliseconds (OpenRouter). */
function untilNumber(text: string, now: number | null): number | null {
  const seconds = scaled(text, 1);
  if (seconds === null) return null;
  if (seconds < 1e9) return seconds * 1_000;
  if (now === null) return null;
  const waitMs = (seconds < 1e11 ? seconds * 1_000 : seconds) - now;
  return waitMs >= 0 ? waitMs : null;
}
