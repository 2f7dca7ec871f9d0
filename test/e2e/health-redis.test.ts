import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { hasRedis, type RedisServer, startRedis } from '../support/redis.js';

describe.skipIf(!hasRedis)('health --record on a Redis server', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('counts many checks at once, each of them', async () => {
    const targets = Array.from({ length: 32 }, (_, index) => `x/m${index}`);
    const env = { LLM_X: 'mock://?fault=503*', MAJORDOMO_HEALTH_STORE: `redis://127.0.0.1:${redis.port}` };
    for (let time = 0; time < 3; time += 1) {
      const { code, stdout } = await runCli(['health', '--record', '--probe', '--json', ...targets], { env });
      expect(code).toBe(1);
      expect(JSON.parse(stdout).warnings).toEqual([]);
    }
    const { stdout } = await runCli(['health', '--memory', '--json'], { env });
    const open = JSON.parse(stdout).circuits.filter(({ state }: { state: string }) => state === 'open');
    expect(open.map(({ name }: { name: string }) => name).sort()).toEqual([...targets].sort());
  });
});
