import type { DialectRequest, Refusal, Reworded } from './dialect.js';
import { readErrorFacts } from './errors/facts.js';
import { jsonOf } from './json-value.js';

/**
 * The limit of an answer has two names in OpenAI's API, and of its models and the APIs made after it each takes one:
 * reasoning models the second, servers of before September 2024 the first.
 */
const names = ['max_tokens', 'max_completion_tokens'] as const;

/** What is said of a name that is not taken. */
const refused =
  /unsupported|not supported|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed|not a valid|deprecated|no such|\buse\b/i;
/** What is said of a number that is not: then the other name would be no better, or not be heeded. */
const ofNumber =
  /too (large|small|high|low|many|big|long)|exceed|at (most|least)|less than|greater|must be|maximum|limit/i;

/** The request with its limit under the other name, where the API refuses the one that it had; null where it refuses something else. */
export function otherBudgetName(wire: DialectRequest, { status, bodyText }: Refusal): Reworded | null {
  if (status !== 400 && status !== 422) return null;
  const sent = names.filter((name) => wire.body[name] !== undefined);
  const [name] = sent;
  if (name === undefined || sent.length > 1) return null;
  const other = names[name === names[0] ? 1 : 0];
  const { message, param } = readErrorFacts(jsonOf(bodyText) ?? bodyText);
  const said = message ?? '';
  const isBlamed = param === name || mentions(said, name);
  if (!isBlamed || !refused.test(said) || ofNumber.test(said)) return null;
  const body = Object.fromEntries(
    Object.entries(wire.body).map(([key, value]) => [key === name ? other : key, value]),
  );
  return { wire: { ...wire, body }, note: `asked again with ${other}: ${name} is not supported` };
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(text);
}
