import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { type RealServer, startReal } from '../support/real-servers.js';

const longMs = 120_000;

/** Starts it twice: open to all, and with `sk-good` as its only key. */
async function startBoth(
  script: string,
  locked: { readonly words?: readonly string[]; readonly env?: Readonly<Record<string, string>> },
): Promise<readonly RealServer[]> {
  const first = await startReal(script);
  const second = first === null ? null : await startReal(script, locked);
  return [first, second].filter((server) => server !== null);
}

interface Row {
  /** The scheme; `open` and `locked` stand for the servers. */
  readonly dsn: string;
  readonly model?: string;
  readonly probe?: true;
  readonly status: string;
  readonly reached: string;
  readonly kind?: string;
}

async function check({ dsn, model, probe }: Row, [open, locked]: readonly RealServer[]) {
  const place = dsn.replace(
    /\b(?:open|locked)$/,
    (name) => (name === 'open' ? open?.host : locked?.host) ?? '',
  );
  const words = [model === undefined ? 'x' : `x/${model}`, ...(probe ? ['--probe'] : [])];
  const { stdout, stderr } = await runCli(['health', '--json', ...words], { env: { LLM_X: place } });
  expect(stderr).toBe('');
  return JSON.parse(stdout).checks[0];
}

describe('health at a real llama.cpp server', () => {
  let servers: readonly RealServer[] = [];
  beforeAll(async () => {
    servers = await startBoth('start-llama-server.sh', { words: ['--api-key', 'sk-good'] });
  }, 2 * longMs);
  afterAll(() => {
    for (const { stop } of servers) stop();
  });
  beforeEach(({ skip }) => skip(servers.length < 2, 'the server cannot be had here'));

  it.each<Row>([
    { dsn: 'llamacpp://open', status: 'pass', reached: 'reachable' },
    { dsn: 'llamacpp://open', model: 'tiny', status: 'pass', reached: 'model' },
    { dsn: 'llamacpp://open', model: 'nope', status: 'fail', reached: 'reachable', kind: 'model-not-found' },
    { dsn: 'openai+http://sk-any@open', status: 'warn', reached: 'reachable' },
    { dsn: 'llamacpp://sk-good@locked', status: 'pass', reached: 'credential' },
    { dsn: 'llamacpp://sk-wrong@locked', status: 'fail', reached: 'reachable', kind: 'auth' },
    { dsn: 'llamacpp://locked', model: 'tiny', status: 'fail', reached: 'reachable', kind: 'auth' },
    { dsn: 'openai+http://sk-good@locked', model: 'tiny', status: 'pass', reached: 'model' },
    {
      dsn: 'openai+http://sk-wrong@locked',
      model: 'tiny',
      status: 'fail',
      reached: 'reachable',
      kind: 'auth',
    },
    { dsn: 'anthropic+http://sk-good@locked', model: 'tiny', status: 'pass', reached: 'model' },
    { dsn: 'anthropic+http://sk-wrong@locked', status: 'fail', reached: 'reachable', kind: 'auth' },
    { dsn: 'openai-responses+http://sk-good@locked', model: 'tiny', status: 'pass', reached: 'model' },
  ])('$dsn, model $model: $status', async (row) => {
    const told = await check(row, servers);
    expect(told).toMatchObject({ status: row.status, levelReached: row.reached, kind: row.kind ?? null });
  });

  it.each(['openai', 'openai-responses', 'anthropic', 'llamacpp'])('%s generates', async (scheme) => {
    const row = { dsn: `${scheme}+http://sk-good@locked`, model: 'tiny', probe: true } as const;
    const { levelReached, kind } = await check({ ...row, status: '', reached: '' }, servers);
    // its random words end when they like
    expect({ levelReached, kind }).toEqual({ levelReached: 'generates', kind: null });
  });
});

describe('health at aimock', () => {
  let servers: readonly RealServer[] = [];
  beforeAll(async () => {
    servers = await startBoth('start-aimock.sh', { env: { AIMOCK_API_KEYS: 'sk-good' } });
  }, 2 * longMs);
  afterAll(() => {
    for (const { stop } of servers) stop();
  });
  beforeEach(({ skip }) => skip(servers.length < 2, 'the server cannot be had here'));

  it.each(['openai', 'openai-responses', 'anthropic', 'ollama', 'openrouter'])('as %s', async (scheme) => {
    const at = (place: string) =>
      check({ dsn: `${scheme}+http://${place}`, status: '', reached: '' }, servers);
    const told = await Promise.all([at('sk-any@open'), at('sk-good@locked'), at('sk-wrong@locked')]);
    expect(told.map(({ status, levelReached, kind }) => [status, levelReached, kind])).toEqual([
      ['warn', 'reachable', null],
      ['pass', 'credential', null],
      ['fail', 'reachable', 'auth'],
    ]);
  });

  it('as Gemini, of which it has no list', async () => {
    const at = (place: string) => check({ dsn: `gemini+http://${place}`, status: '', reached: '' }, servers);
    const told = await Promise.all([at('sk-good@locked'), at('sk-wrong@locked')]);
    expect(told.map(({ status, levelReached, kind }) => [status, levelReached, kind])).toEqual([
      ['fail', 'reachable', 'misconfigured'],
      ['fail', 'reachable', 'auth'],
    ]);
  });
});
