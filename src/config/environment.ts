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
  const variables = new Map<string, string>();
  const twice = new Map<string, string[]>();
  for (const variable of Object.keys(env)) {
    const name = aliasOf(variable);
    if (name === null || !env[variable] || !isSpecName(name)) continue;
    const other = variables.get(name);
    if (other === undefined) variables.set(name, variable);
    else twice.set(name, [...(twice.get(name) ?? [other]), variable]);
  }
  variables.forEach((variable, name) => {
    const all = twice.get(name);
    if (all === undefined) registry.registerAlias(name, env[variable] ?? '', { kind: 'env', key: variable });
    else registry.registerBrokenAlias(name, nameTwice(name, all), { kind: 'env', key: all.join(' and ') });
  });
}

function nameTwice(name: string, variables: readonly string[]): ConfigError {
  return new ConfigError(
    'alias-name-twice',
    `${variables.map(shown).join(' and ')} name one alias, "${shown(name)}"`,
    'unset all but one of them',
  );
}
