import { UsageError } from '../errors.js';
import { didYouMean } from '../nearest.js';
import type { ProviderInfo } from '../provider-info.js';
import { canonicalTarget } from '../provider-names.js';
import { shown } from '../shown.js';
import type { CheckSubject } from './climb.js';
import { type Level, reaches } from './level.js';

/** What somebody wants to know: a provider, a target, or a spec with its chain. */
export type Question =
  | { readonly kind: 'provider'; readonly name: string }
  | { readonly kind: 'target'; readonly target: string }
  | { readonly kind: 'chain'; readonly spec: string; readonly targets: readonly string[] };

export interface PlanOptions {
  readonly infoOf: (provider: string) => ProviderInfo;
  /** Null for the usual: the model of a target, the credential of a provider, and that one without a key can be reached. */
  readonly level: Level | null;
  /** Names that count as required, or do not, whatever they would be by themselves. */
  readonly required: ReadonlySet<string>;
  readonly optional: ReadonlySet<string>;
}

/**
 * The checks that answer the questions, each made once. What is asked for by name is required, the members of a chain are
 * not: whether the chain answers decides. Throws a `UsageError` for what is required and not among them.
 */
export function planChecks(questions: readonly Question[], options: PlanOptions): readonly CheckSubject[] {
  const subjects = new Map<string, CheckSubject>();
  const add = (name: string, wanted: boolean): void => {
    const subject = subjectOf(name, { ...options, wanted });
    const known = subjects.get(subject.name);
    subjects.set(subject.name, known?.required === true ? { ...subject, required: true } : subject);
  };
  for (const question of questions) {
    if (question.kind === 'provider') add(question.name, true);
    else if (question.kind === 'target') add(question.target, true);
    else for (const target of question.targets) add(target, false);
  }
  const planned = [...subjects.values()];
  // a chain that is down is a failure anyway
  const specs = questions.flatMap((question) => (question.kind === 'chain' ? [question.spec] : []));
  const names = [...specs, ...planned.flatMap((subject) => [subject.name, subject.info.name])];
  for (const name of options.required) refuseUnplanned(name, names);
  return planned;
}

/** What is required and not even checked would never be missed. */
function refuseUnplanned(name: string, names: readonly string[]): void {
  if (names.includes(name) || names.includes(canonicalTarget(name))) return;
  throw new UsageError(
    'required',
    `${shown(name)} is required, but nothing of that name is checked`,
    didYouMean(name, names) || 'name it among what is to be checked, too',
  );
}

function subjectOf(name: string, at: PlanOptions & { readonly wanted: boolean }): CheckSubject {
  const { infoOf, required, optional, wanted } = at;
  const slash = name.indexOf('/');
  const info = infoOf(slash < 0 ? name : name.slice(0, slash));
  const spellings = [name, canonicalTarget(name), info.name];
  const isNamed = (names: ReadonlySet<string>): boolean =>
    [...names].some((each) => spellings.includes(each) || spellings.includes(canonicalTarget(each)));
  const level = at.level ?? usualLevel(info, slash >= 0);
  // its default model stands for it where a model is wanted
  const model = slash >= 0 ? name.slice(slash + 1) : reaches(level, 'model') ? info.defaultModel : null;
  const own = slash < 0 ? info.name : `${info.name}${name.slice(slash)}`;
  return { name: own, info, model, required: isNamed(required) || (wanted && !isNamed(optional)), level };
}

function usualLevel({ credential }: ProviderInfo, isTarget: boolean): Level {
  if (isTarget) return 'model';
  return credential === null ? 'reachable' : 'credential';
}
