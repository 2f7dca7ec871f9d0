import type { CoreRegistry } from '../core/registry.js';

const aliasPrefix = 'MAJORDOMO_ALIAS_';

/** Registers every `MAJORDOMO_ALIAS_<NAME>`: the name in lower case, `_` → `-`; an empty value counts as unset. */
export function registerEnvironmentAliases(
  registry: CoreRegistry,
  env: Readonly<Record<string, string | undefined>>,
): void {
  for (const [variable, spec] of Object.entries(env)) {
    if (!variable.startsWith(aliasPrefix) || variable === aliasPrefix || !spec) continue;
    const name = variable.slice(aliasPrefix.length).toLowerCase().replaceAll('_', '-');
    registry.registerAlias(name, spec, { kind: 'env', key: variable });
  }
}
