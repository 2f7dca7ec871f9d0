import { maxDurationMs, parseDuration } from '../duration.js';
import { looksLikeKeyNotVariable } from './keys.js';
import { beyondLatin1, type DsnText, type Fault, type Span } from './text.js';

/** One option's value with its place, and the ways to read it. No reader repeats the value when it refuses it. */
export class OptionValue {
  readonly #source: DsnText;
  readonly #span: Span;
  readonly #part: string;

  /** `part` names the option in errors. */
  constructor(source: DsnText, span: Span, part: string) {
    this.#source = source;
    this.#span = span;
    this.#part = part;
  }

  refuse(what: string, mend: string, code: Fault['code'] = 'dsn-option-value'): Error {
    return this.#source.error({ code, what, part: this.#part, at: this.#span.at, mend });
  }

  /** The decoded value, which may be empty. */
  any(): string {
    return this.#source.decode(this.#span, this.#part);
  }

  text(): string {
    const value = this.any();
    if (value.trim() === '') {
      throw this.refuse('no value', 'Give it one, or remove the option: an unset variable?');
    }
    return value;
  }

  /** A text that goes where only these characters are safe. */
  word(allowed: RegExp, mend: string): string {
    const value = this.text();
    if (allowed.test(value)) return value;
    throw this.refuse('a character that does not belong there', mend);
  }

  model(): string {
    const value = this.text().trim();
    if (!value.includes(',')) return value;
    throw this.refuse('more than one name', 'Name one model here; models= takes a list with commas.');
  }

  /** Names with commas between them; a comma inside a name is written as %2C. */
  list(): readonly string[] {
    const names: string[] = [];
    let at = this.#span.at;
    for (const text of this.#span.text.split(',')) {
      names.push(new OptionValue(this.#source, { text, at }, this.#part).text().trim());
      at += text.length + 1;
    }
    return [...new Set(names)];
  }

  /** Milliseconds, at least 1. */
  durationMs(): number {
    const value = this.text();
    if (/^\d+(?:\.\d+)?$/.test(value)) {
      throw this.refuse(
        'a duration without a unit',
        'Is it 30s or 30ms? Units are ms, s, m and h.',
        'dsn-duration',
      );
    }
    const durationMs = parseDuration(value);
    if (durationMs !== undefined && durationMs >= 1) return durationMs;
    const days = maxDurationMs / 86_400_000;
    throw this.refuse(
      'no duration',
      `${separators(value)}Write one such as 500ms, 30s or 2m, longer than zero and at most ${days * 24}h.`,
      'dsn-duration',
    );
  }

  integer({ min, max }: { readonly min: number; readonly max: number }): number {
    const value = this.text();
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw this.refuse(
      'no number in range',
      `${separators(value)}Write a whole number from ${min} to ${max}.`,
    );
  }

  /** USD per million tokens. */
  price(): number {
    const value = this.text();
    const number = /^\d{1,7}(?:\.\d{1,12})?$/.test(value) ? Number(value) : Number.NaN;
    if (number <= maxPrice) return number;
    throw this.refuse('no price', `Write USD per million tokens, from 0 to ${maxPrice}, as in 0.15.`);
  }

  flag(): boolean {
    const value = flags.get(this.text().toLowerCase());
    if (value !== undefined) return value;
    throw this.refuse('neither yes nor no', 'Write 1 or 0.');
  }

  /** The name of an environment variable. */
  variable(): string {
    const value = this.text();
    if (looksLikeKeyNotVariable(value)) {
      const mend = 'Name the variable that holds the key, as in key_env=OPENAI_API_KEY.';
      throw this.refuse('what looks like a key', mend);
    }
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return value;
    throw this.refuse('no name of a variable', 'Write it without "$", as in key_env=OPENAI_API_KEY.');
  }

  /** An http or https URL with nothing after the host, but perhaps with user and password. */
  proxy(): string {
    const value = this.text().trim();
    const url = /^https?:\/\/[^/\\?#\s]+\/?$/i.test(value) ? parseUrl(value) : undefined;
    if (url !== undefined && url.port !== '0') return value;
    const mend = 'Write one as in http%3A%2F%2Fproxy.example%3A3128 (percent-encoded where needed).';
    throw this.refuse('no http or https URL of a proxy', mend);
  }

  headerValue(): string {
    const value = this.text();
    if (!beyondLatin1(value)) return value;
    throw this.refuse('a character that no header can carry', 'Use Latin-1 characters only.', 'dsn-header');
  }
}

/** What else stands in a value that should be a number: the next option, after what does not separate them. */
function separators(value: string): string {
  return /[;?,]\s*[a-z_.]+=/i.test(value) ? 'Separate options by "&". ' : '';
}

const maxPrice = 1_000_000;

const flags: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['0', false],
  ['false', false],
  ['no', false],
]);

/** Undefined when `URL` refuses it; its error is dropped because it repeats the whole input. */
function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
