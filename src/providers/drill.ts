import { ChainError } from '../core/chain/error.js';
import type { Chain } from '../core/chain.js';
import { type DrillOptions, type DrillStep, prefixes } from '../core/check/drill.js';
import { isUnbilled, wasSent } from '../core/check/purse.js';
import type { Generated } from '../core/check/result.js';
import { isErrorKind } from '../core/classify.js';
import type { Answer, Attempt } from '../core/events.js';
import type { JudgedAnswer } from '../core/expectation.js';
import { judgeAll, missedBy } from '../core/judgements.js';
import { injectFaults } from './inject.js';

/** What a target says that fails in a drill: its own failure, and not the request's. */
const fault = '503';

/**
 * Lets the first target of a chain fail, then the first two, and so on, locally and unbilled; the rest is really asked. No
 * circuit is heeded, and nothing is remembered.
 */
export async function drillChain(chain: Chain, options: DrillOptions): Promise<readonly DrillStep[]> {
  const { clock, timeoutMs, endsMs = Number.POSITIVE_INFINITY, purse } = options;
  const steps: DrillStep[] = [];
  for (const failed of prefixes(chain.targets.map(({ target }) => target))) {
    const leftMs = endsMs - clock.monotonic();
    if (leftMs <= 0) steps.push(notMade(failed, 'not asked: the deadline was over before its turn'));
    else if (purse?.isEmpty() === true) steps.push(notMade(failed, purse.refusal));
    else steps.push(await drillStep(chain, { ...options, timeoutMs: Math.min(timeoutMs, leftMs), failed }));
  }
  return steps;
}

async function drillStep(
  chain: Chain,
  options: DrillOptions & { readonly failed: readonly string[] },
): Promise<DrillStep> {
  const { request, clock, signal, timeoutMs, purse, failed } = options;
  const faults = Object.fromEntries(failed.map((target) => [target, fault]));
  const drilled = injectFaults(chain.withoutMemory(), faults);
  const sinceMs = clock.monotonic();
  purse?.open();
  const end = await drilled
    .generate(request, { signal, timeoutMs, transientRetries: 0 })
    .catch((thrown: unknown) => {
      signal.throwIfAborted();
      if (!(thrown instanceof ChainError)) throw thrown;
      return thrown;
    });
  const durationMs = Math.round(clock.monotonic() - sinceMs);
  const answer = end instanceof ChainError ? null : end;
  const generated = await Promise.all(
    end.attempts.filter(isRequest).map((attempt) => requested(attempt, { ...options, chain, answer })),
  );
  const usd = sum(generated.map(({ costUsd }) => costUsd));
  purse?.take(usd);
  const step = { failed, durationMs, generated };
  if (end instanceof ChainError)
    return { ...step, status: 'fail', answeredBy: null, message: end.message, usd: null };
  const { servedBy } = end;
  const scrub = chain.targets.find(({ target }) => target === servedBy)?.scrub;
  const message = await missed({ ...end, ...generated.at(-1), scrub }, options);
  return { ...step, status: message === null ? 'pass' : 'fail', answeredBy: servedBy, message, usd };
}

/** Why the answer is none that was expected; null where it is. */
async function missed(answer: JudgedAnswer, { expectations = [] }: DrillOptions): Promise<string | null> {
  const one = (await judgeAll(expectations, answer)).find(({ passed }) => !passed);
  return one === undefined ? null : `${missedBy(one)}; expected: ${one.text}`;
}

function notMade(failed: readonly string[], message: string): DrillStep {
  return { failed, status: 'skip', answeredBy: null, message, durationMs: 0, usd: 0, generated: [] };
}

/** Whether a model was really asked. */
function isRequest({ outcome, injected, reason, httpStatus }: Attempt): boolean {
  if (injected) return false;
  return outcome === 'ok' || (isErrorKind(outcome) && wasSent({ kind: outcome, phase: reason, httpStatus }));
}

async function requested(
  { target, model, outcome, reason, httpStatus, firstTokenMs, durationMs }: Attempt,
  at: DrillOptions & { readonly chain: Chain; readonly answer: Answer | null },
): Promise<Generated> {
  const { chain, priceOf } = at;
  const answer = outcome === 'ok' ? at.answer : null;
  const endpoint = chain.targets.find((entry) => entry.target === target)?.provider.endpoint ?? null;
  const usage = answer?.usage ?? null;
  const unbilled = isErrorKind(outcome) && isUnbilled({ kind: outcome, phase: reason, httpStatus });
  const costUsd = unbilled ? 0 : (answer?.costUsd ?? (await priceOf({ endpoint, model, usage })));
  const finishReason = answer?.finishReason ?? null;
  return { text: answer?.text ?? '', usage, finishReason, costUsd, firstTokenMs, durationMs };
}

/** A sum without one of its parts would be a wrong one. */
function sum(amounts: readonly (number | null)[]): number | null {
  return amounts.includes(null) ? null : amounts.reduce<number>((total, usd) => total + (usd ?? 0), 0);
}
