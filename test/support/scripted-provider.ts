import { ProviderError, type ProviderErrorOptions } from '../../src/core/errors.js';
import type {
  FinishReason,
  Model,
  ModelContext,
  ModelEvent,
  ModelRequest,
  Provider,
  Usage,
} from '../../src/core/ports.js';
import { sleep } from '../../src/core/waiting.js';
import type { ManualClock } from './manual-clock.js';

/** What a scripted model does next. */
export type Step =
  | ModelEvent
  /** Waits, and heeds its signal. */
  | { readonly type: 'wait'; readonly ms: number }
  /** Waits until its signal is aborted, and goes on. */
  | { readonly type: 'until-aborted' }
  /** Waits for ever, whatever its signal says. */
  | { readonly type: 'hang' }
  | { readonly type: 'fail'; readonly error: unknown }
  /** Ends the stream, finish or not. */
  | { readonly type: 'end' }
  | { readonly type: 'call'; readonly run: () => void };

export type Script = readonly Step[];

export const usage: Usage = {
  inputTokens: 100,
  outputTokens: 20,
  reasoningTokens: null,
  cachedInputTokens: null,
};

export const text = (value: string): Step => ({ type: 'text-delta', text: value });
export const reasoning = (value: string): Step => ({ type: 'reasoning-delta', text: value });
export const progress: Step = { type: 'progress' };
export const malformed: Step = { type: 'malformed' };
export const finishing: Step = { type: 'finishing' };
export const untilAborted: Step = { type: 'until-aborted' };
export const hang: Step = { type: 'hang' };
export const end: Step = { type: 'end' };
export const wait = (ms: number): Step => ({ type: 'wait', ms });
export const call = (run: () => void): Step => ({ type: 'call', run });

export const response = (httpStatus: number | null = 200, requestId: string | null = null): Step => ({
  type: 'response',
  httpStatus,
  requestId,
});

export function finish(
  finishReason: FinishReason = 'stop',
  more: Partial<Extract<ModelEvent, { type: 'finish' }>> = {},
): Step {
  return { type: 'finish', rawFinishReason: null, servedModel: null, usage: null, ...more, finishReason };
}

/** Throws a `ProviderError` of the kind, or whatever else is given. */
export function fail(
  error: ProviderErrorOptions['kind'] | Error,
  more: Partial<ProviderErrorOptions> = {},
): Step {
  if (error instanceof Error) return { type: 'fail', error };
  return { type: 'fail', error: new ProviderError({ kind: error, message: `${error}!`, ...more }) };
}

/** A whole answer. */
export const says = (value: string): Script => [response(), text(value), finish()];

/** One request, as the provider saw it. */
export interface Seen {
  readonly target: string;
  readonly request: ModelRequest;
  readonly context: ModelContext;
  readonly atMs: number;
  /** What it was told to do. */
  readonly script: Script;
  /** Its iterator has ended by itself, or was closed. */
  over: boolean;
}

/** A model's scripts, one for each request in turn; the last one serves all that follow. */
export type Scripts = readonly [Script, ...Script[]];

export interface ScriptedOptions extends Omit<Partial<Provider>, 'name' | 'model' | 'models'> {
  readonly models: Readonly<Record<string, Scripts>>;
}

export interface ScriptedSetting {
  readonly clock: ManualClock;
  /** Every request is added here. */
  readonly seen: Seen[];
}

/** A provider that does what its scripts say. */
export function scriptedProvider(
  name: string,
  { models, ...rest }: ScriptedOptions,
  setting: ScriptedSetting,
): Provider {
  const asked = new Map<string, number>();
  return {
    ...rest,
    name,
    model(id: string): Model {
      const scripts = models[id];
      if (scripts === undefined) {
        throw new ProviderError({ kind: 'model-not-found', message: `no model ${id}` });
      }
      return {
        id,
        stream(request, context) {
          const nth = asked.get(id) ?? 0;
          asked.set(id, nth + 1);
          const script = scripts[Math.min(nth, scripts.length - 1)] as Script;
          const one: Seen = {
            target: `${name}/${id}`,
            request,
            context,
            atMs: setting.clock.elapsedMs,
            script,
            over: false,
          };
          setting.seen.push(one);
          return { [Symbol.asyncIterator]: () => watched(perform(script, context), one) };
        },
      };
    },
  };
}

async function* perform(script: Script, context: ModelContext): AsyncGenerator<ModelEvent, void> {
  for (const step of script) {
    switch (step.type) {
      case 'wait':
        await sleep(step.ms, { clock: context.clock, signal: context.signal });
        break;
      case 'until-aborted':
        await new Promise<void>((resolve) => {
          if (context.signal.aborted) resolve();
          context.signal.addEventListener('abort', () => resolve());
        });
        break;
      case 'hang':
        await new Promise<never>(() => {});
        break;
      case 'fail':
        throw step.error;
      case 'end':
        return;
      case 'call':
        step.run();
        break;
      default:
        yield step;
    }
  }
}

/** Tells when an iterator has ended or was asked to: a generator that hangs never gets to its `finally`. */
function watched(iterator: AsyncGenerator<ModelEvent, void>, seen: Seen): AsyncIterator<ModelEvent> {
  const over = (): void => {
    seen.over = true;
  };
  return {
    async next() {
      try {
        const step = await iterator.next();
        if (step.done === true) over();
        return step;
      } catch (error) {
        over();
        throw error;
      }
    },
    return() {
      over();
      return iterator.return(undefined);
    },
  };
}
