import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, transform } from 'esbuild';
import { thirdPartyLicenses } from './licenses.mjs';

const root = path.join(import.meta.dirname, '..');

/**
 * The command line as it starts fastest: a bundle in chunks, each CommonJS and loaded when it is first needed.
 *
 * esbuild splits only ESM, so that the chunks are made as ESM first and then turned, one by one, into CommonJS,
 * where a dynamic import becomes a require that runs at that moment. Names are kept whole for stack traces. The
 * result depends on the sources alone.
 */
export async function buildCli({ main = path.join(root, 'src/cli/main.ts'), outDirectory }) {
  const bundle = await build({
    ...common,
    entryPoints: { main },
    format: 'esm',
    splitting: true,
    outdir: 'chunks',
    outExtension: { '.js': '.cjs' },
    chunkNames: '[name]-[hash]',
    metafile: true,
    plugins: [http2WhenUsed],
  });
  const chunks = await Promise.all(
    bundle.outputFiles.map(async (file) => ({
      name: path.basename(file.path),
      code: await commonJs(file.text),
    })),
  );
  chunks.sort((a, b) => (a.name < b.name ? -1 : 1));
  const hash = createHash('sha256');
  for (const { name, code } of chunks) hash.update(`${name}\n${code}\n`);
  const start = await build({
    ...common,
    entryPoints: { start: path.join(root, 'src/cli/entry/start.ts') },
    format: 'cjs',
    outdir: 'chunks',
    define: { MAJORDOMO_BUILD: JSON.stringify(hash.digest('hex').slice(0, 12)) },
  });
  await mkdir(outDirectory, { recursive: true });
  const files = [
    ...chunks,
    { name: 'start.cjs', code: start.outputFiles[0].text },
    {
      name: 'THIRD-PARTY-LICENSES',
      code: await thirdPartyLicenses(Object.keys(bundle.metafile.inputs), root),
    },
  ];
  for (const { name, code } of files) await writeFile(path.join(outDirectory, name), code);
  return { chunks: chunks.map(({ name, code }) => ({ name, bytes: code.length })) };
}

/**
 * undici loads its HTTP/2 client, and with it node:http2, together with the HTTP/1 client; that alone takes 3 ms of each
 * request. Here it is loaded by the first connection that speaks HTTP/2.
 */
const http2WhenUsed = {
  name: 'http2-when-used',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\/client-h2\.js$/ }, ({ resolveDir, pluginData }) =>
      pluginData === 'real' ? null : { path: path.join(resolveDir, 'client-h2.js'), suffix: '?when-used' },
    );
    onLoad({ filter: /client-h2\.js$/ }, ({ path: file, suffix }) =>
      suffix !== '?when-used'
        ? null
        : {
            contents: "module.exports = (...parameters) => require('./client-h2.js')(...parameters);",
            resolveDir: path.dirname(file),
            pluginData: 'real',
          },
    );
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20.18',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  charset: 'ascii',
  logLevel: 'warning',
};

async function commonJs(source) {
  const { code, warnings } = await transform(source, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.18',
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    charset: 'ascii',
  });
  if (warnings.length > 0) throw new Error(`cannot become CommonJS: ${warnings[0].text}`);
  return code;
}
