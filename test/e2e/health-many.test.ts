import type { RequestListener, ServerResponse } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { secured, Zoo, zooKey } from '../fakes/zoo.js';
import { runCli } from '../support/cli.js';

const zoo = new Zoo();
afterAll(() => zoo.close());

/** Holds whoever has the key until so many of them wait at the same time: they are all let go, or nobody is. */
function gate(many: number): RequestListener {
  const held: (() => void)[] = [];
  return (request, response: ServerResponse) => {
    if (request.headers.authorization === undefined) return secured(request, response);
    held.push(() => secured(request, response));
    if (held.length === many) for (const letGo of held.splice(0)) letGo();
  };
}

describe('64 providers, one of them silent', () => {
  it('are checked at the same time, and take as long as the silent one', async () => {
    const dsn = (host: string): string => `openai+http://${zooKey}@${host}/v1`;
    const good = await zoo.http(gate(63));
    const env = Object.fromEntries(
      Array.from({ length: 63 }, (_, index) => [`LLM_N${index}`, dsn(good)] as const),
    );
    const silent = { LLM_SILENT: dsn(await zoo.raw(() => {})) };
    const timeoutMs = 5_000;
    const { code, stdout, stderr } = await runCli(['health', '--json', '--check-timeout', `${timeoutMs}ms`], {
      env: { ...env, ...silent },
    });
    const { checks, durationMs } = JSON.parse(stdout);
    const short = checks.map(({ subject, status, kind }: Record<string, string>) => [subject, status, kind]);
    expect(short).toHaveLength(64);
    expect(short.filter(([, status]: string[]) => status !== 'pass')).toEqual([
      ['silent', 'fail', 'timeout'],
    ]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(durationMs).toBeGreaterThanOrEqual(timeoutMs);
    // one after the other the passes alone would never come, and two rounds would take this long
    expect(durationMs).toBeLessThan(2 * timeoutMs);
  });
});
