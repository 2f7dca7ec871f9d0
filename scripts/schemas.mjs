// npm run schemas: writes the JSON Schemas of what the commands print. Each file stands alone, so what they have in common
// stands once in scripts/schemas/ and is copied from there. With --check it only tells whether the files are up to date.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { definitions } from './schemas/definitions.mjs';
import { documents } from './schemas/documents.mjs';

const root = path.join(import.meta.dirname, '..');

for (const [name, document] of Object.entries(documents)) {
  const file = `schemas/${name}.schema.json`;
  const text = formatted(JSON.stringify(standing(name, document)), file);
  if (!process.argv.includes('--check')) writeFileSync(path.join(root, file), text);
  else if (readFileSync(path.join(root, file), 'utf8') !== text) {
    console.error(`${file} is out of date: npm run schemas`);
    process.exitCode = 1;
  }
}

/** The schema with its head, and with every definition that it refers to, however far. */
function standing(name, { title, description, definitions: own = {}, ...shape }) {
  const known = { ...own, ...definitions };
  const used = new Set();
  const follow = (value) => {
    for (const [, next] of JSON.stringify(value).matchAll(/"#\/definitions\/(\w+)"/g)) {
      if (used.has(next)) continue;
      if (known[next] === undefined) throw new Error(`${name} refers to ${next}, which is not defined`);
      used.add(next);
      follow(known[next]);
    }
  };
  follow(shape);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `https://majordomo.invalid/schemas/${name}.schema.json`,
    title,
    description,
    ...shape,
    definitions: Object.fromEntries(Object.entries(known).filter(([key]) => used.has(key))),
  };
}

function formatted(text, file) {
  const biome = path.join(root, 'node_modules/.bin/biome');
  const { status, stdout, stderr, error } = spawnSync(biome, ['format', `--stdin-file-path=${file}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${file} cannot be formatted: ${stderr}`);
  return stdout;
}
