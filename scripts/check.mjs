// npm run check: everything about the code that can be checked without running it. All checks run, even after a failure.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const bin = (name) => path.join(root, 'node_modules/.bin', name);
const script = (name) => path.join(root, 'scripts', name);

const checks = [
  { name: 'lint and format', command: [bin('biome'), 'ci', '--error-on-warnings', '.'] },
  { name: 'types', command: [bin('tsc'), '--noEmit', '-p', '.'] },
  { name: 'unused code', command: [bin('knip')] },
  { name: 'import boundaries', command: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', 'src'] },
  { name: 'house rules', command: [process.execPath, script('house-rules.mjs')] },
  { name: 'validators up to date', command: [process.execPath, script('validators.mjs'), '--check'] },
  { name: 'schemas up to date', command: [process.execPath, script('schemas.mjs'), '--check'] },
  { name: 'build', command: [process.execPath, script('build.mjs'), '--if-stale'] },
  { name: 'package', command: [process.execPath, script('check-package.mjs')] },
  {
    name: 'documents up to date',
    command: [process.execPath, script('docs.mjs'), '--check'],
    needs: script('docs.mjs'),
  },
];

const failed = [];
for (const { name, command, needs } of checks) {
  if (needs && !existsSync(needs)) {
    console.log(`– ${name}: skipped, there is no ${path.relative(root, needs)}`);
    continue;
  }
  const sinceMs = performance.now();
  const { status, stdout, stderr } = spawnSync(command[0], command.slice(1), { cwd: root, encoding: 'utf8' });
  const seconds = ((performance.now() - sinceMs) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (status === 0) continue;
  failed.push(name);
  process.stdout.write(`${stdout ?? ''}${stderr ?? ''}`);
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
