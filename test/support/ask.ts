import type { ModelEvent } from '../../src/core/ports.js';
import type { Dialect } from '../../src/providers/dialect.js';
import { ndjsonReader } from '../../src/providers/ndjson.js';
import { sseReader } from '../../src/providers/sse.js';
import { type Asked, dialectTarget, modelRequest } from './collect.js';

/** The events of a streamed body that arrives in these parts. */
export function readParts(dialect: Dialect, parts: readonly Uint8Array[]): ModelEvent[] {
  const events: ModelEvent[] = [];
  const reader = eventReader(dialect, events);
  for (const part of parts) reader.push(part);
  reader.finish();
  return events;
}

/** The events of a streamed body that comes over a socket. */
export async function readResponse(dialect: Dialect, response: Response): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  const reader = eventReader(dialect, events);
  for await (const part of response.body ?? []) reader.push(part);
  reader.finish();
  return events;
}

function eventReader(dialect: Dialect, events: ModelEvent[]) {
  const decoder = dialect.decoder();
  const onFrame = (data: string, name: string | undefined) => {
    events.push(...decoder.event(JSON.parse(data), name));
  };
  const frames = dialect.framing === 'sse' ? sseReader(onFrame) : ndjsonReader(onFrame);
  return {
    push: (part: Uint8Array) => frames.push(part),
    finish: () => {
      frames.end();
      events.push(...decoder.end());
    },
  };
}

export interface AskOptions extends Asked {
  readonly model: string;
  readonly key?: string | null;
  /** Headers that replace or, when null, take away what the dialect sends. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Body keys that replace or, when undefined, take away what the dialect sends. */
  readonly raw?: Readonly<Record<string, unknown>>;
}

export interface Reply {
  readonly status: number;
  readonly events: readonly ModelEvent[];
  /** The body of a refusal. */
  readonly refusal: string;
}

/** Words a request in `dialect`, sends it to a server under `baseUrl` and reads what comes. */
export async function ask(dialect: Dialect, baseUrl: string, options: AskOptions): Promise<Reply> {
  const { model, key = null, headers = {}, raw = {}, ...asked } = options;
  const wanted = modelRequest(asked);
  const { path, headers: own, body } = dialect.request(wanted, dialectTarget(dialect.name, model));
  const sent = Object.entries({
    'content-type': 'application/json',
    ...own,
    ...(key === null ? {} : dialect.authorization(key)),
    ...headers,
  }).filter((header): header is [string, string] => header[1] !== null);
  const response = await fetch(`${baseUrl}${path}`, {
    method: 'POST',
    headers: sent,
    body: JSON.stringify({ ...body, ...raw }),
  });
  if (!response.ok) return { status: response.status, events: [], refusal: await response.text() };
  const events = wanted.whole ? dialect.whole(await response.json()) : await readResponse(dialect, response);
  return { status: response.status, events, refusal: '' };
}
