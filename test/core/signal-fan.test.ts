import { describe, expect, it } from 'vitest';
import { SignalFan } from '../../src/core/signal-fan.js';

describe('a fan of signals', () => {
  it('is aborted as a whole, with the reason', async () => {
    const controller = new AbortController();
    const fan = new SignalFan(controller.signal);
    const lent = [1, 2].map(() =>
      fan.lend(
        (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ),
    );
    controller.abort('enough');
    expect(await Promise.allSettled(lent)).toMatchObject([{ reason: 'enough' }, { reason: 'enough' }]);
    await expect(fan.lend(async (signal) => signal.throwIfAborted())).rejects.toBe('enough');
  });

  it('leaves alone who is done, and everybody once it is closed', async () => {
    const controller = new AbortController();
    const fan = new SignalFan(controller.signal);
    const done = await fan.lend(async (signal) => signal);
    let open: AbortSignal | null = null;
    void fan.lend((signal) => {
      open = signal;
      return new Promise(() => {});
    });
    fan.close();
    controller.abort();
    expect([done.aborted, (open as AbortSignal | null)?.aborted]).toEqual([false, false]);
  });

  it('is aborted by whoever has it', async () => {
    const fan = new SignalFan(new AbortController().signal);
    let lent: AbortSignal | null = null;
    void fan.lend((signal) => {
      lent = signal;
      return new Promise(() => {});
    });
    const bug = new Error('a bug');
    fan.abort(bug);
    expect((lent as AbortSignal | null)?.reason).toBe(bug);
  });
});
