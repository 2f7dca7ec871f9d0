// npm run test:nodes: the end-to-end tests again under the other supported Node versions, which come as npm packages.
// A version that cannot be had is skipped, and said so; with none at all the command fails.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const majors = [22, 24];
const folder = process.argv[2] ?? 'test/e2e';

const build = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--if-stale'], {
  stdio: 'inherit',
});
if (build.status !== 0) process.exit(1);

const outcomes = majors.map((major) => {
  const node = obtain(major);
  if (!node) return { major, outcome: 'skipped: this Node cannot be installed here' };
  console.log(`\nNode ${major}: ${folder}`);
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
  const { status } = spawnSync(node, [vitest, 'run', folder], { cwd: root, stdio: 'inherit', env });
  return { major, outcome: status === 0 ? 'passed' : 'FAILED' };
});

console.log();
for (const { major, outcome } of outcomes) console.log(`Node ${major}: ${outcome}`);
if (outcomes.some(({ outcome }) => outcome === 'FAILED')) process.exitCode = 1;
if (outcomes.every(({ outcome }) => outcome.startsWith('skipped'))) process.exitCode = 1;

/** The path of a Node of this major, installed under .cache on first use; null when it cannot be had. */
function obtain(major) {
  const home = path.join(root, `.cache/nodes/${major}`);
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const node = path.join(
    home,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!existsSync(node)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(path.join(home, 'package.json'), '{ "private": true }\n');
    const parameters = ['install', '--no-save', '--no-audit', '--no-fund', `${name}@${major}`];
    spawnSync('npm', parameters, {
      cwd: home,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
  }
  const answer = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return answer.status === 0 && answer.stdout.startsWith(`${major}.`) ? node : null;
}
