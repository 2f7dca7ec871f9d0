import type { ErrorKind } from '../classify.js';
import type { ProviderError } from '../errors.js';
import { healthSubject, providerSubject } from '../health-subject.js';
import type { HealthTracker } from '../health-tracker.js';
import { type AskedSubject, leaseSlackMs, type Permit, scopeOf, scopes } from '../permit.js';
import { type CheckSubject, type ClimbParts, climb } from './climb.js';
import { type Level, reaches } from './level.js';
import type { CheckResult } from './result.js';

export interface RecordingParts extends ClimbParts {
  readonly health: HealthTracker;
  /** The deadline of all checks leaves this one less than its own time: that it is late is not its own doing. */
  readonly isHurried: boolean;
}

/** From which level on a check disproves what the circuit of a provider has opened by. The rest only an answer disproves. */
const disprovenFrom: Partial<Record<ErrorKind, Level>> = {
  unreachable: 'reachable',
  // of a provider: no connection
  timeout: 'reachable',
  network: 'credential',
  misconfigured: 'credential',
  auth: 'credential',
};

/**
 * A check that counts in the memory of failures, as the one attempt of a run would. Of a circuit that is open it is the probe if it
 * gets the lease. It is made whether it counts or not.
 */
export async function recordedClimb(subject: CheckSubject, parts: RecordingParts): Promise<CheckResult> {
  const leave = await leaveToCount(subject, parts);
  if (leave === null) return climb(subject, parts);
  let failure: ProviderError | null = null;
  const onFailure = (error: ProviderError): void => {
    failure = error;
  };
  try {
    const result = await climb(subject, { ...parts, onFailure });
    await count(leave, { result, failure, parts });
    return result;
  } finally {
    // Without effect once there was a verdict: for checks that prove too little, were cancelled, and for bugs.
    await parts.health.release(leave.permit);
  }
}

interface Leave {
  readonly permit: Permit;
  /** The cooldown goes on: an answer ends it, and that there is none is no news. */
  readonly early: boolean;
}

/** What asks no model proves nothing of a target whose circuit is open, and takes nobody's lease of it. */
async function leaveToCount(
  { name, info, model, level }: CheckSubject,
  { health, timeoutMs }: RecordingParts,
): Promise<Leave | null> {
  if (info.provider === null) return null;
  const target = name.includes('/') ? name : `${name}/${model}`;
  const subject: AskedSubject =
    model === null
      ? { provider: providerSubject(info.name, info.provider), target: null }
      : healthSubject({ target, provider: info.name, model }, info.provider);
  const asks = model !== null && level === 'generates';
  const leaseMs = timeoutMs + leaseSlackMs;
  for (const probes of asks ? [scopes, ['provider'] as const] : [['provider'] as const]) {
    for (const early of [false, true]) {
      const admission = await health.admit(subject, { leaseMs, probes, force: early });
      if (admission.admitted) return { permit: admission.permit, early: early && admission.permit.probe };
    }
  }
  return null;
}

async function count(
  { permit, early }: Leave,
  at: {
    readonly result: CheckResult;
    readonly failure: ProviderError | null;
    readonly parts: RecordingParts;
  },
): Promise<void> {
  const { result, failure, parts } = at;
  const { levelReached } = result;
  const { health, isHurried } = parts;
  if (failure === null && levelReached === 'generates') return health.onSuccess(permit);
  // no chain goes on after a check
  const facts = failure === null ? null : { kind: failure.kind, phase: failure.phase, advanced: false };
  if (levelReached !== null && (facts === null || scopeOf(facts) !== 'provider')) {
    await health.onProof(permit, (kind) => reaches(levelReached, disprovenFrom[kind] ?? 'generates'));
  }
  if (failure === null || facts === null || early) return;
  if (failure.kind === 'timeout' && isHurried) return;
  await health.onFailure(permit, {
    ...facts,
    answered: failure.httpStatus !== null,
    costMs: result.durationMs,
    retryAfterMs: failure.retryAfterMs,
    plannedWaitMs: null,
    opens: false,
  });
}
