import { seenText } from './control-filter.js';
import { formatDuration, parseDuration } from './duration.js';
import { UsageError } from './errors.js';
import { didYouMean } from './nearest.js';
import { canonicalTarget } from './provider-names.js';

/** What an answer is judged by. Durations in milliseconds. */
export interface JudgedAnswer {
  readonly text: string;
  /** `provider/model`. */
  readonly servedBy: string;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly costUsd: number | null;
  /** Takes the provider's secrets out of what is shown: a server may repeat the key that it was sent. */
  readonly scrub?: ((text: string) => string) | undefined;
}

export interface ExpectationResult {
  /** As it was written. */
  readonly text: string;
  readonly passed: boolean;
  /** What was found in its place; null where that is not known. */
  readonly actual: string | null;
}

export interface Expectation {
  /** As it was written: `contains:hello`, `!regex:sorry`. */
  readonly text: string;
  /** Whether the price of the answer is to be found out. */
  readonly needsCost: boolean;
  /** Whether it is about what the model wrote. */
  readonly ofText?: boolean | undefined;
  /** What to do where it cannot be judged because what it is about is not known. */
  readonly whenUnknown: string | null;
  judge(answer: JudgedAnswer): ExpectationResult | Promise<ExpectationResult>;
}

/** What was found, and whether it holds; null where that cannot be said, which is a failure either way. */
export interface Finding {
  readonly holds: boolean | null;
  readonly actual: string | null;
}

type Judge = (answer: JudgedAnswer) => Finding | Promise<Finding>;

/** Reads the value of one kind of expectation. */
type Reader = (
  value: string,
  refuse: (what: string, mend: string) => never,
  parts: ExpectationParts,
) => Judge;

export interface ExpectationParts {
  /** Looks for an expression in a text; null when it takes too long to find out. */
  readonly search: (expression: RegExp, text: string) => Promise<boolean | null>;
  /** Makes a judge of a JSON Schema in a file, which reading a text does not take. */
  readonly jsonSchema: (file: string) => Promise<(text: string) => Promise<Finding>>;
}

const longestShown = 200;

/** The answer as far as it is shown: one line, and not all of a long one. Scrubbed as it is shown, and before it is cut. */
function excerpt({ text, scrub = same }: Pick<JudgedAnswer, 'text' | 'scrub'>): string {
  const line = scrub(seenText(text)).trim().replace(/\s+/g, ' ');
  return line.length > longestShown ? `${line.slice(0, longestShown - 1)}…` : line;
}

function same(text: string): string {
  return text;
}

function ofText(holds: (text: string) => boolean): Judge {
  return (answer) => ({ holds: holds(answer.text), actual: excerpt(answer) });
}

/** Writes a number with so many significant digits, or a few more. */
type Writer = (value: number, digits: number) => string;

const fewestDigits = 3;
const mostDigits = 17;

/** An upper bound. */
function atMost(limit: number, of: (answer: JudgedAnswer) => number | null, write: Writer): Judge {
  return (answer) => {
    const value = of(answer);
    if (value === null) return { holds: null, actual: null };
    let digits = fewestDigits;
    // what is over the bound must not look like the bound
    while (value !== limit && digits < mostDigits && write(value, digits) === write(limit, digits))
      digits += 1;
    return { holds: value <= limit, actual: write(value, digits) };
  };
}

const writeDuration: Writer = (ms, digits) => {
  if (digits === fewestDigits) return formatDuration(ms);
  return ms < 1000 ? `${Number(ms.toPrecision(digits))}ms` : `${Number((ms / 1000).toPrecision(digits))}s`;
};

const writePrice: Writer = (usd, digits) => `$${Number(usd.toPrecision(digits))}`;

function readDuration(value: string, refuse: Parameters<Reader>[1]): number {
  return parseDuration(value) ?? refuse('is no duration', 'write it with its unit: 800ms, 2s');
}

/** Null for a text that is none. */
function expressionOf(text: string): RegExp | null {
  const [, pattern = '', flags] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? [null, text, ''];
  try {
    return new RegExp(pattern, flags);
  } catch {
    return null;
  }
}

const readers = {
  contains: (value) => ofText((text) => text.includes(value)),
  equals: (value) => ofText((text) => text.trim() === value.trim()),
  regex: (value, refuse, { search }) => {
    const expression =
      expressionOf(value) ??
      refuse('is no regular expression', 'write one of JavaScript, with flags as /sorry/i');
    return async (answer) => {
      const holds = await search(expression, answer.text);
      return {
        holds,
        actual: holds === null ? 'the expression takes too long on this answer' : excerpt(answer),
      };
    };
  },
  'served-by': (value) => {
    const wanted = canonicalTarget(value);
    return ({ servedBy }) => ({
      holds: servedBy === value || servedBy === wanted || servedBy.startsWith(`${wanted}/`),
      actual: servedBy,
    });
  },
  latency: (value, refuse) =>
    atMost(readDuration(value, refuse), ({ durationMs }) => durationMs, writeDuration),
  'first-token': (value, refuse) =>
    atMost(readDuration(value, refuse), ({ firstTokenMs }) => firstTokenMs, writeDuration),
  cost: (value, refuse) => {
    const limit = /^\d+(\.\d+)?$/.test(value)
      ? Number(value)
      : refuse('is no price', 'write US dollars: 0.01');
    return atMost(limit, ({ costUsd }) => costUsd, writePrice);
  },
} as const satisfies Record<string, Reader>;

const schemaKind = 'json-schema';
const textKinds: ReadonlySet<string> = new Set(['contains', 'equals', 'regex', schemaKind]);

/** What to do about what is not known of an answer. */
const whenUnknown: Readonly<Record<string, string>> = {
  cost: 'no price of the model is known: put price_in and price_out into its DSN; an answer whose tokens nobody counted has none',
  'first-token':
    'the answer has no text, so that there was no first token: see what it has with majordomo run -u',
};

/** The words before the colon. */
export const expectationKinds: readonly string[] = [...Object.keys(readers), schemaKind];

/**
 * Reads an expectation: `kind:value`, with `!` before it for its opposite. Throws a `UsageError` that repeats nothing of the
 * value, or what reading a schema throws.
 */
export async function parseExpectation(text: string, parts: ExpectationParts): Promise<Expectation> {
  const negated = text.startsWith('!');
  const colon = text.indexOf(':');
  const kind = text.slice(negated ? 1 : 0, Math.max(0, colon));
  const value = text.slice(colon + 1);
  const refuse = (what: string, mend: string): never => {
    throw new UsageError('expectation', `the value of the expectation ${kind} ${what}`, mend);
  };
  if (!expectationKinds.includes(kind)) {
    const near = didYouMean(kind, expectationKinds);
    throw new UsageError(
      'expectation',
      'there is no such expectation',
      near === '' ? `write one of ${expectationKinds.map((each) => `${each}:…`).join(', ')}` : near,
    );
  }
  if (value === '' && kind !== 'equals') refuse('is empty', `write it after the colon: ${kind}:…`);
  const judge =
    kind === schemaKind
      ? await schemaJudge(value, parts)
      : readers[kind as keyof typeof readers](value, refuse, parts);
  return {
    text,
    needsCost: kind === 'cost',
    ofText: textKinds.has(kind),
    whenUnknown: whenUnknown[kind] ?? null,
    judge: async (answer) => {
      const { holds, actual } = await judge(answer);
      const shown = actual === null ? null : (answer.scrub ?? same)(actual);
      return { text, passed: holds !== null && holds !== negated, actual: shown };
    },
  };
}

async function schemaJudge(file: string, parts: ExpectationParts): Promise<Judge> {
  const judge = await parts.jsonSchema(file);
  return ({ text }) => judge(text);
}
