import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cacheDirectory, isSafeDirectory, makeSafeDirectory } from '../../src/cli/entry/cache-directory.js';
import { decodeCache, encodeCache } from '../../src/cli/entry/cache-format.js';
import { commandOf, runtimeKey } from '../../src/cli/entry/cache-key.js';
import type { CachedCode } from '../../src/cli/entry/chunks.js';
import { buildFixture, runIn, temporaryDirectory } from './built-fixture.js';

let fixture: string;
let home: string;
let directory: string;
const folders: string[] = [];

beforeAll(async () => {
  fixture = await buildFixture();
  folders.push(fixture);
});
beforeEach(() => {
  home = temporaryDirectory();
  folders.push(home);
  directory = path.join(home, 'majordomo');
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const help = { status: 0, stdout: expect.stringContaining('Usage: fixture'), stderr: '' };
const run = (words: string[] = ['--help']) => runIn(fixture, words, { XDG_CACHE_HOME: home });
const files = () => (existsSync(directory) ? readdirSync(directory) : []);
const only = () => path.join(directory, files()[0] ?? 'none');

describe('the code cache', () => {
  it('is written by the first runs, private, and then left alone', () => {
    for (const runs of [1, 2, 3]) {
      expect(run()).toEqual(help);
      expect(decoded(readFileSync(only()))?.runs).toBe(runs);
    }
    expect(files()).toEqual([expect.stringMatching(/\.help\.code$/)]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(only()).mode & 0o777).toBe(0o600);
    const before = statSync(only());
    expect(run()).toEqual(help);
    expect({ ino: statSync(only()).ino, mtimeMs: statSync(only()).mtimeMs }).toEqual({
      ino: before.ino,
      mtimeMs: before.mtimeMs,
    });
  });

  it('takes in a part of the program that only a later run loads', () => {
    for (let runs = 0; runs < 3; runs += 1) run(['run', 'exit', '0']);
    const before = statSync(only()).ino;
    expect(run(['run', 'lazy']).stdout).toBe('lazy\n');
    expect(statSync(only()).ino).not.toBe(before);
    const chunks = [...(decoded(readFileSync(only()))?.packs.keys() ?? [])];
    expect(chunks).toEqual(expect.arrayContaining(['pack-main.cjs', expect.stringMatching(/^lazy-/)]));
    const after = statSync(only()).ino;
    run(['run', 'exit', '0']);
    expect(statSync(only()).ino).toBe(after);
  });

  it('takes in, once an hour, what is called by now and was not when it was made', () => {
    for (let runs = 0; runs < 3; runs += 1) run(['run', 'exit', '0']);
    const size = () => decoded(readFileSync(only()))?.packs.get('pack-main.cjs')?.length ?? 0;
    const before = size();
    const age = (ms: number) => utimesSync(only(), new Date(), new Date(Date.now() - ms));
    age(59 * 60_000);
    expect(run(['run', 'print', '3']).status).toBe(0);
    expect(size()).toBe(before);
    age(61 * 60_000);
    run(['run', 'print', '3']);
    expect(size()).toBeGreaterThan(before);
    const { ino } = statSync(only());
    run(['run', 'exit', '0']);
    expect(statSync(only()).ino).toBe(ino);
  });

  it('keeps parts of the program that a later run does not load', () => {
    run(['run', 'lazy']);
    run(['run', 'exit', '0']);
    const code = decoded(readFileSync(only()));
    expect(code?.runs).toBe(2);
    expect([...(code?.packs.keys() ?? [])]).toContainEqual(expect.stringMatching(/^lazy-/));
    expect(run(['run', 'lazy']).stdout).toBe('lazy\n');
  });

  it.each([
    { damage: 'empty', mend: () => Buffer.alloc(0) },
    { damage: 'cut', mend: (file: Buffer) => file.subarray(0, file.length - 100) },
    { damage: 'of another program', mend: () => Buffer.from('#!/bin/sh\necho hello\n') },
    { damage: 'changed in one byte', mend: (file: Buffer) => flipped(file, file.length - 5000) },
    { damage: 'changed in the last byte', mend: (file: Buffer) => flipped(file, file.length - 1) },
    { damage: 'longer than it says', mend: (file: Buffer) => Buffer.concat([file, file]) },
    { damage: 'changed in its header', mend: (file: Buffer) => flipped(file, 25) },
    { damage: 'for another V8', mend: (file: Buffer) => forAnotherV8(file) },
  ])('is compiled anew and rewritten when it is $damage', ({ mend }) => {
    run();
    const good = readFileSync(only());
    writeFileSync(only(), mend(good));
    expect(run()).toEqual(help);
    const packs = decoded(readFileSync(only()))?.packs;
    expect(packs?.get('pack-main.cjs')?.length).toBeGreaterThan(1000);
    expect(files()).toHaveLength(1);
  });

  it('is not written after a run that failed', () => {
    expect(run(['exit', '4']).status).toBe(4);
    expect(run(['reject']).status).toBe(70);
    expect(files()).toEqual([]);
  });

  it('is switched off by MAJORDOMO_CODE_CACHE=off', () => {
    expect(runIn(fixture, ['--help'], { XDG_CACHE_HOME: home, MAJORDOMO_CODE_CACHE: 'off' })).toEqual(help);
    expect(files()).toEqual([]);
  });

  it.each([
    { where: 'without HOME', env: () => ({}) },
    {
      where: 'with a home that is a file',
      env: () => ({ HOME: path.join(import.meta.dirname, 'code-cache.test.ts') }),
    },
    { where: 'with a home that cannot be written to', env: () => ({ HOME: '/proc/self' }) },
    { where: 'with a relative cache directory', env: () => ({ XDG_CACHE_HOME: 'relative' }) },
  ])('is done without, silently, $where', ({ env }) => {
    expect(runIn(fixture, ['--help'], env())).toEqual(help);
    expect(existsSync('relative')).toBe(false);
  });

  it('is neither read from nor written to a directory that others may write to', () => {
    run();
    chmodSync(directory, 0o777);
    writeFileSync(only(), 'poison');
    expect(run()).toEqual(help);
    expect(readFileSync(only(), 'utf8')).toBe('poison');
  });

  it('is neither read from nor written to a directory behind a symbolic link', () => {
    const elsewhere = path.join(home, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    symlinkSync(elsewhere, directory);
    expect(run()).toEqual(help);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('does not read a file that others may write to', () => {
    run();
    chmodSync(only(), 0o666);
    const before = statSync(only()).ino;
    expect(run()).toEqual(help);
    expect(statSync(only()).ino).not.toBe(before);
    expect(statSync(only()).mode & 0o777).toBe(0o600);
  });

  it.runIf(process.platform !== 'win32')('does not wait for what is no file', () => {
    run();
    const file = only();
    rmSync(file);
    expect(spawnSync('mkfifo', [file]).status).toBe(0);
    expect(run()).toEqual(help);
  });

  it('does not grow: files of other versions and of dead writers go', () => {
    mkdirSync(directory, { mode: 0o700 });
    for (let index = 0; index < 30; index++) {
      const file = path.join(directory, `0.0.${index}-x.run.code`);
      writeFileSync(file, '');
      utimesSync(file, index, index);
    }
    for (const name of ['a.code.1.tmp', 'b.code.2.tmp']) writeFileSync(path.join(directory, name), '');
    utimesSync(path.join(directory, 'a.code.1.tmp'), 1, 1);
    run();
    const left = files();
    expect(left.filter((name) => name.startsWith('0.0.'))).toHaveLength(12);
    expect(left).toContain('0.0.29-x.run.code');
    expect(left).not.toContain('a.code.1.tmp');
    expect(left).toContain('b.code.2.tmp');
  });

  it('survives several first runs at once', async () => {
    const argv = [path.join(fixture, 'bin/majordomo.js'), '--help'];
    const codes = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const [code] = await once(
          spawn(process.execPath, argv, { env: { XDG_CACHE_HOME: home }, stdio: 'ignore' }),
          'close',
        );
        return code;
      }),
    );
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    expect(files()).toHaveLength(1);
    expect(decoded(readFileSync(only()))).not.toBeNull();
  });
});

describe('the cache directory', () => {
  const base = { platform: 'linux', uid: 1000 } as const;
  it.each([
    { machine: { ...base, env: { XDG_CACHE_HOME: '/x', HOME: '/h' } }, expected: '/x/majordomo' },
    { machine: { ...base, env: { HOME: '/h' } }, expected: '/h/.cache/majordomo' },
    { machine: { ...base, env: { HOME: '/h', XDG_CACHE_HOME: '' } }, expected: '/h/.cache/majordomo' },
    {
      machine: { ...base, platform: 'darwin', env: { HOME: '/h' } } as const,
      expected: '/h/Library/Caches/majordomo',
    },
    { machine: { ...base, env: {} }, expected: null },
    { machine: { ...base, env: { HOME: 'h' } }, expected: null },
    { machine: { env: { HOME: '/h' }, platform: 'win32', uid: null } as const, expected: null },
  ])('of $machine is $expected', ({ machine, expected }) => {
    expect(cacheDirectory(machine)).toBe(expected);
  });

  it('of another user is not used, and none is made in the home of another user', () => {
    mkdirSync(directory, { mode: 0o700 });
    const other = statSync(directory).uid + 1;
    expect(isSafeDirectory(directory, other - 1)).toBe(true);
    expect(isSafeDirectory(directory, other)).toBe(false);
    expect(makeSafeDirectory(path.join(home, 'new/majordomo'), other)).toBe(false);
    expect(existsSync(path.join(home, 'new'))).toBe(false);
  });
});

describe('the name of a cache file', () => {
  it.each([
    { args: ['run', 'hi'], expected: 'run' },
    { args: ['--json', 'resolve', 'run'], expected: 'run' },
    { args: ['complete', 'bash', '--', 'run', '--help'], expected: 'complete' },
    { args: ['run', '--help'], expected: 'help' },
    { args: ['help', 'run'], expected: 'help' },
    { args: ['run', '--', '--help'], expected: 'run' },
    { args: [], expected: 'help' },
    { args: ['../../etc'], expected: 'help' },
  ])('takes $args for $expected', ({ args, expected }) => {
    expect(commandOf(args)).toBe(expected);
  });

  it('tells Node versions, architectures and flags apart', () => {
    const runtime = { node: '20.18.1', v8: '11.3', arch: 'x64', nodeFlags: '' };
    const others = [{ node: '24.0.0' }, { v8: '12' }, { arch: 'arm64' }, { nodeFlags: '--jitless' }];
    const keys = [runtime, ...others.map((other) => ({ ...runtime, ...other }))].map(runtimeKey);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

function decoded(file: Buffer): CachedCode | null {
  return decodeCache(
    file.length,
    (buffer, position) => file.copy(buffer, 0, position, position + buffer.length) === buffer.length,
  );
}

function flipped(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** Well formed, but V8 refuses it: the first bytes of its data are its own magic and version. */
function forAnotherV8(file: Buffer): Buffer {
  const packs = decoded(file)?.packs ?? new Map<string, Buffer>();
  const spoilt = new Map([...packs].map(([name, code]) => [name, flipped(code, 4)]));
  return Buffer.concat(encodeCache({ runs: 1, packs: spoilt }));
}
