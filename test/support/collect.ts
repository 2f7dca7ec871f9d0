import type { Message, ModelEvent, ModelRequest, PortableOptions } from '../../src/core/ports.js';
import type { Dialect, DialectTarget } from '../../src/providers/dialect.js';
import type { Preset } from '../../src/providers/presets.js';

/** What a list of events amounts to, as a chain would put it together. */
export interface Collected {
  readonly text: string;
  readonly reasoning: string;
  readonly progress: number;
  readonly malformed: number;
  readonly finish: Omit<Extract<ModelEvent, { type: 'finish' }>, 'type'> | null;
}

export function collect(events: readonly ModelEvent[]): Collected {
  const texts = (type: 'text-delta' | 'reasoning-delta') =>
    events.flatMap((event) => (event.type === type ? [event.text] : [])).join('');
  const finishes = events.filter((event) => event.type === 'finish');
  if (finishes.length > 1) throw new Error('more than one finish');
  if (finishes.length === 1 && events.at(-1)?.type !== 'finish')
    throw new Error('something came after the finish');
  const { type: _, ...finish } = finishes[0] ?? { type: 'finish' };
  return {
    text: texts('text-delta'),
    reasoning: texts('reasoning-delta'),
    progress: events.filter((event) => event.type === 'progress').length,
    malformed: events.filter((event) => event.type === 'malformed').length,
    finish: finishes.length === 0 ? null : (finish as NonNullable<Collected['finish']>),
  };
}

/** Everything that a decoder of `dialect` says to these payloads and to the end of the body. */
export function decode(dialect: Dialect, payloads: readonly unknown[]): ModelEvent[] {
  const decoder = dialect.decoder();
  const events = payloads.flatMap((payload) => [...decoder.event(payload, undefined)]);
  return [...events, ...decoder.end()];
}

export interface Asked {
  readonly system?: string | null;
  readonly messages?: readonly Message[];
  readonly options?: PortableOptions;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly whole?: boolean;
}

/** A request as a chain would make it. */
export function modelRequest(asked: Asked = {}): ModelRequest {
  return {
    system: null,
    messages: [{ role: 'user', content: 'Hello' }],
    options: {},
    body: {},
    whole: false,
    ...asked,
  };
}

/** The target of a request, with nothing set in its DSN but what is given. */
export function dialectTarget(
  dialect: Dialect['name'],
  model: string,
  options: Partial<DialectTarget['options']> = {},
): DialectTarget {
  const preset: Preset = {
    name: dialect,
    dialect,
    baseUrl: 'http://localhost',
    keyVariables: [],
    baseUrlVariables: [],
    local: true,
  };
  return { model, preset, options: { ...emptyOptions, ...options } };
}

const emptyOptions: DialectTarget['options'] = {
  model: null,
  models: [],
  keyEnv: null,
  keyFile: null,
  keyCmd: null,
  attemptTimeoutMs: null,
  connectTimeoutMs: null,
  firstTokenTimeoutMs: null,
  idleTimeoutMs: null,
  retries: null,
  maxTokens: null,
  headers: {},
  query: {},
  apiVersion: null,
  deployment: null,
  org: null,
  project: null,
  region: null,
  proxy: null,
  caFile: null,
  insecure: false,
  priceIn: null,
  priceOut: null,
  extra: {},
};
