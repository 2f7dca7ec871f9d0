import { cpSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeBug } from '../../src/cli/entry/finish.js';
import { version } from '../../src/version.js';
import { buildFixture, runIn, temporaryDirectory } from './built-fixture.js';

const root = path.join(import.meta.dirname, '../..');
let fixture: string;
const folders: string[] = [];

beforeAll(async () => {
  fixture = await buildFixture();
  folders.push(fixture);
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the version', () => {
  it('is the one of package.json', () => {
    expect(version).toBe(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version);
  });

  it.each(['--version', '-V'])('is printed for %s without loading anything else', (flag) => {
    const folder = temporaryDirectory();
    folders.push(folder);
    cpSync(fixture, folder, { recursive: true });
    for (const name of readdirSync(path.join(folder, 'dist/cli'))) {
      if (name !== 'start.cjs') rmSync(path.join(folder, 'dist/cli', name));
    }
    expect(runIn(folder, [flag])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('the start', () => {
  it('says how to build a checkout that is not built', () => {
    const folder = temporaryDirectory();
    folders.push(folder);
    cpSync(path.join(root, 'bin'), path.join(folder, 'bin'), { recursive: true });
    const { status, stdout, stderr } = runIn(folder, ['--version']);
    expect(status).toBe(70);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^majordomo: not built yet: run `npm run build`.*\n$/);
  });

  it.each([
    { damage: 'lost', mend: (pack: string) => rmSync(pack), why: 'ENOENT' },
    { damage: 'cut', mend: (pack: string) => truncateSync(pack, 5000), why: 'SyntaxError' },
  ])('says that what it needs is $damage, with exit code 70', ({ mend, why }) => {
    const folder = temporaryDirectory();
    folders.push(folder);
    cpSync(fixture, folder, { recursive: true });
    mend(path.join(folder, 'dist/cli/pack-main.cjs'));
    expect(runIn(folder, ['exit', '0'])).toEqual({
      status: 70,
      stdout: '',
      stderr: `majordomo: this installation is damaged (${why}): install it again\n`,
    });
  });

  it.each([0, 1, 2, 5, 130])('ends with exit code %i when main answers so', (code) => {
    expect(runIn(fixture, ['exit', String(code)])).toEqual({ status: code, stdout: '', stderr: '' });
  });

  it('loads a part of the program when it is first needed', () => {
    expect(runIn(fixture, ['lazy'])).toEqual({ status: 0, stdout: 'lazy\n', stderr: '' });
  });

  it.each([
    { how: 'main rejects', word: 'reject', name: 'TypeError' },
    { how: 'something throws later', word: 'throw-later', name: 'Error' },
  ])('reports a bug with exit code 70 and without its message when $how', ({ word, name }) => {
    const { status, stdout, stderr } = runIn(fixture, [word]);
    expect(status).toBe(70);
    expect(stdout).toBe('');
    expect(stderr).toContain(`internal error`);
    expect(stderr).toMatch(new RegExp(`^ {2}${name}\\n {4}at `, 'm'));
    expect(stderr).not.toContain('secret');
  });

  it('does not take a program that stops halfway for success', () => {
    const { status, stderr } = runIn(fixture, ['never']);
    expect(status).toBe(70);
    expect(stderr).toContain('ended without an answer');
  });

  it('ends although something was left open, with all its output', () => {
    const { status, stdout } = runIn(fixture, ['leave-open', '300000']);
    expect(status).toBe(0);
    expect(stdout).toHaveLength(300_000);
  });
});

describe('a bug report', () => {
  it.each([
    { thrown: 'sk-secret', lines: '  thrown: string' },
    { thrown: undefined, lines: '  thrown: undefined' },
    { thrown: Object.assign(new Error('sk-secret'), { code: 'EPERM', stack: '' }), lines: '  Error (EPERM)' },
  ])('of $thrown says no more than $lines', ({ thrown, lines }) => {
    expect(describeBug(thrown)).toBe(lines);
  });
});

describe('the build', () => {
  it('gives the same bytes twice', async () => {
    const again = await buildFixture();
    folders.push(again);
    expect(contents(again)).toEqual(contents(fixture));
  });

  it('carries the licences of what is bundled', () => {
    const text = readFileSync(path.join(fixture, 'dist/cli/THIRD-PARTY-LICENSES'), 'utf8');
    expect(text).toMatch(/^commander \d+\.\d+\.\d+ \(MIT\)$/m);
    expect(text).toContain('Permission is hereby granted');
  });

  it('is ASCII, as the loader reads it', () => {
    for (const text of contents(fixture).values()) expect(text).toMatch(/^[\t\n\r -~]*$/);
  });
});

function contents(directory: string): Map<string, string> {
  const folder = path.join(directory, 'dist/cli');
  const names = readdirSync(folder).filter((name) => name.endsWith('.cjs'));
  return new Map(names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}
