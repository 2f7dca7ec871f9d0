import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { HealthEntry } from '../../src/core/ports.js';
import { FileStore } from '../../src/stores/file.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'majordomo-processes-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const library = pathToFileURL(path.join(import.meta.dirname, '../../dist/lib/index.js')).href;

/** What each process does, with `store`, `path`, `me` and `open(key)` at hand. */
function program(body: string): string {
  return `
    import { writeSync } from 'node:fs';
    import { FileStore } from ${JSON.stringify(library)};
    const [path, me] = process.argv.slice(1);
    const store = new FileStore({ path });
    const open = (key, generation = 1) => ({
      key, name: key, scope: 'target', kind: 'timeout', updatedAtMs: Date.now(),
      circuit: { state: 'open', generation, failures: 3, openings: 1, untilMs: Date.now() + 60_000, byRetryAfter: false },
    });
    ${body}
  `;
}

interface Ended {
  readonly lines: readonly string[];
  readonly signal: string | null;
  readonly stderr: string;
}

/** Starts a process; `killAfterMs` counts from its first line. */
function start(body: string, file: string, me: number, killAfterMs: number | null): Promise<Ended> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(body), file, String(me)]);
  let [stdout, stderr] = ['', ''];
  let armed = killAfterMs === null;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    if (armed) return;
    armed = true;
    setTimeout(() => child.kill('SIGKILL'), killAfterMs ?? 0);
  });
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  return new Promise((resolve) =>
    child.once('close', (_, signal) => resolve({ lines: stdout.split('\n').slice(0, -1), signal, stderr })),
  );
}

const newFile = () => path.join(mkdtempSync(path.join(root, 'state-')), 'health.json');
const isOpen = (entry: HealthEntry | undefined) => entry?.circuit.state === 'open';

describe('many processes with one file', () => {
  it('lose no change of 32 that write at once', async () => {
    const file = newFile();
    const body = `
      for (let round = 0; round < 5; round++) {
        await store.update('shared', (entry) => open('shared', (entry?.circuit.generation ?? 0) + 1));
        await store.update(me + '-' + round, () => open(me + '-' + round));
      }
    `;
    const ended = await Promise.all(Array.from({ length: 32 }, (_, me) => start(body, file, me, null)));
    expect(ended.map(({ stderr }) => stderr).join('')).toBe('');
    const entries = new Map((await new FileStore({ path: file }).list()).map((entry) => [entry.key, entry]));
    expect(entries.size).toBe(32 * 5 + 1);
    expect([...entries.values()].every(isOpen)).toBe(true);
  });

  it('lose no circuit that was opened, whoever is killed in the middle', async () => {
    const file = newFile();
    const body = `
      for (let round = 0; round < 12; round++) {
        await store.update(me + '-' + round, () => open(me + '-' + round));
        writeSync(1, me + '-' + round + '\\n');
      }
      setTimeout(() => {}, 60_000);
    `;
    // a known sequence, so that a failure can be looked at again
    const delays = Array.from({ length: 40 }, (_, index) => (index * 7919) % 23);
    const ended: Ended[] = [];
    for (let batch = 0; batch < delays.length; batch += 10) {
      const some = delays.slice(batch, batch + 10);
      ended.push(...(await Promise.all(some.map((ms, index) => start(body, file, batch + index, ms)))));
    }
    expect(ended.map(({ signal }) => signal)).toEqual(delays.map(() => 'SIGKILL'));
    const told = ended.flatMap(({ lines }) => lines);
    expect(told.length).toBeGreaterThan(40);
    const sinceMs = performance.now();
    const store = new FileStore({ path: file });
    const entries = await store.read(told);
    for (const [index, entry] of entries.entries()) expect(isOpen(entry), told[index]).toBe(true);
    // and the next writer is not held up by what the dead have left
    await store.update('last', () => entries[0]);
    expect(performance.now() - sinceMs).toBeLessThan(200);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.dirname(file)).filter((name) => /\.(lock|left)/.test(name))).toEqual([]);
  });

  it('give one lease', async () => {
    const file = newFile();
    const store = new FileStore({ path: file });
    const entry = {
      key: 'a',
      name: 'a',
      scope: 'target',
      kind: null,
      updatedAtMs: Date.now(),
      circuit: { state: 'open', generation: 1, failures: 3, openings: 1, untilMs: 1, byRetryAfter: false },
    } as const satisfies HealthEntry;
    await store.update('a', () => entry);
    const body = `
      const before = (await store.read(['a']))[0];
      const lease = { ...before, circuit: { state: 'half-open', generation: 2, failures: 3, openings: 1, untilMs: 1, leaseUntilMs: Date.now() + 60_000 } };
      const after = await store.update('a', (now) => (now.circuit.generation === 1 ? lease : now), { exclusively: true });
      console.log(after === lease ? 'mine' : 'not mine');
    `;
    const ended = await Promise.all(Array.from({ length: 20 }, (_, me) => start(body, file, me, null)));
    const lines = ended.flatMap(({ lines }) => lines);
    expect(lines).toHaveLength(20);
    expect(lines.filter((line) => line === 'mine')).toHaveLength(1);
  });
});
