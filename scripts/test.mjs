// npm test: builds if the sources have changed, runs the tests, and closes with a plain line of counts.
// What follows `npm test --` goes to vitest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-test-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const build = node([path.join(root, 'scripts/build.mjs'), '--if-stale']);
if (build !== 0) process.exit(build);

const results = path.join(folder, 'results.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
process.exitCode = node([
  path.join(root, 'node_modules/vitest/vitest.mjs'),
  'run',
  ...reporters,
  ...process.argv.slice(2),
]);
console.log(counts());

/** `12 passed, 0 failed`, with what was skipped when anything was. A file that does not even load counts as failed. */
function counts() {
  let outcome;
  try {
    outcome = JSON.parse(readFileSync(results, 'utf8'));
  } catch {
    return '0 passed, 1 failed';
  }
  const unloadable = outcome.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = outcome.numFailedTests + unloadable.length;
  const skipped = outcome.numPendingTests + outcome.numTodoTests;
  return `${outcome.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function node(parameters) {
  return spawnSync(process.execPath, parameters, { cwd: root, stdio: 'inherit' }).status ?? 1;
}
