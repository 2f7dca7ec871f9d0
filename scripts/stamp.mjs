import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const stamp = path.join(root, '.cache/build-stamp');
const outputs = ['dist/cli/start.cjs', 'dist/cli/pack-main.cjs', 'dist/lib/index.js'];
const inputs = [
  'src',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** Whether dist was built from the sources as they are: by content, as a checkout gives files any time it likes. */
export function isFresh() {
  const built = outputs.every((file) => existsSync(path.join(root, file)));
  return built && existsSync(stamp) && readFileSync(stamp, 'utf8') === hashInputs();
}

export function writeStamp() {
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, hashInputs());
}

function hashInputs() {
  const hash = createHash('sha256');
  for (const input of inputs) addTo(hash, input);
  return hash.digest('hex');
}

function addTo(hash, relative) {
  const absolute = path.join(root, relative);
  const entries = statSync(absolute).isDirectory() ? readdirSync(absolute, { withFileTypes: true }) : null;
  if (!entries) {
    hash.update(`${relative}\n`).update(readFileSync(absolute));
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) addTo(hash, `${relative}/${entry.name}`);
}
