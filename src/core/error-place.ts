import { ConfigError, UnknownProviderError, UsageError } from './errors.js';
import { shown, visible } from './shown.js';
import type { Source } from './source.js';

/** Errors that quote a name or a spec, and do not know who wrote it. */
const placeless: ReadonlySet<string> = new Set(['unknown-provider', 'no-default-model', 'spec-syntax']);

/**
 * The same error with the place of what it quotes, where that is not what the user has just typed: an alias, a variable,
 * a line of a file. Other errors are passed on as they are.
 */
export function placedError(error: unknown, place: string | null): unknown {
  if (place === null || !(error instanceof ConfigError || error instanceof UsageError)) return error;
  if (!placeless.has(error.code)) return error;
  const message = `${place}: ${error.message}`;
  if (error instanceof UnknownProviderError) {
    return new UnknownProviderError(error.provider, message, error.hint);
  }
  const Kind = error instanceof UsageError ? UsageError : ConfigError;
  return new Kind(error.code, message, error.hint);
}

/** `alias fast (MAJORDOMO_ALIAS_FAST)`. */
export function aliasPlace({ name, source }: { readonly name: string; readonly source: Source }): string {
  return `alias ${shown(name)} (${visible(source.key)})`;
}
