// npm run build: dist/lib, the library as plain ESM with types, and dist/cli, the bundled command line.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { buildCli } from './build-cli.mjs';
import { isFresh, writeStamp } from './stamp.mjs';

const root = path.join(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

if (process.argv.includes('--if-stale') && isFresh()) process.exit(0);

// Built aside and moved into place: a build that fails leaves the last good one, and whoever runs it now keeps whole files.
const aside = path.join(root, `.cache/dist-${process.pid}`);
process.on('exit', () => rmSync(aside, { recursive: true, force: true }));

const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
const library = spawnSync(
  process.execPath,
  [tsc, '-p', 'tsconfig.build.json', '--outDir', path.join(aside, 'lib')],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
if (library.status !== 0) process.exit(1);
await cp(path.join(root, 'src/config/generated'), path.join(aside, 'lib/config/generated'), {
  recursive: true,
});
const { files } = await buildCli({ outDirectory: path.join(aside, 'cli') });

const old = `${aside}-old`;
if (existsSync(dist)) await rename(dist, old);
await rename(aside, dist);
await rm(old, { recursive: true, force: true });
writeStamp();

for (const { name, bytes } of files) console.log(`dist/cli/${name}  ${(bytes / 1024).toFixed(1)} KiB`);
