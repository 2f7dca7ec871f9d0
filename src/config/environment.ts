import { ConfigError } from '../core/errors.js';
import { isSpecName } from '../core/provider-names.js';
import type { CoreRegistry } from '../core/registry.js';
import { shown } from '../core/shown.js';

const aliasPrefix = 'MAJORDOMO_ALIAS_';

/** The alias that a variable defines; null for a variable that defines none. */
export function aliasOf(variable: string): string | null {
  if (!variable.startsWith(aliasPrefix)) return null;
  return variable.slice(aliasPrefix.length).toLowerCase().replaceAll('_', '-');
}

/**
 * Registers every `MAJORDOMO_ALIAS_<NAME>`: the name in lower case, `_` → `-`; an empty value counts as unset. Two
 * variables of one name are an error of that name, told when it is used. Names that no spec can hold are left out.
 */
export function registerEnvironmentAliases(
  registry: CoreRegistry,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const variables = new Map<string, string[]>();
  for (const variable of Object.keys(env)) {
    const name = aliasOf(variable);
    if (name === null || !env[variable] || !isSpecName(name)) continue;
    variables.set(name, [...(variables.get(name) ?? []), variable]);
  }
  for (const [name, all] of variables) {
    const source = { kind: 'env', key: all.join(' and ') } as const;
    const [variable = '', ...others] = all;
    if (others.length === 0) registry.registerAlias(name, env[variable] ?? '', source);
    else registry.registerBrokenAlias(name, nameTwice(name, all), source);
  }
}

function nameTwice(name: string, variables: readonly string[]): ConfigError {
  return new ConfigError(
    'alias-name-twice',
    `${variables.map(shown).join(' and ')} name one alias, "${shown(name)}"`,
    'unset all but one of them',
  );
}
