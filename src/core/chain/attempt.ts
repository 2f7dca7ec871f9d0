import { ProviderError, type Warning } from '../errors.js';
import type { Clock, FinishReason, Model, ModelEvent, ModelRequest, Usage } from '../ports.js';
import { type AttemptTimeouts, Watch } from './watch.js';

export interface AttemptOptions {
  readonly model: Model;
  readonly request: ModelRequest;
  readonly timeouts: AttemptTimeouts;
  readonly clock: Clock;
  /** Ends the attempt from outside: cancelled, or the chain's deadline. */
  readonly signal: AbortSignal;
}

type Finish = Extract<ModelEvent, { type: 'finish' }>;

/** How one attempt ended. `error` is null when the terminal marker came. Times in milliseconds. */
export interface AttemptOutcome {
  readonly error: unknown;
  readonly text: string;
  readonly reasoning: string | null;
  readonly finish: { readonly reason: FinishReason; readonly raw: string | null } | null;
  readonly usage: Usage | null;
  readonly servedModel: string | null;
  readonly httpStatus: number | null;
  readonly requestId: string | null;
  /** Monotonic. */
  readonly startedMs: number;
  readonly firstTokenMs: number | null;
  readonly durationMs: number;
  readonly warnings: readonly Warning[];
  /** A fault was put in its way on purpose. */
  readonly injected: boolean;
}

type Delta = Extract<ModelEvent, { type: 'text-delta' | 'reasoning-delta' }>;

/**
 * Makes one request and yields its deltas; returns the outcome, never throws. Whatever happens the model's
 * iterator is closed and its signal aborted, so that no connection is left behind, and a model that does not
 * heed its signal holds nobody up.
 */
export async function* runAttempt(options: AttemptOptions): AsyncGenerator<Delta, AttemptOutcome> {
  const { clock, request } = options;
  const startedMs = clock.monotonic();
  const watch = new Watch({ ...options, whole: request.whole });
  const text: string[] = [];
  const reasoning: string[] = [];
  const warnings: Warning[] = [];
  let malformed = 0;
  let injected = false;
  let finish: Finish | null = null;
  let response: Extract<ModelEvent, { type: 'response' }> | null = null;
  let firstTokenMs: number | null = null;
  let error: unknown = null;
  let iterator: AsyncIterator<ModelEvent> | undefined;
  try {
    const { signal } = watch;
    const context = { signal, clock, connectTimeoutMs: options.timeouts.connectTimeoutMs };
    if (signal.aborted) throw signal.reason;
    iterator = options.model.stream(request, context)[Symbol.asyncIterator]();
    while (finish === null) {
      const step = await watch.next(iterator);
      if (step.done === true) break;
      const event = step.value;
      switch (event.type) {
        case 'text-delta':
        case 'reasoning-delta':
          if (event.text === '') break;
          firstTokenMs ??= clock.monotonic() - startedMs;
          watch.onContent();
          (event.type === 'text-delta' ? text : reasoning).push(event.text);
          watch.pause();
          yield event;
          watch.resume();
          break;
        case 'response':
          response = event;
          if (request.whole && event.refusal === undefined) watch.onContent();
          break;
        case 'progress':
          watch.onProgress();
          break;
        case 'malformed':
          malformed += 1;
          break;
        case 'injected':
          injected = true;
          break;
        case 'warning':
          warnings.push(event.warning);
          break;
        case 'finishing':
          watch.onFinishing();
          break;
        case 'finish':
          finish = event;
          break;
        default:
          event satisfies never;
      }
    }
    if (finish === null) error = cutShort(malformed);
    else error = refused(finish, text.join(''));
  } catch (thrown) {
    // a refusal whose explanation did not come in time is a refusal all the same
    const ranOut = watch.signal.aborted && !options.signal.aborted;
    if (ranOut && response?.refusal !== undefined) error = response.refusal;
    else if (watch.signal.aborted) error = watch.signal.reason;
    else error = thrown ?? new Error('the model threw nothing');
  } finally {
    watch.stop();
    // The generator's own end is not waited for: a model that hangs in it must not hang the chain.
    void close(iterator);
  }
  if (malformed > 0 && error === null) warnings.push(malformedWarning(malformed));
  return {
    error,
    text: text.join(''),
    reasoning: reasoning.length === 0 ? null : reasoning.join(''),
    finish: finish === null ? null : { reason: finish.finishReason, raw: finish.rawFinishReason },
    usage: finish === null || isMiscounted(finish, firstTokenMs) ? null : finish.usage,
    servedModel: finish?.servedModel ?? null,
    httpStatus: response?.httpStatus ?? null,
    requestId: response?.requestId ?? null,
    startedMs,
    firstTokenMs,
    durationMs: clock.monotonic() - startedMs,
    warnings,
    injected,
  };
}

/** Lets a model tidy up; how that goes is no part of the attempt. */
async function close(iterator: AsyncIterator<ModelEvent> | undefined): Promise<void> {
  try {
    await iterator?.return?.();
  } catch {
    // The attempt has its outcome already.
  }
}

/** Servers that count nothing say 0: beside content that is not known, and no price. */
function isMiscounted({ usage }: Finish, firstTokenMs: number | null): boolean {
  return usage?.outputTokens === 0 && firstTokenMs !== null;
}

function cutShort(malformed: number): ProviderError {
  const garbled = malformed === 0 ? '' : `, after ${count(malformed, 'unreadable event')}`;
  return new ProviderError({
    kind: 'network',
    message: `the answer was cut: it ended without a finish marker${garbled}`,
  });
}

function refused(finish: Finish, text: string): ProviderError | null {
  if (finish.finishReason !== 'content-filter' && finish.finishReason !== 'refusal') return null;
  const said = text.trim().split('\n')[0] ?? '';
  const what =
    finish.finishReason === 'refusal' ? 'the model refused to answer' : 'a content filter stopped the answer';
  return new ProviderError({
    kind: 'content-filter',
    message: said === '' ? what : `${what}: ${said}`,
    rawCode: finish.rawFinishReason,
  });
}

function malformedWarning(malformed: number): Warning {
  return {
    code: 'malformed-event',
    message: `${count(malformed, 'unreadable event')} of the stream left out`,
  };
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
