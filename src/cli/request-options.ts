import type { ChainRequest } from '../core/chain/parts.js';
import { UsageError, type Warning } from '../core/errors.js';
import { didYouMean, editDistance } from '../core/nearest.js';
import type { PortableOptions } from '../core/ports.js';
import { canonicalName } from '../core/provider-names.js';
import { shown } from '../core/shown.js';
import type { Pair } from './flags.js';

type Portable = {
  to: keyof PortableOptions;
  check: (value: unknown) => boolean;
  wants: string;
  fix?: (value: unknown) => unknown;
};

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isStrings = (value: unknown): boolean =>
  typeof value === 'string' ||
  (Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string'));

/** The options every API has a name for. */
const portable: Readonly<Record<string, Portable>> = {
  temperature: { to: 'temperature', check: Number.isFinite, wants: 'a number' },
  top_p: { to: 'topP', check: Number.isFinite, wants: 'a number' },
  stop: {
    to: 'stop',
    check: isStrings,
    wants: 'a string or a JSON list of strings',
    fix: (value) => [value].flat(),
  },
  seed: { to: 'seed', check: Number.isSafeInteger, wants: 'a whole number' },
  max_tokens: { to: 'maxTokens', check: isCount, wants: 'a whole number from 1' },
  json: { to: 'json', check: (value) => typeof value === 'boolean', wants: 'true or false' },
};

/** The names that `-o` knows in every API. */
export const portableOptionNames: readonly string[] = Object.keys(portable);

type Options = Pick<ChainRequest, keyof PortableOptions | 'body' | 'providerBody'>;

/**
 * Sorts `-o key=value` flags: portable options by name, `provider:key` for one provider only, everything else
 * for the top of the body. A value is JSON where it parses, else a string. Throws a `UsageError`.
 */
export function requestOptions(flags: readonly Pair[]): Options {
  const options: Record<string, unknown> = {};
  const body: Record<string, unknown> = {};
  const providerBody: Record<string, Record<string, unknown>> = {};
  for (const { key, value: text } of flags) {
    const value = jsonOrText(key, text);
    const colon = key.indexOf(':');
    if (colon >= 0) {
      const provider = key.slice(0, colon);
      const own = key.slice(colon + 1);
      const missing =
        provider === '' ? 'provider before the colon' : own === '' ? 'key after the provider' : null;
      if (missing !== null)
        throw new UsageError(
          'option',
          `-o ${shown(key)}=…: the ${missing} is missing`,
          'write -o provider:key=value',
        );
      providerBody[provider] = { ...providerBody[provider], [own]: value };
      continue;
    }
    const known = Object.hasOwn(portable, key) ? portable[key] : undefined;
    if (known === undefined) {
      body[key] = value;
      continue;
    }
    if (!known.check(value)) throw new UsageError('option', `-o ${key}=…: the value must be ${known.wants}`);
    options[known.to] = known.fix?.(value) ?? value;
  }
  return { ...options, body, providerBody };
}

/**
 * What is to be told of options that are sent as they are and look like a portable one: `temprature`, `topP`. Short
 * names are compared by their letters only, for APIs have options such as `top_k` and `top_a`.
 */
export function lookalikes({ body = {} }: Pick<ChainRequest, 'body'>): Warning[] {
  return Object.keys(body).flatMap((key) => {
    const near = Object.keys(portable).find((name) => isSlipOf(name, key));
    if (near === undefined) return [];
    return [
      { code: 'option-as-is', message: `-o ${shown(key)}=…: it is sent as it is; did you mean ${near}?` },
    ];
  });
}

function isSlipOf(name: string, key: string): boolean {
  const letters = (text: string): string => text.toLowerCase().replace(/[_-]/g, '');
  if (letters(name) === letters(key)) return true;
  return name.length >= 8 && Math.abs(name.length - key.length) <= 1 && editDistance(name, key) === 1;
}

/** What is to be told of options for providers that are not asked. */
export function strangers(
  request: Pick<ChainRequest, 'providerBody'>,
  targets: readonly { readonly name: string }[],
): Warning[] {
  const names = targets.map(({ name }) => name);
  return Object.keys(request.providerBody ?? {})
    .filter((provider) => !names.includes(provider) && !names.includes(canonicalName(provider)))
    .map((provider) => ({
      code: 'unused-option',
      message: `-o ${shown(provider)}:…: no target of this chain is of a provider with that name${didYouMeanHint(provider, names)}`,
    }));
}

function didYouMeanHint(name: string, names: readonly string[]): string {
  const near = didYouMean(name, [...new Set(names)]);
  return near === '' ? '' : `: ${near}`;
}

/** A whole number that JSON.parse would round: what was asked for is not what would be sent. */
const inexact = (text: string): boolean =>
  /^-?\d+$/.test(text.trim()) && !Number.isSafeInteger(Number(text)) && BigInt(text) !== BigInt(Number(text));

function jsonOrText(key: string, text: string): unknown {
  if (inexact(text)) {
    throw new UsageError(
      'option',
      `-o ${shown(key)}=…: the number is too large to be sent exactly`,
      'put it in double quotes to send it as text',
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
