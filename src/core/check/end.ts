import type { ProviderError } from '../errors.js';
import type { Reached } from '../ports.js';
import { checkHint } from './failures.js';
import type { CheckResult, CheckStatus } from './result.js';

/** How a climb ends; the message is null at the top alone. */
export interface End {
  readonly status: CheckStatus;
  readonly error?: ProviderError;
  readonly message: string | null;
  readonly expected?: string | null;
  readonly hint?: string | null;
  /** It was not asked for want of money. */
  readonly unasked?: true;
}

export const passed: End = { status: 'pass', message: null };

/** The result of a check that ended so, without what it saw on its way. */
export function resultOf(
  subject: Pick<CheckResult, 'required' | 'level'> & {
    readonly name: string;
    readonly info: { readonly name: string };
  },
  { status, error, message, expected = null, hint = null, unasked }: End,
): CheckResult {
  return {
    subject: subject.name,
    provider: subject.info.name,
    required: subject.required,
    status,
    level: subject.level,
    levelReached: null,
    kind: error?.kind ?? null,
    httpStatus: error?.httpStatus ?? null,
    failure: error && { phase: error.phase, retryAfterMs: error.retryAfterMs },
    unasked,
    message,
    expected,
    hint,
    durationMs: 0,
    certificateDays: null,
    phases: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null },
    generated: [],
    repeats: null,
    expectations: [],
  };
}

/** A warning for what went wrong and is no failure. */
export function doubtOf(error: ProviderError): End {
  return { status: 'warn', error, message: error.message, hint: error.hint ?? checkHint(error) };
}

/** A certificate is renewed well before: those of 90 days a month, those of 6 days two or three days. */
const soonDays = 14;
const soonLeft = 0.25;

/** `in 3 days`, `in 1 day`, `today`. */
export function inDays(days: number): string {
  return days < 1 ? 'today' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
}

/** What is said where that is soon. */
export function certificateMessage(days: number): string {
  return `its certificate ends ${inDays(days)}`;
}

/** A warning for a certificate that should have been renewed by now; null for every other. */
export function endOfCertificate({ certificateDays: days, certificateLeft }: Reached): End | null {
  const isSoon = days !== null && days < soonDays && (certificateLeft ?? 0) < soonLeft;
  if (!isSoon) return null;
  return {
    status: 'warn',
    message: certificateMessage(days),
    hint: 'renew it, or see why that does not happen by itself: from then on every request fails',
  };
}
