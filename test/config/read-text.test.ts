import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readText } from '../../src/config/read-text.js';

const folder = mkdtempSync(path.join(tmpdir(), 'majordomo-read-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mostBytes = 10_000;
const shorterThanTold = '/sys/devices/system/cpu/online';

describe.skipIf(process.platform === 'win32')('what is read as a text', () => {
  it.each([
    { name: 'a file', make: (at: string) => writeFileSync(at, 'x'.repeat(mostBytes + 1)) },
    { name: 'a device without an end', make: (at: string) => symlinkSync('/dev/zero', at) },
    {
      name: 'a pipe without an end',
      make: (at: string) => {
        execFileSync('mkfifo', [at]);
        spawn('sh', ['-c', 'yes > "$0"', at], { stdio: 'ignore' });
      },
    },
  ])('has a longest length: $name', async ({ name, make }) => {
    const at = path.join(folder, name);
    make(at);
    await expect(readText(at, { mostBytes })).rejects.toMatchObject({ code: 'EFBIG' });
  });

  it('may be what the system makes up, or nothing', async () => {
    expect(await readText('/dev/null', { mostBytes })).toBe('');
    const empty = path.join(folder, 'empty');
    writeFileSync(empty, '');
    expect(await readText(empty, { mostBytes })).toBe('');
    if (process.platform === 'linux') expect(await readText('/proc/self/comm', { mostBytes })).not.toBe('');
  });

  it.runIf(existsSync(shorterThanTold))('may be shorter than the system says', async () => {
    expect(statSync(shorterThanTold).size).toBeGreaterThan(100);
    expect(await readText(shorterThanTold, { mostBytes })).toMatch(/^[\d,-]+\n$/);
  });

  it('is waited for no longer than somebody wants it', async () => {
    const pipe = path.join(folder, 'silent');
    execFileSync('mkfifo', [pipe]);
    const signal = AbortSignal.timeout(50);
    await expect(readText(pipe, { mostBytes, signal })).rejects.toMatchObject({ code: 'ABORT_ERR' });
  });
});
