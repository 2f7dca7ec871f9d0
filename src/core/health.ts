/** When a circuit opens and for how long. Times in milliseconds. */
export interface HealthConfig {
  /** Failures in a row that open a circuit. */
  readonly threshold: number;
  /** How long a circuit stays open the first time; doubles at each reopening. */
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
}

const defaultHealthConfig: HealthConfig = { threshold: 3, cooldownMs: 10_000, maxCooldownMs: 600_000 };

/** The configuration with the defaults for what is not set. */
export function healthConfig(given: Partial<HealthConfig> = {}): HealthConfig {
  return {
    threshold: given.threshold ?? defaultHealthConfig.threshold,
    cooldownMs: given.cooldownMs ?? defaultHealthConfig.cooldownMs,
    maxCooldownMs: given.maxCooldownMs ?? defaultHealthConfig.maxCooldownMs,
  };
}

/**
 * What is remembered of one target or provider. `generation` grows with each change of state, so that a result
 * that comes late, from before the change, is told apart and ignored. `openings` counts openings in a row.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly generation: number; readonly failures: number }
  | {
      readonly state: 'open';
      readonly generation: number;
      readonly failures: number;
      readonly openings: number;
      readonly untilMs: number;
      /** The server itself said when to come back: nobody looks earlier. */
      readonly byRetryAfter: boolean;
    }
  | {
      readonly state: 'half-open';
      readonly generation: number;
      readonly failures: number;
      readonly openings: number;
      /** When the cooldown that the probe interrupted or awaited ends: without a verdict it goes on. */
      readonly untilMs: number;
      /** Until when the probe's owner has the circuit to itself. */
      readonly leaseUntilMs: number;
    };

export const closedCircuit: Circuit = { state: 'closed', generation: 0, failures: 0 };

const shortestProbeBudgetMs = 15_000;
/** A probe may cost at most 5 % of the time, so the cooldown is 20 times what the failed probe cost. */
const probeCostFactor = 20;
/** However long a server asks to be left alone, it is asked again after this time. */
export const longestRetryAfterMs = 3_600_000;

/** After this long nothing is left of what is remembered. */
export const memoryMs = 7 * 24 * 3_600_000;

/** When a request may be made: now (closed, or the cooldown is over and nobody probes), or the time to wait for. */
export function freeAt(circuit: Circuit): number {
  switch (circuit.state) {
    case 'closed':
      return 0;
    case 'open':
      return circuit.untilMs;
    case 'half-open':
      return circuit.leaseUntilMs;
  }
}

/** Takes the probe's lease of an open circuit whatever its cooldown; a lease that still runs is not taken over. */
export function takeProbe(circuit: Circuit, at: { now: number; leaseMs: number }): Circuit | null {
  if (circuit.state === 'closed') return null;
  if (circuit.state === 'half-open' && circuit.leaseUntilMs > at.now) return null;
  const { generation, failures, openings, untilMs } = circuit;
  return {
    state: 'half-open',
    generation: generation + 1,
    failures,
    openings,
    untilMs,
    leaseUntilMs: at.now + at.leaseMs,
  };
}

/** The probe shows content: others need not wait for its end. */
export function onFirstContent(circuit: Circuit, at: { now: number; generation: number }): Circuit {
  if (circuit.state !== 'half-open' || circuit.generation !== at.generation) return circuit;
  return circuit.leaseUntilMs <= at.now ? circuit : { ...circuit, leaseUntilMs: at.now };
}

export function onSuccess(circuit: Circuit, at: { generation: number }): Circuit {
  if (circuit.generation !== at.generation) return circuit;
  if (circuit.state === 'closed') return circuit.failures === 0 ? circuit : { ...circuit, failures: 0 };
  return { state: 'closed', generation: circuit.generation + 1, failures: 0 };
}

/** The probe ended without a verdict: the next one may look as soon as it might have without it. */
export function onRelease(circuit: Circuit, at: { now: number; generation: number }): Circuit {
  if (circuit.state !== 'half-open' || circuit.generation !== at.generation) return circuit;
  const { generation, failures, openings } = circuit;
  return {
    state: 'open',
    generation: generation + 1,
    failures,
    openings,
    untilMs: Math.max(at.now, circuit.untilMs),
    byRetryAfter: false,
  };
}

export interface FailureFacts {
  readonly now: number;
  readonly generation: number;
  /** What the failed attempt cost, in milliseconds. */
  readonly costMs: number;
  /** How long the server asked to be left alone, when the chain does not wait that out. */
  readonly retryAfterMs: number | null;
  /** The same, when the chain would wait it out if the circuit did not open. */
  readonly plannedWaitMs: number | null;
  /** The failure opens the circuit whatever the threshold. */
  readonly opens: boolean;
  readonly config: HealthConfig;
  /** In [0, 1). */
  readonly random: number;
}

export function onFailure(circuit: Circuit, facts: FailureFacts): Circuit {
  if (circuit.generation !== facts.generation || circuit.state === 'open') return circuit;
  const failures = circuit.failures + 1;
  const openings = circuit.state === 'half-open' ? circuit.openings + 1 : 1;
  // "Come back after nothing" asks for nothing: it is a failure like any other
  const putOff = (facts.retryAfterMs ?? 0) > 0;
  const mustOpen =
    circuit.state === 'half-open' || facts.opens || putOff || failures >= facts.config.threshold;
  if (!mustOpen) return { ...circuit, failures };
  const retryAfterMs = Math.min(facts.retryAfterMs ?? facts.plannedWaitMs ?? 0, longestRetryAfterMs);
  const byRetryAfter = retryAfterMs > 0;
  return {
    state: 'open',
    generation: circuit.generation + 1,
    failures,
    openings,
    untilMs: facts.now + (byRetryAfter ? retryAfterMs : cooldownMs(openings, facts)),
    byRetryAfter,
  };
}

/** 10 s, doubling at each reopening, ±10 %, never costing more than 5 % of the time in probes. */
function cooldownMs(openings: number, facts: FailureFacts): number {
  const { config, costMs, random } = facts;
  const doubled = config.cooldownMs * 2 ** Math.min(openings - 1, 30);
  const limit = Math.min(config.maxCooldownMs, Math.max(shortestProbeBudgetMs, probeCostFactor * costMs));
  return Math.round(Math.min(doubled * (0.9 + 0.2 * random), limit));
}

/** The one of two circuits that keeps requests away longer, else the one with more failures. */
export function worse(provider: Circuit, target: Circuit): Circuit {
  const later = freeAt(provider) - freeAt(target);
  return later > 0 || (later === 0 && provider.failures > target.failures) ? provider : target;
}

/** Clocks of machines that share a store may differ by this much. */
const skewMs = 5 * 60_000;

/** Whether what was remembered then still means something: it is not too old, and not of a clock that is wrong. */
export function isCurrent(updatedAtMs: number, now: number): boolean {
  const ageMs = now - updatedAtMs;
  return ageMs <= memoryMs && ageMs >= -skewMs;
}
