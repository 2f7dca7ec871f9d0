/**
 * What may happen after each kind of error, as one table.
 *
 * `retry`: `yes` (up to the configured retries), `once` (at most one), `no`.
 * `advance`: `always`, `yes`, or `if-allowed` (only with `advanceOnPermanent`), or `no`.
 * `scope`: whose health the failure counts against. A *connect* timeout counts against the provider
 * although other timeouts count against the target, see {@link healthScope}.
 * `rerun`: whether running the same command again later may help (exit code 5 rather than 4).
 */
interface Disposition {
  readonly class: ErrorClass | null;
  readonly retry: 'yes' | 'once' | 'no';
  readonly advance: 'always' | 'yes' | 'if-allowed' | 'no';
  readonly scope: HealthScope;
  readonly rerun: boolean;
}

export type ErrorClass = 'transient' | 'permanent' | 'model-not-found';

export type HealthScope = 'target' | 'provider' | 'provider-if-advanced' | 'none';

export const dispositions = {
  'rate-limit': { class: 'transient', retry: 'yes', advance: 'yes', scope: 'target', rerun: true },
  overloaded: { class: 'transient', retry: 'yes', advance: 'yes', scope: 'target', rerun: true },
  'server-error': { class: 'transient', retry: 'yes', advance: 'yes', scope: 'target', rerun: true },
  network: { class: 'transient', retry: 'yes', advance: 'yes', scope: 'target', rerun: true },
  unreachable: { class: 'transient', retry: 'once', advance: 'yes', scope: 'provider', rerun: true },
  timeout: { class: 'transient', retry: 'no', advance: 'yes', scope: 'target', rerun: true },
  quota: { class: 'transient', retry: 'no', advance: 'yes', scope: 'provider', rerun: false },
  misconfigured: { class: 'transient', retry: 'no', advance: 'yes', scope: 'provider', rerun: false },
  'model-not-found': {
    class: 'model-not-found',
    retry: 'no',
    advance: 'always',
    scope: 'none',
    rerun: false,
  },
  'context-length': { class: 'permanent', retry: 'no', advance: 'always', scope: 'none', rerun: false },
  auth: {
    class: 'permanent',
    retry: 'no',
    advance: 'if-allowed',
    scope: 'provider-if-advanced',
    rerun: false,
  },
  'bad-request': { class: 'permanent', retry: 'no', advance: 'if-allowed', scope: 'none', rerun: false },
  'content-filter': { class: 'permanent', retry: 'no', advance: 'if-allowed', scope: 'none', rerun: false },
  cancelled: { class: null, retry: 'no', advance: 'no', scope: 'none', rerun: false },
} as const satisfies Record<string, Disposition>;

export type ErrorKind = keyof typeof dispositions;

/** Which of the four waits of one attempt ran out. */
export type TimeoutPhase = 'connect' | 'first-token' | 'idle' | 'attempt';

export function dispositionOf(kind: ErrorKind): Disposition {
  return dispositions[kind];
}

export function isErrorKind(value: unknown): value is ErrorKind {
  return typeof value === 'string' && Object.hasOwn(dispositions, value);
}
