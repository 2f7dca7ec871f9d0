import { aliasPlace, placedError } from './error-place.js';
import { AliasCycleError, ConfigError, UsageError } from './errors.js';
import { isPrintableAscii } from './printable-ascii.js';
import { mayHoldDsn, shown } from './shown.js';
import type { Source } from './source.js';

/** A bare name standing for a spec. `shadows`: weaker sources that define the same name. */
export interface Alias {
  readonly name: string;
  readonly spec: string;
  readonly source: Source;
  readonly shadows: readonly Source[];
  /** Why it cannot be used; thrown when, and only when, somebody names it. */
  readonly error?: ConfigError;
}

/** One model of one provider, as named in a spec. */
export interface TargetName {
  /** `provider/model`. */
  readonly target: string;
  readonly provider: string;
  readonly model: string;
}

/** How a name expanded, for showing. */
export interface SpecNode {
  readonly name: string;
  readonly kind: 'alias' | 'target';
  readonly source: Source | null;
  readonly shadows: readonly Source[];
  readonly children: readonly SpecNode[];
}

export interface Expansion {
  readonly targets: readonly TargetName[];
  readonly tree: readonly SpecNode[];
  /** Targets that were named again; the first mention stands. */
  readonly duplicates: readonly string[];
}

export interface SpecNames {
  alias(name: string): Alias | undefined;
  /** The one name of a provider that may be spelled in several ways. */
  providerName(spelling: string): string;
  /** The model a bare provider name stands for; null when it has none, undefined when there is no such provider. */
  defaultModel(provider: string): string | null | undefined;
  /** The error for a bare name that is a provider without a default model. */
  noDefaultModel(name: string): Error;
  /** The error for a bare name that is neither an alias nor a provider. */
  unknownName(name: string): Error;
}

const maxDepth = 100;
const maxNodes = 1000;

/** Splits a target at its first slash. */
export function splitTarget(target: string): TargetName {
  const slash = target.indexOf('/');
  return { target, provider: target.slice(0, slash), model: target.slice(slash + 1) };
}

/** What most specs are, and no check has anything to say about: names, and targets of them; a DSN has two slashes together. */
const plain = /^[\w.:@-]+(?:\/[\w.:@-][\w.:@/-]*)?(?:,[\w.:@-]+(?:\/[\w.:@-][\w.:@/-]*)?)*$/;

/**
 * Splits a spec at its commas. Throws a `UsageError` that gives the position (1-based) of what is wrong;
 * `whose` says whose spec it is.
 */
export function splitSpec(spec: string, whose: () => string = () => 'spec'): string[] {
  if (plain.test(spec)) return spec.split(',');
  const where = whose();
  refuseDsn(spec, where);
  const elements: string[] = [];
  let start = 0;
  for (const raw of spec.split(',')) {
    const element = raw.trim();
    const at = start + (raw.length - raw.trimStart().length);
    start += raw.length + 1;
    if (element === '') {
      const blank = spec.trim() === '';
      const what = blank ? 'nothing is named' : 'a target is missing';
      const hint = 'separate targets by single commas, without spaces: m1/qwen3,openai/gpt-x';
      throw wrongSpec({ spec, where, what, at: blank ? 0 : at, hint });
    }
    checkElement({ element, at, spec, where });
    elements.push(element);
  }
  return elements;
}

function checkElement(given: { element: string; at: number; spec: string; where: string }): void {
  const { element, at, spec, where } = given;
  const refuse = (what: string, offset: number, hint: string): never => {
    throw wrongSpec({ spec, where, what, at: at + offset, hint });
  };
  const odd = isPrintableAscii(element) ? element.indexOf(' ') : element.search(/[\s\p{Cc}]/u);
  if (odd >= 0) refuse('white space or a control character inside a name', odd, 'separate targets by commas');
  const quote = isQuote(element.charAt(0)) ? 0 : isQuote(element.slice(-1)) ? element.length - 1 : -1;
  if (quote >= 0) refuse('a quote', quote, 'take the quotes away: nothing else did');
  const mark = element.includes(';') || element.includes('|') ? element.search(/[;|][\w.-]+\//) : -1;
  if (mark >= 0) refuse('what is no comma between targets', mark, 'separate targets by commas');
  if (element.startsWith('/')) refuse('a provider is missing before the slash', 0, 'write provider/model');
  if (element.endsWith('/') && element.indexOf('/') === element.length - 1) {
    refuse('a model is missing after the slash', element.length - 1, 'write provider/model');
  }
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'" || character === '`';
}

/**
 * Looks for a DSN where a target belongs before anything else is: a key in it may have any character, so that its
 * pieces would be taken for names and repeated. A model may have `://` in its name.
 */
function refuseDsn(spec: string, where: string): void {
  const element = spec.includes('://') ? /(?<=^|,)[^/,]*:\/\//.exec(spec) : null;
  if (element === null) return;
  const at = element.index + element[0].length - element[0].trimStart().length;
  throw wrongSpec({ spec, where, what: 'a DSN stands where a target belongs', at, hint: '' });
}

interface SpecFault {
  readonly spec: string;
  readonly where: string;
  readonly what: string;
  readonly at: number;
  readonly hint: string;
}

function wrongSpec({ spec, where, what, at, hint }: SpecFault): UsageError {
  const message = `${what} at character ${positionOf(spec, at)}`;
  if (!mayHoldDsn(spec)) return new UsageError('spec-syntax', `${where} "${shown(spec)}": ${message}`, hint);
  const mend =
    'specs and aliases name targets: put a DSN into a variable LLM_<NAME>, and write NAME/MODEL here';
  return new UsageError('spec-syntax', `${where}: ${message}`, mend);
}

/** Counts characters as a person does, one for each code point; from 1. */
function positionOf(spec: string, at: number): number {
  return [...spec.slice(0, at)].length + 1;
}

interface Frame {
  /** The alias whose elements these are; null for the spec itself. */
  readonly alias: Alias | null;
  readonly elements: readonly string[];
  next: number;
  readonly children: SpecNode[];
}

/**
 * Expands aliases in place, depth first and without recursion. Throws `AliasCycleError`, a `ConfigError`
 * (`alias-too-deep`, `alias-too-large`, `alias-syntax`) or what `names` gives for a bare name.
 */
export function expandSpec(spec: string, names: SpecNames): Expansion {
  const { error, ...expansion } = expandFar(spec, names);
  if (error !== null) throw error;
  return expansion;
}

/** The same as far as it goes, with the error that ended it: what led there is still to be seen. */
export function expandFar(spec: string, names: SpecNames): Expansion & { readonly error: unknown } {
  const found: Found = { targets: new Map(), tree: [], duplicates: new Set() };
  let error: unknown = null;
  try {
    expandInto(found, splitSpec(spec), names);
  } catch (thrown) {
    error = thrown;
  }
  const { targets, tree, duplicates } = found;
  return { targets: [...targets.values()], tree, duplicates: [...duplicates], error };
}

interface Found {
  readonly targets: Map<string, TargetName>;
  readonly tree: SpecNode[];
  readonly duplicates: Set<string>;
}

function expandInto(
  { targets, tree, duplicates }: Found,
  elements: readonly string[],
  names: SpecNames,
): void {
  const stack: Frame[] = [{ alias: null, elements, next: 0, children: tree }];
  const open = new Set<string>();
  let nodes = 0;
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const name = frame.elements[frame.next];
    if (name === undefined) {
      stack.pop();
      if (frame.alias !== null) open.delete(frame.alias.name);
      continue;
    }
    frame.next += 1;
    nodes += 1;
    if (nodes > maxNodes) throw tooLarge(stack, name);
    const alias = name.includes('/') ? undefined : names.alias(name);
    if (alias === undefined) {
      const target = toTarget(name, names, frame.alias);
      frame.children.push(leaf(target.target));
      if (targets.has(target.target)) duplicates.add(target.target);
      else targets.set(target.target, target);
      continue;
    }
    const children: SpecNode[] = [];
    frame.children.push({ name, kind: 'alias', source: alias.source, shadows: alias.shadows, children });
    if (open.has(name)) throw cycleThrough(stack, name);
    if (stack.length > maxDepth) throw tooDeep(stack, name);
    stack.push({ alias, elements: aliasElements(alias), next: 0, children });
    open.add(name);
  }
}

const none: readonly never[] = Object.freeze([]);

function leaf(target: string): SpecNode {
  return { name: target, kind: 'target', source: null, shadows: none, children: none };
}

function aliasElements(alias: Alias): string[] {
  if (alias.error !== undefined) throw alias.error;
  try {
    return splitSpec(alias.spec, () => aliasPlace(alias));
  } catch (error) {
    // The user of the name did not word it: what is wrong is the definition.
    if (error instanceof UsageError) throw new ConfigError('alias-syntax', error.message, error.hint);
    throw error;
  }
}

/** `alias` names it; null where the spec itself does. */
function toTarget(name: string, names: SpecNames, alias: Alias | null): TargetName {
  if (name.includes('/')) {
    const { provider, model } = splitTarget(name);
    return targetOf(names.providerName(provider), model);
  }
  const model = names.defaultModel(name);
  if (model === undefined || model === null) {
    const error = model === null ? names.noDefaultModel(name) : names.unknownName(name);
    throw placedError(error, alias === null ? null : aliasPlace(alias));
  }
  return targetOf(names.providerName(name), model);
}

function targetOf(provider: string, model: string): TargetName {
  return { target: `${provider}/${model}`, provider, model };
}

function hops(stack: readonly Frame[]): string[] {
  return stack.flatMap((frame) => (frame.alias === null ? [] : [frame.alias.name]));
}

function cycleThrough(stack: readonly Frame[], name: string): AliasCycleError {
  const aliases = stack.flatMap(({ alias }) => (alias === null ? [] : [alias]));
  const cycle = aliases.slice(aliases.findIndex((alias) => alias.name === name));
  const places = cycle.map(({ source }) => source.key);
  return new AliasCycleError([...cycle.map((alias) => alias.name), name], places);
}

/** Which alias of a tree names a target first; null where none does. */
export function aliasNaming(target: string, tree: readonly SpecNode[]): SpecNode | null {
  const left = tree.map((node) => ({ node, parent: null as SpecNode | null })).reverse();
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { node, parent } = next;
    if (node.kind === 'target' && node.name === target) return parent;
    for (const child of node.children.toReversed()) left.push({ node: child, parent: node });
  }
  return null;
}

function shorten(path: readonly string[]): string {
  const hopsShown = path.map(shown);
  return (path.length <= 6 ? hopsShown : [...hopsShown.slice(0, 3), '…', ...hopsShown.slice(-2)]).join(' → ');
}

function tooDeep(stack: readonly Frame[], name: string): ConfigError {
  const path = [...hops(stack), name];
  return new ConfigError(
    'alias-too-deep',
    `aliases lead more than ${maxDepth} levels deep: ${shorten(path)}`,
    'look for aliases that lead back to themselves, or name targets directly',
  );
}

function tooLarge(stack: readonly Frame[], name: string): ConfigError {
  const path = [...hops(stack), name];
  return new ConfigError(
    'alias-too-large',
    `the spec expands to more than ${maxNodes} names: ${shorten(path)}`,
    'name fewer aliases in each other',
  );
}
