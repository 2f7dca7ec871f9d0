import { ProviderError } from '../core/errors.js';
import type { Clock, Model, ModelContext, ModelEvent, ModelRequest } from '../core/ports.js';
import type { DialectRequest } from './dialect.js';
import {
  type Connection,
  errorContext,
  errorText,
  isOk,
  refusalOf,
  requestHeaders,
  scrubbed,
  within,
  withQuery,
} from './endpoint-request.js';
import { classifyPayload, classifyResponse, requestIdOf } from './errors/classify-response.js';
import type { HttpResponse } from './http.js';
import { ReplyReader } from './reply-reader.js';

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
      if (!isOk(response)) {
        const at = { connection: this.#connection, model: this.id, context };
        yield { type: 'response', ...heading, refusal: refusalOf(response, { ...at, bodyText: '' }) };
        throw refusalOf(response, { ...at, bodyText: await errorText(response, context) });
      }
      yield { type: 'response', ...heading };
      for (const warning of wire.warnings) yield { type: 'warning', warning };
      yield* events(response, this.#reader(request, response, context.clock), context.clock);
    } catch (error) {
      throw error instanceof ProviderError ? scrubbed(error, this.#connection) : error;
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
    const streamType =
      this.#connection.dialect.framing === 'sse' ? 'text/event-stream' : 'application/x-ndjson';
    return (await client()).request({
      method: 'POST',
      path: `${basePath}${withQuery(wire.path, dsn)}`,
      headers: requestHeaders(this.#connection, {
        accept: request.whole ? 'application/json' : streamType,
        key,
        more: { 'content-type': 'application/json', ...wire.headers },
      }),
      body: JSON.stringify(wire.body),
      signal,
      clock: context.clock,
      connectTimeoutMs: context.connectTimeoutMs,
    });
  }

  #reader(request: ModelRequest, response: HttpResponse, clock: Clock): ReplyReader {
    const context = errorContext(response, {
      connection: this.#connection,
      model: this.id,
      now: clock.now(),
    });
    return new ReplyReader({
      dialect: this.#connection.dialect,
      whole: request.whole,
      payloadError: (payload, otherwise) => classifyPayload({ ...context, payload, otherwise }),
      textError: (bodyText) => classifyResponse({ ...context, bodyText, otherwise: 'misconfigured' }),
    });
  }

  #requestId(response: HttpResponse): string | null {
    const id = requestIdOf(response.headers);
    return id === null ? null : this.#connection.scrub(id);
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
  let graceEndsMs: number | null = null;
  while (!ended && reader.finish === null) {
    if (reader.terminal && graceEndsMs === null) {
      // Counted once: what keeps coming after the finish reason, comments say, does not prolong it.
      graceEndsMs = clock.monotonic() + usageGraceMs;
      yield { type: 'finishing' };
    }
    const graceMs = graceEndsMs === null ? null : Math.max(0, graceEndsMs - clock.monotonic());
    const step = await nextChunk(body, { clock, graceMs });
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
  if (!ended) {
    yield { type: 'finishing' };
    await within(drained(body), { clock, ms: reuseGraceMs });
  }
  yield reader.finish;
}

/**
 * The next chunk; null at the end of the body. An answer that is whole (`graceMs` is how long its usage is waited for) loses
 * nothing when that does not come in time, when the connection breaks, or when the request is aborted.
 */
async function nextChunk(
  body: AsyncIterator<Uint8Array>,
  { clock, graceMs }: { readonly clock: Clock; readonly graceMs: number | null },
): Promise<Uint8Array | null> {
  try {
    const next = body.next();
    const step = graceMs === null ? await next : await within(next, { clock, ms: graceMs });
    return step === null || step.done === true ? null : step.value;
  } catch (error) {
    if (graceMs === null) throw error;
    return null;
  }
}

async function drained(body: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    while ((await body.next()).done !== true);
  } catch {
    // the answer is complete: what happens to its connection does not matter any more
  }
}
