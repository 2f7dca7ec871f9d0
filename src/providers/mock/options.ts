import type { Dsn } from '../../core/dsn.js';
import { parseDuration } from '../../core/duration.js';
import { DsnError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import type { FinishReason, Usage } from '../../core/ports.js';
import type { FaultStep } from './faults.js';
import { parseFaultScript } from './script.js';

/** What a mock's DSN says, read and checked. */
export interface MockSettings {
  /** Null for the sentence that names the target. */
  readonly reply: string | null;
  readonly reasoning: string;
  readonly repeat: number;
  /** A word with the space before it, or so many characters. */
  readonly chunk: 'word' | number;
  readonly latencyMs: number;
  readonly tokensPerSecond: number | null;
  readonly finish: FinishReason;
  /** Null for the model that was asked for. */
  readonly served: string | null;
  /** Empty for any model. */
  readonly models: readonly string[];
  /** `count`: what the words and chunks come to; null: none is told. */
  readonly usage: 'count' | Usage | null;
  readonly faults: readonly FaultStep[];
}

/** The finish reasons, each as OpenAI writes it. */
export const rawFinishReasons = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content_filter',
  refusal: 'refusal',
  'tool-calls': 'tool_calls',
  other: 'other',
} as const satisfies Record<FinishReason, string>;

const mostRepeats = 100_000;
const mostChunk = 1_000_000;
const mostTokensPerSecond = 1_000_000;
/** Characters; what a reply and its repetitions may come to. */
const longestReply = 4_000_000;

type Refuse = (what: string, mend: string) => never;
type ReadOption<T> = (text: string, refuse: Refuse) => T;

function readNumber(text: string, range: { least: number; most: number }): number | null {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  return value >= range.least && value <= range.most ? value : null;
}

function wholeNumber(range: { least: number; most: number }): ReadOption<number> {
  return (text, refuse) =>
    readNumber(text, range) ??
    refuse('an unreadable number', `Write a whole number from ${range.least} to ${range.most}.`);
}

const readUsage: ReadOption<MockSettings['usage']> = (text, refuse) => {
  if (text === 'none') return null;
  const numbers = text.split(':').map((part) => readNumber(part, { least: 0, most: 1_000_000_000 }));
  const [inputTokens, outputTokens, reasoningTokens = null, cachedInputTokens = null] = numbers;
  const unread = numbers.length > 4 || numbers.includes(null);
  if (
    unread ||
    inputTokens === null ||
    outputTokens === null ||
    inputTokens === undefined ||
    outputTokens === undefined
  ) {
    return refuse('an unreadable usage', 'Write IN:OUT, IN:OUT:REASONING, IN:OUT:REASONING:CACHED or none.');
  }
  if ((reasoningTokens ?? 0) > outputTokens || (cachedInputTokens ?? 0) > inputTokens) {
    return refuse('a part greater than its whole', 'OUT includes REASONING, IN includes CACHED.');
  }
  return { inputTokens, outputTokens, reasoningTokens, cachedInputTokens };
};

const readers = {
  reply: (text) => text,
  reasoning: (text) => text,
  repeat: wholeNumber({ least: 1, most: mostRepeats }),
  chunk: (text, refuse) => {
    if (text === 'word') return text;
    if (text === 'char') return 1;
    const characters = readNumber(text, { least: 1, most: mostChunk });
    return characters ?? refuse('an unreadable chunk', 'Write word, char, or a number of characters.');
  },
  latency: (text, refuse) =>
    parseDuration(text) ?? refuse('an unreadable duration', 'Write one with its unit: 500ms, 2s.'),
  tps: (text, refuse) => {
    const value = /^\d{1,7}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value <= mostTokensPerSecond) return value;
    return refuse(
      'an unreadable number',
      `Write tokens a second, more than 0 and up to ${mostTokensPerSecond}.`,
    );
  },
  finish: (text, refuse) => {
    const reasons = Object.keys(rawFinishReasons) as FinishReason[];
    const found = reasons.find((reason) => reason === text || rawFinishReasons[reason] === text);
    if (found !== undefined) return found;
    const guess = didYouMean(text, reasons);
    return refuse(
      'an unknown finish reason',
      `Known are ${reasons.join(', ')}${guess === '' ? '.' : `; ${guess}`}`,
    );
  },
  served: (text, refuse) => (text === '' ? refuse('nothing', 'Name the model that claims to answer.') : text),
  usage: readUsage,
} as const satisfies Record<string, ReadOption<unknown>>;

/** The mock's own options, beside the common ones. */
export const mockOptionNames = [...Object.keys(readers), 'fault'];

/** Reads a mock's options. Throws a `ConfigError` that names variable and option and repeats no value. */
export function readMockSettings(dsn: Dsn): MockSettings {
  const { extra, models } = dsn.options;
  const settings: MockSettings = {
    reply: read(dsn, 'reply') ?? null,
    reasoning: read(dsn, 'reasoning') ?? '',
    repeat: read(dsn, 'repeat') ?? 1,
    chunk: read(dsn, 'chunk') ?? 'word',
    latencyMs: read(dsn, 'latency') ?? 0,
    tokensPerSecond: read(dsn, 'tps') ?? null,
    finish: read(dsn, 'finish') ?? 'stop',
    served: read(dsn, 'served') ?? null,
    models,
    usage: extra.usage === undefined ? 'count' : (read(dsn, 'usage') ?? null),
    faults:
      extra.fault === undefined
        ? []
        : parseFaultScript(extra.fault, { subject: dsn.variable, part: 'the option fault' }),
  };
  if ((settings.reply?.length ?? 0) * settings.repeat > longestReply) {
    refuseOption(dsn, 'repeat')('a reply too long', `It may come to ${longestReply} characters.`);
  }
  return settings;
}

function read<K extends keyof typeof readers>(
  dsn: Dsn,
  name: K,
): ReturnType<(typeof readers)[K]> | undefined {
  const text = dsn.options.extra[name];
  if (text === undefined) return undefined;
  return readers[name](text, refuseOption(dsn, name)) as ReturnType<(typeof readers)[K]>;
}

function refuseOption(dsn: Dsn, name: string): Refuse {
  return (what, mend) => {
    throw new DsnError('dsn-option-value', `${dsn.variable}: ${what} in the option ${name}. ${mend}`);
  };
}
