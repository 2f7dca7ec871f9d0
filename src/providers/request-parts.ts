import type { Warning } from '../core/errors.js';
import type { PortableOptions } from '../core/ports.js';
import { type JsonObject, objectIn } from './json-value.js';

/** The names of the portable options as a user writes them. */
const optionNames = {
  maxTokens: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  stop: 'stop',
  seed: 'seed',
  json: 'json',
} as const satisfies Record<keyof PortableOptions, string>;

/** Says that `api` has no name for an option that was asked for, so that it was not sent. */
export function unsupportedOption(api: string, option: keyof PortableOptions, advice = ''): Warning {
  const message = `${api} has no option '${optionNames[option]}': the request was sent without it`;
  return { code: 'unsupported-option', message: advice === '' ? message : `${message}; ${advice}` };
}

/** The same object without the keys that have no value or an empty list: some APIs refuse an empty `stop`. */
export function withoutGaps(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/**
 * Lays the user's own keys over the body. `stream` is not theirs to set: the reply would come in a form that
 * nobody expects; it is left out and told. Where both sides hold an object under `nested`, the two are merged,
 * the user's keys winning, because mapped options live there too.
 */
export function withExtraKeys(
  body: JsonObject,
  extra: JsonObject,
  nested: string | null = null,
): { readonly body: JsonObject; readonly warnings: readonly Warning[] } {
  const { stream, ...keys } = extra;
  const merged: Record<string, unknown> = { ...body, ...keys };
  if (nested !== null) {
    const [ours, theirs] = [objectIn(body[nested]), objectIn(extra[nested])];
    if (ours !== null && theirs !== null) merged[nested] = { ...ours, ...theirs };
  }
  return { body: merged, warnings: stream === undefined ? [] : [ignoredStream] };
}

const ignoredStream: Warning = {
  code: 'ignored-option',
  message: "the option 'stream' was left out: whether a reply is streamed is set by --stream or --no-stream",
};
