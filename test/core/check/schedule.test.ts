import { describe, expect, it } from 'vitest';
import { remoteHost, schedule } from '../../../src/core/check/schedule.js';
import { ManualClock } from '../../support/manual-clock.js';

/** Runs jobs of 100 ms each and tells who ran beside whom. */
async function run(endpoints: readonly (string | null)[], most: number) {
  const clock = new ManualClock();
  const active = new Map<string, number>();
  let busiest = 0;
  let total = 0;
  const startedAtMs: number[] = [];
  const jobs = endpoints.map((endpoint, index) => ({
    endpoint,
    run: async () => {
      startedAtMs[index] = clock.elapsedMs;
      const host = endpoint ?? 'none';
      total += 1;
      active.set(host, (active.get(host) ?? 0) + 1);
      busiest = Math.max(busiest, total);
      await new Promise<void>((resolve) => clock.setTimer(100, () => resolve()));
      total -= 1;
      active.set(host, (active.get(host) ?? 0) - 1);
      return index;
    },
  }));
  const results = await clock.drive(schedule(jobs, most));
  return { results, busiest, startedAtMs, elapsedMs: clock.elapsedMs };
}

describe('jobs', () => {
  it('of this machine all run at once', async () => {
    const endpoints = Array.from({ length: 64 }, (_, index) => `http://127.0.0.1:${9000 + index}/v1`);
    expect(await run([...endpoints, null, 'unix:/run/x:/v1'], 4)).toMatchObject({
      busiest: 66,
      elapsedMs: 100,
    });
  });

  it('elsewhere run no more than so many at once', async () => {
    const endpoints = Array.from({ length: 10 }, (_, index) => `https://h${index}.corp/v1`);
    expect(await run(endpoints, 4)).toMatchObject({ busiest: 4, elapsedMs: 300 });
  });

  it('at one host elsewhere run one after the other, and hold up no other host', async () => {
    const endpoints = ['https://a/v1', 'https://a/v1', 'https://a:8443/x', 'https://b/v1'];
    const { startedAtMs, results } = await run(endpoints, 4);
    expect(startedAtMs).toEqual([0, 100, 200, 0]);
    expect(results).toEqual([0, 1, 2, 3]);
  });

  it('begin no more once one is a bug', async () => {
    const begun: number[] = [];
    const jobs = [0, 1, 2].map((index) => ({
      endpoint: `https://h${index}/`,
      run: async () => {
        begun.push(index);
        if (index === 0) throw new Error('a bug');
      },
    }));
    await expect(schedule(jobs, 1)).rejects.toThrow('a bug');
    expect(begun).toEqual([0]);
  });

  it('may be none', async () => {
    expect(await schedule([], 4)).toEqual([]);
  });
});

describe('the host of an endpoint', () => {
  it.each([
    { endpoint: 'https://api.openai.com/v1', host: 'api.openai.com' },
    { endpoint: 'http://m1.lan:11434/api', host: 'm1.lan' },
    { endpoint: 'http://[2001:db8::1]:80/', host: '2001:db8::1' },
    { endpoint: 'http://[::1]:8080/v1', host: null },
    { endpoint: 'http://localhost:1/v1', host: null },
    { endpoint: 'unix:/run/llama.sock:/v1', host: null },
    { endpoint: 'mock://', host: null },
    { endpoint: null, host: null },
  ])('$endpoint: $host', ({ endpoint, host }) => {
    expect(remoteHost(endpoint)).toBe(host);
  });
});
