import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Circuit } from '../../src/core/health.js';
import type { HealthEntry } from '../../src/core/ports.js';
import { FileStore } from '../../src/stores/file.js';
import { healthEntry, testHealthStore } from './contract.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'majordomo-file-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(root, 'state-'));
  file = path.join(folder, 'health.json');
});

const store = () => new FileStore({ path: file, waitMs: 30 });
const put = (entry: HealthEntry) => store().update(entry.key, () => entry);
const now = Date.now();
const open = (key: string, generation = 1, untilMs = now + 10_000): HealthEntry => ({
  ...healthEntry(key),
  updatedAtMs: now,
  circuit: { state: 'open', generation, failures: 3, openings: 1, untilMs, byRetryAfter: false },
});
const fresh = (key: string, circuit?: Circuit): HealthEntry => ({
  ...healthEntry(key),
  updatedAtMs: now,
  ...(circuit && { circuit }),
});

describe('the file store', () => {
  testHealthStore(() => new FileStore({ path: path.join(mkdtempSync(path.join(root, 'c-')), 'h.json') }));

  it.runIf(process.platform === 'linux')('gives up where no directory can be made', async () => {
    const nowhere = new FileStore({ path: '/proc/majordomo/deep/health.json' });
    await expect(nowhere.update('a', () => healthEntry('a'))).rejects.toThrow(
      '/proc/majordomo/deep/health.json cannot be locked (ENOENT)',
    );
    expect(await nowhere.isEmpty()).toBe(true);
  });

  it.each([
    { code: 'ENOTDIR', place: () => path.join(path.join(folder, 'a-file'), 'majordomo/health.json') },
    { code: 'ELOOP', place: () => path.join(folder, 'a-loop/majordomo/health.json') },
    { code: 'ENAMETOOLONG', place: () => path.join(folder, 'x'.repeat(300), 'health.json') },
  ])('does not call empty what it cannot look into: $code', async ({ code, place }) => {
    writeFileSync(path.join(folder, 'a-file'), '');
    symlinkSync('a-loop', path.join(folder, 'a-loop'));
    const away = new FileStore({ path: place() });
    const why = code === 'ELOOP' ? 'is a symbolic link' : `cannot be read (${code})`;
    await expect(away.isEmpty()).rejects.toThrow(why);
    await expect(away.list()).rejects.toThrow(why);
  });

  it('makes the directories that it needs, private', async () => {
    const directory = path.join(folder, 'a/b');
    await new FileStore({ path: path.join(directory, 'h.json') }).update('a', () => healthEntry('a'));
    expect([directory, path.dirname(directory)].map((one) => statSync(one).mode & 0o777)).toEqual([
      0o700, 0o700,
    ]);
  });

  it('says that it is empty, with and without a file', async () => {
    const store = new FileStore({ path: path.join(mkdtempSync(path.join(root, 'c-')), 'h.json') });
    expect(await store.isEmpty()).toBe(true);
    await store.update('a', () => healthEntry('a'));
    expect(await store.isEmpty()).toBe(false);
    await store.clear();
    expect(await store.isEmpty()).toBe(true);
  });

  it('is seen by the next process', async () => {
    await put(open('a'));
    expect(await store().read(['a'])).toEqual([open('a')]);
  });

  it('makes its directory, and both are for this user alone', async () => {
    file = path.join(folder, 'deep/er/health.json');
    await put(open('a'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  });

  it('makes nothing as long as there is nothing to remember', async () => {
    file = path.join(folder, 'sub/health.json');
    await store().read(['a']);
    await store().update('a', (before) => before);
    await store().clear();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not write what has not changed', async () => {
    await put(open('a'));
    const before = statSync(file);
    await store().update('a', (entry) => entry);
    await store().update('b', (entry) => entry);
    expect(statSync(file).ino).toBe(before.ino);
  });

  it('leaves nothing beside it', async () => {
    await put(open('a'));
    await put(open('b'));
    expect(readdirSync(folder)).toEqual(['health.json']);
  });

  it('forgets entries of more than seven days', async () => {
    const week = 7 * 24 * 3_600_000;
    await put({ ...fresh('old'), updatedAtMs: now - week - 60_000 });
    await put({ ...fresh('young'), updatedAtMs: now - week + 60_000 });
    expect((await store().list()).map(({ key }) => key)).toEqual(['young']);
  });

  it.each(['garbage{', '{"version":1,"entries":{}}', '{"version":"1"}'])(
    'tells once that it is damaged: %s',
    async (text) => {
      writeFileSync(file, text, { mode: 0o600 });
      const damaged = store();
      expect(await damaged.list()).toEqual([]);
      expect(damaged.takeWarnings()).toMatchObject([{ code: 'health-store-damaged' }]);
      await damaged.update('a', () => fresh('a'));
      expect(damaged.takeWarnings()).toEqual([]);
      const mended = store();
      expect(await mended.list()).toHaveLength(1);
      expect(mended.takeWarnings()).toEqual([]);
    },
  );

  it('takes no circuit that a wrong clock has closed off for longer than a day', async () => {
    const circuit = { ...open('a').circuit, untilMs: now + 400 * 24 * 3_600_000, byRetryAfter: true };
    writeFileSync(file, JSON.stringify({ version: 1, entries: [{ ...open('a'), circuit }] }), {
      mode: 0o600,
    });
    expect(await store().read(['a'])).toEqual([undefined]);
  });

  it('does not read a file that is far too large', async () => {
    writeFileSync(file, 'x'.repeat(5_000_000), { mode: 0o600 });
    await expect(store().read(['a'])).rejects.toMatchObject({
      message: expect.stringContaining('too large'),
    });
  });

  it('keeps what has just failed rather than circuits whose cooldown is long over', async () => {
    const due = Array.from({ length: 600 }, (_, index) => {
      const entry = open(`due-${index}`);
      return {
        ...entry,
        circuit: { ...entry.circuit, untilMs: now - 60_000 - index },
        updatedAtMs: now - 90_000 - index,
      };
    });
    writeFileSync(file, JSON.stringify({ version: 1, entries: due }), { mode: 0o600 });
    await put(fresh('new'));
    const keys = (await store().list()).map(({ key }) => key);
    expect(keys).toHaveLength(512);
    expect(keys).toContain('new');
  });

  it('keeps 512 entries: circuits that are not closed first, then the latest', async () => {
    const many = [
      ...Array.from({ length: 300 }, (_, index) => ({
        ...fresh(`closed-${index}`),
        updatedAtMs: now - index,
      })),
      ...Array.from({ length: 300 }, (_, index) => open(`open-${index}`)),
    ];
    writeFileSync(file, JSON.stringify({ version: 1, entries: many }), { mode: 0o600 });
    await put(open('one-more'));
    const keys = new Set((await store().list()).map(({ key }) => key));
    expect(keys.size).toBe(512);
    for (const { key } of many.slice(300)) expect(keys.has(key), key).toBe(true);
    expect(keys.has('closed-0')).toBe(true);
    expect(keys.has('closed-299')).toBe(false);
  });
});

describe('a file that is not what it should be', () => {
  it.each([
    { name: 'empty', text: '' },
    { name: 'half', text: '{"version":1,"entries":[{"key":"a"' },
    { name: 'of something else', text: '[1,2,3]' },
    { name: 'of zeros', text: '\0'.repeat(4096) },
    { name: 'without entries', text: '{"version":1}' },
  ])('counts as nothing and is mended by the next look that may write: $name', async ({ text }) => {
    writeFileSync(file, text, { mode: 0o600 });
    expect(await store().read(['a'])).toEqual([undefined]);
    await store().update('a', (entry) => entry);
    await put(open('b'));
    expect(await store().list()).toEqual([open('b')]);
    expect(readdirSync(folder)).toEqual(['health.json']);
  });

  it('loses only the entries that make no sense', async () => {
    const good = open('good');
    const bad: unknown[] = [
      null,
      7,
      { ...good, key: 3 },
      { ...good, key: 'b', scope: 'planet' },
      { ...good, key: 'c', kind: 'hiccup' },
      { ...good, key: 'd', circuit: { state: 'ajar', generation: 1, failures: 0 } },
      { ...good, key: 'e', circuit: { ...good.circuit, untilMs: 'soon' } },
      { ...good, key: 'f', updatedAtMs: -1 },
    ];
    writeFileSync(file, JSON.stringify({ version: 1, entries: [...bad, good] }), { mode: 0o600 });
    expect(await store().list()).toEqual([good]);
  });

  it.each([
    { name: 'of a later version', make: () => writeFileSync(file, '{"version":2,"circuits":{}}') },
    { name: 'a directory', make: () => mkdirSync(file) },
    { name: 'a link', make: () => symlinkSync('/etc/passwd', file) },
  ])('is left alone, with an error: $name', async ({ make }) => {
    make();
    const before = readdirSync(folder);
    await expect(store().read(['a'])).rejects.toMatchObject({ code: 'health-store' });
    await expect(put(open('a'))).rejects.toMatchObject({
      code: 'health-store',
      message: expect.stringContaining(file),
    });
    expect(readdirSync(folder)).toEqual(before);
  });

  it.runIf(process.getuid?.() === 0)('is left alone, with an error: of another user', async () => {
    writeFileSync(file, '{"version":1,"entries":[]}');
    const { chownSync } = await import('node:fs');
    chownSync(file, 12_345, 12_345);
    await expect(store().read(['a'])).rejects.toThrow('belongs to another user');
    await expect(put(open('a'))).rejects.toThrow('belongs to another user');
  });

  it('does not wait for the other end of a pipe', async () => {
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', [file]);
    await expect(store().read(['a'])).rejects.toThrow('is not a file');
  });
});

/** A lock as another program would leave it. */
const lockBy = (holder: string) => symlinkSync(holder, `${file}.lock`);
const otherPlace = 'some-other-machine pid:[1]';

describe('while somebody else has the lock', () => {
  const held = `${otherPlace}|1|5|abc`;

  it('an opening is left beside the file, seen by readers, and merged by the next writer', async () => {
    await put(fresh('b'));
    lockBy(held);
    expect(await put(open('a'))).toEqual(open('a'));
    expect(readdirSync(folder).filter((name) => name.includes('.left.'))).toHaveLength(1);
    expect(await store().read(['a', 'b'])).toEqual([open('a'), fresh('b')]);
    rmSync(`${file}.lock`);
    await put(open('c'));
    expect(readdirSync(folder)).toEqual(['health.json']);
    expect((await store().list()).map(({ key }) => key).sort()).toEqual(['a', 'b', 'c']);
  });

  it('a count that opens nothing is not worth a file', async () => {
    lockBy(held);
    await expect(put(fresh('a'))).rejects.toMatchObject({
      message: expect.stringContaining('held by another'),
    });
    expect(readdirSync(folder)).toEqual(['health.json.lock']);
  });

  it('nobody gets a lease', async () => {
    await put(open('a'));
    lockBy(held);
    const taken = open('a', 2);
    expect(await store().update('a', () => taken, { exclusively: true })).toEqual(open('a'));
    expect(await store().read(['a'])).toEqual([open('a')]);
  });

  it('what was left by somebody who knew less does not undo what came later', async () => {
    lockBy(held);
    await put(open('a', 1));
    rmSync(`${file}.lock`);
    const closed = fresh('a', { state: 'closed', generation: 2, failures: 0 });
    await put(closed);
    expect(await store().read(['a'])).toEqual([closed]);
  });

  it('waits no longer than it may, all waits together', async () => {
    lockBy(held);
    const patient = new FileStore({ path: file, waitMs: 60 });
    const sinceMs = performance.now();
    for (let index = 0; index < 20; index++) await patient.update('a', () => open('a', index + 1));
    expect(performance.now() - sinceMs).toBeLessThan(1_000);
  });

  it('a lock that was forgotten is broken', async () => {
    lockBy(held);
    const { lutimesSync } = await import('node:fs');
    lutimesSync(`${file}.lock`, 1, 1);
    await put(open('a'));
    expect(readdirSync(folder)).toEqual(['health.json']);
  });
});

describe('a lock whose holder is dead', () => {
  it('is broken at once', async () => {
    const { execFileSync } = await import('node:child_process');
    const { thisProcess } = await import('../../src/stores/file/holder.js');
    const pid = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
    lockBy(`${thisProcess().place}|${pid}|123|abc`);
    // and the one who was about to break it died too
    symlinkSync(`${thisProcess().place}|${pid}|124|abd`, `${file}.lock.abc`);
    const sinceMs = performance.now();
    await put(open('a'));
    expect(performance.now() - sinceMs).toBeLessThan(30);
    expect(readdirSync(folder)).toEqual(['health.json']);
  });

  it('is broken too where its number belongs to another process now', async () => {
    const { thisProcess } = await import('../../src/stores/file/holder.js');
    const { place, pid, started } = thisProcess();
    if (started === '') return;
    lockBy(`${place}|${pid}|${Number(started) - 1}|abc`);
    await put(open('a'));
    expect(readdirSync(folder)).toEqual(['health.json']);
  });
});
