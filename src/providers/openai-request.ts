import type { DsnOptions } from '../core/dsn.js';
import type { Warning } from '../core/errors.js';
import type { DialectTarget } from './dialect.js';

/** Whose account pays, where a key belongs to several (https://platform.openai.com/docs/api-reference/authentication). */
export function accountHeaders(options: DsnOptions): Record<string, string> {
  return {
    ...(options.org === null ? {} : { 'openai-organization': options.org }),
    ...(options.project === null ? {} : { 'openai-project': options.project }),
  };
}

const dsnOptionKeys = {
  deployment: 'deployment',
  api_version: 'apiVersion',
} as const satisfies Record<string, keyof DsnOptions>;

/** Says which of the named options stand in the DSN although this API has no use for them. */
export function unusedDsnOptions(
  target: DialectTarget,
  names: readonly (keyof typeof dsnOptionKeys)[],
): Warning[] {
  return names
    .filter((name) => target.options[dsnOptionKeys[name]] !== null)
    .map((name) => ({
      code: 'unused-dsn-option',
      message: `the option ${name} of the DSN means nothing to ${target.preset.name}`,
    }));
}
