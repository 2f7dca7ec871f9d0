// Packs the package as npm would publish it and looks at the tarball with publint and arethetypeswrong, then installs nothing
// but unpacks it and starts the program, which must not need the sources.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'majordomo-pack-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const [{ filename, files }] = JSON.parse(
  run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]),
);
const tarball = path.join(folder, filename);
const names = files.map(({ path: name }) => name);

for (const needed of [
  'bin/majordomo.js',
  'bin/package.json',
  'dist/cli/start.cjs',
  'dist/lib/index.d.ts',
  'schemas/run.schema.json',
  'LICENSE',
]) {
  if (!names.includes(needed)) throw new Error(`the package lacks ${needed}`);
}
const { man } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
for (const page of man) {
  if (!names.includes(path.normalize(page))) throw new Error(`the package lacks ${page}`);
}
const strays = names.filter((name) => /\.(ts|map|tgz)$/.test(name) && !name.endsWith('.d.ts'));
if (strays.length > 0) throw new Error(`the package has files nobody needs: ${strays.join(', ')}`);

run(bin('publint'), ['run', '--strict', tarball]);
// The library is ESM only, on purpose.
run(bin('attw'), [tarball, '--profile', 'esm-only', '--no-color']);

run('tar', ['-xzf', tarball, '-C', folder]);
const unpacked = path.join(folder, 'package/bin/majordomo.js');
const help = spawnSync(process.execPath, [unpacked, '--help'], {
  encoding: 'utf8',
  env: { MAJORDOMO_CODE_CACHE: 'off' },
});
if (help.status !== 0) throw new Error(`the packed program does not start:\n${help.stderr}`);

function bin(name) {
  return path.join(root, 'node_modules/.bin', name);
}

function run(program, parameters) {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { cwd: root, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}\n`);
    process.exit(1);
  }
  return stdout;
}
