import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Process } from '../../src/cli/context.js';
import { Interruption } from '../../src/cli/interruption.js';

interface Interruptible {
  process: EventEmitter;
  interruption: Interruption;
  listeners: () => number[];
}

function interruptible(): Interruptible {
  const process = new EventEmitter();
  const interruption = new Interruption(process as unknown as Process);
  return { process, interruption, listeners: () => signals.map((name) => process.listenerCount(name)) };
}

const signals = ['SIGINT', 'SIGTERM'];

/** Of which somebody wants to know. */
function awaited(): Interruptible {
  const one = interruptible();
  expect(one.interruption.signal.aborted).toBe(false);
  return one;
}

describe('an interruption', () => {
  it.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ])('by $signal aborts and means $code', ({ signal, code }) => {
    const { process, interruption } = awaited();
    expect(interruption.exitCode).toBeNull();
    process.emit(signal, signal);
    expect([interruption.signal.aborted, interruption.exitCode]).toEqual([true, code]);
  });

  it('by a closed output means 0, unless a signal came first', () => {
    const closed = awaited();
    closed.interruption.closedOutput();
    closed.process.emit('SIGINT', 'SIGINT');
    expect(closed.interruption.exitCode).toBe(0);
    const signalled = awaited();
    signalled.process.emit('SIGINT', 'SIGINT');
    signalled.interruption.closedOutput();
    expect(signalled.interruption.exitCode).toBe(130);
  });

  it('leaves the next signal its usual effect, but not before all have heard of this one', async () => {
    const { process } = awaited();
    let heardWith = 0;
    process.on('SIGINT', () => (heardWith = process.listenerCount('SIGINT')));
    process.emit('SIGINT', 'SIGINT');
    expect(heardWith).toBe(2);
    await turn();
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual([1, 0]);
  });

  it('is no more listened for after dispose', async () => {
    const { interruption, listeners } = awaited();
    interruption.dispose();
    expect(listeners()).toEqual([0, 0]);
    expect(interruption.signal.aborted).toBe(false);
    await interruption.orStopped(turn());
    expect(listeners()).toEqual([0, 0]);
  });

  it('is not listened for by work that waits for nothing', async () => {
    const { interruption, listeners } = interruptible();
    const work = async (): Promise<string> => {
      for (let turns = 0; turns < 20; turns += 1) await null;
      return 'done';
    };
    expect(await interruption.orStopped(work())).toBe('done');
    await expect(interruption.orStopped(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(listeners()).toEqual([0, 0]);
  });

  it('breaks off work that waits, and leaves no listener of its own to work that ends', async () => {
    const { process, interruption, listeners } = interruptible();
    expect(await interruption.orStopped(turn('done'))).toBe('done');
    expect(listeners()).toEqual([1, 1]);
    const endless = interruption.orStopped(new Promise(() => {}));
    await turn();
    process.emit('SIGINT', 'SIGINT');
    await expect(endless).rejects.toThrow('interrupted');
    expect(interruption.signal.aborted).toBe(true);
    await expect(interruption.orStopped(turn('late'))).rejects.toThrow('interrupted');
  });
});
