import type { ErrorKind } from '../core/classify.js';
import { ProviderError } from '../core/errors.js';
import type { ModelEvent } from '../core/ports.js';
import type { Dialect } from './dialect.js';
import { isErrorPayload } from './errors/facts.js';
import { looksLikeHtml } from './errors/text.js';
import { type FrameReader, maxFrameChars } from './frames.js';
import { jsonOf } from './json-value.js';
import { ndjsonReader } from './ndjson.js';
import { sseReader } from './sse.js';

export interface ReplyReaderOptions {
  readonly dialect: Dialect;
  /** Whether a whole reply was asked for and not a stream. */
  readonly whole: boolean;
  /** The error for a JSON payload that is no part of an answer; `otherwise` is its kind where nothing tells it. */
  readonly payloadError: (payload: unknown, otherwise: ErrorKind) => ProviderError;
  /** The error for a text that is neither JSON nor a stream, such as a web page. */
  readonly textError: (text: string) => ProviderError;
}

type Finish = Extract<ModelEvent, { type: 'finish' }>;
type Delta = Extract<ModelEvent, { type: 'text-delta' | 'reasoning-delta' }>;

/** White space and the bytes of a BOM, which may stand before anything. */
const leading = new Set([0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf]);
const [brace, bracket, angle] = [0x7b, 0x5b, 0x3c];

/**
 * Turns the bytes of a reply with HTTP 2xx into events, synchronously. What the bytes are is told by their
 * beginning and not by the content type, which servers get wrong: a stream, or JSON in its place (an error, or
 * the whole reply of a server that does not stream), or a web page. Adjacent deltas of one kind become one, so
 * that a reader pays for chunks of the network and not for tokens.
 */
export class ReplyReader {
  /** The terminal marker, once it is complete. Nothing after it is read. */
  finish: Finish | null = null;
  /** What the reply turned out to be in place of an answer; events before it are still to be taken. */
  failure: unknown = null;
  readonly #options: ReplyReaderOptions;
  readonly #decoder;
  readonly #frames: FrameReader;
  /** The text of a reply that is no stream; null while it is not known to be none. */
  #body: string | null = null;
  readonly #text = new TextDecoder();
  #begun = false;
  #eventful = false;
  #batch: ModelEvent[] = [];
  /** Deltas of one kind that came one after the other; joined when another event comes, or when they are taken. */
  #deltas: string[] = [];
  #deltaType: Delta['type'] = 'text-delta';

  constructor(options: ReplyReaderOptions) {
    this.#options = options;
    this.#decoder = options.dialect.decoder();
    const onFrame = (data: string, name: string | undefined): void => this.#frame(data, name);
    this.#frames = options.dialect.framing === 'sse' ? sseReader(onFrame) : ndjsonReader(onFrame);
  }

  /** Whether the answer is complete although its usage may still follow. */
  get terminal(): boolean {
    return this.finish !== null || this.#decoder.terminal === true;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#begun ? chunk : this.#begin(chunk);
    if (this.#body === null) {
      this.#guarded(() => this.#frames.push(bytes));
      return;
    }
    this.#body += this.#text.decode(bytes, { stream: true });
    if (this.#body.length > maxFrameChars) {
      this.failure ??= new ProviderError({ kind: 'network', message: 'the reply is longer than 32 MiB' });
    }
  }

  /** The body has ended: reads what only its end completes. */
  end(): void {
    this.#guarded(() => {
      if (this.#body !== null) {
        const text = this.#body + this.#text.decode();
        if (!this.#isLines(text)) return this.#readBody(text);
        this.#frames.push(new TextEncoder().encode(text));
      }
      this.#frames.end();
      if (this.finish === null && this.failure === null) this.#add(this.#decoder.end());
      if (this.finish === null && this.failure === null) this.#readStray(this.#frames.stray.trim());
    });
  }

  /** The events since the last time, without `finish`. */
  take(): readonly ModelEvent[] {
    this.#closeDelta();
    const batch = this.#batch;
    this.#batch = [];
    return batch;
  }

  /** Looks at the first byte that says something, and takes away those before it. */
  #begin(chunk: Uint8Array): Uint8Array {
    const at = chunk.findIndex((byte) => !leading.has(byte));
    if (at < 0) return new Uint8Array();
    this.#begun = true;
    const first = chunk[at];
    const { dialect, whole } = this.#options;
    const object = first === brace && (whole || dialect.framing === 'sse');
    if (object || first === bracket || first === angle) this.#body = '';
    return chunk.subarray(at);
  }

  #frame(data: string, name: string | undefined): void {
    if (this.finish !== null || this.failure !== null) return;
    const payload = jsonOf(data);
    if (payload === undefined) {
      this.#add(data.trim() === '[DONE]' ? this.#decoder.end() : [{ type: 'malformed' }]);
      return;
    }
    this.#eventful = true;
    // told here, where the response's status, headers and the key to be taken out are known
    if (isErrorPayload(payload) || name === 'error') {
      // the answer is complete: what follows takes nothing of it away
      if (this.#decoder.terminal === true) this.#add(this.#decoder.end());
      else throw this.#options.payloadError(payload, 'server-error');
      return;
    }
    this.#add(this.#decoder.event(payload, name));
  }

  /** Whether a server of Ollama's protocol streams where a whole reply was asked for. */
  #isLines(text: string): boolean {
    if (this.#options.dialect.framing !== 'ndjson' || jsonOf(text) !== undefined) return false;
    return jsonOf(text.slice(0, text.indexOf('\n'))) !== undefined;
  }

  #readBody(text: string): void {
    if (looksLikeHtml(text, undefined)) throw this.#options.textError(text);
    const payload = jsonOf(text);
    if (payload === undefined && text.trimStart().startsWith('<')) throw this.#options.textError(text);
    // JSON that breaks off was cut on its way: without a finish it counts as that
    if (payload === undefined) return;
    if (isErrorPayload(payload)) throw this.#options.payloadError(payload, 'server-error');
    const events = this.#options.dialect.whole(payload);
    if (!events.some(({ type }) => type === 'finish' || type === 'text-delta'))
      throw this.#options.payloadError(payload, 'misconfigured');
    this.#add(events);
  }

  /** What stood between or in place of the frames: Gemini sends errors so, and servers of other kinds anything. */
  #readStray(text: string): void {
    if (text === '') return;
    const payload = jsonOf(text);
    if (typeof payload === 'object' && payload !== null)
      throw this.#options.payloadError(payload, 'misconfigured');
    if (!this.#eventful) throw this.#options.textError(text);
  }

  #guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.failure ??= error;
    }
  }

  #add(events: readonly ModelEvent[]): void {
    for (const event of events) {
      if (event.type === 'text-delta' || event.type === 'reasoning-delta') this.#addDelta(event);
      else if (event.type === 'finish') this.finish ??= event;
      else this.#addOther(event);
    }
  }

  #addDelta({ type, text }: Delta): void {
    if (type !== this.#deltaType) this.#closeDelta();
    this.#deltaType = type;
    this.#deltas.push(text);
  }

  #addOther(event: ModelEvent): void {
    const repeats =
      event.type === 'progress' && this.#deltas.length === 0 && this.#batch.at(-1)?.type === 'progress';
    if (repeats) return;
    this.#closeDelta();
    this.#batch.push(event);
  }

  #closeDelta(): void {
    if (this.#deltas.length === 0) return;
    this.#batch.push({ type: this.#deltaType, text: this.#deltas.join('') });
    this.#deltas = [];
  }
}
