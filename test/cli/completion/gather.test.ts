import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCursor } from '../../../src/cli/completion/cursor.js';
import type { Facts } from '../../../src/cli/completion/facts.js';
import { gatherFacts } from '../../../src/cli/completion/gather.js';
import { rememberModels } from '../../../src/config/model-cache.js';
import { closedCircuit } from '../../../src/core/health.js';
import { FileStore } from '../../../src/stores/file.js';
import { declaredProgram } from '../../support/program.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-gather-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = declaredProgram();
let count = 0;

/** A home with a project in it, and what is known there. */
function place() {
  const home = path.join(folder, String(++count));
  const project = path.join(home, 'project');
  mkdirSync(project, { recursive: true });
  const write = (name: string, text: string): string => {
    const file = path.join(home, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const gather = (
    words: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    needs: 'configuration' | 'health-memory' = 'configuration',
  ): Promise<Facts> =>
    gatherFacts(needs, readCursor(program, [...words, '']).given, {
      ...process,
      env: { HOME: home, ...env },
      platform: 'linux',
      cwd: () => project,
    } as Parameters<typeof gatherFacts>[2]);
  return { home, write, gather };
}

const aliasNames = ({ aliases }: Facts) => aliases.map(({ name }) => name).sort();
const provider = ({ providers }: Facts, name: string) => providers.find((one) => one.name === name);

describe('what is configured', () => {
  it('comes from environment, files and the flags that are typed already', async () => {
    const { write, gather } = place();
    write(
      '.config/majordomo/config.json',
      '{"aliases":{"mine":"m1/a"},"providers":{"m1":"ollama://m1.lan"}}',
    );
    write('project/majordomo.json', '{"aliases":{"ours":"m1/b"}}');
    const env = write('more.env', 'LLM_WORK=openai://KEY@work.lan/v1?model=gpt-x&models=gpt-x,gpt-y\n');
    const facts = await gather(['run', '--alias', 'flag=m1/c', '--env-file', env], {
      MAJORDOMO_ALIAS_VARIABLE: 'm1/d',
    });
    expect(aliasNames(facts)).toEqual(['flag', 'mine', 'ours', 'variable']);
    expect(provider(facts, 'm1')).toEqual({
      name: 'm1',
      isSetUp: true,
      endpoint: 'http://m1.lan:11434/api',
      defaultModel: null,
      models: [],
    });
    expect(provider(facts, 'work')).toMatchObject({ defaultModel: 'gpt-x', models: ['gpt-x', 'gpt-y'] });
    expect(provider(facts, 'anthropic')).toMatchObject({ isSetUp: false });
    expect(JSON.stringify(facts)).not.toContain('KEY');
  });

  it('comes from the file that --config names, in the home too', async () => {
    const { write, gather } = place();
    write('.config/majordomo/config.json', '{"aliases":{"mine":"m1/a"}}');
    write('other.yaml', 'aliases:\n  other: m1/a\n');
    expect(aliasNames(await gather(['--config', '~/other.yaml']))).toEqual(['other']);
  });

  it('has the targets of the chain that is typed, and of the usual one', async () => {
    const { gather } = place();
    const env = { LLM_M1: 'mock://', MAJORDOMO_ALIAS_FAST: 'm1/a,m1/b', MAJORDOMO_MODEL: 'm1/c' };
    expect((await gather(['run', '-m', 'fast'], env)).chain).toEqual(['m1/a', 'm1/b']);
    expect((await gather(['run'], env)).chain).toEqual(['m1/c']);
    expect((await gather(['run', '-m', 'nope'], env)).chain).toEqual([]);
  });

  it('runs no command for a key, nor reads its file', async () => {
    const { home, gather } = place();
    const marker = path.join(home, 'ran');
    const facts = await gather([], {
      LLM_A: `openai://?key_cmd=${encodeURIComponent(`touch ${marker}`)}&model=x`,
      LLM_B: 'openai://?key_file=/nonexistent&model=x',
    });
    expect([provider(facts, 'a')?.isSetUp, provider(facts, 'b')?.isSetUp]).toEqual([true, true]);
    expect(existsSync(marker)).toBe(false);
  });
});

describe('models that were listed', () => {
  const listed = (endpoint: string) => new Map([['m1', { endpoint, models: ['qwen3:8b'], updatedAtMs: 1 }]]);

  it('are offered beside those of the configuration', async () => {
    const { home, gather } = place();
    await rememberModels(path.join(home, '.cache/majordomo/models.json'), listed('http://m1.lan:11434/api'));
    const facts = await gather([], { LLM_M1: 'ollama://m1.lan?models=own' });
    expect(provider(facts, 'm1')?.models).toEqual(['own', 'qwen3:8b']);
  });

  it('are where they were left, whatever a file of variables says', async () => {
    const { home, write, gather } = place();
    await rememberModels(path.join(home, '.cache/majordomo/models.json'), listed('http://m1.lan:11434/api'));
    const file = write('more.env', `LLM_M1=ollama://m1.lan\nXDG_CACHE_HOME=${home}/elsewhere\n`);
    expect(provider(await gather(['--env-file', file]), 'm1')?.models).toEqual(['qwen3:8b']);
  });

  it('bring no second target into a chain', async () => {
    const { home, gather } = place();
    const models = ['a,openai/dear', 'b'];
    const cache = new Map([['m1', { endpoint: 'http://m1.lan:11434/api', models, updatedAtMs: 1 }]]);
    await rememberModels(path.join(home, '.cache/majordomo/models.json'), cache);
    expect(provider(await gather([], { LLM_M1: 'ollama://m1.lan' }), 'm1')?.models).toEqual(['b']);
  });

  it('are not those of another endpoint of that name', async () => {
    const { home, gather } = place();
    await rememberModels(path.join(home, '.cache/majordomo/models.json'), listed('http://old.lan:11434/api'));
    expect(provider(await gather([], { LLM_M1: 'ollama://m1.lan' }), 'm1')?.models).toEqual([]);
  });

  it('say that somebody uses a built-in that needs no key', async () => {
    const { home, gather } = place();
    const endpoint = provider(await gather(), 'ollama')?.endpoint ?? '';
    const cache = new Map([['ollama', { endpoint, models: ['qwen3:8b'], updatedAtMs: 1 }]]);
    await rememberModels(path.join(home, '.cache/majordomo/models.json'), cache);
    expect(provider(await gather(), 'ollama')).toMatchObject({ isSetUp: true, models: ['qwen3:8b'] });
  });
});

describe('a configuration that is broken', () => {
  const env = { LLM_M1: 'mock://', MAJORDOMO_ALIAS_VARIABLE: 'm1/a' };
  it.each([
    {
      name: 'in the project',
      files: { 'project/majordomo.yaml': 'aliases: [' },
      words: [],
      left: ['flag', 'mine', 'variable'],
    },
    {
      name: 'in a name of the project',
      files: { 'project/majordomo.json': '{"aliases":{"a b":"m1/a"}}' },
      words: [],
      left: ['flag', 'mine', 'variable'],
    },
    {
      name: 'in the file that --config names',
      files: { 'c.json': '{' },
      words: ['--config', '~/c.json'],
      left: ['flag', 'mine', 'variable'],
    },
    {
      name: 'where --config names no file',
      files: {},
      words: ['--config', '/nonexistent'],
      left: ['flag', 'mine', 'variable'],
    },
    {
      name: 'where --env-file names no file',
      files: {},
      words: ['--env-file', '/nonexistent'],
      left: ['flag', 'mine', 'variable'],
    },
    { name: 'in an --alias', files: {}, words: ['--alias', 'a b=m1/x'], left: ['mine', 'variable'] },
    {
      name: 'in an --alias that is half typed',
      files: {},
      words: ['--alias', 'half'],
      left: ['flag', 'mine', 'variable'],
    },
    {
      name: 'everywhere',
      files: { 'project/majordomo.json': '{', '.config/majordomo/config.json': '{' },
      words: ['--alias', '=='],
      left: ['variable'],
    },
  ])('$name leaves the rest', async ({ files, words, left }) => {
    const { write, gather } = place();
    write('.config/majordomo/config.json', '{"aliases":{"mine":"m1/a"}}');
    for (const [name, text] of Object.entries(files)) write(name, text);
    expect(aliasNames(await gather(['--alias', 'flag=m1/a', ...words], env))).toEqual(left);
  });

  it('in one provider leaves the others', async () => {
    const { gather } = place();
    const facts = await gather([], { LLM_BAD: 'openai://sk-0123456789abcdefghij', LLM_M1: 'mock://' });
    expect([provider(facts, 'bad'), provider(facts, 'm1')?.isSetUp]).toEqual([undefined, true]);
  });

  it('is not waited for where a pipe stands in its place', async () => {
    const { home, gather } = place();
    const pipe = path.join(home, 'pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    expect(aliasNames(await gather(['--config', pipe], env))).toEqual(['variable']);
  });
});

describe('what is remembered of failures', () => {
  const entry = (name: string) => ({
    key: name,
    name,
    scope: 'target' as const,
    circuit: { ...closedCircuit, failures: 1 },
    kind: null,
    updatedAtMs: Date.now(),
  });

  it('is read from the file', async () => {
    const { home, gather } = place();
    const store = new FileStore({ path: path.join(home, '.local/state/majordomo/health.json') });
    for (const name of ['m1/b', 'm1/a']) await store.update(name, () => entry(name));
    expect((await store.list()).map(({ name }) => name)).toEqual(['m1/b', 'm1/a']);
    expect((await gather([], {}, 'health-memory')).remembered).toEqual(['m1/a', 'm1/b']);
  });

  it.each([
    { name: 'a variable', words: () => [], env: (url: string) => ({ MAJORDOMO_HEALTH_STORE: url }) },
    { name: 'a flag', words: (url: string) => ['--health-store', url], env: () => ({}) },
  ])('is not asked of the server that $name names', async ({ words, env }) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { gather } = place();
    for (const needs of ['health-memory', 'configuration'] as const)
      await gather(words(url), env(url), needs);
    await new Promise((resolve) => server.close(resolve));
    expect(connections).toBe(0);
  });
});
