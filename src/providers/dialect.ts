import type { DsnOptions } from '../core/dsn.js';
import type { Warning } from '../core/errors.js';
import type { ModelEvent, ModelRequest } from '../core/ports.js';
import type { DialectName, Preset } from './presets.js';

/** What a dialect's request builder is told besides the request. */
export interface DialectTarget {
  readonly model: string;
  readonly preset: Preset;
  readonly options: DsnOptions;
}

export interface DialectRequest {
  /** Appended to the endpoint's base path, with its query: `/models/x:streamGenerateContent?alt=sse`. */
  readonly path: string;
  /** Headers beside authorisation and `content-type`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Told to the user: an option that this API has no name for. */
  readonly warnings: readonly Warning[];
}

/** How an API refused a request. */
export interface Refusal {
  readonly status: number;
  readonly bodyText: string;
}

/** The same request in other words, and what to say of it. */
export interface Reworded {
  readonly wire: DialectRequest;
  readonly note: string;
}

/**
 * Reads one stream. `event` takes one JSON payload (`name` is the SSE `event:` field) and returns what it
 * means; it throws a `ProviderError` for an error inside the stream. `end` is called at the end of the body
 * and returns what was held back: a finish event waits for a usage chunk that may follow it. A stream without
 * terminal marker gives no `finish`, and is therefore reported as cut by the caller.
 */
export interface StreamDecoder {
  /**
   * True once the terminal marker was seen although `finish` still waits, for a usage chunk that may follow. The
   * caller then waits for it only a little: some servers send neither usage nor `[DONE]`, and do not hang up.
   */
  readonly terminal?: boolean;
  event(payload: unknown, name: string | undefined): readonly ModelEvent[];
  end(): readonly ModelEvent[];
}

/** One wire protocol: how a request is worded and how its answers read. Pure: no network, no clock. */
export interface Dialect {
  readonly name: DialectName;
  readonly framing: 'sse' | 'ndjson';
  request(request: ModelRequest, target: DialectTarget): DialectRequest;
  /** Other words for a request that was refused for its words alone, to be sent once; null where there are none. */
  reworded?(wire: DialectRequest, refusal: Refusal): Reworded | null;
  /** The header that carries the key, unless the preset has its own. */
  authorization(credential: string): Readonly<Record<string, string>>;
  decoder(): StreamDecoder;
  /** Reads a whole (not streamed) reply of HTTP 2xx into the same events, `finish` last. */
  whole(payload: unknown): readonly ModelEvent[];
}
