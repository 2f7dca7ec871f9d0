import { ProviderError } from '../../src/core/errors.js';
import type { ModelContext, ModelEvent, ModelRequest, Usage } from '../../src/core/ports.js';
import type { Dialect } from '../../src/providers/dialect.js';
import { ReplyReader } from '../../src/providers/reply-reader.js';

/** What a reply comes to, however it was cut into events. */
export interface Reply {
  readonly text: string;
  readonly reasoning: string;
  readonly finishReason: string | null;
  readonly rawFinishReason: string | null;
  readonly servedModel: string | null;
  readonly usage: Usage | null;
  readonly malformed: number;
  readonly warnings: readonly string[];
}

export function replyOf(events: readonly ModelEvent[]): Reply {
  const joined = (type: 'text-delta' | 'reasoning-delta') =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  const finish = events.find((event) => event.type === 'finish');
  return {
    text: joined('text-delta'),
    reasoning: joined('reasoning-delta'),
    finishReason: finish?.finishReason ?? null,
    rawFinishReason: finish?.rawFinishReason ?? null,
    servedModel: finish?.servedModel ?? null,
    usage: finish?.usage ?? null,
    malformed: events.filter((event) => event.type === 'malformed').length,
    warnings: events.flatMap((event) => (event.type === 'warning' ? [event.warning.code] : [])),
  };
}

/** The events of parsed payloads, as a stream's decoder gives them. */
export function decode(dialect: Dialect, payloads: readonly unknown[]): ModelEvent[] {
  const decoder = dialect.decoder();
  return [...payloads.flatMap((payload) => decoder.event(payload, undefined)), ...decoder.end()];
}

/** Reads chunks of bytes in process, without a socket. */
export function readChunks(dialect: Dialect, chunks: readonly Uint8Array[], { whole = false } = {}): Reply {
  const told = (kind: 'network' | 'misconfigured') => (what: unknown) =>
    new ProviderError({ kind, message: String(what) });
  const reader = new ReplyReader({
    dialect,
    whole,
    payloadError: told('network'),
    textError: told('misconfigured'),
  });
  const events: ModelEvent[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    events.push(...reader.take());
  }
  reader.end();
  events.push(...reader.take());
  if (reader.failure !== null) throw reader.failure;
  return replyOf(reader.finish === null ? events : [...events, reader.finish]);
}

export function modelRequest(parts: Partial<ModelRequest> = {}): ModelRequest {
  return {
    system: null,
    messages: [{ role: 'user', content: 'Hello' }],
    options: {},
    body: {},
    whole: false,
    ...parts,
  };
}

/** A context with the real clock. */
export function modelContext(signal: AbortSignal = new AbortController().signal): ModelContext {
  return {
    signal,
    connectTimeoutMs: 2_000,
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      setTimer: (delayMs, callback) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
    },
  };
}
