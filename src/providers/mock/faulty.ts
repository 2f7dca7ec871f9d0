import type { Model, ModelContext, ModelEvent, ModelRequest } from '../../core/ports.js';
import { orAborted, sleep } from '../../core/waiting.js';
import {
  eventFailure,
  type FailureContext,
  garbledFailure,
  networkFailure,
  pageFailure,
  refusalFailure,
  replyFailure,
  statusFailure,
  timeoutFailure,
} from './failures.js';
import type { FaultStep } from './faults.js';
import type { FaultScript } from './script.js';

/** One request that meets one step of a script. */
export interface FaultySituation {
  readonly step: FaultStep;
  readonly model: Model;
  readonly request: ModelRequest;
  readonly context: ModelContext;
}

type Events = AsyncIterable<ModelEvent>;
/** Throws, or says what becomes of the answer. Failures before an answer never ask the model. */
type Effect = (situation: FaultySituation) => Events | Promise<Events>;

/** A model that meets the steps of a script, one a request; wraps any model. */
export class FaultyModel implements Model {
  readonly id: string;
  readonly #model: Model;
  readonly #script: FaultScript;

  /** Models that share a `script` take its steps in the order of their requests. */
  constructor(model: Model, script: FaultScript) {
    this.id = model.id;
    this.#model = model;
    this.#script = script;
  }

  async *stream(request: ModelRequest, context: ModelContext): AsyncGenerator<ModelEvent> {
    // A request that was called off before it was made takes no step.
    context.signal.throwIfAborted();
    const step = this.#script.next(context.clock.monotonic());
    yield* applyFault({ step, model: this.#model, request, context });
  }
}

/**
 * The answer as a fault leaves it. Throws a `ProviderError`, or the signal's reason as soon as it is aborted;
 * waits go by the context's clock.
 */
export async function* applyFault(situation: FaultySituation): AsyncGenerator<ModelEvent> {
  yield* await effects[situation.step.name](situation);
}

const effects: Readonly<Record<FaultStep['name'], Effect>> = {
  ok: answer,
  // The missing `[DONE]` is below what a model tells: the answer has its finish.
  'no-done': answer,
  'http-status': (at) => fail(statusFailure(failureAt(at))),
  'rate-limit': (at) => fail(replyFailure('rate-limit', failureAt(at))),
  overloaded: (at) => fail(replyFailure('overloaded', failureAt(at))),
  'server-error': (at) => fail(replyFailure('server-error', failureAt(at))),
  quota: (at) => fail(replyFailure('quota', failureAt(at))),
  misconfigured: (at) => fail(replyFailure('misconfigured', failureAt(at))),
  'model-not-found': (at) => fail(replyFailure('model-not-found', failureAt(at))),
  'context-length': (at) => fail(replyFailure('context-length', failureAt(at))),
  auth: (at) => fail(replyFailure('auth', failureAt(at))),
  'bad-request': (at) => fail(replyFailure('bad-request', failureAt(at))),
  'content-filter': (at) => fail(replyFailure('content-filter', failureAt(at))),
  loading: (at) => fail(replyFailure('loading', failureAt(at))),
  // Its duration is the script's affair and no Retry-After.
  outage: (at) =>
    fail(replyFailure('outage', { ...failureAt(at), step: { status: null, durationMs: null } })),
  prefill: (at) =>
    at.request.messages.at(-1)?.role === 'assistant'
      ? fail(replyFailure('prefill', failureAt(at)))
      : answer(at),
  html: (at) => fail(pageFailure(failureAt(at))),
  refused: () => fail(networkFailure('refused')),
  unreachable: () => fail(networkFailure('unreachable')),
  dns: () => fail(networkFailure('dns')),
  tls: () => fail(networkFailure('tls')),
  reset: () => fail(networkFailure('reset')),
  network: () => fail(networkFailure('network')),
  timeout: ({ step }) => fail(timeoutFailure(step.phase ?? 'first-token')),
  'connect-timeout': async ({ context }) => {
    await pause(context.connectTimeoutMs, context);
    return fail(timeoutFailure('connect'));
  },
  silent: async ({ step, context }) => {
    await pause(step.durationMs, context);
    return fail(networkFailure('silent'));
  },
  busy: async (at) => {
    await pause(at.step.durationMs, at.context);
    return answer(at);
  },
  late,
  slow,
  cut: (at) => cutShort(at, () => fail(networkFailure('cut'))),
  // The end of the body is clean, only the finish is missing.
  truncate: (at) => cutShort(at, () => {}),
  stall: (at) =>
    at.request.whole ? effects.silent(at) : cutShort(at, () => pause(at.step.durationMs, at.context)),
  garble: (at) => (at.request.whole ? fail(garbledFailure()) : garble(at)),
  empty,
  'error-in-stream': (at) => cutShort(at, () => fail(eventFailure(failureAt(at)))),
  refusal: (at) => cutShort(at, () => fail(refusalFailure())),
};

function fail(error: Error): never {
  throw error;
}

function failureAt({ step, model, context }: FaultySituation): FailureContext {
  return { step, model: model.id, nowMs: context.clock.now() };
}

function answer({ model, request, context }: FaultySituation): Events {
  return model.stream(request, context);
}

/** Waits that long, or for ever where there is no length, until the signal ends it. */
async function pause(delayMs: number | null, { clock, signal }: ModelContext): Promise<void> {
  if (delayMs === null || delayMs === Number.POSITIVE_INFINITY)
    return orAborted(new Promise(() => {}), signal);
  return sleep(delayMs, { clock, signal });
}

/** Headers at once, everything else later; the headers of a whole reply come with it. */
async function* late(at: FaultySituation): Events {
  let pending = true;
  for await (const event of answer(at)) {
    if (pending && (at.request.whole || event.type !== 'response')) {
      pending = false;
      await pause(at.step.durationMs, at.context);
    }
    yield event;
  }
}

/** A wait before each token; a whole reply is one token. */
async function* slow(at: FaultySituation): Events {
  for await (const event of answer(at)) {
    const token = event.type === 'text-delta' || event.type === 'reasoning-delta';
    if (at.request.whole ? event.type === 'response' : token) await pause(at.step.durationMs, at.context);
    yield event;
  }
}

/**
 * The answer up to its Nth token, or all of it where it is shorter, but never its finish; then `end`. Of a
 * whole reply nothing but the headers, since half a JSON text says nothing.
 */
async function* cutShort(at: FaultySituation, end: () => void | Promise<void>): Events {
  const limit = at.request.whole ? 0 : at.step.tokens;
  let tokens = 0;
  for await (const event of answer(at)) {
    const head = event.type === 'response' || event.type === 'warning';
    if (event.type === 'finish' || (limit === 0 && !head)) break;
    yield event;
    if (event.type === 'text-delta') tokens += 1;
    if (tokens === limit && (tokens > 0 || event.type === 'response')) break;
  }
  await end();
}

/** One unreadable event before the Nth token, or before the finish where the answer is shorter. */
async function* garble(at: FaultySituation): Events {
  let ahead = at.step.tokens;
  for await (const event of answer(at)) {
    if (event.type === 'text-delta') ahead -= 1;
    if (ahead === 0 || (ahead > 0 && event.type === 'finish')) {
      yield { type: 'malformed' };
      ahead = -1;
    }
    yield event;
  }
}

/** A whole answer without a word in it. The model is not asked. */
async function* empty({ model }: FaultySituation): Events {
  yield { type: 'response', httpStatus: 200, requestId: null };
  yield {
    type: 'finish',
    finishReason: 'stop',
    rawFinishReason: 'stop',
    servedModel: model.id,
    usage: null,
  };
}
