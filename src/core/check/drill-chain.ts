import { ChainError } from '../chain/error.js';
import { describeAttempt } from '../chain/verdict.js';
import type { Chain } from '../chain.js';
import { isErrorKind } from '../classify.js';
import type { Answer, Attempt } from '../events.js';
import type { JudgedAnswer } from '../expectation.js';
import { judgeAll, missedBy } from '../judgements.js';
import { type DrillOptions, type DrillStep, prefixes } from './drill.js';
import { endOf, madeToFail, outcomeOf, usedUp } from './foresight.js';
import { isFree, isUnbilled, wasSent } from './purse.js';
import type { Generated } from './result.js';

/**
 * Lets the first target of a chain fail, then the first two, and so on, locally and unbilled; the rest is really asked. Each step is a
 * run with all its retries and their waits, but with a memory of its own: what is remembered is neither heeded nor changed.
 */
export async function drillChain(chain: Chain, options: DrillOptions): Promise<readonly DrillStep[]> {
  const steps: DrillStep[] = [];
  for (const failed of prefixes(chain.targets.map(({ target }) => target))) {
    const step = await nextStep(chain, { ...options, failed });
    options.onStep?.(step);
    options.signal.throwIfAborted();
    steps.push(step);
  }
  return steps;
}

interface StepOptions extends DrillOptions {
  readonly failed: readonly string[];
}

async function nextStep(chain: Chain, at: StepOptions): Promise<DrillStep> {
  const { clock, signal, timeoutMs, endsMs = Number.POSITIVE_INFINITY, purse, failed } = at;
  signal.throwIfAborted();
  const leftMs = endsMs - clock.monotonic();
  if (leftMs <= 0) return notMade(failed, 'not asked: the deadline was over before its turn');
  if (purse?.isEmpty(await costsNothing(chain, at)) === true) return notMade(failed, purse.refusal);
  return drillStep(chain, { ...at, timeoutMs: Math.min(timeoutMs, leftMs) });
}

/** Whoever answers: nobody who might is paid. */
async function costsNothing(chain: Chain, { failed, priceOf }: StepOptions): Promise<boolean> {
  const rest = chain.targets.slice(failed.length);
  const free = await Promise.all(rest.map(({ provider, model }) => isFree({ ...provider, model, priceOf })));
  return !free.includes(false);
}

async function drillStep(chain: Chain, at: StepOptions): Promise<DrillStep> {
  const { signal, purse, failed } = at;
  const down = new Set(failed);
  let usd: number | null = null;
  let asked: Asked;
  purse?.open();
  try {
    asked = await ask(chain, { ...at, down });
    usd = sum(asked.generated.map(({ costUsd }) => costUsd));
  } finally {
    // where somebody's own function threw, nobody knows what that has cost
    purse?.take(usd);
  }
  const { end, durationMs, generated } = asked;
  const step = { failed, durationMs, generated };
  if (signal.aborted) return { ...notMade(failed, 'broken off'), ...step, usd };
  if (end instanceof ChainError)
    return { ...step, status: 'fail', answeredBy: null, message: whyNobody(chain, end, down), usd: null };
  const { servedBy } = end;
  const scrub = chain.targets.find(({ target }) => target === servedBy)?.scrub;
  const message = await missed({ ...end, ...generated.at(-1), scrub }, at);
  return { ...step, status: message === null ? 'pass' : 'fail', answeredBy: servedBy, message, usd };
}

interface Asked {
  readonly end: Answer | ChainError;
  readonly durationMs: number;
  readonly generated: readonly Generated[];
}

/** Asks the chain of which these targets are down. */
async function ask(chain: Chain, at: StepOptions & { readonly down: ReadonlySet<string> }): Promise<Asked> {
  const { request, clock, signal, timeoutMs, down } = at;
  const drilled = chain
    .withOwnMemory()
    .withTargets((entry) => (down.has(entry.target) ? madeToFail(entry) : entry));
  const sinceMs = clock.monotonic();
  const end = await outcomeOf(drilled.generate(request, { signal, timeoutMs }));
  const durationMs = Math.round(clock.monotonic() - sinceMs);
  const answer = end instanceof ChainError ? null : end;
  const sent = end.attempts.filter((attempt) => !down.has(attempt.target) && isRequest(attempt));
  const generated = await Promise.all(sent.map((attempt) => requested(attempt, { ...at, chain, answer })));
  return { end, durationMs, generated };
}

/** What was made to fail is no news. */
function whyNobody(chain: Chain, { attempts, message }: ChainError, down: ReadonlySet<string>): string {
  const end = endOf(chain, attempts);
  if (end?.by !== 'attempts') return message;
  const own = attempts.filter(({ target }) => !down.has(target));
  return [usedUp(chain, end), ...own.map(describeAttempt)].join('; ');
}

/** Why the answer is none that was expected; null where it is. */
async function missed(answer: JudgedAnswer, { expectations = [] }: DrillOptions): Promise<string | null> {
  const one = (await judgeAll(expectations, answer)).find(({ passed }) => !passed);
  return one === undefined ? null : `${missedBy(one)}; expected: ${one.text}`;
}

function notMade(failed: readonly string[], message: string): DrillStep {
  return { failed, status: 'skip', answeredBy: null, message, durationMs: 0, usd: 0, generated: [] };
}

/** Whether it got as far as a model. */
function isRequest({ outcome, reason, httpStatus }: Attempt): boolean {
  return outcome === 'ok' || (isErrorKind(outcome) && wasSent({ kind: outcome, phase: reason, httpStatus }));
}

async function requested(
  { target, model, outcome, reason, httpStatus, firstTokenMs, durationMs }: Attempt,
  at: DrillOptions & { readonly chain: Chain; readonly answer: Answer | null },
): Promise<Generated> {
  const { chain, priceOf } = at;
  const answer = outcome === 'ok' ? at.answer : null;
  const { price, endpoint = null } = chain.targets.find((entry) => entry.target === target)?.provider ?? {};
  const usage = answer?.usage ?? null;
  const unbilled =
    (isErrorKind(outcome) && isUnbilled({ kind: outcome, phase: reason, httpStatus })) ||
    (await isFree({ ...(price && { price }), endpoint, model, priceOf }));
  const costUsd = unbilled ? 0 : (answer?.costUsd ?? (await priceOf({ endpoint, model, usage })));
  const finishReason = answer?.finishReason ?? null;
  return { text: answer?.text ?? '', usage, finishReason, costUsd, firstTokenMs, durationMs };
}

/** A sum without one of its parts would be a wrong one. */
function sum(amounts: readonly (number | null)[]): number | null {
  return amounts.includes(null) ? null : amounts.reduce<number>((total, usd) => total + (usd ?? 0), 0);
}
