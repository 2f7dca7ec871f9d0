import type { ChainTarget } from '../core/chain/parts.js';
import type { Chain } from '../core/chain.js';
import { UsageError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import type { Model, ModelContext, ModelEvent, ModelRequest, Provider } from '../core/ports.js';
import { canonicalTarget } from '../core/provider-names.js';
import { shown } from '../core/shown.js';
import type { FaultStep } from './mock/faults.js';
import { applyFault } from './mock/faulty.js';
import { FaultScript, parseFaultScript } from './mock/script.js';

/**
 * The chain with faults put in the way of its targets, to see what the rest of it does: `faults` has fault scripts (see
 * docs/mock.md) by target or provider. What is injected happens in this process: nothing is sent and nothing billed; no
 * circuit counts it. Unlike in a DSN, the last step of a script is for ever unless it has a count.
 *
 * Throws a `UsageError` for a name that is not in the chain, a `ConfigError` for a script that cannot be read.
 */
export function injectFaults(chain: Chain, faults: Readonly<Record<string, string>>): Chain {
  const names = new Set(chain.targets.flatMap(({ target, name }) => [target, name]));
  const scripts = new Map<string, FaultScript>();
  for (const [spelling, script] of Object.entries(faults)) {
    const name = names.has(spelling) ? spelling : canonicalTarget(spelling);
    if (!names.has(name)) {
      throw new UsageError(
        'inject',
        `nothing can be injected into "${shown(name)}": it is not in the chain`,
        didYouMean(name, names) || `its targets are ${chain.targets.map(({ target }) => target).join(', ')}`,
      );
    }
    if (scripts.has(name)) throw injectedTwice(name);
    const place = { subject: `the fault of ${shown(name)}`, part: 'its script' };
    scripts.set(name, new FaultScript(parseFaultScript(lasting(script), place)));
  }
  return chain.withTargets((target) => {
    const script = scripts.get(target.target) ?? scripts.get(target.name);
    return script === undefined ? target : faulty(target, script);
  });
}

function injectedTwice(name: string): UsageError {
  return new UsageError(
    'inject',
    `faults are injected into ${shown(name)} twice`,
    'write them as one script: 429:2,503',
  );
}

/** The last step of a drill goes on: a target that is down is not well again at the retry. */
function lasting(script: string): string {
  const last = script.slice(script.lastIndexOf(',') + 1).trim();
  return last === '' || last.includes('*') || last === 'ok' || last.startsWith('outage')
    ? script
    : `${script}*`;
}

function faulty(target: ChainTarget, script: FaultScript): ChainTarget {
  const { provider } = target;
  const wrapped: Provider = {
    name: provider.name,
    ...(provider.tuning && { tuning: provider.tuning }),
    ...(provider.price && { price: provider.price }),
    prepare: async (options) => (await provider.prepare?.(options)) ?? null,
    model: (id) => new InjectedModel(provider.model(id), script),
  };
  return { ...target, provider: wrapped };
}

/** Faults that are the end of an answer: the words before it are made up, so that nobody is paid for them. */
const endings: ReadonlySet<FaultStep['name']> = new Set([
  'cut',
  'truncate',
  'stall',
  'error-in-stream',
  'refusal',
]);

class InjectedModel implements Model {
  readonly id: string;
  readonly #model: Model;
  readonly #script: FaultScript;

  constructor(model: Model, script: FaultScript) {
    this.id = model.id;
    this.#model = model;
    this.#script = script;
  }

  async *stream(request: ModelRequest, context: ModelContext): AsyncGenerator<ModelEvent> {
    context.signal.throwIfAborted();
    const step = this.#script.next(context.clock.monotonic());
    if (step.name !== 'ok') yield { type: 'injected' };
    const model = endings.has(step.name) ? madeUp(this.id) : this.#model;
    yield* applyFault({ step, model, request, context });
  }
}

const mostWords = 1_000;

function madeUp(id: string): Model {
  return {
    id,
    async *stream() {
      yield { type: 'response', httpStatus: 200, requestId: null };
      for (let word = 0; word < mostWords; word++) yield { type: 'text-delta', text: 'drill ' };
    },
  };
}
