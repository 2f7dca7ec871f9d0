import type { Model, ModelContext, ModelEvent, ModelRequest, Usage } from '../../core/ports.js';
import { sleep } from '../../core/waiting.js';
import { replyFailure } from './failures.js';
import { type MockSettings, rawFinishReasons } from './options.js';

/**
 * Cuts a text into the pieces that stand for tokens; together they are the text. `word` is a word with the
 * white space before it, a number is so many characters (code points, which are never split).
 */
export function* chunks(text: string, size: 'word' | number): Generator<string> {
  if (size === 'word') {
    for (const [word] of text.matchAll(/\s*\S+|\s+$/gu)) yield word;
    return;
  }
  let piece = '';
  let length = 0;
  for (const character of text) {
    piece += character;
    length += 1;
    if (length < size) continue;
    yield piece;
    piece = '';
    length = 0;
  }
  if (piece !== '') yield piece;
}

type Delta = Extract<ModelEvent, { type: 'text-delta' | 'reasoning-delta' }>;

/** A model that says what its DSN tells it to, at the pace it is told. It knows no faults. */
export class ScriptedModel implements Model {
  readonly id: string;
  readonly #target: string;
  readonly #settings: MockSettings;

  constructor(id: string, options: { readonly provider: string; readonly settings: MockSettings }) {
    this.id = id;
    this.#target = `${options.provider}/${id}`;
    this.#settings = options.settings;
  }

  async *stream(request: ModelRequest, context: ModelContext): AsyncGenerator<ModelEvent> {
    const { models, finish, served, latencyMs, tokensPerSecond } = this.#settings;
    context.signal.throwIfAborted();
    if (models.length > 0 && !models.includes(this.id)) {
      const step = { status: null, durationMs: null };
      throw replyFailure('model-not-found', { model: this.id, step, nowMs: context.clock.now() });
    }
    const pace = new Pace(context, { latencyMs, tokensPerSecond });
    const made: Made = { text: 0, reasoning: 0, cut: false };
    const deltas = this.#deltas(request.options.maxTokens ?? Number.POSITIVE_INFINITY, made);
    const headers: ModelEvent = { type: 'response', httpStatus: 200, requestId: null };
    if (!request.whole) yield headers;
    await pace.start();
    if (request.whole) {
      const whole = await gather(deltas, pace);
      // The headers of a whole reply come when its last token is made.
      yield headers;
      yield* whole;
    } else {
      for (const delta of deltas) {
        const wait = pace.token();
        if (wait !== null) await wait;
        yield delta;
      }
    }
    const finishReason = made.cut ? 'length' : finish;
    yield {
      type: 'finish',
      finishReason,
      rawFinishReason: rawFinishReasons[finishReason],
      servedModel: served ?? this.id,
      usage: this.#usage(request, made),
    };
  }

  /** The tokens of reasoning and reply; counts them, up to the limit, in `made`. */
  *#deltas(limit: number, made: Made): Generator<Delta> {
    const { reply, reasoning, repeat, chunk } = this.#settings;
    const once = reply ?? `This is the scripted answer of ${this.#target}.`;
    for (const text of chunks(reasoning, chunk)) {
      if (made.reasoning >= limit) {
        made.cut = true;
        return;
      }
      made.reasoning += 1;
      yield { type: 'reasoning-delta', text };
    }
    for (const text of chunks(`${once} `.repeat(repeat - 1) + once, chunk)) {
      if (made.reasoning + made.text >= limit) {
        made.cut = true;
        return;
      }
      made.text += 1;
      yield { type: 'text-delta', text };
    }
  }

  #usage(request: ModelRequest, made: Made): Usage | null {
    const { usage, reasoning } = this.#settings;
    if (usage !== 'count') return usage;
    const prompt = [request.system ?? '', ...request.messages.map((message) => message.content)];
    return {
      inputTokens: prompt.reduce((sum, text) => sum + (text.match(/\S+/gu)?.length ?? 0), 0),
      outputTokens: made.reasoning + made.text,
      reasoningTokens: reasoning === '' ? null : made.reasoning,
      cachedInputTokens: null,
    };
  }
}

/** How many tokens were made, and whether the request's limit ended them. */
interface Made {
  text: number;
  reasoning: number;
  cut: boolean;
}

async function gather(deltas: Iterable<Delta>, pace: Pace): Promise<Delta[]> {
  const texts: Record<Delta['type'], string> = { 'reasoning-delta': '', 'text-delta': '' };
  for (const delta of deltas) {
    const wait = pace.token();
    if (wait !== null) await wait;
    texts[delta.type] += delta.text;
  }
  const types = ['reasoning-delta', 'text-delta'] as const;
  return types.filter((type) => texts[type] !== '').map((type) => ({ type, text: texts[type] }));
}

/** When tokens are due: counted from the start, so that late timers do not add up. */
class Pace {
  readonly #context: ModelContext;
  readonly #intervalMs: number;
  #dueMs: number;

  constructor(context: ModelContext, options: { latencyMs: number; tokensPerSecond: number | null }) {
    this.#context = context;
    this.#intervalMs = options.tokensPerSecond === null ? 0 : 1000 / options.tokensPerSecond;
    this.#dueMs = context.clock.monotonic() + options.latencyMs;
  }

  /** The wait before the first token, also where none follows. */
  async start(): Promise<void> {
    await this.#wait();
  }

  /** The wait for the next token, or null when it is due. Throws the signal's reason once it is aborted. */
  token(): Promise<void> | null {
    this.#context.signal.throwIfAborted();
    const wait = this.#wait();
    this.#dueMs += this.#intervalMs;
    return wait;
  }

  #wait(): Promise<void> | null {
    const leftMs = this.#dueMs - this.#context.clock.monotonic();
    return leftMs > 0 ? sleep(leftMs, this.#context) : null;
  }
}
