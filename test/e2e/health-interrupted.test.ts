import { afterAll, describe, expect, it } from 'vitest';
import { type Environment, ended, runCli, startCli, token, type Upstream, upstream } from '../support/cli.js';
import { hasRedis, startRedis } from '../support/redis.js';
import { expectValid } from '../support/schemas.js';

const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

/** A server that answers so many requests for an answer, and is silent after that. */
async function answering(
  most: number,
): Promise<{ readonly dsn: string; silent(times?: number): Promise<void> }> {
  let asked = 0;
  let silence = (): void => {};
  /** Resolves when it has been asked so often again without an answer. */
  const silent = (times = 1) =>
    new Promise<void>((resolve) => {
      let left = times;
      silence = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    });
  const server: Upstream = await upstream((request, response) => {
    if (request.url?.endsWith('/models')) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ data: ['a', 'b', 'c', 'd'].map((id) => ({ id })) }));
      return;
    }
    asked += 1;
    if (asked > most) return silence();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const finish = JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    response.end(`${token('OK')}data: ${finish}\n\ndata: [DONE]\n\n`);
  });
  closing.push(server.close);
  return { dsn: `openai+http://KEY@${server.host}/v1`, silent };
}

async function interrupted(words: readonly string[], at: { env: Environment; when: Promise<void> }) {
  const child = startCli(['health', '--json', ...words], { env: at.env });
  void at.when.then(() => child.kill('SIGINT'));
  const { code, stdout, stderr } = await ended(child);
  expect(code).toBe(130);
  const report = JSON.parse(stdout);
  expectValid('health', report);
  return { report, stderr };
}

describe('health that is interrupted', () => {
  it('in a drill tells its steps and all that was asked', async () => {
    const { dsn, silent } = await answering(6);
    const words = ['--probe', '--drill', 'x/a,x/b,x/c,x/d'];
    const { report, stderr } = await interrupted(words, { env: { LLM_X: dsn }, when: silent() });
    expect(report.spend.requests).toBe(7);
    expect(stderr).toContain('spent: 7 requests');
    expect(report.checks).toHaveLength(4);
    expect(report.chains).toMatchObject([
      {
        state: 'up',
        drill: [
          { status: 'pass', answeredBy: 'x/b' },
          { status: 'pass', answeredBy: 'x/c' },
          { status: 'skip', answeredBy: null, message: 'broken off' },
        ],
      },
    ]);
  });

  it.skipIf(!hasRedis)('gives the lease of a circuit back', async () => {
    const redis = await startRedis();
    closing.push(redis.stop);
    const store = `redis://127.0.0.1:${redis.port}`;
    // the API answers nobody, which is not the provider's fault
    const { dsn, silent } = await answering(0);
    const env = { LLM_X: dsn, MAJORDOMO_HEALTH_STORE: store };
    const hurried = ['health', '--record', '--probe', '--check-timeout', '300ms', 'x/a'];
    for (let time = 0; time < 3; time += 1) expect((await runCli(hurried, { env })).code).toBe(1);
    const circuit = async () => {
      const { stdout } = await runCli(['health', '--memory', '--json'], { env });
      return JSON.parse(stdout).circuits.find(({ scope }: { scope: string }) => scope === 'target');
    };
    expect(await circuit()).toMatchObject({ name: 'x/a', state: 'open' });
    const patient = ['--record', '--probe', '--check-timeout', '4m', '--timeout', '5m', 'x/a', 'x/b', 'x/c'];
    await interrupted(patient, { env, when: silent(3) });
    expect(await circuit()).toMatchObject({ name: 'x/a', state: 'open' });
  });
});
