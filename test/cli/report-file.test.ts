import { execFileSync, spawn } from 'node:child_process';
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
import {
  appendToFile,
  replacedPlace,
  replaceFile,
  whyNotAppendable,
  whyNotWritable,
} from '../../src/cli/report-file.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'majordomo-report-file-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'own-'));
});
const at = (name: string): string => path.join(folder, name);

describe('a file that is replaced', () => {
  it('is made, and leaves nothing beside it', async () => {
    await replaceFile(at('r.xml'), 'text');
    expect(readFileSync(at('r.xml'), 'utf8')).toBe('text');
    expect(readdirSync(folder)).toEqual(['r.xml']);
  });

  it('keeps its permissions', async () => {
    writeFileSync(at('r.xml'), 'old');
    chmodSync(at('r.xml'), 0o640);
    await replaceFile(at('r.xml'), 'new');
    expect(statSync(at('r.xml')).mode & 0o777).toBe(0o640);
  });

  it('is the one that a link leads to', async () => {
    mkdirSync(at('there'));
    writeFileSync(at('there/real.xml'), 'old');
    symlinkSync(at('there/real.xml'), at('r.xml'));
    await replaceFile(at('r.xml'), 'new');
    expect(lstatSync(at('r.xml')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('there/real.xml'), 'utf8')).toBe('new');
    expect(readdirSync(at('there'))).toEqual(['real.xml']);
  });

  it('is the one that a link leads to, though it is not there yet', async () => {
    mkdirSync(at('there'));
    symlinkSync('there', at('folder'));
    symlinkSync('next.xml', at('there/link.xml'));
    symlinkSync('folder/link.xml', at('r.xml'));
    expect(whyNotWritable(at('r.xml'))).toBeNull();
    await replaceFile(at('r.xml'), 'new');
    expect(lstatSync(at('r.xml')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('there/next.xml'), 'utf8')).toBe('new');
    expect(readdirSync(at('there')).sort()).toEqual(['link.xml', 'next.xml']);
  });

  it('has one place, whatever the path to it', () => {
    mkdirSync(at('there'));
    symlinkSync('there', at('folder'));
    symlinkSync('there/r.xml', at('r.xml'));
    const paths = ['there/r.xml', 'folder/r.xml', 'folder/../there/./r.xml', 'r.xml'];
    expect(new Set(paths.map((name) => replacedPlace(path.join(folder, name)))).size).toBe(1);
    expect(replacedPlace('/dev/null')).toBeNull();
  });

  it('writes through no link that somebody laid under the name of a draft', async () => {
    writeFileSync(at('victim'), 'untouched');
    for (const name of ['r.xml.tmp', `r.xml.${process.pid}.tmp`, '.r.xml.tmp'])
      symlinkSync(at('victim'), at(name));
    await replaceFile(at('r.xml'), 'new');
    expect(readFileSync(at('victim'), 'utf8')).toBe('untouched');
    expect(lstatSync(at('r.xml')).isFile()).toBe(true);
  });

  it('stays a device', async () => {
    await replaceFile('/dev/null', 'text');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('leaves no draft when it cannot be put in its place', async () => {
    mkdirSync(at('r.xml'));
    await expect(replaceFile(at('r.xml'), 'text')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['r.xml']);
  });
});

describe.skipIf(process.platform === 'win32')('a pipe', () => {
  /** More than a pipe takes at once. */
  const text = 'x'.repeat(500_000);
  const pipe = (): string => {
    execFileSync('mkfifo', [at('pipe')]);
    return at('pipe');
  };

  it('that nobody reads is an error, and is not waited for', async () => {
    const file = pipe();
    expect(whyNotWritable(file)).toBeNull();
    await expect(replaceFile(file, 'text')).rejects.toMatchObject({ code: 'ENXIO' });
    expect(statSync(file).isFIFO()).toBe(true);
  });

  it('gets all of it, though its reader is slow', async () => {
    const file = pipe();
    const reader = spawn('bash', ['-c', 'exec < "$1"; sleep 0.1; exec wc -c', 'bash', file]);
    let read = '';
    reader.stdout.on('data', (chunk) => (read += chunk));
    const over = new Promise((done) => reader.once('close', done));
    let isWritten = false;
    // until the reader has come
    while (!isWritten) {
      isWritten = await replaceFile(file, text).then(
        () => true,
        () => new Promise((done) => setTimeout(done, 10, false)),
      );
    }
    await over;
    expect(read.trim()).toBe('500000');
  });
});

describe('adding to a file', () => {
  it('makes it, and leaves what is there', async () => {
    expect(whyNotAppendable(at('s.md'))).toBeNull();
    await appendToFile(at('s.md'), 'a');
    await appendToFile(at('s.md'), 'b');
    expect(readFileSync(at('s.md'), 'utf8')).toBe('ab');
  });

  it.each([
    { name: '.', why: 'EISDIR' },
    { name: 'none/s.md', why: 'ENOENT' },
  ])('is not possible for $name: $why', ({ name, why }) => {
    expect(whyNotAppendable(at(name))).toBe(why);
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
