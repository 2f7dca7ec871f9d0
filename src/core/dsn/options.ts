import { didYouMean } from '../nearest.js';
import { carriesCredential } from './keys.js';
import { type DsnOptions, defaultOptions, guardedOptions } from './option-shape.js';
import { type CommonOption, commonOptions, isCommonOption, keySources } from './option-table.js';
import { type SchemeTraits, sentence } from './scheme.js';
import { type DsnText, type Span, subspan } from './text.js';
import { OptionValue } from './values.js';

/** What stands in the options, beside their values. */
export interface ReadOptions {
  /** What may hold a secret can be read, but is not enumerable: no spread, no JSON and no dump shows it. */
  readonly options: DsnOptions;
  /** Every `query.<name>=value` in the order given, percent-decoded; a name may be there more than once. */
  readonly queryPairs: readonly QueryPair[];
  /** The option that says where the key is: `key_env`, `key_file` or `key_cmd`. */
  readonly keySource: OptionValue | null;
  /** The first option because of which a credential travels with each request. */
  readonly credentialOption: OptionValue | null;
}

export type QueryPair = readonly [name: string, value: string];

// RFC 9110, section 5.6.2 (token)
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Headers that frame the message or the connection; a value from outside would break or smuggle requests. */
const framingHeaders: readonly string[] = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

let none: ReadOptions | null = null;

/** What most DSNs have: made once, and nothing in it can be changed. */
export function noOptions(): ReadOptions {
  none ??= {
    options: guardedOptions(defaultOptions()),
    queryPairs: Object.freeze([]),
    keySource: null,
    credentialOption: null,
  };
  return none;
}

/** Reads `key=value` pairs with `&` between them. Empty pairs are passed over. */
export function readOptions(source: DsnText, span: Span, traits: SchemeTraits): ReadOptions {
  if (span.text === '') return noOptions();
  const reader = new OptionReader(source, traits);
  let from = 0;
  for (const text of span.text.split('&')) {
    if (text !== '') reader.read(subspan(span, from, from + text.length));
    from += text.length + 1;
  }
  return reader.result();
}

class OptionReader {
  readonly #source: DsnText;
  /** Options of the scheme itself; null when it takes any. */
  readonly #own: readonly string[] | null;
  readonly #seen = new Set<string>();
  readonly #values = defaultOptions();
  readonly #headers = new Map<string, { readonly name: string; readonly value: string }>();
  readonly #queryPairs: QueryPair[] = [];
  readonly #extra = new Map<string, string>();
  #keySource: OptionValue | null = null;
  #credentialOption: OptionValue | null = null;

  constructor(source: DsnText, traits: SchemeTraits) {
    this.#source = source;
    this.#own = traits.options === 'any' ? null : (traits.options ?? []);
  }

  read(pair: Span): void {
    const equals = pair.text.indexOf('=');
    const nameSpan = subspan(pair, 0, equals < 0 ? undefined : equals);
    const name = this.#source.decode(nameSpan, 'the options');
    const value = (part: string) =>
      new OptionValue(this.#source, subspan(pair, equals < 0 ? pair.text.length : equals + 1), part);

    if (name.startsWith('header.')) {
      this.#header(name.slice('header.'.length), nameSpan, value('a header.<Name> option'));
    } else if (name.startsWith('query.') && name.length > 'query.'.length) {
      this.#query(name.slice('query.'.length), value('a query.<name> option'));
    } else if (isCommonOption(name)) {
      this.#once(name, nameSpan, `the option ${name}`);
      this.#common(name, value(`the option ${name}`));
    } else if (this.#own === null && name !== '') {
      this.#once(name, nameSpan, 'the options');
      this.#extra.set(name, value('the options').any());
    } else if (this.#own?.includes(name) === true) {
      this.#once(name, nameSpan, `the option ${name}`);
      this.#extra.set(name, value(`the option ${name}`).any());
    } else {
      throw this.#unknown(name, nameSpan);
    }
  }

  result(): ReadOptions {
    return {
      options: guardedOptions({
        ...this.#values,
        headers: Object.freeze(
          Object.fromEntries(Array.from(this.#headers.values(), ({ name, value }) => [name, value])),
        ),
        query: Object.freeze(Object.fromEntries(this.#queryPairs)),
        extra: Object.freeze(Object.fromEntries(this.#extra)),
      }),
      queryPairs: Object.freeze(this.#queryPairs),
      keySource: this.#keySource,
      credentialOption: this.#credentialOption,
    };
  }

  #common(name: CommonOption, value: OptionValue): void {
    commonOptions[name](this.#values, value);
    if (!keySources.some((source) => source === name)) return;
    if (this.#keySource !== null) {
      const mend = 'Keep one of key_env, key_file and key_cmd.';
      throw value.refuse('a second place of the key', mend, 'dsn-key-sources');
    }
    this.#keySource = value;
    this.#credentialOption ??= value;
  }

  #header(name: string, span: Span, value: OptionValue): void {
    const fault = { code: 'dsn-header', part: 'the options', at: span.at } as const;
    if (!headerName.test(name)) {
      const mend = 'Write header.<Name>=value with a name of letters, digits and "-".';
      throw this.#source.error({ ...fault, what: 'what cannot be the name of a header', mend });
    }
    const key = name.toLowerCase();
    if (framingHeaders.includes(key)) {
      const mend = 'Leave it out: the connection sets it.';
      throw this.#source.error({ ...fault, what: 'a header that frames the request', mend });
    }
    const text = value.headerValue();
    const given = this.#headers.get(key);
    // RFC 9110, section 5.3; RFC 6265, section 4.2 for the cookie
    const joined = given && `${given.value}${key === 'cookie' ? '; ' : ', '}${text}`;
    this.#headers.set(key, { name: given?.name ?? name, value: joined ?? text });
    if (carriesCredential(name, text)) this.#credentialOption ??= value;
  }

  #query(name: string, value: OptionValue): void {
    const text = value.any();
    this.#queryPairs.push([name, text]);
    if (carriesCredential(name, text)) this.#credentialOption ??= value;
  }

  #once(name: string, { at }: Span, part: string): void {
    if (!this.#seen.has(name)) {
      this.#seen.add(name);
      return;
    }
    const mend = 'Keep one of them; only header.<Name> and query.<name> may be repeated.';
    throw this.#source.error({ code: 'dsn-duplicate-option', what: 'an option given twice', part, at, mend });
  }

  /** The name is not repeated: what stands there may be a key or a piece of one. */
  #unknown(name: string, { at }: Span): Error {
    const known = [...Object.keys(commonOptions), ...(this.#own ?? [])];
    const near = didYouMean(name.replace(/\..*$/s, ''), [...known, 'header', 'query']);
    const mend = /^(?:api[-_]?)?(?:key|token|secret|password|auth)$/i.test(name)
      ? 'Write the key before the "@", or say where it is with key_env, key_file or key_cmd.'
      : `${sentence(near)}Known options: ${known.join(', ')}, header.<Name>, query.<name>.`;
    const what = 'an unknown option';
    return this.#source.error({ code: 'dsn-unknown-option', what, part: 'the options', at, mend });
  }
}
