import { didYouMean } from '../nearest.js';
import type { DsnText, Span } from './text.js';

/** What the parser has to know of a scheme. */
export interface SchemeTraits {
  /** A server one runs oneself: http is the default and no credential is the rule. */
  readonly local?: boolean;
  /** `required`: an empty credential before `@` is refused; `pair`: `id:secret` is wanted. Default `optional`. */
  readonly credential?: 'required' | 'optional' | 'pair';
  /** Whether the credential travels in a header, so that one with characters beyond Latin-1 is refused. Default false. */
  readonly headerCredential?: boolean;
  /** Options beside the common ones; `any` leaves their checking to the factory. Default none. */
  readonly options?: readonly string[] | 'any';
}

/** The schemes there are. */
export interface SchemeLookup {
  /** `scheme` is in lower case. Undefined for a scheme that nobody registered. */
  traits(scheme: string): SchemeTraits | undefined;
  names(): readonly string[];
}

const transports = ['http', 'https', 'unix'] as const;

type Transport = (typeof transports)[number];

interface Scheme {
  readonly name: string;
  readonly traits: SchemeTraits;
  /** What was said after `+`; null leaves it to the defaults. */
  readonly transport: Transport | null;
}

/** Reads `scheme["+http"|"+https"|"+unix"]`, in any case. */
export function readScheme(source: DsnText, span: Span, lookup: SchemeLookup): Scheme {
  const text = span.text.toLowerCase();
  const plus = text.lastIndexOf('+');
  const suffix = text.slice(plus + 1);
  const transport = plus < 0 ? undefined : transports.find((candidate) => candidate === suffix);
  const name = transport === undefined ? text : text.slice(0, plus);

  const traits = lookup.traits(name);
  if (traits !== undefined) return { name, traits, transport: transport ?? null };

  const base = text.slice(0, Math.max(0, plus));
  if (transport === undefined && lookup.traits(base) !== undefined) {
    throw source.error({
      code: 'dsn-transport',
      what: 'an unknown transport after "+"',
      part: 'the scheme',
      at: span.at + plus + 1,
      mend: `${sentence(didYouMean(suffix, transports))}There are +http, +https and +unix.`,
    });
  }
  throw source.error({
    code: 'dsn-unknown-scheme',
    what: name === '' ? 'no name' : 'an unknown name',
    part: 'the scheme',
    at: span.at,
    mend: `${schemeHint(name, lookup)}Known schemes: ${lookup.names().join(', ')}.`,
  });
}

function schemeHint(name: string, lookup: SchemeLookup): string {
  if (name === 'http' || name === 'https') {
    return `Put the kind of API before the transport, as in openai+${name}://host/v1 or ollama+${name}://host. `;
  }
  const [before = '', after = ''] = name.split('+');
  if (transports.some((transport) => transport === before) && lookup.traits(after) !== undefined) {
    return `The transport stands behind the kind of API: ${after}+${before}://. `;
  }
  return sentence(didYouMean(name, lookup.names()));
}

/** As the beginning of a text: upper case first, a space after it; nothing for nothing. */
export function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)} `;
}
