import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, runCli, startCli, temporaryFile, upstream } from '../support/cli.js';
import { hasTerminal, onTerminal } from '../support/terminal.js';

const key = 'sk-canary-0123456789abcdefWXYZ';
const env = {
  LLM_M1: 'ollama://m1.lan?model=qwen3',
  LLM_WORK: `openai://${key}@gateway.corp/v1`,
  MAJORDOMO_ALIAS_FAST: 'm1/qwen3,work/gpt-x',
};

const rowsOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));

describe.concurrent('providers', () => {
  it('prints a row for each in a pipe', async () => {
    const { code, stdout, stderr } = await runCli(['providers'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(rowsOf(stdout)).toEqual([
      ['m1', 'ollama', 'http://m1.lan:11434/api', '-', '-', 'LLM_M1', 'ready', '-', '-'],
      ['work', 'openai', 'https://gateway.corp/v1', 'LLM_WORK', '…WXYZ', 'LLM_WORK', 'ready', '-', '-'],
    ]);
  });

  it('folds built-in ones without a key away, and ignored variables', async () => {
    const more = { ...env, OPENAI_API_KEY: key, OLLAMA_HOST: 'box', LLM_MODEL: `${key}` };
    const { stdout } = await runCli(['providers'], { env: more });
    expect(rowsOf(stdout).map(([name]) => name)).toEqual([
      'm1',
      'ollama',
      'openai',
      'openai-responses',
      'work',
    ]);
    const all = await runCli(['providers', '--all'], { env: more });
    expect(rowsOf(all.stdout).length).toBeGreaterThan(25);
    expect(rowsOf(all.stdout).at(-1)).toEqual([
      'LLM_MODEL',
      '-',
      '-',
      '-',
      '-',
      'LLM_MODEL',
      'ignored',
      'the value is no DSN: it has no ://',
      '-',
    ]);
    expect(stdout + all.stdout).not.toContain('canary');
  });

  it('says what to do where nothing is configured', async () => {
    const { code, stdout, stderr } = await runCli(['providers']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('export LLM_M1=ollama://m1.lan');
    const ignored = await runCli(['providers'], { env: { LLM_M1: 'm1.lan:11434' } });
    expect(ignored.stderr).toMatch(/^⚠ nothing is configured.*\n⚠ LLM_M1 is ignored: .* no DSN/);
  });

  it('says what --filter and --timeout are for, where they do nothing', async () => {
    const { code, stderr } = await runCli(['providers', '--filter', 'gpt'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('for --models') });
  });

  it.each([
    { word: 'fast', hint: 'it is an alias: majordomo resolve fast' },
    { word: 'm1/qwen3', hint: 'name one provider, without a model: m1' },
    { word: 'm1,work', hint: 'name one provider, without a model: m1' },
  ])('says what else $word is', async ({ word, hint }) => {
    const { code, stderr } = await runCli(['providers', '--alias', 'fast=m1/x', word], { env });
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(`hint: ${hint}\n`) });
  });

  it.each([
    { name: 'one is invalid', words: [], env: { LLM_X: 'nope://' }, code: 3 },
    { name: 'one has no key', words: [], env: { LLM_X: 'openai://h.corp' }, code: 0 },
    { name: 'one that is named has no key', words: ['x'], env: { LLM_X: 'openai://h.corp' }, code: 3 },
    {
      name: 'one that is named is unknown',
      words: ['m1', 'wrok'],
      env: {},
      code: 3,
      says: 'did you mean work?',
    },
    { name: 'a flag is wrong', words: ['--modles'], env: {}, code: 2, says: 'hint: did you mean --models?' },
    {
      name: 'a duration has no unit',
      words: ['--models', '--timeout', '5'],
      env: {},
      code: 2,
      says: '500ms',
    },
  ])('exits with $code where $name', async ({ words, env: more, code, says = '' }) => {
    const result = await runCli(['providers', ...words], { env: { ...env, ...more } });
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(says);
  });

  it('names a provider however it is spelled, and once', async () => {
    const { stdout } = await runCli(['providers', 'M1', 'm1', 'LLM_WORK'.slice(4)], { env });
    expect(rowsOf(stdout).map(([name]) => name)).toEqual(['m1', 'work']);
  });

  it('runs no command, and tells of a key that everybody can read', async () => {
    const proof = path.join(path.dirname(temporaryFile('x', '')), 'proof');
    const exposed = temporaryFile('key', key);
    chmodSync(exposed, 0o644);
    const at = {
      LLM_CMD: `openai://h.corp?key_cmd=${encodeURIComponent(`touch ${proof}`)}`,
      LLM_FILE: `openai://h.corp?key_file=${encodeURIComponent(exposed)}`,
    };
    const table = await runCli(['providers', '--format', 'pretty'], { env: at });
    expect(table.stdout).toContain('key_cmd');
    expect(table.stdout).toContain('every user of this machine can read its key_file');
    const models = await runCli(['providers', '--models', 'cmd'], { env: at });
    expect(models).toMatchObject({ code: 3, stdout: '' });
    expect(models.stderr).toContain('its key comes from a command');
    expect(existsSync(proof)).toBe(false);
    const run = await runCli(['run', '--retries', '0', '--timeout', '300ms', '-m', 'file/x', 'hi'], {
      env: at,
    });
    expect(run.stderr).toContain('chmod 600');
  });

  it("takes providers from the user's file, with their line", async () => {
    const file = temporaryFile('c.yaml', 'providers:\n  box: ollama://box.lan\n');
    const { stdout } = await runCli(['providers', '--config', file, '--json'], { env: {} });
    expect(JSON.parse(stdout).providers[0]).toMatchObject({
      name: 'box',
      source: { kind: 'user-file', key: `${file}:2` },
    });
  });
});

describe.concurrent('the aliases that lead to a provider', () => {
  it.each([
    { name: 'm1', file: '', aliases: ['fast', 'mine'] },
    { name: 'MyProv', aliases: ['mine'], file: 'providers:\n  MyProv: ollama://box.lan\n' },
  ])('are told, of $name', async ({ name, file, aliases }) => {
    const config = temporaryFile('c.yaml', `${file}aliases:\n  mine: ${name}/qwen3\n`);
    const { stdout } = await runCli(['providers', '--config', config, '--json', name], { env });
    expect(JSON.parse(stdout).providers[0].aliases).toEqual(aliases);
  });
});

describe.concurrent('providers --models', () => {
  const listing = (...ids: string[]) => JSON.stringify({ data: ids.map((id) => ({ id })) });

  it('asks all at the same time, and tells what fails in a row of its own', async () => {
    const good = await upstream((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(request.url === '/v1/models' ? listing('qwen3:8b', 'llama') : '{}');
    });
    const silent = await upstream(() => {});
    const at = {
      LLM_GOOD: `openai+http://k@${good.host}/v1`,
      LLM_SILENT: `openai+http://k@${silent.host}/v1`,
      LLM_GONE: 'openai+http://k@127.0.0.1:1/v1',
    };
    const { code, stdout, stderr } = await runCli(['providers', '--models', '--timeout', '400ms'], {
      env: at,
    });
    expect(code).toBe(0);
    expect(rowsOf(stdout)).toEqual([
      ['good/llama', 'endpoint'],
      ['good/qwen3:8b', 'endpoint'],
    ]);
    expect(stderr).toContain('gone: the server refused the connection');
    expect(stderr).toContain('silent: no whole list of models within 400ms');
    const named = await runCli(['providers', '--models', 'gone', 'good', '--filter', 'qwen*'], { env: at });
    expect(named).toMatchObject({ code: 5, stdout: 'good/qwen3:8b\tendpoint\n' });
    good.close();
    silent.close();
  });

  it('lists nothing that would be another target after -m', async () => {
    const ids = [
      'good',
      'x,evil/y',
      'a b',
      'a\tb',
      'a\nb',
      '\u202eabc',
      '\u001b[31mred',
      'z\u0085w',
      ' lead',
    ];
    const api = await upstream((_, response) => void response.end(listing(...ids)));
    const at = { LLM_X: `openai+http://k@${api.host}/v1` };
    const { code, stdout, stderr } = await runCli(['providers', '--models', 'x'], { env: at });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'x/good\tendpoint\n' });
    expect(stderr).toContain('x: left out of the list: 8 names with a comma');
    api.close();
  });

  it('says in a pipe, too, why a provider was not asked', async () => {
    const { code, stdout, stderr } = await runCli(['providers', '--models', 'x'], {
      env: { LLM_X: 'openai://h?nonsense=1' },
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('x: LLM_X: ');
  });

  it('asks more than ten providers without a remark of Node', async () => {
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`LLM_P${n}`, 'mock://?model=m']));
    const { stdout, stderr } = await runCli(['providers', '--models'], { env: many });
    expect({ rows: rowsOf(stdout).length, stderr }).toEqual({ rows: 15, stderr: '' });
  });

  it('exits with 4 where asking again is no use', async () => {
    const api = await upstream((_, response) => {
      response.statusCode = 401;
      response.end(JSON.stringify({ error: { message: `Incorrect API key provided: ${key}` } }));
    });
    const { code, stdout, stderr } = await runCli(['providers', '--models', 'x'], {
      env: { LLM_X: `openai+http://${key}@${api.host}/v1` },
    });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain('Incorrect API key');
    expect(stderr).not.toContain('canary');
    api.close();
  });

  it.skipIf(process.platform === 'win32')('ends in time where a key_file never comes', async () => {
    const pipe = temporaryFile('pipe', '');
    rmSync(pipe);
    execFileSync('mkfifo', [pipe]);
    const child = startCli(['providers', '--models', '--timeout', '200ms', 'x'], {
      env: { LLM_X: `openai+http://127.0.0.1:1/v1?key_file=${encodeURIComponent(pipe)}` },
    });
    const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    const { code, stderr } = await ended(child);
    clearTimeout(killer);
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('within 200ms') });
  });

  it('ends with Ctrl-C', async () => {
    const silent = await upstream(() => {});
    const child = startCli(['providers', '--models', '--json'], {
      env: { LLM_X: `openai+http://k@${silent.host}/v1` },
    });
    let stdout = '';
    child.stdout?.on('data', (chunk) => (stdout += chunk));
    while (silent.requests() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 130, error: { kind: 'cancelled' } });
    silent.close();
  });
});

describe.skipIf(!hasTerminal)('providers on a terminal', () => {
  it.each([40, 80, 200])('of %i columns fits', async (columns) => {
    const { code, screen } = await onTerminal(['providers'], { columns, env });
    expect(code).toBe(0);
    expect(screen).toContain('https://gateway.corp/v1');
    expect(screen.split('\n').filter((line) => line.length > columns)).toEqual([]);
  });

  it('shows who is waited for while it asks', async () => {
    const silent = await upstream(() => {});
    const { raw, screen } = await onTerminal(['providers', '--models', '--timeout', '700ms'], {
      env: { LLM_SLOW: `openai+http://k@${silent.host}/v1` },
    });
    expect(raw).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]\S* slow/);
    expect(screen).toContain('✗ no whole list of models within 700ms');
    silent.close();
  });
});

describe('resolve --diff', () => {
  const file = temporaryFile('new.env', '');
  it.each([
    {
      name: 'changes an alias',
      text: 'MAJORDOMO_ALIAS_FAST=m1/qwen3\n',
      code: 0,
      rows: ['= m1/qwen3', '- work/gpt-x'],
    },
    {
      name: 'unsets a variable',
      text: 'MAJORDOMO_ALIAS_FAST=\n',
      code: 3,
      rows: ['- m1/qwen3', '- work/gpt-x', '+ error'],
    },
    { name: 'changes nothing', text: 'OTHER=1\n', code: 0, rows: ['= m1/qwen3', '= work/gpt-x'] },
  ])('of a file that $name', async ({ text, code, rows }) => {
    writeFileSync(file, text);
    const result = await runCli(['resolve', '--diff', file, 'fast'], { env });
    expect(result.code).toBe(code);
    const short = rowsOf(result.stdout).map((row) => `${row[0]} ${row[2] === 'error' ? 'error' : row[3]}`);
    expect(short).toEqual(rows);
    expect(result.stdout).not.toContain('canary');
  });

  it('takes aliases in that only one side has', async () => {
    writeFileSync(file, 'MAJORDOMO_ALIAS_NEW=m1/qwen3\n');
    const { stdout } = await runCli(['resolve', '--diff', file], { env });
    expect(rowsOf(stdout).map(([change, spec]) => `${change} ${spec}`)).toEqual([
      '= fast',
      '= fast',
      '- new',
      '+ new',
    ]);
  });

  it('says that the file is not there', async () => {
    const { code, stderr } = await runCli(['resolve', '--diff', '/none.env'], { env });
    expect(code).toBe(3);
    expect(stderr).toContain('/none.env cannot be read (ENOENT)');
  });
});
