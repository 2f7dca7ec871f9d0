import { describe, expect, it } from 'vitest';
import {
  type Circuit,
  closedCircuit,
  type FailureFacts,
  freeAt,
  healthConfig,
  onFailure,
  onFirstContent,
  onRelease,
  onSuccess,
  takeProbe,
} from '../../src/core/health.js';

const now = 1_000_000;

function closed(failures = 0, generation = 0): Circuit {
  return { state: 'closed', generation, failures };
}

function open(more: Partial<Extract<Circuit, { state: 'open' }>> = {}): Circuit {
  return {
    state: 'open',
    generation: 1,
    failures: 3,
    openings: 1,
    untilMs: now + 5000,
    byRetryAfter: false,
    ...more,
  };
}

function halfOpen(more: Partial<Extract<Circuit, { state: 'half-open' }>> = {}): Circuit {
  return {
    state: 'half-open',
    generation: 2,
    failures: 3,
    openings: 1,
    untilMs: now,
    leaseUntilMs: now + 70_000,
    ...more,
  };
}

function failure(circuit: Circuit, more: Partial<FailureFacts> = {}): Circuit {
  const { generation } = circuit;
  const facts = {
    now,
    generation,
    costMs: 0,
    retryAfterMs: null,
    plannedWaitMs: null,
    opens: false,
    config: healthConfig(),
    random: 0.5,
  };
  return onFailure(circuit, { ...facts, ...more });
}

/** How long a circuit is open from now. */
function openMs(circuit: Circuit): number {
  if (circuit.state !== 'open') throw new Error(`the circuit is ${circuit.state}`);
  return circuit.untilMs - now;
}

describe('the configuration', () => {
  it('has the contract’s defaults for what is not set', () => {
    expect(healthConfig()).toEqual({ threshold: 3, cooldownMs: 10_000, maxCooldownMs: 600_000 });
    expect(healthConfig({ threshold: 1 })).toEqual({
      threshold: 1,
      cooldownMs: 10_000,
      maxCooldownMs: 600_000,
    });
  });
});

describe('when a request may be made', () => {
  it.each([
    { name: 'at once, closed', circuit: closed(2), free: 0 },
    { name: 'after the cooldown, open', circuit: open({ untilMs: 42 }), free: 42 },
    { name: 'after the lease, half-open', circuit: halfOpen({ leaseUntilMs: 43 }), free: 43 },
  ])('$name', ({ circuit, free }) => {
    expect(freeAt(circuit)).toBe(free);
  });
});

describe('a failure', () => {
  it('opens a closed circuit the third time in a row, and not earlier', () => {
    const first = failure(closedCircuit);
    const second = failure(first);
    const third = failure(second);
    expect(first).toEqual({ state: 'closed', generation: 0, failures: 1 });
    expect(second).toEqual({ state: 'closed', generation: 0, failures: 2 });
    expect(third).toEqual({
      state: 'open',
      generation: 1,
      failures: 3,
      openings: 1,
      untilMs: now + 10_000,
      byRetryAfter: false,
    });
  });

  it('after a success is the first again', () => {
    expect(failure(onSuccess(closed(2), { generation: 0 }))).toEqual(closed(1));
  });

  it.each([
    {
      name: 'the threshold is 1',
      more: { config: healthConfig({ threshold: 1 }) },
      ms: 10_000,
      byRetryAfter: false,
    },
    { name: 'a Retry-After was waited out in vain', more: { opens: true }, ms: 10_000, byRetryAfter: false },
    {
      name: 'a Retry-After is not waited out',
      more: { retryAfterMs: 30_000 },
      ms: 30_000,
      byRetryAfter: true,
    },
    {
      name: 'it is waited out and another comes',
      more: { opens: true, retryAfterMs: 7000 },
      ms: 7000,
      byRetryAfter: true,
    },
  ])('opens at once when $name', ({ more, ms, byRetryAfter }) => {
    const after = failure(closedCircuit, more);
    expect(after).toMatchObject({ state: 'open', generation: 1, openings: 1, byRetryAfter });
    expect(openMs(after)).toBe(ms);
  });

  it.each([
    { asked: 1, ms: 1 },
    { asked: 3_600_000, ms: 3_600_000 },
    { asked: 3_600_001, ms: 3_600_000 },
    { asked: 86_400_000, ms: 3_600_000 },
    { asked: Number.POSITIVE_INFINITY, ms: 3_600_000 },
  ])('with a Retry-After of $asked ms opens for $ms ms: an hour at most', ({ asked, ms }) => {
    expect(openMs(failure(closedCircuit, { retryAfterMs: asked }))).toBe(ms);
  });

  it.each([0, -5, Number.NaN])(
    'with a Retry-After of %s, which asks for nothing, counts like any other',
    (retryAfterMs) => {
      expect(failure(closedCircuit, { retryAfterMs })).toEqual(closed(1));
      const third = failure(closed(2), { retryAfterMs });
      expect(openMs(third)).toBe(10_000);
      expect(third).toMatchObject({ byRetryAfter: false });
    },
  );

  it('with a Retry-After is not held by the longest cooldown, which is our own', () => {
    const config = healthConfig({ maxCooldownMs: 1000 });
    expect(openMs(failure(closedCircuit, { retryAfterMs: 30_000, config }))).toBe(30_000);
  });

  it('of a probe reopens at once and keeps count of the openings', () => {
    expect(failure(halfOpen())).toMatchObject({ state: 'open', generation: 3, failures: 4, openings: 2 });
  });

  it('of a probe whose lease is over reopens while nobody else took it', () => {
    expect(failure(halfOpen({ leaseUntilMs: now - 1 }))).toMatchObject({ state: 'open', openings: 2 });
  });

  it.each([
    { name: 'from before the circuit opened', circuit: open(), generation: 0 },
    { name: 'of a generation before the probe', circuit: halfOpen(), generation: 1 },
    { name: 'from before the circuit closed', circuit: closed(0, 3), generation: 2 },
    { name: 'of the generation that is open', circuit: open(), generation: 1 },
  ])('$name changes nothing', ({ circuit, generation }) => {
    expect(failure(circuit, { generation, retryAfterMs: 1000, opens: true })).toBe(circuit);
  });
});

describe('the cooldown', () => {
  const slow = { costMs: 1_000_000 };

  it('doubles at each reopening, up to the longest', () => {
    const times: number[] = [];
    let circuit = failure(closed(2), slow);
    for (let opening = 1; opening <= 9; opening += 1) {
      times.push(openMs(circuit));
      const probing = takeProbe(circuit, { now, leaseMs: 1 });
      if (probing === null) throw new Error('no lease');
      circuit = failure(probing, slow);
    }
    expect(times).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000, 600_000]);
  });

  it.each([
    { random: 0, ms: 9000 },
    { random: 0.25, ms: 9500 },
    { random: 0.5, ms: 10_000 },
    { random: 0.999_999, ms: 11_000 },
  ])('has a jitter of ten per cent: $random gives $ms ms', ({ random, ms }) => {
    expect(openMs(failure(closed(2), { random }))).toBe(ms);
  });

  it.each([
    { name: 'fails at once', costMs: 0, ms: 15_000 },
    { name: 'fails in 100 ms', costMs: 100, ms: 15_000 },
    { name: 'fails in 750 ms', costMs: 750, ms: 15_000 },
    { name: 'fails in 1 s', costMs: 1000, ms: 20_000 },
    { name: 'hangs for 10 s', costMs: 10_000, ms: 200_000 },
    { name: 'hangs for 29 s', costMs: 29_000, ms: 580_000 },
    { name: 'hangs for 30 s', costMs: 30_000, ms: 600_000 },
    { name: 'hangs for 60 s', costMs: 60_000, ms: 600_000 },
  ])('of a probe that $name is $ms ms at most: 5 % of the time is for probing', ({ costMs, ms }) => {
    for (const random of [0, 0.999_999]) {
      expect(openMs(failure(halfOpen({ openings: 20 }), { costMs, random }))).toBe(ms);
    }
  });

  it.each([
    { maxCooldownMs: 5000, ms: 5000 },
    { maxCooldownMs: 12_000, ms: 12_000 },
  ])('is never longer than the configured $maxCooldownMs ms', ({ maxCooldownMs, ms }) => {
    const config = healthConfig({ maxCooldownMs });
    expect(openMs(failure(halfOpen({ openings: 9 }), { config, costMs: 60_000, random: 0.999 }))).toBe(ms);
  });

  it('stays finite after very many openings', () => {
    const after = failure(halfOpen({ openings: 100_000 }), slow);
    expect(openMs(after)).toBe(600_000);
  });
});

describe('the probe', () => {
  it.each([
    { name: 'of an open circuit', circuit: open({ untilMs: now }), untilMs: now },
    { name: 'of an open circuit, by force', circuit: open(), untilMs: now + 5000 },
    {
      name: 'whose former owner’s lease is over',
      circuit: halfOpen({ leaseUntilMs: now, generation: 1 }),
      untilMs: now,
    },
  ])('$name is given with a lease and a generation of its own', ({ circuit, untilMs }) => {
    expect(takeProbe(circuit, { now, leaseMs: 70_000 })).toEqual(
      halfOpen({ generation: 2, untilMs, leaseUntilMs: now + 70_000 }),
    );
  });

  it('that ends without a verdict leaves the cooldown as it was', () => {
    const forced = takeProbe(open(), { now, leaseMs: 70_000 });
    const after = onRelease(forced ?? closedCircuit, {
      now: now + 1000,
      generation: forced?.generation ?? 0,
    });
    expect(openMs(after)).toBe(5000);
    const due = takeProbe(open({ untilMs: now }), { now, leaseMs: 70_000 });
    const free = onRelease(due ?? closedCircuit, { now: now + 1000, generation: due?.generation ?? 0 });
    expect(openMs(free)).toBe(1000);
  });

  it('that fails by what the server wants to be left alone for keeps that time when the threshold opens the circuit', () => {
    const failing = { ...closedCircuit, failures: 2 };
    const after = failure(failing, { plannedWaitMs: 2000 });
    expect(openMs(after)).toBe(2000);
    expect(after).toMatchObject({ byRetryAfter: true });
    // and opens nothing by itself
    expect(failure(closedCircuit, { plannedWaitMs: 2000 })).toMatchObject({ state: 'closed', failures: 1 });
  });

  it.each([
    { name: 'while another has it', circuit: halfOpen({ leaseUntilMs: now + 1 }) },
    { name: 'of a closed circuit', circuit: closed(2) },
  ])('is not given $name', ({ circuit }) => {
    expect(takeProbe(circuit, { now, leaseMs: 70_000 })).toBeNull();
  });

  it('gives its lease back at the first content, and only once', () => {
    const after = onFirstContent(halfOpen(), { now, generation: 2 });
    expect(after).toEqual(halfOpen({ leaseUntilMs: now }));
    expect(onFirstContent(after, { now: now + 10, generation: 2 })).toBe(after);
  });

  it('closes the circuit by its success and forgets every failure', () => {
    expect(onSuccess(halfOpen(), { generation: 2 })).toEqual({ state: 'closed', generation: 3, failures: 0 });
  });

  it('without a verdict leaves the circuit open and free for the next', () => {
    expect(onRelease(halfOpen({ openings: 4 }), { now, generation: 2 })).toEqual(
      open({ generation: 3, openings: 4, untilMs: now }),
    );
  });

  it.each([
    { name: 'an older generation', circuit: halfOpen(), generation: 1 },
    { name: 'a closed circuit', circuit: closed(1, 2), generation: 2 },
    { name: 'an open circuit', circuit: open({ generation: 2 }), generation: 2 },
  ])('of $name releases nothing', ({ circuit, generation }) => {
    expect(onRelease(circuit, { now, generation })).toBe(circuit);
    expect(onFirstContent(circuit, { now, generation })).toBe(circuit);
  });
});

describe('a success', () => {
  it.each([
    { name: 'of a healthy circuit', circuit: closedCircuit, generation: 0 },
    { name: 'from before the circuit opened', circuit: open(), generation: 0 },
    { name: 'from before the probe', circuit: halfOpen(), generation: 1 },
    { name: 'from before the circuit closed', circuit: closed(2, 3), generation: 2 },
  ])('$name changes nothing, so that nothing is written', ({ circuit, generation }) => {
    expect(onSuccess(circuit, { generation })).toBe(circuit);
  });

  it('resets the failures of a closed circuit without a change of generation', () => {
    expect(onSuccess(closed(2, 5), { generation: 5 })).toEqual(closed(0, 5));
  });
});
