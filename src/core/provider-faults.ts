import type { Dsn } from './dsn.js';
import { ConfigError, UnknownProviderError } from './errors.js';
import { didYouMean } from './nearest.js';
import type { Provider } from './ports.js';
import { cleanText } from './provider-failure.js';
import { canonicalName, notDsn } from './provider-names.js';
import { redacted, scrubber } from './secrets.js';
import { shown } from './shown.js';
import type { Source } from './source.js';

/** A variable that is there but no DSN, and why it was passed over. */
export interface IgnoredVariable {
  readonly key: string;
  readonly reason: string;
}

/** A name that a spec could not hold. `key` says whose name it is. */
export function unnamable(kind: 'alias' | 'provider', { key }: Pick<Source, 'key'>): ConfigError {
  return new ConfigError(
    `${kind}-name`,
    `${key}: the name of this ${kind} has a slash, a comma or white space, or is empty`,
    `name it in one word: ${kind === 'alias' ? 'fast' : 'my-gateway'}`,
  );
}

/** What a name is compared with when nobody answers to it. */
interface KnownNames {
  readonly variable: string;
  /** Those that somebody answers to. */
  readonly names: readonly string[];
  readonly ignored: IgnoredVariable | undefined;
}

const dsnExamples = 'ollama://HOST or openai://KEY@HOST';

/** Nobody answers to the name. */
export function unknownProvider(name: string, at: KnownNames): UnknownProviderError {
  const variable = variableShown(name, at.variable);
  return new UnknownProviderError(
    name,
    `unknown provider "${shown(name)}": neither the registry nor the variable ${variable} has it`,
    unknownProviderHint(name, at),
  );
}

function unknownProviderHint(name: string, at: KnownNames): string {
  const { names, ignored } = at;
  const variable = variableShown(name, at.variable);
  if (ignored !== undefined) return ignoredHint(ignored);
  if (names.includes(at.variable)) return `a file calls it ${variable}: leave LLM_ out there`;
  const near = didYouMean(name, names);
  if (near !== '') return near;
  const [alone = ''] = name.split(/[/,]/);
  if (alone !== name) return `name one provider, without a model: ${shown(alone)}`;
  const some = names.slice(0, 4).map(shown).join(', ');
  const known = names.length === 0 ? '' : `there is ${some}${names.length > 4 ? ' and more' : ''}; or `;
  return `${known}set ${variable}=ollama://HOST or ${variable}=openai://KEY@HOST`;
}

/** A bare name is neither an alias nor a provider. `usable` are the providers that somebody has set up. */
export function unknownName(
  name: string,
  at: KnownNames & { readonly usable: readonly string[] },
): UnknownProviderError {
  return new UnknownProviderError(
    name,
    `"${shown(name)}" is neither an alias nor a provider: the registry and the variable ${variableShown(name, at.variable)} were checked`,
    unknownNameHint(name, at),
  );
}

function unknownNameHint(
  name: string,
  { names, ignored, usable }: KnownNames & { readonly usable: readonly string[] },
): string {
  if (ignored !== undefined) return `${ignoredHint(ignored)}; or define an alias of that name`;
  const colon = name.indexOf(':');
  const before = name.slice(0, Math.max(0, colon));
  if (names.includes(before)) return `did you mean ${shown(`${before}/${name.slice(colon + 1)}`)}?`;
  const near = didYouMean(name, names);
  if (near !== '') return near;
  const [provider = 'provider'] = usable;
  return `put the provider before a model, as in ${shown(`${provider}/${name}`)}, or define an alias of that name`;
}

/** A bare name is a provider without a default model: perhaps an alias was meant. */
export function noDefaultModel(name: string, names: readonly string[]): ConfigError {
  const near = didYouMean(
    name,
    names.filter((other) => canonicalName(other) !== canonicalName(name)),
  );
  return new ConfigError(
    'no-default-model',
    `"${shown(name)}" is a provider without a default model, and no alias has that name`,
    `name a model (${shown(name)}/MODEL), or give its DSN a ?model=${near === '' ? '' : `; or ${near}`}`,
  );
}

/** The variable of a name that is not repeated is not either: it is the name in upper case. */
function variableShown(name: string, variable: string): string {
  return shown(name).includes(redacted) ? 'LLM_<NAME>' : shown(variable);
}

function ignoredHint({ key, reason }: IgnoredVariable): string {
  const mend = reason === notDsn ? `; write one, as in ${dsnExamples}` : '';
  return `${shown(key)} is set, but was ignored: ${reason}${mend}`;
}

/** A variable that has the name of a built-in but is no DSN: whoever set it did not mean the public API. */
export function hiddenBuiltin(name: string, { key, reason }: IgnoredVariable): ConfigError {
  return new ConfigError(
    'dsn-missing-scheme',
    `${shown(key)}: it has the name of the built-in provider "${name}", but ${reason}`,
    `write a DSN (${name}://KEY@HOST, or ${name}://KEY@ for its own host), or unset the variable to use the built-in`,
  );
}

export function nameTwice(name: string, variables: readonly string[]): ConfigError {
  const all = variables.map(shown).join(' and ');
  return new ConfigError(
    'provider-name-twice',
    `${all} name one provider, "${shown(name)}"`,
    'unset all but one of them',
  );
}

/** Whether a factory did its work: programs without types, and factories that are async, give something else. */
export function isProvider(value: unknown): value is Provider {
  const { name, model } = (value ?? {}) as Partial<Provider>;
  return typeof name === 'string' && typeof model === 'function';
}

export function noProvider(variable: string): ConfigError {
  return new ConfigError(
    'scheme-factory',
    `${variable}: the scheme's factory gave no provider`,
    'it must return an object with a name and a function model, and not a promise of one',
  );
}

/** What a factory throws may quote the DSN: it is built anew, of its words without anything that the DSN holds. */
export function factoryError(thrown: unknown, dsn: Dsn): ConfigError {
  const { extra, keyFile, keyCmd, caFile } = dsn.options;
  const values = [...dsn.secrets(), ...Object.values(extra), keyFile, keyCmd, caFile];
  const scrub = scrubber(values.filter((value) => value !== null));
  const said = thrown instanceof Error ? cleanText(thrown.message, scrub) : '';
  if (!(thrown instanceof ConfigError)) {
    const why = said === '' ? '' : `: ${said}`;
    return new ConfigError('scheme-factory', `${dsn.variable}: the scheme's factory failed${why}`);
  }
  const message = said.startsWith(dsn.variable) ? said : `${dsn.variable}: ${said}`;
  return new ConfigError(thrown.code, message, thrown.hint === null ? null : cleanText(thrown.hint, scrub));
}
