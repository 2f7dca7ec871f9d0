import type { ErrorKind, TimeoutPhase } from '../classify.js';
import { formatDuration } from '../duration.js';
import { ProviderError } from '../errors.js';
import type { Level } from './level.js';

/** What to do about a check that failed, where the error itself has no better advice. */
const hints = {
  'rate-limit': 'the key or this machine asks too often: check again later, or less often',
  overloaded: 'the server is busy or still loads its model: check again in a minute',
  'server-error':
    'the fault is with the server: look at its log or at its status page, and check again later',
  network: 'check again; if it stays so, look at the log of the server and of proxies before it',
  unreachable: 'is the server running, and are its host and port right?',
  timeout: null,
  quota: 'see the billing page of the account behind the key',
  misconfigured: 'check scheme, host, port and path of its DSN',
  'model-not-found': 'see the models that it has: majordomo providers --models',
  'context-length': 'name a model with a larger context',
  auth: 'check the key, and that it belongs to this endpoint',
  'bad-request': 'see what it says to the same limit: majordomo run -v --max-tokens 16',
  'content-filter': 'the provider refuses such a request: see its policy, or name another model',
  cancelled: null,
} as const satisfies Record<ErrorKind, string | null>;

/** What sets how long each wait may be; the flag is for the whole of a check. */
const waits = {
  connect: 'connect_timeout= in its DSN',
  'first-token': 'first_token_timeout= in its DSN',
  idle: 'idle_timeout= in its DSN',
  attempt: 'timeout= in its DSN',
} as const satisfies Record<TimeoutPhase, string>;

function slowHint(phase: TimeoutPhase | null): string {
  const wait = phase === null ? '--check-timeout' : waits[phase];
  return `is the server stuck or overloaded? If it is only slow, give it more time with ${wait}`;
}

export function checkHint({ kind, retryAfterMs, phase }: ProviderError): string | null {
  const hint = kind === 'timeout' ? slowHint(phase) : hints[kind];
  if (retryAfterMs === null || hint === null) return hint;
  return `${hint}; it asks to be left alone for ${formatDuration(retryAfterMs)}`;
}

export const probeHint = '--probe asks for a few tokens, which proves it';
/** A provider alone has nobody to ask. */
export const modelHint = (name: string): string =>
  `name one of its models: ${name}/MODEL with --probe asks for a few tokens, which proves it`;

/**
 * Whether what was thrown on the way to a model is the trouble of its list alone, so that the model may answer all the same.
 * What it would be told, too, is none.
 */
export function isListTrouble(level: Level, { kind, phase }: ProviderError): boolean {
  if (level === 'configured' || level === 'generates') return false;
  // there the list is asked only to see whether there is an answer
  if (level === 'reachable') return kind === 'network' || (kind === 'timeout' && phase !== 'connect');
  return kind !== 'auth' && kind !== 'unreachable' && kind !== 'cancelled';
}

/** A check that is hurried has less than its own time left: the deadline of all of them comes first. */
export function tooLate(timeoutMs: number, isHurried: boolean): ProviderError {
  const within = formatDuration(timeoutMs);
  return new ProviderError({
    kind: 'timeout',
    message: `the check was not done within ${within}${isHurried ? ', the rest of the time for all checks' : ''}`,
    hint: isHurried ? 'give all checks together more time with --timeout' : null,
  });
}

export function noAnswer(ms: number): ProviderError {
  return new ProviderError({ kind: 'timeout', message: `there was no answer within ${formatDuration(ms)}` });
}
