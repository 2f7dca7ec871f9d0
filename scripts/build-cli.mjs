import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { codeStyle, commonJs } from './build/join.mjs';
import { packed } from './build/packs.mjs';
import { commanderInParts, http2WhenUsed, httpWhenUsed } from './build/plugins.mjs';
import { thirdPartyLicenses } from './licenses.mjs';

const root = path.join(import.meta.dirname, '..');
const program = path.join(root, 'src/cli/main.ts');

/**
 * The command line as it starts fastest: a bundle in chunks, each CommonJS and loaded when it is first needed.
 *
 * esbuild bundles and splits, which it does for ESM only; rollup joins what is loaded together and makes CommonJS of it, where a
 * dynamic import becomes a require that runs at that moment. Names are kept whole for stack traces. The result depends on the
 * sources alone.
 */
export async function buildCli({ main = program, outDirectory }) {
  const bundle = await build({
    ...common,
    entryPoints: { main, launch: path.join(root, 'src/cli/entry/launch.ts') },
    format: 'esm',
    splitting: true,
    outdir: 'chunks',
    outExtension: { '.js': '.cjs' },
    chunkNames: '[name]-[hash]',
    metafile: true,
    plugins: [http2WhenUsed, httpWhenUsed, commanderInParts],
  });
  const packs = await packed(bundle, { isWhole: main === program });
  refuseStrangers(packs);
  const hash = createHash('sha256');
  for (const { name, code } of packs) hash.update(`${name}\n${code}\n`);
  const start = await build({
    ...common,
    entryPoints: { start: path.join(root, 'src/cli/entry/start.ts') },
    format: 'esm',
    outdir: 'chunks',
    define: {
      MAJORDOMO_BUILD: JSON.stringify(hash.digest('hex').slice(0, 12)),
      MAJORDOMO_PACKS: JSON.stringify(
        Object.fromEntries(
          packs.flatMap(({ name, chunks }) =>
            chunks.filter((chunk) => chunk.name !== name).map((chunk) => [chunk.name, name]),
          ),
        ),
      ),
    },
  });
  await mkdir(outDirectory, { recursive: true });
  const files = [
    ...packs,
    await commonJs(start),
    {
      name: 'THIRD-PARTY-LICENSES',
      code: await thirdPartyLicenses(Object.keys(bundle.metafile.inputs), root),
    },
  ];
  for (const { name, code } of files) await writeFile(path.join(outDirectory, name), code);
  return { files: files.map(({ name, code }) => ({ name, bytes: code.length })) };
}

const common = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  ...codeStyle,
  logLevel: 'warning',
  // its other form loads its parts in a way that no bundle can follow
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
};

/** The loader knows the chunks and Node's own modules: anything else would be missed when it is first needed. */
function refuseStrangers(packs) {
  const chunks = packs.flatMap(({ chunks }) => chunks);
  const names = new Set(chunks.map(({ name }) => name));
  for (const { name, code } of chunks) {
    for (const [, wanted] of code.matchAll(/\brequire\d*\(["'](\.[^"']*)["']\)/g)) {
      if (!names.has(wanted.replace(/^\.\//, '')))
        throw new Error(`${name} asks for ${wanted}, which is no chunk`);
    }
  }
}
