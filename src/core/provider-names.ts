import { visible } from './shown.js';

const prefix = 'LLM_';

/** `my-prov` → `LLM_MY_PROV`. */
export function variableOf(name: string): string {
  return `${prefix}${name.toUpperCase().replaceAll('-', '_')}`;
}

/** `LLM_MY_PROV` → `my-prov`. */
export function nameOf(variable: string): string {
  return variable.slice(prefix.length).toLowerCase().replaceAll('_', '-');
}

/** Most are, and it is faster to see that than to make them so. */
const canonical = /^[a-z0-9-]+$/;

/** One spelling for all that lead to the same variable: `MY_PROV`, `My-Prov` and `my-prov` are `my-prov`. */
export function canonicalName(name: string): string {
  return canonical.test(name) ? name : nameOf(variableOf(name));
}

/** The same for a target, `GW/Model` being `gw/Model`, or a provider alone. */
export function canonicalTarget(target: string): string {
  const slash = target.indexOf('/');
  const end = slash < 0 ? target.length : slash;
  return `${canonicalName(target.slice(0, end))}${target.slice(end)}`;
}

/** Whether a variable may define a provider by its name. */
export function isProviderVariable(variable: string): boolean {
  return variable.startsWith(prefix);
}

const plainName = /^[\w.:@-]+$/;

/** Whether a spec can hold the name. */
export function isSpecName(name: string): boolean {
  return plainName.test(name) || (name !== '' && !/[\s/,\p{Cc}]/u.test(name));
}

/** The first name that no spec can hold; undefined for none. */
export function unnamableIn(names: readonly string[]): string | undefined {
  // hundreds of plain names are seen to be so at once, and faster than one after the other
  return plainName.test(names.join('')) && !names.includes('')
    ? undefined
    : names.find((name) => !isSpecName(name));
}

/** Why most variables are ignored that only look like ours. */
export const notDsn = 'the value is no DSN: it has no ://';

/** Whether a spec can name the model: after a comma another target would begin, and what is not seen is not named. */
export function isModelName(id: string): boolean {
  return id !== '' && !/[\s,\p{Cc}]/u.test(id) && visible(id) === id;
}

/** Why a variable that may define a provider does not; null when it does. The value is not told. */
export function whyIgnored(variable: string, text: string): string | null {
  if (variable === prefix) return 'the name ends after LLM_';
  if (!text.includes('://')) return notDsn;
  const name = nameOf(variable);
  const nameable = isSpecName(name) && visible(name) === name && canonicalName(name) === name;
  return nameable ? null : 'no spec can name it: write letters, digits and _ after LLM_';
}
