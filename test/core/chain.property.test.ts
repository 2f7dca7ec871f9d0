import { expect, it } from 'vitest';
import { CancelledError } from '../../src/core/chain/error.js';
import { dispositionOf } from '../../src/core/classify.js';
import { holds, textOf } from '../support/scenes.js';

it('an answer is word for word what one attempt of one target said, and that one came to its end', () =>
  holds(({ answer, rig, attempts, error }) => {
    if (answer === null) {
      expect(error).not.toBeNull();
      return;
    }
    expect(error).toBeNull();
    const last = rig.seen.at(-1);
    expect(last?.script.at(-1)).toMatchObject({ type: 'finish', finishReason: answer.finishReason });
    expect(answer.text).toBe(textOf(last?.script ?? [], 'text-delta'));
    expect(answer.reasoning ?? '').toBe(textOf(last?.script ?? [], 'reasoning-delta'));
    expect(answer.servedBy).toBe(last?.target);
    expect(answer.attempts).toEqual(attempts);
    expect(attempts.filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
    expect(attempts.at(-1)).toMatchObject({ outcome: 'ok', target: last?.target, next: null });
  }));

it('no more requests are made than allowed, none after the deadline, none after it was cancelled', () =>
  holds(({ rig, cancelled, error }, { options, cancelAtMs }) => {
    expect(rig.seen.length).toBeLessThanOrEqual(options.maxAttempts);
    const endMs = Math.min(options.timeoutMs, cancelAtMs ?? Number.POSITIVE_INFINITY);
    for (const atMs of rig.askedAtMs) expect(atMs).toBeLessThan(endMs);
    expect(rig.clock.elapsedMs).toBeLessThanOrEqual(endMs);
    if (error instanceof CancelledError) expect(cancelled).toBe(true);
    if (cancelled) expect(error).toBeInstanceOf(CancelledError);
    if (!options.failover) expect(new Set(rig.asked).size).toBeLessThanOrEqual(1);
  }));

it('every request is over at the end, its signal aborted, and no timer is left', () =>
  holds(({ rig }) => {
    for (const seen of rig.seen) {
      expect(seen.over).toBe(true);
      expect(seen.context.signal.aborted).toBe(true);
    }
    expect(rig.clock.pending).toBe(0);
  }));

it('after a permanent error nobody is asked, unless that is allowed', () =>
  holds(({ attempts }, { options }) => {
    for (const [index, { outcome, next }] of attempts.entries()) {
      if (outcome === 'skipped' || outcome === 'ok' || outcome === 'abandoned') continue;
      const { advance } = dispositionOf(outcome);
      if (advance === 'no' || (advance === 'if-allowed' && !options.advanceOnPermanent)) {
        expect(next).toBe('stop');
        expect(index).toBe(attempts.length - 1);
      }
    }
  }));

it('after shown text nothing else is asked, and without an answer it is called partial', () =>
  holds(({ events, error, cancelled }, { options }) => {
    const shown = events.findIndex(({ type }) => type === 'text-delta');
    if (options.commit === 'finish' || shown < 0) return;
    expect(events.slice(shown).some(({ type }) => type === 'attempt-start')).toBe(false);
    if (error === null || cancelled || error instanceof TypeError) return;
    expect(error).toMatchObject({ outcome: 'partial' });
  }));

it('health changes by what says something of a target or provider, and no circuit stays half-open', () =>
  holds(async ({ rig, attempts }, { targets }) => {
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

it('events are in order: an attempt starts, says something, ends; the end of the chain is last', () =>
  holds(({ events, error, rig }) => {
    let running = 0;
    let started = 0;
    for (const event of events.slice(0, -1)) {
      switch (event.type) {
        case 'attempt-start':
          expect(running).toBe(0);
          started += 1;
          running = started;
          expect(event.attempt).toBe(started);
          break;
        case 'text-delta':
        case 'reasoning-delta':
          expect(event.attempt).toBe(running);
          expect(event.text).not.toBe('');
          break;
        case 'attempt-end':
          if (event.record.outcome === 'skipped') expect(running).toBe(0);
          else expect(event.attempt).toBe(running);
          expect(event.nextTarget === null).toBe(event.record.next === null || event.record.next === 'stop');
          running = 0;
          break;
        case 'warning':
          expect(running).toBe(0);
          break;
        case 'chain-end':
          throw new Error('the chain ended twice');
      }
    }
    // only a bug leaves an attempt without an end: it is no failure of the target
    expect(running === 0 || error instanceof TypeError).toBe(true);
    expect(started).toBe(rig.seen.length);
    expect(events.at(-1)).toMatchObject({ type: 'chain-end', error });
  }));
