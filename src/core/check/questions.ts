import { ConfigError } from '../errors.js';
import type { ProviderInfo } from '../provider-info.js';
import type { Question } from './plan.js';

export interface QuestionParts {
  /** What a name stands for. Throws where nobody has it. */
  readonly questionOf: (name: string) => Question;
  /** The providers that somebody set up. */
  readonly usable: () => readonly string[];
  readonly describe: (providers: readonly string[]) => Promise<readonly ProviderInfo[]>;
  /** The one name of a provider that may be spelled in several ways. */
  readonly providerName: (spelling: string) => string;
}

/**
 * What is asked for: by names, or without any by every provider that somebody set up, also where an alias hides its name. Throws a
 * `ConfigError` where that is nothing, since nothing must not pass for all well.
 */
export function questionsOf(names: readonly string[] | undefined, parts: QuestionParts): readonly Question[] {
  const questions =
    names?.map(parts.questionOf) ??
    [...parts.usable()].sort().map((name): Question => ({ kind: 'provider', name }));
  if (questions.length > 0) return questions;
  throw new ConfigError(
    'nothing-to-check',
    `there is nothing to check: no provider is ${names === undefined ? 'configured and none is ' : ''}named`,
    'for example: export LLM_M1=ollama://m1.lan, or majordomo health mock',
  );
}

/** What is known of the providers that the questions are about. */
export async function infosOf(
  questions: readonly Question[],
  { describe, providerName }: QuestionParts,
): Promise<(provider: string) => ProviderInfo> {
  const names = new Set(questions.flatMap(namesIn).map(providerOf));
  const infos = new Map((await describe([...names])).map((info) => [info.name, info]));
  return (provider) => {
    const info = infos.get(providerName(provider));
    if (info === undefined) throw new Error('a provider was not looked up');
    return info;
  };
}

function namesIn(question: Question): readonly string[] {
  switch (question.kind) {
    case 'provider':
      return [question.name];
    case 'target':
      return [question.target];
    case 'chain':
      return question.targets;
  }
}

/** The provider of a target, or the name itself. */
export function providerOf(name: string): string {
  return name.split('/')[0] ?? name;
}
