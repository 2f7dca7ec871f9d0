import { expect, it } from 'vitest';
import { CancelledError } from '../../../src/core/chain/error.js';
import { dispositionOf } from '../../../src/core/classify.js';
import { holdsHedged, textOf } from '../../support/scenes.js';

it('an answer is word for word what one attempt said that came to its end, never a mixture of two', () =>
  holdsHedged(({ answer, rig, attempts, error }) => {
    if (answer === null) {
      expect(error).not.toBeNull();
      return;
    }
    expect(error).toBeNull();
    const sources = rig.seen.filter(
      ({ target, script }) =>
        target === answer.servedBy &&
        textOf(script, 'text-delta') === answer.text &&
        textOf(script, 'reasoning-delta') === (answer.reasoning ?? ''),
    );
    expect(sources.some(({ script }) => script.at(-1)?.type === 'finish')).toBe(true);
    expect(answer.attempts).toEqual(attempts);
    expect(attempts.filter(({ outcome }) => outcome === 'ok').map(({ target }) => target)).toEqual([
      answer.servedBy,
    ]);
  }));

it('no more requests are made than allowed, none after the deadline, none after it was cancelled', () =>
  holdsHedged(({ rig, cancelled, error }, { options, cancelAtMs }) => {
    expect(rig.seen.length).toBeLessThanOrEqual(options.maxAttempts);
    const endMs = Math.min(options.timeoutMs, cancelAtMs ?? Number.POSITIVE_INFINITY);
    for (const atMs of rig.askedAtMs) expect(atMs).toBeLessThan(endMs);
    expect(rig.clock.elapsedMs).toBeLessThanOrEqual(endMs);
    if (error instanceof CancelledError) expect(cancelled).toBe(true);
    if (!options.failover) expect(new Set(rig.asked).size).toBeLessThanOrEqual(1);
  }));

it('every request is over at the end, its signal aborted, and no timer is left', () =>
  holdsHedged(({ rig }) => {
    for (const seen of rig.seen) {
      expect(seen.over).toBe(true);
      expect(seen.context.signal.aborted).toBe(true);
    }
    expect(rig.clock.pending).toBe(0);
  }));

it('at most two are asked at once, never one target twice, and each attempt that starts has an end', () =>
  holdsHedged(({ events, rig, error }) => {
    const running = new Map<number, string>();
    for (const event of events) {
      if (event.type === 'attempt-start') {
        expect([...running.values()]).not.toContain(event.target);
        running.set(event.attempt, event.target);
        expect(running.size).toBeLessThanOrEqual(2);
      } else if (event.type === 'attempt-end' && event.record.outcome !== 'skipped') {
        expect(running.delete(event.attempt)).toBe(true);
      } else if (event.type === 'text-delta' || event.type === 'reasoning-delta') {
        expect([...running.keys()]).toEqual([event.attempt]);
      }
    }
    expect(running.size === 0 || error instanceof TypeError).toBe(true);
    expect(events.filter(({ type }) => type === 'attempt-start')).toHaveLength(rig.seen.length);
    expect(events.at(-1)).toMatchObject({ type: 'chain-end', error });
  }));

it('nothing is started after an error that ends the chain', () =>
  holdsHedged(({ events }, { options }) => {
    const ended = events.findIndex((event) => {
      if (event.type !== 'attempt-end') return false;
      const { outcome } = event.record;
      if (outcome === 'skipped' || outcome === 'ok' || outcome === 'abandoned') return false;
      const { advance } = dispositionOf(outcome);
      return advance === 'no' || (advance === 'if-allowed' && !options.advanceOnPermanent);
    });
    if (ended < 0) return;
    expect(events.slice(ended).filter(({ type }) => type === 'attempt-start')).toEqual([]);
  }));

it('health changes by what says something of a target or provider, never by losing to a faster one', () =>
  holdsHedged(async ({ rig, attempts }, { targets }) => {
    const entries = await rig.registry.health.entries();
    expect(entries.filter(({ circuit }) => circuit.state === 'half-open')).toEqual([]);
    const blamed = attempts.filter(({ outcome, reason }) => {
      if (outcome === 'skipped' || outcome === 'ok' || outcome === 'abandoned') return false;
      return dispositionOf(outcome).scope !== 'none' && reason !== 'deadline';
    });
    const before = targets.filter(({ openMs }) => openMs !== null).length;
    if (blamed.length === 0) expect(entries.length).toBeLessThanOrEqual(before);
    const kindsBlamed = new Set(blamed.map(({ outcome }) => outcome));
    for (const { kind } of entries) if (kind !== null) expect(kindsBlamed).toContain(kind);
  }));
