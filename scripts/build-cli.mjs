import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
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
    plugins: [http2WhenUsed, httpWhenUsed],
  });
  const chunks = await Promise.all(
    bundle.outputFiles.map(async (file) => ({
      name: path.basename(file.path),
      code: await commonJs(file.text),
    })),
  );
  chunks.sort((a, b) => (a.name < b.name ? -1 : 1));
  refuseStrangers(chunks);
  const packs = packed(chunks, bundle.metafile.outputs);
  const hash = createHash('sha256');
  for (const { name, code } of packs) hash.update(`${name}\n${code}\n`);
  const start = await build({
    ...common,
    entryPoints: { start: path.join(root, 'src/cli/entry/start.ts') },
    format: 'cjs',
    outdir: 'chunks',
    define: {
      MAJORDOMO_BUILD: JSON.stringify(hash.digest('hex').slice(0, 12)),
      MAJORDOMO_PACKS: JSON.stringify(
        Object.fromEntries(packs.flatMap(({ name, chunks }) => chunks.map((chunk) => [chunk, name]))),
      ),
    },
  });
  await mkdir(outDirectory, { recursive: true });
  const files = [
    ...packs,
    { name: 'start.cjs', code: start.outputFiles[0].text },
    {
      name: 'THIRD-PARTY-LICENSES',
      code: await thirdPartyLicenses(Object.keys(bundle.metafile.inputs), root),
    },
  ];
  for (const { name, code } of files) await writeFile(path.join(outDirectory, name), code);
  return { files: files.map(({ name, code }) => ({ name, bytes: code.length })) };
}

/** What is loaded together, by the names of the pieces: the program, what a run adds, what a report adds, what a request adds. */
const packPieces = {
  'pack-main.cjs': ['main'],
  'pack-run.cjs': ['run'],
  'pack-report.cjs': ['resolve', 'providers'],
  'pack-mock.cjs': ['faulty', 'model'],
  'pack-request.cjs': [
    'endpoint-model',
    'openai-chat',
    'openai-responses',
    'anthropic',
    'google',
    'ollama',
    'http',
    'client',
    'api-request',
  ],
};

/**
 * Joins chunks that are loaded together into one file, since opening one takes longer than reading a kilobyte. A pack is
 * what its chunks load at their top, all the way down; chunks that only few runs need stay by themselves.
 *
 * The code of a file is an expression: an object with a function for each chunk, called as Node would call a CommonJS
 * module.
 */
function packed(chunks, outputs) {
  const code = new Map(chunks.map((chunk) => [chunk.name, chunk.code]));
  const staticImports = new Map(
    Object.entries(outputs).map(([file, { imports }]) => [
      path.basename(file),
      imports.filter(({ kind }) => kind === 'import-statement').map((one) => path.basename(one.path)),
    ]),
  );
  const left = new Set(code.keys());
  const takeWithImports = (name) => {
    if (!left.delete(name)) return [];
    return [name, ...staticImports.get(name).flatMap(takeWithImports)];
  };
  const isPiece = (piece) => (name) => name.replace(/(-[A-Z0-9]{8})?\.cjs$/, '') === piece;
  const takePiece = (piece) => {
    const names = [...code.keys()].filter(isPiece(piece));
    if (names.length !== 1) throw new Error(`${names.length} chunks are named ${piece}`);
    return takeWithImports(names[0]);
  };
  const packs = Object.entries(packPieces)
    .filter(([, [first]]) => [...left].some(isPiece(first)))
    .map(([name, pieces]) => ({ name, chunks: pieces.flatMap(takePiece) }));
  const alone = [...left].map((name) => ({ name, chunks: [name] }));
  return [...packs, ...alone].map(({ name, chunks: inside }) => {
    const functions = inside.map(
      (one) => `${JSON.stringify(one)}(exports,require,module){${code.get(one)}\n}`,
    );
    return { name, chunks: inside, code: `({${functions.join(',\n')}})` };
  });
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

/**
 * Likewise node:http, another 2 ms, for a class to compare with and a default that we set ourselves. A source that is
 * not what it was fails the build.
 */
const httpWhenUsed = {
  name: 'http-when-used',
  setup({ onLoad }) {
    const changes = {
      'core/util.js': [
        ["const { IncomingMessage } = require('node:http')", "const http = require('node:http')"],
        ['.constructor === IncomingMessage)', '.constructor === http.IncomingMessage)'],
      ],
      'dispatcher/client.js': [
        [
          /getDefaultNodeMaxHeaderSize = http &&[^?]+\? \(\) => http.maxHeaderSize\n.*\n/,
          'getDefaultNodeMaxHeaderSize = () => http.maxHeaderSize\n',
        ],
      ],
    };
    for (const [name, replacements] of Object.entries(changes)) {
      const filter = new RegExp(`undici/lib/${name.replace('.', '\\.')}$`);
      onLoad({ filter }, async ({ path: file }) => {
        let contents = await readFile(file, 'utf8');
        for (const [from, to] of replacements) {
          const changed = contents.replace(from, to);
          if (changed === contents) throw new Error(`${file} is not what it was: ${from}`);
          contents = changed;
        }
        return { contents };
      });
    }
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
  // its other form loads its parts in a way that no bundle can follow
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
};

/** The loader knows the chunks and Node's own modules: anything else would be missed when it is first needed. */
function refuseStrangers(chunks) {
  const names = new Set(chunks.map(({ name }) => name));
  for (const { name, code } of chunks) {
    for (const [, wanted] of code.matchAll(/\brequire\d*\(["'](\.[^"']*)["']\)/g)) {
      if (!names.has(wanted.replace(/^\.\//, '')))
        throw new Error(`${name} asks for ${wanted}, which is no chunk`);
    }
  }
}

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
