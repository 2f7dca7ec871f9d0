// Runs all programs one after the other: two at a time would measure each other.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

for (const program of ['startup.mjs', 'stream.mjs', 'failover.mjs', 'soak.mjs']) {
  const argv = [path.join(import.meta.dirname, program), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, argv, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
  console.log();
}
