// npm run docs: writes docs/cli.md and the man pages from the program itself, and lists the pages in package.json. With --check it
// only tells whether they are those of the program.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readManual } from './docs/manual.mjs';
import { markdownOf } from './docs/markdown.mjs';
import { manPagesOf } from './docs/roff.mjs';

if (process.argv[1] === import.meta.filename) {
  const root = path.join(import.meta.dirname, '..');
  const documents = documentsOf(await readManual(), readFileSync(path.join(root, 'package.json'), 'utf8'));
  const wrong = differences(root, documents);
  if (!process.argv.includes('--check')) write(root, documents);
  else if (wrong.length > 0) {
    for (const problem of wrong) console.error(`${problem}: npm run docs`);
    process.exitCode = 1;
  }
}

/** The text of each document by its path. The pages are listed in package.json, for npm installs no others. */
export function documentsOf(manual, packageJson) {
  const pages = [...manPagesOf(manual)].map(([name, text]) => [`man/${name}`, text]);
  const listing = { ...JSON.parse(packageJson), man: pages.map(([file]) => `./${file}`).sort() };
  return new Map([
    ['docs/cli.md', markdownOf(manual)],
    ['package.json', `${JSON.stringify(listing, null, 2)}\n`],
    ...pages,
  ]);
}

/** What is not as it should be under `root`, a line each. */
export function differences(root, documents) {
  const wrong = [...documents].flatMap(([file, text]) => {
    const absolute = path.join(root, file);
    if (!existsSync(absolute)) return [`${file} is missing`];
    return readFileSync(absolute, 'utf8') === text ? [] : [`${file} is out of date`];
  });
  return [...wrong, ...strays(root, documents).map((file) => `${file} is of no command`)];
}

function write(root, documents) {
  for (const file of strays(root, documents)) rmSync(path.join(root, file));
  for (const [file, text] of documents) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
}

/** Pages of commands that there are no more. */
function strays(root, documents) {
  const folder = path.join(root, 'man');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => `man/${name}`)
    .filter((file) => file.endsWith('.1') && !documents.has(file));
}
