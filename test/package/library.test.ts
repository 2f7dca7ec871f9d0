import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
// not called .ts, so that it is compiled as the small project that it is, against the package and not the sources
const consumer = path.join(import.meta.dirname, 'consumer');

let folder: string;
let seen: Record<string, unknown>;

/** Runs a program to its end and gives its stdout; without npm's settings, which belong to the outer run. */
function run(program: string, parameters: readonly string[], cwd: string): string {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_|^LLM_|^NODE_OPTIONS$/i.test(name)),
  );
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { cwd, env, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${parameters[0]} failed:\n${stdout}${stderr}`);
  return stdout;
}

function manifestOf(place: string): { dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(path.join(place, 'package.json'), 'utf8'));
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'majordomo-consumer-'));
  run(process.execPath, [path.join(root, 'scripts/build.mjs'), '--if-stale'], root);
  const packed = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  // The package's dependencies come from where they are installed already: no registry is needed.
  const installed = (name: string): string => `file:${path.join(root, 'node_modules', name)}`;
  const dependencies = Object.keys(manifestOf(root).dependencies);
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: { majordomo: `file:${filename}` },
    devDependencies: { '@types/node': installed('@types/node') },
    overrides: Object.fromEntries(dependencies.map((name) => [name, installed(name)])),
  };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  copyFileSync(path.join(consumer, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
  copyFileSync(path.join(consumer, 'program.ts.txt'), path.join(folder, 'program.ts'));
  run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
  run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], folder);
  seen = JSON.parse(run(process.execPath, ['out/program.js'], folder));
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package, installed in a TypeScript project of its own,', () => {
  it('asks a provider that the program made', () => {
    expect(seen.customProvider).toEqual({
      targets: ['echo/quiet', 'echo/loud'],
      events: ['attempt-start', 'text-delta', 'attempt-end', 'chain-end'],
      text: 'quiet: Hello',
      servedBy: 'echo/quiet',
      usage: { inputTokens: 1, outputTokens: 2, reasoningTokens: null, cachedInputTokens: null },
    });
  });

  it('takes a scheme that is registered after its variable was seen', () => {
    expect(seen.lateScheme).toEqual({
      before: expect.stringMatching(/^LLM_MY_PROV: an unknown name in the scheme \(character 1\)/),
      text: 'loud: Hello',
      endpoint: 'acme://h.example',
    });
    expect(JSON.stringify(seen.lateScheme)).not.toContain('WXYZ');
  });

  it('finds a variable that was set after the registry was made', () => {
    expect(seen.lazyEnvironment).toEqual({ before: true, after: 'late' });
  });

  it('lets a program step through a cooldown with a clock of its own', () => {
    expect(seen.cooldown).toEqual({
      served: [
        'server-error echo/loud',
        'server-error echo/loud',
        'server-error echo/loud',
        'skipped echo/loud',
        'skipped echo/loud',
        'server-error echo/loud',
        'ok m1/a',
        'ok m1/a',
      ],
      asked: 6,
      states: ['m1/a closed'],
    });
  });

  it('names a cycle of aliases', () => {
    expect(seen.aliasCycle).toEqual({
      cycle: ['fast', 'smart', 'fast'],
      message: expect.stringContaining('fast → smart → fast'),
    });
  });

  it('tells an unknown provider with what was checked and what is near', () => {
    expect(seen.unknownProvider).toEqual({
      known: true,
      message: expect.stringContaining('LLM_OPENA'),
      hint: expect.stringContaining('openai'),
    });
  });

  it('lets a program judge errors by itself', () => {
    expect(seen.classifyOverride).toEqual({
      without: 'echo/loud',
      outcome: 'permanent',
      kind: 'bad-request',
      attempts: 1,
    });
  });

  it('aborts upstream when the program has had enough, and blames nobody', () => {
    expect(seen.abort).toEqual({
      name: 'AbortError',
      outcome: 'cancelled',
      upstreamAborted: true,
      remembered: 0,
    });
  });

  it('tells what is configured, and which models there are', () => {
    expect(seen.configuration).toEqual({
      providers: [
        ['echo', null, 'program'],
        ['m1', 'http://m1.lan:11434/api', 'LLM_M1'],
      ],
      models: [['echo', 'loud', 'quiet']],
    });
  });

  it('has the schemas of the reports', () => {
    expect(seen.schema).toEqual({
      $id: 'https://majordomo.invalid/schemas/run.schema.json',
      title: 'majordomo/run@1',
    });
  });
});
