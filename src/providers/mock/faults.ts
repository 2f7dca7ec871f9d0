import type { ErrorKind, TimeoutPhase } from '../../core/classify.js';

export type FaultArgument =
  | 'none'
  | 'retry-after'
  | 'wait'
  | 'optional-wait'
  | 'tokens'
  | 'tokens-and-wait'
  | 'html-status'
  | 'phase';

export interface FaultRow {
  readonly argument: FaultArgument;
  /** The number of tokens where none is given, and the least that makes sense. */
  readonly tokens?: { readonly unset: number; readonly least: number };
}

/** Every kind of error has a fault of its own name; a cancelled request is the user's doing. */
const kindFaults = {
  'rate-limit': { argument: 'retry-after' },
  overloaded: { argument: 'retry-after' },
  'server-error': { argument: 'retry-after' },
  network: { argument: 'none' },
  unreachable: { argument: 'none' },
  timeout: { argument: 'phase' },
  quota: { argument: 'none' },
  misconfigured: { argument: 'none' },
  'model-not-found': { argument: 'none' },
  'context-length': { argument: 'none' },
  auth: { argument: 'none' },
  'bad-request': { argument: 'none' },
  'content-filter': { argument: 'none' },
} as const satisfies Record<Exclude<ErrorKind, 'cancelled'>, FaultRow>;

/** The vocabulary of fault scripts, beside HTTP statuses, which are faults by their number. */
export const faults = {
  ok: { argument: 'none' },
  ...kindFaults,
  loading: { argument: 'none' },
  html: { argument: 'html-status' },
  outage: { argument: 'wait' },
  prefill: { argument: 'none' },
  refused: { argument: 'none' },
  dns: { argument: 'none' },
  tls: { argument: 'none' },
  'connect-timeout': { argument: 'none' },
  reset: { argument: 'none' },
  silent: { argument: 'optional-wait' },
  busy: { argument: 'wait' },
  late: { argument: 'wait' },
  slow: { argument: 'wait' },
  cut: { argument: 'tokens', tokens: { unset: 1, least: 0 } },
  truncate: { argument: 'tokens', tokens: { unset: 1, least: 0 } },
  stall: { argument: 'tokens-and-wait', tokens: { unset: 1, least: 0 } },
  garble: { argument: 'tokens', tokens: { unset: 1, least: 1 } },
  'no-done': { argument: 'none' },
  empty: { argument: 'none' },
  'error-in-stream': { argument: 'tokens', tokens: { unset: 0, least: 0 } },
  refusal: { argument: 'tokens', tokens: { unset: 0, least: 0 } },
} as const satisfies Record<string, FaultRow>;

export type FaultName = keyof typeof faults;

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}

/** What one request meets, or `count` of them in a row. */
export interface FaultStep {
  readonly name: FaultName | 'http-status';
  /** Set for `http-status` and `html`. */
  readonly status: number | null;
  /** For faults in the middle of an answer: after (for `garble`: before) which token. */
  readonly tokens: number;
  /** A wait, or for HTTP errors the Retry-After; milliseconds. */
  readonly durationMs: number | null;
  /** Set for `timeout`: the timer that seems to have run out. */
  readonly phase: TimeoutPhase | null;
  /** `Infinity` means for ever. */
  readonly count: number;
}
