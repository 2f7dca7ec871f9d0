import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFile, token, upstream } from '../support/cli.js';
import { hasRedis, startRedis } from '../support/redis.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'majordomo-memory-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const stop = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`;

/** A target that answers with 503 until it is told to be well, and one beside it that always answers. */
async function pair() {
  let well = false;
  const first = await upstream((_, response) => {
    if (!well) return void response.writeHead(503).end('{"error":{"message":"down"}}');
    // slowly, so that a probe takes its time
    setTimeout(() => response.writeHead(200).end(`${token('first')}${stop}`), 300);
  });
  const second = await upstream((_, response) => {
    response.writeHead(200).end(`${token('second')}${stop}`);
  });
  const state = mkdtempSync(path.join(root, 'state-'));
  const env = {
    LLM_A: `openai://sk-canary-key-0123456789@${first.host}`,
    LLM_B: `openai://sk-canary-key-0123456789@${second.host}`,
    XDG_STATE_HOME: state,
    MAJORDOMO_HEALTH_STORE: 'file',
  };
  return {
    file: path.join(state, 'majordomo/health.json'),
    env,
    asked: () => first.requests(),
    recover: () => {
      well = true;
    },
    run: (words: readonly string[] = [], more: Readonly<Record<string, string>> = {}) =>
      runCli(['run', '-m', 'a/x,b/x', ...words, 'hi'], { env: { ...env, ...more } }),
    close: () => {
      first.close();
      second.close();
    },
  };
}

describe('what one process learns', () => {
  it('the next ones know: a target that failed three times in a row is not asked again', async () => {
    const at = await pair();
    // two failures by the first run, the third by the second
    for (let run = 0; run < 4; run++) expect(await at.run()).toMatchObject({ code: 0, stdout: 'second\n' });
    expect(at.asked()).toBe(3);
    const { stdout, stderr } = await at.run(['--json']);
    expect(JSON.parse(stdout).attempts[0]).toMatchObject({ outcome: 'skipped', reason: 'circuit-open' });
    expect(stderr).toMatch(/a\/x: .*circuit.* → b\/x/);
    expect(statSync(at.file).mode & 0o777).toBe(0o600);
    at.close();
  });

  it('has no secret in it, and is nothing where nothing failed', async () => {
    const at = await pair();
    at.recover();
    await at.run();
    expect(readdirSync(at.env.XDG_STATE_HOME)).toEqual([]);
    at.close();
  });

  it.each(['memory', 'off'])('is forgotten with %s', async (store) => {
    const at = await pair();
    for (let run = 0; run < 3; run++) await at.run(['--health-store', store]);
    expect(at.asked()).toBe(6);
    expect(readdirSync(at.env.XDG_STATE_HOME)).toEqual([]);
    at.close();
  });

  it('lets one of twenty processes look after the cooldown, and the first stand again when it is well', async () => {
    const at = await pair();
    const config = temporaryFile('c.json', '{"health":{"cooldown":"500ms"}}');
    for (let run = 0; run < 2; run++) await at.run(['--config', config]);
    expect(at.asked()).toBe(3);
    at.recover();
    await new Promise((resolve) => setTimeout(resolve, 600));
    const runs = await Promise.all(Array.from({ length: 20 }, () => at.run(['--config', config])));
    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
    const answers = runs.map(({ stdout }) => stdout.trim());
    // who came when the probe had shown its first token may have been let through
    expect(at.asked()).toBe(3 + answers.filter((answer) => answer === 'first').length);
    expect(answers.filter((answer) => answer === 'second').length).toBeGreaterThan(0);
    expect((await at.run()).stdout).toBe('first\n');
    at.close();
  });

  it('lets one of twenty look at a target that is still down', async () => {
    const at = await pair();
    const config = temporaryFile('c.json', '{"health":{"cooldown":"3s"}}');
    for (let run = 0; run < 2; run++) await at.run(['--config', config]);
    await new Promise((resolve) => setTimeout(resolve, 3_400));
    await Promise.all(Array.from({ length: 20 }, () => at.run(['--config', config])));
    expect(at.asked()).toBe(4);
    at.close();
  });
});

describe('a memory that cannot be used', () => {
  const asRoot = process.getuid?.() === 0;
  it.each<{ name: string; skip?: boolean; make: (folder: string) => void; says: RegExp }>([
    {
      name: 'a file of a later version',
      make: (folder) => writeFileSync(path.join(folder, 'health.json'), '{"version":9}'),
      says: /health\.json was written by a later version/,
    },
    {
      name: 'a directory in the place of the file',
      make: (folder) => mkdirSync(path.join(folder, 'health.json')),
      says: /health\.json is not a file/,
    },
    {
      name: 'a directory that may not be written to',
      skip: asRoot,
      make: (folder) => chmodSync(folder, 0o500),
      says: /health\.json cannot be (locked|written) \(EACCES\)/,
    },
  ])('is told once and fails no run: $name', async ({ skip = false, make, says }) => {
    if (skip) return;
    const at = await pair();
    mkdirSync(path.dirname(at.file), { recursive: true });
    make(path.dirname(at.file));
    const { code, stdout, stderr } = await at.run(['--json']);
    expect(code).toBe(0);
    expect(stderr.match(/remembered in this process only/g)).toHaveLength(1);
    expect(stderr).toMatch(says);
    expect(JSON.parse(stdout).warnings).toMatchObject([{ code: 'health-store' }]);
    at.close();
  });

  it('is told and fails no run: a Redis server that is away, its password not shown', async () => {
    const at = await pair();
    const sinceMs = performance.now();
    const { code, stderr } = await at.run([], { MAJORDOMO_HEALTH_STORE: 'redis://:canary@127.0.0.1:1/' });
    expect(code).toBe(0);
    expect(stderr).toContain('remembered in this process only: redis://127.0.0.1:1 failed (ECONNREFUSED)');
    expect(stderr).not.toContain('canary');
    expect(performance.now() - sinceMs).toBeLessThan(5_000);
    at.close();
  });

  const commands = [
    ['run', '-m', 'mock/x', 'hi'],
    ['resolve', 'mock/x'],
    ['providers', 'mock'],
    ['health', 'mock'],
    ['health', '--record', 'mock'],
    ['health', '--memory'],
  ];
  const file = temporaryFile('c.json', '{"health":{"store":"canary"}}');
  it.each<{ name: string; words?: readonly string[]; env?: Record<string, string>; code: number }>([
    { name: 'a flag', words: ['--health-store', 'canary'], code: 2 },
    { name: 'a flag with a bad URL', words: ['--health-store', 'redis://canary:x:y'], code: 2 },
    { name: 'a variable', env: { MAJORDOMO_HEALTH_STORE: 'canary' }, code: 3 },
    { name: 'a variable with a bad URL', env: { MAJORDOMO_HEALTH_STORE: 'redis://canary:x:y' }, code: 3 },
    { name: 'a file', words: ['--config', file], env: { MAJORDOMO_HEALTH_STORE: '' }, code: 3 },
  ])('is wrong by $name: $code, whatever the command', async ({ words = [], env = {}, code }) => {
    for (const command of commands) {
      const result = await runCli([...command, ...words], { env });
      expect({ command, code: result.code, stdout: result.stdout }).toEqual({ command, code, stdout: '' });
      expect(result.stderr).toContain('health store');
      expect(result.stderr).not.toContain('canary');
    }
  });
});

describe('health --record', () => {
  it.each([['memory'], ['off']])('is wrong usage with --health-store %s', async (store) => {
    const { code, stderr } = await runCli(['health', '--record', '--health-store', store, 'mock']);
    expect(code).toBe(2);
    expect(stderr).toContain(`--health-store: ${store}: nothing that is recorded outlives this command`);
  });

  it.each([['memory'], ['off']])('checks, and says that nothing stays, with a variable %s', async (store) => {
    const env = { MAJORDOMO_HEALTH_STORE: store };
    const { code, stderr } = await runCli(['health', '--record', 'mock'], { env });
    expect(code).toBe(0);
    expect(stderr).toBe(
      `⚠ MAJORDOMO_HEALTH_STORE: ${store}: nothing that is recorded outlives this command\n`,
    );
    expect((await runCli(['health', 'mock'], { env })).stderr).toBe('');
  });

  it('asks no store that it does not need', async () => {
    const env = { MAJORDOMO_HEALTH_STORE: 'redis://127.0.0.1:1' };
    expect(await runCli(['health', 'mock'], { env })).toMatchObject({ code: 0, stderr: '' });
  });
});

describe.skipIf(!hasRedis)('a memory on a Redis server', () => {
  it('is shared, and the program ends when it has answered', async () => {
    const server = await startRedis();
    const at = await pair();
    const store = { MAJORDOMO_HEALTH_STORE: `redis://127.0.0.1:${server.port}` };
    for (let run = 0; run < 3; run++) {
      expect(await at.run([], store)).toMatchObject({ code: 0, stdout: 'second\n' });
    }
    expect(at.asked()).toBe(3);
    expect(readdirSync(at.env.XDG_STATE_HOME)).toEqual([]);
    server.stop();
    at.close();
  });
});
