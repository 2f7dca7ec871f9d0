import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ended, runCli, startCli } from '../support/cli.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'majordomo-health-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A memory in which m1/x has an open circuit and m2/y a failure. */
async function memory() {
  const env = {
    LLM_M1: 'mock://?fault=503*',
    LLM_M2: 'mock://?fault=500*1',
    MAJORDOMO_ALIAS_BOTH: 'm2/y,mine',
    MAJORDOMO_ALIAS_MINE: 'm1/x,m1/z',
    MAJORDOMO_ALIAS_GONE: 'm9/x,m1/x',
    MAJORDOMO_HEALTH_STORE: 'file',
    XDG_STATE_HOME: mkdtempSync(path.join(root, 'state-')),
  };
  const ask = (...words: string[]) => runCli(words, { env });
  for (let run = 0; run < 2; run++) await ask('run', '-q', '-m', 'm1/x', 'hi');
  await ask('run', '-q', '--retries', '0', '-m', 'm2/y', 'hi');
  return { ask, env, file: path.join(env.XDG_STATE_HOME, 'majordomo/health.json') };
}

describe('health --memory', () => {
  it('shows what earlier runs have left, in a row each', async () => {
    const { ask } = await memory();
    const { code, stdout, stderr } = await ask('health', '--memory');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t'));
    expect(rows).toEqual([
      [
        'm1/x',
        'target',
        expect.stringMatching(/^open, free in \d/),
        '3 failures',
        'server-error',
        expect.stringMatching(/ ago$/),
      ],
      ['m2/y', 'target', 'closed', '1 failure', 'server-error', expect.stringMatching(/ ago$/)],
    ]);
  });

  it('has a fixed shape as JSON', async () => {
    const { ask } = await memory();
    const report = JSON.parse((await ask('health', '--memory', '--json')).stdout);
    expect(report).toEqual({
      schema: 'majordomo/memory@1',
      version: expect.any(String),
      warnings: [],
      error: null,
      exitCode: 0,
      durationMs: expect.any(Number),
      circuits: [
        {
          name: 'm1/x',
          scope: 'target',
          state: 'open',
          untilMs: expect.any(Number),
          failures: 3,
          kind: 'server-error',
          updatedAtMs: expect.any(Number),
        },
        { ...report.circuits[1], name: 'm2/y', state: 'closed', untilMs: null, failures: 1 },
      ],
    });
  });

  it('says so where there is nothing', async () => {
    const env = { MAJORDOMO_HEALTH_STORE: 'file', XDG_STATE_HOME: mkdtempSync(path.join(root, 'none-')) };
    expect(await runCli(['health', '--memory'], { env })).toEqual({
      code: 0,
      stdout: '',
      stderr: '⚠ nothing is remembered\n',
    });
  });

  it('that cannot be read is an error, exit 3', async () => {
    const env = { MAJORDOMO_HEALTH_STORE: 'redis://:canary@127.0.0.1:1' };
    const { code, stdout, stderr } = await runCli(['health', '--memory', '--json'], { env });
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ circuits: [], error: { code: 'health-store' }, exitCode: 3 });
    expect(stderr).toContain('redis://127.0.0.1:1 failed (ECONNREFUSED)');
    expect(stdout + stderr).not.toContain('canary');
  });
});

describe('Ctrl-C while the memory does not answer', () => {
  it.each([['--memory'], ['--reset']])('ends %s at once, exit 130', async (flag) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket.on('error', () => {})));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const child = startCli(['health', flag, '--json'], {
      env: { MAJORDOMO_HEALTH_STORE: `redis://127.0.0.1:${port}` },
    });
    await new Promise((connected) => server.once('connection', connected));
    const sinceMs = performance.now();
    child.kill('SIGINT');
    const { code, stdout } = await ended(child);
    // left alone it waits for ten seconds
    expect(performance.now() - sinceMs).toBeLessThan(5_000);
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 130, error: { code: 'cancelled' } });
    for (const socket of sockets) socket.destroy();
    server.close();
  });
});

describe('health --reset', () => {
  it.each([
    { words: ['m1/x'], left: ['m2/y'], says: 'forgotten: m1/x' },
    { words: ['m2'], left: ['m1/x'], says: 'forgotten: m2/y' },
    { words: ['m1/z'], left: ['m1/x', 'm2/y'], says: 'nothing was remembered' },
    { words: ['mock'], left: ['m1/x', 'm2/y'], says: 'nothing was remembered' },
    { words: ['M2/y'], left: ['m1/x'], says: 'forgotten: m2/y' },
    { words: ['M1'], left: ['m2/y'], says: 'forgotten: m1/x' },
    { words: ['m1/z, M2/y'], left: ['m1/x'], says: 'forgotten: m2/y' },
    { words: ['both'], left: [], says: 'forgotten: m1/x, m2/y' },
    { words: ['mine'], left: ['m2/y'], says: 'forgotten: m1/x' },
    { words: [], left: [], says: 'forgotten: m1/x, m2/y' },
  ])('forgets $words and nothing else', async ({ words, left, says }) => {
    const { ask, file } = await memory();
    const { code, stderr } = await ask('health', '--reset', ...words);
    expect({ code, stderr: stderr.trim() }).toEqual({ code: 0, stderr: `⚠ ${says}` });
    const names = JSON.parse(readFileSync(file, 'utf8')).entries.map(({ name }: { name: string }) => name);
    expect(names.sort()).toEqual(left);
  });
});

describe('health --reset of a name', () => {
  it.each([
    {
      name: 'nobody',
      code: 3,
      says: /^majordomo: "nobody" is neither .*\n {2}hint: majordomo health --memory shows/,
    },
    { name: 'mocc/x', code: 3, says: /hint: did you mean mock\/x\?/ },
    { name: 'botj', code: 3, says: /hint: did you mean both\?/ },
    { name: 'm11', code: 3, says: /hint: did you mean m1\?/ },
    { name: 'm3/y', code: 3, says: /hint: did you mean m2\/y/ },
    { name: 'm1/x,,', code: 2, says: /a target is missing at character 6/ },
    { name: '', code: 2, says: /--reset \[target\].*must not be empty/ },
  ])('that stands for nothing is an error: $name', async ({ name, code, says }) => {
    const { ask } = await memory();
    const result = await ask('health', '--reset', name);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(says);
    expect((await ask('health', '--memory')).stdout).toMatch(/^m1\/x.*\nm2\/y/);
  });

  it.each([
    { name: 'm1/x', says: 'forgotten: m1/x' },
    { name: 'M1', says: 'forgotten: m1/x' },
    { name: 'm1/x,m2/y', says: 'forgotten: m1/x, m2/y' },
    { name: 'gone', says: 'forgotten: m1/x' },
  ])('that is remembered and no longer configured forgets: $name', async ({ name, says }) => {
    const { env } = await memory();
    const { LLM_M1: _, LLM_M2: __, ...rest } = env;
    const { code, stderr } = await runCli(['health', '--reset', name], { env: rest });
    expect({ code, stderr: stderr.trim() }).toEqual({ code: 0, stderr: `⚠ ${says}` });
  });

  it('takes a provider with a dash by all its spellings', async () => {
    for (const name of ['my-prov/a', 'my_prov/a', 'MY-PROV', 'My_Prov']) {
      const env = {
        LLM_MY_PROV: 'mock://?fault=503*',
        MAJORDOMO_HEALTH_STORE: 'file',
        XDG_STATE_HOME: mkdtempSync(path.join(root, 'state-')),
      };
      await runCli(['run', '-q', '-m', 'my-prov/a', 'hi'], { env });
      const { stderr } = await runCli(['health', '--reset', name], { env });
      expect(stderr).toBe('⚠ forgotten: my-prov/a\n');
    }
  });
});

describe('the memory of failures', () => {
  it.each([
    { words: ['--memory', '--report', 'json=zz.json'], says: 'leave out --report' },
    {
      words: ['--memory', '--drill', '--probe', '--required', 'x'],
      says: 'leave out --probe, --required, --drill',
    },
    { words: ['--reset', '--record'], says: 'leave out --record' },
    { words: ['--memory', '--exit-style', 'nagios'], says: 'leave out --exit-style', code: 3 },
    { words: ['--reset=m1', '--jobs', '1', 'm1'], says: 'leave out --jobs, the names' },
  ])('checks nothing: $words is wrong usage', async ({ words, says, code = 2 }) => {
    const result = await runCli(['health', ...words]);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(says);
  });

  it.each([
    { words: ['--memory', 'm1'], schema: 'memory' },
    { words: ['--reset=m1', '--nope'], schema: 'memory' },
    { words: ['--memory', '--reset', '--nope'], schema: 'memory' },
    { words: ['--nope'], schema: 'health' },
  ])('$words is wrong usage, told as $schema', async ({ words, schema }) => {
    const { code, stdout, stderr } = await runCli(['health', '--json', ...words]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^majordomo: /);
    if (words.includes('--nope')) {
      expect(JSON.parse(stdout)).toMatchObject({ schema: `majordomo/${schema}@1`, exitCode: 2 });
    }
  });
});
