import { faults } from '../../providers/mock/faults.js';
import type { Candidate } from './candidate.js';
import type { Facts } from './facts.js';
import { targetsIn } from './spec-candidates.js';

/** Statuses that servers in trouble answer with; a script may have any other. */
const usualStatuses = ['429', '500', '503'];

/** `TARGET=SCRIPT`: the targets of the chain at hand, or all that are known; then the names of faults. */
export function faultCandidates(text: string, facts: Facts): readonly Candidate[] {
  const equals = text.indexOf('=');
  if (equals < 0) {
    const targets = facts.chain.length > 0 ? facts.chain : knownTargets(facts);
    const providers = targets.map((target) => target.slice(0, target.indexOf('/')));
    return [...new Set([...targets, ...providers])]
      .map((name) => ({ text: `${name}=`, about: '' }))
      .filter((candidate) => candidate.text.startsWith(text));
  }
  const start = Math.max(equals, text.lastIndexOf(',')) + 1;
  const step = text.slice(start);
  return [...usualStatuses, ...Object.keys(faults)]
    .filter((name) => name.startsWith(step))
    .map((name) => ({ text: text.slice(0, start) + name, about: '' }));
}

function knownTargets({ providers, aliases }: Facts): readonly string[] {
  const configured = providers
    .filter(({ isSetUp }) => isSetUp)
    .flatMap(({ name, defaultModel, models }) =>
      [...(defaultModel === null ? [] : [defaultModel]), ...models].map((model) => `${name}/${model}`),
    );
  return [...configured, ...aliases.flatMap(({ spec }) => targetsIn(spec))];
}
