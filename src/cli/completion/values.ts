import { expectationKinds } from '../../core/expectation.js';
import { portableOptionNames } from '../request-options.js';
import type { Candidate } from './candidate.js';
import type { Facts } from './facts.js';
import { faultCandidates } from './fault-candidates.js';
import { shellNames } from './shell-names.js';
import { specCandidates } from './spec-candidates.js';

/** One kind of value, and what can be offered for it. */
export interface ValueKind {
  /** What has to be read first: it takes some time, and is left where nobody needs it. */
  readonly needs: 'nothing' | 'configuration' | 'health-memory';
  /** Words that begin with `text`, or that the shell shall look for files. */
  readonly offer: (text: string, facts: Facts) => readonly Candidate[] | 'files';
}

const matching = (text: string, words: readonly string[]): readonly Candidate[] =>
  words.filter((word) => word.startsWith(text)).map((word) => ({ text: word, about: '' }));

const oneOf = (words: readonly string[]): ValueKind => ({
  needs: 'nothing',
  offer: (text) => matching(text, words),
});

/** What only the user knows. */
const free: ValueKind = { needs: 'nothing', offer: () => [] };

/** Kinds of values by what help writes for them: `spec` of `--model <spec>` and of `resolve [spec...]`. */
export const valueKinds = {
  spec: { needs: 'configuration', offer: specCandidates },
  'target=fault': { needs: 'configuration', offer: faultCandidates },
  'name=spec': { needs: 'configuration', offer: aliasCandidates },
  target: { needs: 'health-memory', offer: (text, { remembered }) => matching(text, remembered) },
  name: { needs: 'configuration', offer: providerCandidates },
  file: { needs: 'nothing', offer: () => 'files' },
  'format=file': oneOf(['json=', 'junit=', 'tap=', 'github=', 'prometheus=']),
  assertion: oneOf(expectationKinds.map((kind) => `${kind}:`)),
  store: oneOf(['file', 'memory', 'off']),
  'key=value': oneOf(portableOptionNames.map((name) => `${name}=`)),
  shell: oneOf(shellNames),
  prompt: free,
  text: free,
  n: free,
  t: free,
  duration: free,
  usd: free,
} as const satisfies Record<string, ValueKind>;

export function valueKind(placeholder: string): ValueKind {
  return Object.hasOwn(valueKinds, placeholder) ? valueKinds[placeholder as keyof typeof valueKinds] : free;
}

/** Providers, those that somebody set up first. */
function providerCandidates(text: string, { providers }: Facts): readonly Candidate[] {
  const matching = providers.filter(({ name }) => name.startsWith(text));
  const setUp = matching.filter(({ isSetUp }) => isSetUp);
  const offered = setUp.length > 0 ? setUp : matching;
  return offered.map(({ name, endpoint }) => ({ text: name, about: endpoint }));
}

/** `NAME=SPEC`: the name is the user's own. */
function aliasCandidates(text: string, facts: Facts): readonly Candidate[] {
  const start = text.indexOf('=') + 1;
  if (start === 0) return [];
  const before = text.slice(0, start);
  const rest = specCandidates(text.slice(start), facts);
  return rest.map((candidate) => ({ ...candidate, text: before + candidate.text }));
}
