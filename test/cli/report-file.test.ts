import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile, whyNotWritable } from '../../src/cli/report-file.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'majordomo-report-file-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'own-'));
});
const at = (name: string): string => path.join(folder, name);

describe('a file that is replaced', () => {
  it('is made, and leaves nothing beside it', () => {
    replaceFile(at('r.xml'), 'text');
    expect(readFileSync(at('r.xml'), 'utf8')).toBe('text');
    expect(readdirSync(folder)).toEqual(['r.xml']);
  });

  it('keeps its permissions', () => {
    writeFileSync(at('r.xml'), 'old');
    chmodSync(at('r.xml'), 0o640);
    replaceFile(at('r.xml'), 'new');
    expect(statSync(at('r.xml')).mode & 0o777).toBe(0o640);
  });

  it('is the one that a link leads to', () => {
    mkdirSync(at('there'));
    writeFileSync(at('there/real.xml'), 'old');
    symlinkSync(at('there/real.xml'), at('r.xml'));
    replaceFile(at('r.xml'), 'new');
    expect(lstatSync(at('r.xml')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('there/real.xml'), 'utf8')).toBe('new');
    expect(readdirSync(at('there'))).toEqual(['real.xml']);
  });

  it('writes through no link that somebody laid under the name of a draft', () => {
    writeFileSync(at('victim'), 'untouched');
    for (const name of ['r.xml.tmp', `r.xml.${process.pid}.tmp`, '.r.xml.tmp'])
      symlinkSync(at('victim'), at(name));
    replaceFile(at('r.xml'), 'new');
    expect(readFileSync(at('victim'), 'utf8')).toBe('untouched');
    expect(lstatSync(at('r.xml')).isFile()).toBe(true);
  });

  it('stays a device', () => {
    replaceFile('/dev/null', 'text');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('leaves no draft when it cannot be put in its place', () => {
    mkdirSync(at('r.xml'));
    expect(() => replaceFile(at('r.xml'), 'text')).toThrow();
    expect(readdirSync(folder)).toEqual(['r.xml']);
  });
});

describe('what is in the way of writing', () => {
  it('is nothing', () => {
    expect(whyNotWritable(at('r.xml'))).toBeNull();
    writeFileSync(at('r.xml'), 'old');
    expect(whyNotWritable(at('r.xml'))).toBeNull();
    expect(whyNotWritable('/dev/null')).toBeNull();
    expect(existsSync(at('other'))).toBe(false);
  });

  it.each([
    { name: '.', why: 'EISDIR' },
    { name: 'none/r.xml', why: 'ENOENT' },
    { name: 'file/r.xml', why: 'ENOTDIR' },
  ])('is $why for $name', ({ name, why }) => {
    writeFileSync(at('file'), '');
    expect(whyNotWritable(at(name))).toBe(why);
  });
});
