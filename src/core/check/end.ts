import type { ProviderError } from '../errors.js';
import type { Reached } from '../ports.js';
import { checkHint } from './failures.js';
import type { CheckStatus } from './result.js';

/** Where a climb ends before its top, or what makes its top doubtful. */
export interface End {
  readonly status: Exclude<CheckStatus, 'pass'>;
  readonly error?: ProviderError;
  readonly message: string;
  readonly expected?: string | null;
  readonly hint?: string | null;
}

export const passed: {
  readonly status: CheckStatus;
  readonly error?: ProviderError;
  readonly message: null;
  readonly expected?: null;
  readonly hint?: null;
} = { status: 'pass', message: null };

/** A warning for what went wrong and is no failure. */
export function doubtOf(error: ProviderError): End {
  return { status: 'warn', error, message: error.message, hint: error.hint ?? checkHint(error) };
}

/** A certificate is renewed well before: those of 90 days a month, those of 6 days two or three days. */
const soonDays = 14;
const soonLeft = 0.25;

/** A warning for a certificate that should have been renewed by now; null for every other. */
export function endOfCertificate({ certificateDays: days, certificateLeft }: Reached): End | null {
  const isSoon = days !== null && days < soonDays && (certificateLeft ?? 0) < soonLeft;
  if (!isSoon) return null;
  const when = days < 1 ? 'today' : `in ${days} ${days === 1 ? 'day' : 'days'}`;
  return {
    status: 'warn',
    message: `its certificate ends ${when}`,
    hint: 'renew it, or see why that does not happen by itself: from then on every request fails',
  };
}

export const priceHint = 'price_in and price_out in its DSN tell the price';
export const probeHint = '--probe asks for a few tokens, which proves it';
/** A provider alone has nobody to ask. */
export const modelHint = (name: string): string =>
  `name one of its models: ${name}/MODEL with --probe asks for a few tokens, which proves it`;
