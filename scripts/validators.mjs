// npm run validators: turns the JSON Schema of the configuration into plain code, so that no validator is compiled, and none
// is loaded, at run time. With --check it only tells whether the code is that of the schema.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';

const root = path.join(import.meta.dirname, '..');
// the code holds its schema: what is only for people would be read on every run
const schema = JSON.parse(
  readFileSync(path.join(root, 'schemas/config.schema.json'), 'utf8'),
  (key, value) =>
    (key === 'description' || key === 'title') && typeof value === 'string' ? undefined : value,
);
const target = path.join(root, 'src/config/generated/validate-config.js');

const ajv = new Ajv({
  code: { source: true, esm: true, lines: true },
  // every length is only compared with 0, and without this the code would need a module of the validator
  unicode: false,
  messages: false,
  logger: false, // it would say that this option is old
  allowUnionTypes: true,
  strict: true,
});
const code = `// Made by scripts/validators.mjs from schemas/config.schema.json.\n${standaloneCode(ajv, ajv.compile(schema))}`;
if (/\b(require\(|import )/.test(code)) throw new Error('the validator would load a module');

if (!process.argv.includes('--check')) writeFileSync(target, code);
else if (readFileSync(target, 'utf8') !== code) {
  console.error('src/config/generated/validate-config.js is out of date: npm run validators');
  process.exitCode = 1;
}
