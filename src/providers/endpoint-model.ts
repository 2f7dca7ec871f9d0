import type { Dsn } from '../core/dsn.js';
import { ProviderError } from '../core/errors.js';
import type { Clock, Model, ModelContext, ModelEvent, ModelRequest } from '../core/ports.js';
import { version } from '../version.js';
import type { Dialect, DialectRequest } from './dialect.js';
import { classifyPayload, classifyResponse, requestIdOf } from './errors/classify-response.js';
import { firstMeaningfulLine } from './errors/text.js';
import type { HttpClient, HttpResponse } from './http.js';
import type { Preset } from './presets.js';
import { ReplyReader } from './reply-reader.js';

/** What the models of one provider share. */
export interface Connection {
  readonly preset: Preset;
  readonly dialect: Dialect;
  readonly dsn: Dsn;
  readonly basePath: string;
  /** The credential, read at most once; null when there is none. */
  key(options: { readonly signal: AbortSignal }): Promise<string | null>;
  scrub(text: string): string;
  /** Loaded with the first request: what asks nothing does not pay for it. */
  client(): Promise<HttpClient>;
}

/** Of an error's body no more is read, in bytes. */
const longestErrorBody = 64 * 1024;
/** How long an error's body is waited for: the status stands without it, in milliseconds. */
const errorBodyMs = 2_000;
/** How long a usage chunk is waited for after the finish reason, in milliseconds. */
const usageGraceMs = 1_000;
/** How long the end of the body is waited for after the finish, so that the connection can be used again. */
const reuseGraceMs = 50;

/** One model behind an endpoint: words the request in its dialect, sends it, reads the reply. */
export class EndpointModel implements Model {
  readonly id: string;
  readonly #connection: Connection;

  constructor(id: string, connection: Connection) {
    this.id = id;
    this.#connection = connection;
  }

  /**
   * Sends the request and yields what comes. Throws a `ProviderError`, scrubbed of the credential, for
   * everything that HTTP or the API says; a `ConfigError` when the credential cannot be read; the signal's reason.
   */
  async *stream(request: ModelRequest, context: ModelContext): AsyncGenerator<ModelEvent, void, undefined> {
    // of our own, because ending the request must also be possible when nobody has cancelled it
    const ending = new AbortController();
    const onAbort = (): void => ending.abort(context.signal.reason);
    if (context.signal.aborted) onAbort();
    context.signal.addEventListener('abort', onAbort, { once: true });
    try {
      const { dialect, preset, dsn } = this.#connection;
      const wire = dialect.request(request, { model: this.id, preset, options: dsn.options });
      const response = await this.#send({ request, wire, context, signal: ending.signal });
      const heading = { httpStatus: response.status, requestId: this.#requestId(response) };
      if (response.status < 200 || response.status >= 300) {
        const refusal = (bodyText: string): ProviderError =>
          scrubbed(
            classifyResponse({ ...this.#errorContext(response, context.clock), bodyText }),
            this.#connection.scrub,
          );
        yield { type: 'response', ...heading, refusal: refusal('') };
        throw refusal(await errorText(response, context));
      }
      yield { type: 'response', ...heading };
      for (const warning of wire.warnings) yield { type: 'warning', warning };
      yield* events(response, this.#reader(request, response, context.clock), context.clock);
    } catch (error) {
      throw error instanceof ProviderError ? scrubbed(error, this.#connection.scrub) : error;
    } finally {
      context.signal.removeEventListener('abort', onAbort);
      // does nothing to a connection whose reply was read to its end
      ending.abort(new Error('the request is over'));
    }
  }

  async #send(sending: {
    readonly request: ModelRequest;
    readonly wire: DialectRequest;
    readonly context: ModelContext;
    readonly signal: AbortSignal;
  }): Promise<HttpResponse> {
    const { request, wire, context, signal } = sending;
    const { basePath, dsn, client } = this.#connection;
    const key = await this.#connection.key({ signal });
    return (await client()).request({
      method: 'POST',
      path: `${basePath}${withQuery(wire.path, dsn)}`,
      headers: this.#headers({ request, wire, key }),
      body: JSON.stringify(wire.body),
      signal,
      clock: context.clock,
      connectTimeoutMs: context.connectTimeoutMs,
    });
  }

  #headers(parts: {
    request: ModelRequest;
    wire: DialectRequest;
    key: string | null;
  }): Record<string, string> {
    const { request, wire, key } = parts;
    const { dialect, preset, dsn } = this.#connection;
    const streamType = dialect.framing === 'sse' ? 'text/event-stream' : 'application/x-ndjson';
    const keyHeader = key === null || preset.keyHeader === undefined ? null : { [preset.keyHeader]: key };
    return lowerCased(
      {
        accept: request.whole ? 'application/json' : streamType,
        'content-type': 'application/json',
        'user-agent': `majordomo/${version}`,
        ...wire.headers,
        ...(key === null ? {} : (keyHeader ?? dialect.authorization(key))),
      },
      dsn.options.headers,
    );
  }

  #reader(request: ModelRequest, response: HttpResponse, clock: Clock): ReplyReader {
    const context = this.#errorContext(response, clock);
    return new ReplyReader({
      dialect: this.#connection.dialect,
      whole: request.whole,
      payloadError: (payload, otherwise) => classifyPayload({ ...context, payload, otherwise }),
      textError: (bodyText) => classifyResponse({ ...context, bodyText, otherwise: 'misconfigured' }),
    });
  }

  #errorContext({ status, headers }: HttpResponse, clock: Clock) {
    const { dialect, preset, scrub } = this.#connection;
    return { dialect: dialect.name, preset, status, headers, model: this.id, now: clock.now(), scrub };
  }

  #requestId(response: HttpResponse): string | null {
    const id = requestIdOf(response.headers);
    return id === null ? null : this.#connection.scrub(id);
  }
}

/** The explanation of a refusal: the status stands, even if it breaks off or does not come. */
async function errorText(response: HttpResponse, { clock, signal }: ModelContext): Promise<string> {
  try {
    return (await within(response.text(longestErrorBody), { clock, ms: errorBodyMs })) ?? '';
  } catch (error) {
    if (signal.aborted) throw error;
    return '';
  }
}

/**
 * The events of a reply, a batch for each chunk of the network. The finish event comes last, after the end of
 * the body if that comes at once: the reader hangs up then, and the connection should be free for the next one.
 */
async function* events(
  response: HttpResponse,
  reader: ReplyReader,
  clock: Clock,
): AsyncGenerator<ModelEvent, void, undefined> {
  const body = response.body[Symbol.asyncIterator]();
  let ended = false;
  let graceEndsMs = Number.POSITIVE_INFINITY;
  while (!ended && reader.finish === null) {
    // Counted once: what keeps coming after the finish reason, comments say, does not prolong it.
    if (reader.terminal) graceEndsMs = Math.min(graceEndsMs, clock.monotonic() + usageGraceMs);
    const step = await nextChunk(body, {
      reader,
      clock,
      graceMs: Math.max(0, graceEndsMs - clock.monotonic()),
    });
    if (step === null) {
      ended = true;
      reader.end();
    } else {
      reader.push(step);
    }
    yield* reader.take();
    if (reader.failure !== null) throw reader.failure;
  }
  if (reader.finish === null) return;
  if (!ended) await within(drained(body), { clock, ms: reuseGraceMs });
  yield reader.finish;
}

/** The next chunk; null at the end of the body, or where an answer that is complete gets no usage in time. */
async function nextChunk(
  body: AsyncIterator<Uint8Array>,
  at: { readonly reader: ReplyReader; readonly clock: Clock; readonly graceMs: number },
): Promise<Uint8Array | null> {
  const { reader, clock, graceMs } = at;
  try {
    const next = body.next();
    const step = reader.terminal ? await within(next, { clock, ms: graceMs }) : await next;
    return step === null || step.done === true ? null : step.value;
  } catch (error) {
    // a connection that breaks after the finish reason takes nothing of the answer away
    if (reader.terminal && error instanceof ProviderError && error.kind === 'network') return null;
    throw error;
  }
}

async function drained(body: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    while ((await body.next()).done !== true);
  } catch {
    // the answer is complete: what happens to its connection does not matter any more
  }
}

/** The promise's value, or null once `ms` have passed; a rejection after that is dropped. */
function within<T>(
  promise: Promise<T>,
  { clock, ms }: { readonly clock: Clock; readonly ms: number },
): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const cancel = clock.setTimer(ms, () => resolve(null));
    promise.then(resolve, reject).finally(cancel);
  });
}

/** Joins headers; where names differ in case only, the user's own win. */
function lowerCased(...all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(all.flatMap(Object.entries).map(([name, value]) => [name.toLowerCase(), value]));
}

function withQuery(path: string, dsn: Dsn): string {
  const pairs = dsn
    .queryPairs()
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  if (pairs.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

/**
 * Errors of HTTP and of the dialects, without the credential that a server may have echoed. Texts are cut to a
 * line only after that: a key on the edge of the cut would not be known for one.
 */
function scrubbed(error: ProviderError, scrub: (text: string) => string): ProviderError {
  const clean = (text: string | null): string | null => (text === null ? null : scrub(text));
  const { kind, httpStatus, retryAfterMs, phase } = error;
  return new ProviderError({
    kind,
    message: firstMeaningfulLine(scrub(error.message)),
    httpStatus,
    retryAfterMs,
    phase,
    hint: clean(error.hint),
    rawCode: clean(error.rawCode),
    requestId: clean(error.requestId),
  });
}
