import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = path.join(import.meta.dirname, '../../bench/faults.mjs');

interface Verdict {
  readonly id: string;
  readonly dialect: string;
  readonly live: boolean;
  readonly verdict: 'pass' | 'partial' | 'safe' | 'fail';
  readonly missed: readonly string[];
}

it('survives the sixteen faults in five dialects, into a pipe and live', { timeout: 180_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--json'], {
    maxBuffer: 2 ** 24,
  }).catch((error: { stdout: string }) => error);
  const verdicts = JSON.parse(stdout) as readonly Verdict[];
  expect(verdicts.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  const tested = new Set(verdicts.map(({ id, dialect, live }) => `${id} ${dialect} ${live}`));
  expect(tested.size).toBe(16 * 5 * 2);
});
