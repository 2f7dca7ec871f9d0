import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FakeReply, type FakeRequest, startFake } from '../fakes/loopback.js';
import { good, zooKey } from '../fakes/zoo.js';
import { rawServer } from '../providers/http/network-rig.js';
import { type Environment, runCli, startCli, temporaryFile } from '../support/cli.js';
import { expectValid } from '../support/schemas.js';
import { hasTerminal, onTerminal } from '../support/terminal.js';

async function serve(judge: (request: FakeRequest) => FakeReply) {
  const api = await startFake(judge);
  return { ...api, dsn: `openai+http://${zooKey}@${api.url.replace('http://', '')}/v1` };
}

async function health(words: readonly string[], env: Environment) {
  const { code, stdout, stderr } = await runCli(['health', '--json', ...words], { env });
  const report = JSON.parse(stdout);
  expectValid('health', report);
  expect(report.exitCode).toBe(code);
  expect(stdout + stderr).not.toContain('canary');
  return { ...report, code, stderr };
}

describe('health', () => {
  const env = {
    LLM_UP: 'mock://?models=a',
    LLM_DEAD: 'openai+http://k@127.0.0.1:1/v1',
    LLM_FLAKY: 'mock://?fault=ok,503,ok',
    LLM_CHEAP: 'mock://?reply=OK&price_in=1&price_out=1',
    MAJORDOMO_ALIAS_FAST: 'dead/x,up/a',
    MAJORDOMO_ALIAS_GONE: 'dead/x,dead/y',
  };

  it.each<{ words: readonly string[]; code: number; state?: string }>([
    { words: ['up'], code: 0, state: 'up' },
    { words: ['dead'], code: 1, state: 'down' },
    { words: [], code: 1, state: 'down' },
    { words: ['--optional', 'dead'], code: 0, state: 'up' },
    { words: ['fast'], code: 0, state: 'degraded' },
    { words: ['--fail-on', 'degraded', 'fast'], code: 1, state: 'degraded' },
    { words: ['--required', 'dead/x', 'fast'], code: 1, state: 'down' },
    { words: ['gone'], code: 1, state: 'down' },
    { words: ['up/a,dead/x'], code: 0, state: 'up' },
    { words: ['--fail-on', 'warn', 'up/a,dead/x'], code: 1, state: 'up' },
    { words: ['up/b'], code: 1, state: 'down' },
    { words: ['--level', 'configured'], code: 0, state: 'up' },
    { words: ['--timeout', '1ms', '--level', 'generates', 'dead', 'up'], code: 6 },
    { words: ['--probe', '--expect', 'contains:scripted', 'up/a'], code: 0, state: 'up' },
    { words: ['--probe', '--expect', 'contains:nothing', 'up/a'], code: 1, state: 'down' },
    { words: ['--probe', '--repeat', '3', '--require', '2', 'flaky/a'], code: 0, state: 'up' },
    { words: ['--probe', '--repeat', '3', 'flaky/a'], code: 1, state: 'down' },
    { words: ['--probe', '--max-cost', '0.01', 'up/a', 'flaky/a'], code: 6 },
    { words: ['--drill', 'dead/x,up/a'], code: 0, state: 'degraded' },
    { words: ['--drill', 'up/a,dead/x'], code: 1, state: 'up' },
    { words: ['--drill', '--probe', 'dead/x,up/a'], code: 0, state: 'degraded' },
    { words: ['--drill', '--probe', '--max-cost', '1', 'dead/x,cheap/a'], code: 0, state: 'degraded' },
    { words: ['--drill', '--probe', '--max-cost', '1', 'dead/x,up/a'], code: 6 },
    { words: ['--drill', '--max-cost', '1', 'dead/x,up/a'], code: 0, state: 'degraded' },
    { words: ['--expect', 'contains:x', 'up/a'], code: 2 },
    { words: ['--repeat', '2', '--require', '3', 'up/a'], code: 2 },
    { words: ['nobody'], code: 3 },
    { words: ['--level', 'perfect'], code: 2 },
    { words: ['--probe', '--level', 'model', 'up/a'], code: 2 },
  ])('$words: exit $code', async ({ words, code, state }) => {
    const report = await health(words, env);
    expect(report.code).toBe(code);
    if (state !== undefined) expect(report.state).toBe(state);
  });

  it('is never green where there is nothing to check', async () => {
    const { code, error } = await health([], {});
    expect(code).toBe(3);
    expect(error).toMatchObject({ code: 'nothing-to-check' });
  });

  it('tells what it has spent, and spends nothing by itself', async () => {
    const api = await serve(good);
    const at = { LLM_X: api.dsn };
    expect((await health(['x/gpt-x'], at)).spend).toEqual({
      requests: 0,
      inputTokens: 0,
      outputTokens: 0,
      usd: 0,
      catalogue: null,
    });
    expect(api.requests.some(({ method }) => method === 'POST')).toBe(false);
    expect((await health(['--probe', 'x/gpt-x'], at)).spend).toEqual({
      requests: 1,
      inputTokens: 9,
      outputTokens: 1,
      usd: null,
      catalogue: expect.stringContaining('prices'),
    });
    const [asked] = api.requests.filter(({ method }) => method === 'POST');
    expect(asked?.body).toMatchObject({ max_completion_tokens: 16 });
    await api.close();
  });

  it('prints a row for each check and each chain in a pipe', async () => {
    const { stdout } = await runCli(['health', 'fast'], { env });
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split('\t').map((cell) => cell.replace(/^\d+$/, 'N')));
    expect(rows).toEqual([
      [
        'check',
        'dead/x',
        'fail',
        'configured',
        'model',
        'unreachable',
        '-',
        'N',
        'the server refused the connection',
        '-',
      ],
      ['check', 'up/a', 'pass', 'model', 'model', '-', '-', 'N', '-', '-'],
      ['chain', 'fast', 'degraded', 'up/a'],
    ]);
  });

  it('--drill tells who would answer without the first targets, and with --probe who does', async () => {
    const at = { ...env, LLM_SPARE: 'mock://?reply=OK&price_in=1&price_out=1' };
    const words = ['--drill', 'up/a,spare/x,dead/x'];
    const foreseen = await health(words, at);
    expect(foreseen.chains[0].drill).toMatchObject([
      { failed: ['up/a'], answeredBy: 'spare/x', usd: 0 },
      { failed: ['up/a', 'spare/x'], answeredBy: null },
    ]);
    expect(foreseen.spend.requests).toBe(0);
    const asked = await health([...words, '--probe'], at);
    expect(asked.chains[0].drill).toMatchObject([
      { failed: ['up/a'], answeredBy: 'spare/x', usd: expect.any(Number) },
      { failed: ['up/a', 'spare/x'], answeredBy: null, usd: null },
    ]);
    // the checks of three targets, one of which is away, and the one answer of the drill
    expect(asked.spend.requests).toBe(3);
    // nobody knows what up/a costs
    expect(asked.spend).toMatchObject({ usd: null, catalogue: expect.any(String) });
    const { stdout } = await runCli(['health', ...words], { env: at });
    expect(stdout).toMatch(/^drill\tup\/a,spare\/x,dead\/x\tup\/a\tspare\/x\t\d+\tpass\t-$/m);
  });

  it.each([
    { limit: '1', code: 0, requests: 3, refused: 0 },
    { limit: '0.00001', code: 6, requests: 2, refused: 1 },
    { limit: '0.000001', code: 6, requests: 1, refused: 1 },
  ])('--max-cost $limit holds for checks and drill together', async ({ limit, code, requests, refused }) => {
    // a mock counts a token a word: seven a request, at a dollar a million each
    const at = { LLM_A: env.LLM_CHEAP, LLM_B: env.LLM_CHEAP };
    const report = await health(['--probe', '--drill', '--max-cost', limit, 'a/x,b/x'], at);
    expect(report.code).toBe(code);
    expect(report.spend.requests).toBe(requests);
    const { inputTokens, outputTokens, usd } = report.spend;
    expect(usd).toBeCloseTo((inputTokens + outputTokens) / 1e6, 9);
    const [{ drill }] = report.chains;
    expect(
      drill.filter((step: { message: string | null }) => step.message?.includes('cost limit')),
    ).toHaveLength(refused);
  });

  it('-q says nothing but by its exit code', async () => {
    expect(await runCli(['health', '-q', 'gone'], { env })).toEqual({ code: 1, stdout: '', stderr: '' });
    expect(await runCli(['health', '-q', 'up'], { env })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('ends with Ctrl-C', async () => {
    const silent = await rawServer(() => {});
    const child = startCli(['health', '--json'], {
      env: { LLM_X: `openai+http://k@127.0.0.1:${silent.port}/v1` },
    });
    let stdout = '';
    child.stdout?.on('data', (chunk) => (stdout += chunk));
    while (silent.received.join('') === '') await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'majordomo/health@1', exitCode: 130 });
  });

  it('does not touch what is remembered', async () => {
    const at = { ...env, MAJORDOMO_HEALTH_STORE: 'file' };
    for (let time = 0; time < 4; time++) await runCli(['health', 'dead/x'], { env: at });
    const { stdout } = await runCli(['health', '--memory', '--json'], { env: at });
    expect(JSON.parse(stdout).circuits).toEqual([]);
  });
});

describe('health --record', () => {
  const memoryOf = async (env: Environment): Promise<string[]> => {
    const { stdout } = await runCli(['health', '--memory'], { env });
    return stdout.split('\n').map((row) => row.split('\t').slice(0, 3).join(' ').replace(/,.*/, ''));
  };
  const remembering = (env: Environment): Environment => ({
    ...env,
    MAJORDOMO_HEALTH_STORE: 'file',
    XDG_STATE_HOME: path.dirname(temporaryFile('state', '')),
  });

  it('lets runs pass over who failed, and an answer lets them ask again', async () => {
    const down = remembering({ LLM_X: 'mock://?fault=503*', LLM_Y: 'mock://?reply=spare' });
    for (let time = 0; time < 3; time++) {
      expect((await runCli(['health', '--record', '--probe', 'x/a,y/a'], { env: down })).code).toBe(0);
    }
    expect(await memoryOf(down)).toContain('x/a target open');
    const up = { ...down, LLM_X: 'mock://?reply=back' };
    const { stdout, stderr } = await runCli(['run', '-m', 'x/a,y/a', 'hi'], { env: up });
    expect(stdout).toBe('spare\n');
    expect(stderr).toContain('circuit-open');
    await runCli(['health', '--record', '--probe', 'x/a'], { env: up });
    expect((await runCli(['run', '-m', 'x/a,y/a', 'hi'], { env: up })).stdout).toBe('back\n');
  });

  it('leaves what a drill meets out', async () => {
    const env = remembering({ LLM_X: 'mock://?reply=OK', LLM_Y: 'mock://?fault=ok,503*' });
    for (let time = 0; time < 3; time++) {
      await runCli(['health', '--record', '--probe', '--drill', 'x/a,y/a'], { env });
    }
    expect(await memoryOf(env)).toEqual(['']);
  });

  it('with a memory that is away says so once, and checks all the same', async () => {
    const env = { LLM_X: 'mock://', LLM_Y: 'mock://', MAJORDOMO_HEALTH_STORE: 'redis://127.0.0.1:1' };
    const { code, stdout, stderr } = await runCli(['health', '--record', '--json', 'x', 'y'], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).warnings).toMatchObject([{ code: 'health-store' }]);
    expect(stderr.match(/health is remembered in this process only/g)).toHaveLength(1);
    // it was asked for: -q does not hide that it was not done, and it is a warning like any other
    const strict = await runCli(['health', '-q', '--record', '--fail-on', 'warn', 'x'], { env });
    expect(strict).toMatchObject({ code: 1, stdout: '' });
    expect(strict.stderr).toMatch(/^⚠ health is remembered in this process only: [^\n]*\n$/);
  });
});

describe.skipIf(!hasTerminal)('health on a terminal', () => {
  it.each([40, 80])('of %i columns', async (columns) => {
    const env = { LLM_UP: 'mock://', LLM_DEAD: 'openai+http://k@127.0.0.1:1/v1' };
    const { code, screen } = await onTerminal(['health', 'dead/x,up/a'], { columns, env });
    expect(code).toBe(0);
    expect(screen).toContain('✗ dead/x  configured');
    expect(screen).toContain('✓ up/a  model');
    expect(screen).toContain('degraded');
    expect(screen.split('\n').filter((line) => line.length > columns)).toEqual([]);
  });
});
