import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Process } from '../../src/cli/context.js';
import { Interruption } from '../../src/cli/interruption.js';

function interruptible(): { process: EventEmitter; interruption: Interruption } {
  const process = new EventEmitter();
  return { process, interruption: new Interruption(process as unknown as Process) };
}

describe('an interruption', () => {
  it.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ])('by $signal aborts and means $code', ({ signal, code }) => {
    const { process, interruption } = interruptible();
    expect([interruption.signal.aborted, interruption.exitCode]).toEqual([false, null]);
    process.emit(signal, signal);
    expect([interruption.signal.aborted, interruption.exitCode]).toEqual([true, code]);
  });

  it('by a closed output means 0, unless a signal came first', () => {
    const closed = interruptible();
    closed.interruption.closedOutput();
    closed.process.emit('SIGINT', 'SIGINT');
    expect(closed.interruption.exitCode).toBe(0);
    const signalled = interruptible();
    signalled.process.emit('SIGINT', 'SIGINT');
    signalled.interruption.closedOutput();
    expect(signalled.interruption.exitCode).toBe(130);
  });

  it('leaves the next signal its usual effect, but not before all have heard of this one', async () => {
    const { process } = interruptible();
    let heardWith = 0;
    process.on('SIGINT', () => (heardWith = process.listenerCount('SIGINT')));
    process.emit('SIGINT', 'SIGINT');
    expect(heardWith).toBe(2);
    await turn();
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual([1, 0]);
  });

  it('is no more listened for after dispose', () => {
    const { process, interruption } = interruptible();
    interruption.dispose();
    expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')).toBe(0);
    expect(interruption.signal.aborted).toBe(false);
  });
});
