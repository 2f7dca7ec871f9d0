import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function temporaryDirectory(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'majordomo-tooling-'));
}

/** Builds our entry around the fixture's main, and puts it with our bin into a directory of its own. */
export async function buildFixture(): Promise<string> {
  const directory = temporaryDirectory();
  const { buildCli } = await import(path.join(root, 'scripts/build-cli.mjs'));
  await buildCli({
    main: path.join(root, 'test/fixtures/tooling/main.ts'),
    outDirectory: path.join(directory, 'dist/cli'),
  });
  cpSync(path.join(root, 'bin'), path.join(directory, 'bin'), { recursive: true });
  return directory;
}

/** Runs the program installed in a directory, without code cache unless the environment says where. */
export function runIn(
  directory: string,
  words: string[],
  env: Record<string, string> = { MAJORDOMO_CODE_CACHE: 'off' },
): Outcome {
  const argv = [path.join(directory, 'bin/majordomo.js'), ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    env,
    encoding: 'utf8',
    timeout: 14_000,
  });
  return { status, stdout, stderr };
}
