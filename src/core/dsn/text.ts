import { DsnError, type Warning } from '../errors.js';
import { isPrintableAscii } from '../printable-ascii.js';

/** A piece of a DSN and where it starts in the text as it was given (UTF-16 units from 0). */
export interface Span {
  readonly text: string;
  readonly at: number;
}

/** Whether no header can carry the text: what is not in Latin-1 cannot be sent (RFC 9110, section 5.5). */
export function beyondLatin1(text: string): boolean {
  return /[^\0-\xff]/.test(text);
}

export function subspan(span: Span, from: number, to?: number): Span {
  return { text: span.text.slice(from, to), at: span.at + from };
}

/** What is wrong with a DSN. `what`, `part` and `mend` are our own words: no piece of the text may enter them. */
export interface Fault {
  readonly code: `dsn-${string}`;
  readonly what: string;
  readonly part: string;
  readonly at: number;
  /** What to do about it, as one or more sentences. */
  readonly mend: string;
}

const closingQuotes: Readonly<Record<string, string>> = { '"': '"', "'": "'", '`': '`', '“': '”', '‘': '’' };

// \s includes the byte order mark; the others have no width and come with pasted text
const outerSpace = /[\s\u200b\u2060]/;
// ${KEY}, $KEY, $(command): a literal "$" before a digit, a delimiter or the end expands nowhere
const unexpanded = /\$[{(A-Za-z_]/;
// %KEY% as cmd.exe has it; no escape, as its name is longer than two hexadecimal digits
const unexpandedPercent = /^%[A-Z_][A-Z0-9_]{2,}%(?![0-9a-fA-F]{2})/;
const encodedControl = /%(?:[01][0-9a-f]|7f|c2%[89][0-9a-f])/i;

/**
 * The text of one DSN with the variable it came from. The only place that builds errors and warnings about a DSN,
 * so that all of them have one form, and none repeats anything of the text.
 */
export class DsnText {
  readonly #original: string;
  readonly #variable: string;
  readonly #warnings: Warning[] = [];
  /** The text without what is around it: white space, quotes, a byte order mark. */
  readonly body: Span;

  constructor(variable: string, original: string) {
    this.#variable = variable;
    this.#original = original;
    this.body = this.#trimmed();
    this.#checkCharacters();
  }

  get warnings(): readonly Warning[] {
    return this.#warnings;
  }

  /** The error for a fault: `LLM_X: <what> in <part> (character N). <how to mend it>`, N from 1. */
  error({ code, what, part, at, mend }: Fault): DsnError {
    return new DsnError(
      code,
      `${this.#variable}: ${what} in ${part} (character ${this.#position(at)}). ${mend}`,
    );
  }

  warn({ code, what, part, at, mend }: Fault): void {
    const message = `${this.#variable}: ${what} in ${part} (character ${this.#position(at)}). ${mend}`;
    this.#warnings.push({ code, message });
  }

  /** Percent-decodes a piece; a `+` stays a plus. Refuses bad escapes, and control characters that come of good ones. */
  decode(span: Span, part: string): string {
    const decoded = span.text.includes('%') ? this.#unescaped(span, part) : span.text;
    if (!isPrintableAscii(decoded) && /\p{Cc}/u.test(decoded)) {
      throw this.error({
        code: 'dsn-control-character',
        what: 'an escaped control character',
        part,
        at: span.at + Math.max(0, span.text.search(encodedControl)),
        mend: 'Take it out: was a line end encoded with the value?',
      });
    }
    return decoded;
  }

  #unescaped(span: Span, part: string): string {
    const bad = span.text.search(/%(?![0-9a-f]{2})/i);
    if (bad >= 0 && unexpandedPercent.test(span.text.slice(bad))) {
      throw this.#notExpanded(part, span.at + bad);
    }
    if (bad >= 0) {
      throw this.error({
        code: 'dsn-escape',
        what: 'a "%" without two hexadecimal digits after it',
        part,
        at: span.at + bad,
        mend: 'Write a literal "%" as %25.',
      });
    }
    return span.text.replace(/(?:%[0-9a-f]{2})+/gi, (run, offset: number) => {
      const text = decodeUtf8(run);
      if (text !== undefined) return text;
      throw this.error({
        code: 'dsn-escape',
        what: 'escapes that are not UTF-8',
        part,
        at: span.at + offset,
        mend: 'Write a literal "%" as %25, and other characters as the escapes of their UTF-8 bytes.',
      });
    });
  }

  /** Counts characters as a person does: one for each code point. */
  #position(at: number): number {
    return [...this.#original.slice(0, at)].length + 1;
  }

  #trimmed(): Span {
    let text = this.#original;
    let at = 0;
    for (;;) {
      const inner = trimOuterSpace(text);
      at += inner.at;
      text = inner.text;
      const closer = closingQuotes[text.charAt(0)];
      if (closer === undefined || text.length < 2 || !text.endsWith(closer)) break;
      text = text.slice(1, -1);
      at += 1;
    }
    if (text === '') {
      throw this.error({
        code: 'dsn-empty',
        what: 'nothing',
        part: 'the DSN',
        at: 0,
        mend: 'Write one such as openai://KEY@host/v1, or unset the variable.',
      });
    }
    // a lone single quote may well end a value: encodeURIComponent leaves it as it is
    const last = text.slice(-1);
    const lone = /["`”]/.test(last) && text.indexOf(last) === text.length - 1;
    if (lone || text.charAt(0) in closingQuotes) {
      throw this.error({
        code: 'dsn-quotes',
        what: 'a quote at one end only',
        part: 'the DSN',
        at: lone ? at + text.length - 1 : at,
        mend: 'Remove it, or set the other one: was the value cut?',
      });
    }
    if (text !== this.#original) {
      this.warn({
        code: 'dsn-trimmed',
        what: 'white space, quotes or a byte order mark',
        part: 'the DSN, around its text',
        at: at === 0 ? text.length : 0,
        mend: 'They were ignored; remove them.',
      });
    }
    return { text, at };
  }

  #checkCharacters(): void {
    const { text, at } = this.body;
    const invisible = isPrintableAscii(text) ? -1 : text.search(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    if (invisible >= 0) {
      throw this.error({
        code: 'dsn-control-character',
        what: 'a control or other invisible character',
        part: this.#partAt(invisible),
        at: at + invisible,
        mend: 'Take it out: was the value pasted with a line end, or from formatted text?',
      });
    }
    const dollar = text.search(unexpanded);
    if (dollar >= 0) {
      if (text.slice(0, dollar).endsWith('key_env=')) {
        throw this.error({
          code: 'dsn-not-expanded',
          what: 'a "$"',
          part: 'the option key_env',
          at: at + dollar,
          mend: 'Write the name of the variable alone, as in key_env=OPENAI_API_KEY.',
        });
      }
      throw this.#notExpanded(this.#partAt(dollar), at + dollar);
    }
  }

  #notExpanded(part: string, at: number): DsnError {
    const isKey = part === 'the credential';
    const file = isKey ? '; files expand nothing: there name it with key_env=NAME in place of the key' : '';
    return this.error({
      code: 'dsn-not-expanded',
      what: 'a variable that was not expanded',
      part,
      at,
      mend: `Let the shell expand it (double quotes, not single ones)${file}. A literal "$" is %24, a "%" %25.`,
    });
  }

  /** The name of the part around an offset, as good as it can be known before the text is cut up. */
  #partAt(offset: number): string {
    const mark = this.body.text.indexOf('://');
    if (mark < 0 || offset < mark) return 'the scheme';
    const rest = this.body.text.slice(mark + 3);
    const inside = offset - mark - 3;
    const question = rest.indexOf('?');
    if (question >= 0 && inside > question) return 'the options';
    const slash = rest.indexOf('/');
    if (slash >= 0 && inside > slash) return 'the path';
    return inside < rest.lastIndexOf('@') ? 'the credential' : 'the host';
  }
}

/** Takes white space and what looks like it off both ends. A scan by hand: `\s+$` is quadratic in long runs. */
function trimOuterSpace(text: string): Span {
  let from = 0;
  let to = text.length;
  while (from < to && outerSpace.test(text.charAt(from))) from++;
  while (to > from && outerSpace.test(text.charAt(to - 1))) to--;
  return { text: text.slice(from, to), at: from };
}

/** Undefined when the escapes are not UTF-8. */
function decodeUtf8(escapes: string): string | undefined {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return undefined;
  }
}
